"""Published attack texts, as they were published. NOTICE names where each file is from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_FOLDER = Path(__file__).parent / "corpora"


@dataclass(frozen=True, slots=True)
class Attack:
    """One text; `source` names its corpus, `number` counts from 1 within it."""

    source: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """A file of texts and where it is from."""

    name: str
    repository: str
    licence: str
    attacks: tuple[Attack, ...]


def corpora() -> tuple[Corpus, ...]:
    """All of them, by name."""
    return tuple(_read(path) for path in sorted(_FOLDER.glob("*.jsonl")))


def sample(attacks: Sequence[Attack], count: int, skipped: int = 0) -> tuple[Attack, ...]:
    """`count` of them, evenly spread; others where `skipped` is another number."""
    if count >= len(attacks):
        return tuple(attacks)
    step = len(attacks) / count
    return tuple(attacks[(int(at * step) + skipped) % len(attacks)] for at in range(count))


def _read(path: Path) -> Corpus:
    head, *rest = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    name = head["source"]
    attacks = tuple(Attack(name, number, text) for number, text in enumerate(rest, 1))
    return Corpus(name, head["repository"], head["licence"], attacks)
