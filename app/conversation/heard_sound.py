"""Where in the items of a reply its listener stopped hearing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """Sound of one item in a playback stream, both places in milliseconds.

    `item_id` is empty for sound that is no part of the reply, such as a question about a tool.
    """

    item_id: str
    stream_ms: float
    item_ms: float
    length_ms: float


@dataclass(frozen=True, slots=True)
class Unheard:
    """An item of which only `heard_ms`, counted from its own beginning, was heard."""

    item_id: str
    heard_ms: int


def unheard(
    stretches: Iterable[Stretch], received_ms: dict[str, float], played_ms: float
) -> tuple[Unheard, ...]:
    """The items that were not heard to their end, in the order of `received_ms`.

    `received_ms` is how much came of each item; what is told never goes beyond it.
    """
    heard = dict.fromkeys(received_ms, 0.0)
    for stretch in stretches:
        if stretch.item_id in heard and played_ms > stretch.stream_ms:
            part = min(stretch.length_ms, played_ms - stretch.stream_ms)
            heard[stretch.item_id] = max(heard[stretch.item_id], stretch.item_ms + part)
    return tuple(
        Unheard(item_id, int(min(heard[item_id], received)))
        for item_id, received in received_ms.items()
        if heard[item_id] < received
    )


def span_of(stretches: Sequence[Stretch], item_id: str) -> tuple[float, float] | None:
    """Where in the stream an item begins and ends so far; None when nothing of it was sent."""
    mine = [stretch for stretch in stretches if stretch.item_id == item_id]
    if not mine:
        return None
    return mine[0].stream_ms, mine[-1].stream_ms + mine[-1].length_ms
