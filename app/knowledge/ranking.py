"""Puts what several searches found into one order. Pure."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

RANK_CONSTANT = 60
"""Of reciprocal rank fusion: how much the first places count against the later ones."""

_Item = TypeVar("_Item", bound=Hashable)


def fused(rankings: Iterable[Sequence[_Item]]) -> list[_Item]:
    """By the sum of reciprocal ranks; of equals, what an earlier ranking has first."""
    scores: dict[_Item, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking):
            scores[item] = scores.get(item, 0.0) + 1 / (RANK_CONSTANT + rank + 1)
    return sorted(scores, key=lambda item: -scores[item])


def spread(
    items: Iterable[_Item], group: Callable[[_Item], Hashable], most: int, limit: int
) -> list[_Item]:
    """The first `limit`, of one group at most `most`, filled up with the rest where too few."""
    taken: list[_Item] = []
    left: list[_Item] = []
    counts: dict[Hashable, int] = {}
    for item in items:
        key = group(item)
        counts[key] = counts.get(key, 0) + 1
        (taken if counts[key] <= most else left).append(item)
    return [*taken, *left][:limit]
