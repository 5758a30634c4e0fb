"""Dictated sentences and what is written for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_FILE = Path(__file__).with_name("corpus.txt")


@dataclass(frozen=True, slots=True)
class Sentence:
    language: str
    said: str
    written: str


def sentences() -> tuple[Sentence, ...]:
    found = []
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, said, written = line.split(" | ", 2)
            text = written.replace("\\n", "\n").replace("~", "\u00a0")
            found.append(Sentence(language, said, text))
    return tuple(found)
