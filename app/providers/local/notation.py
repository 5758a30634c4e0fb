"""A small notation for sentences that people say, and its syntax tree. Pure.

Words stand for themselves; `[...]` may be left out; `(a|b)` is one of several; `<rule>` stands for
a named fragment; `{kind}` or `{kind:name}` is a slot, a place that holds a value.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<word>[a-z0-9']+)|<(?P<rule>\w+)>|\{(?P<kind>\w+)(?::(?P<name>\w+))?\}"
    r"|(?P<mark>[\[\]()|]))"
)
_CLOSES = {"[": "]", "(": ")"}


class NotationError(ValueError):
    """A template is not written in the notation."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word, lower case."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A named fragment of the same notation."""

    name: str


@dataclass(frozen=True, slots=True)
class Slot:
    """A value of some `kind`, which is given to the intent as `name`."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One part after the other; without parts it is the empty sentence."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; `[x]` is the choice between x and the empty sentence."""

    options: tuple[Node, ...]


Node = Word | Rule | Slot | Sequence | Choice
NOTHING = Sequence(())


def parse(text: str) -> Node:
    """The tree of one template. Raises NotationError."""
    node, end = _choice(text, 0, "")
    if end != len(text):
        raise NotationError(f"unexpected {text[end:]!r} in {text!r}")
    return node


def _choice(text: str, at: int, closes: str) -> tuple[Node, int]:
    """Alternatives up to the mark that `closes` them, which is taken too."""
    options: list[Node] = []
    parts: list[Node] = []
    while True:
        found = _TOKEN.match(text, at)
        if found is None:
            if closes or text[at:].strip():
                raise NotationError(f"{closes or 'a word'} is missing at {at} in {text!r}")
            options.append(_sequence(parts))
            return _one_of(options), len(text)
        at = found.end()
        mark = found["mark"]
        if mark == "|":
            options.append(_sequence(parts))
            parts = []
        elif mark in _CLOSES:
            inner, at = _choice(text, at, _CLOSES[mark])
            parts.append(_one_of([inner, NOTHING]) if mark == "[" else inner)
        elif mark:
            if mark != closes:
                raise NotationError(f"unexpected {mark} at {at} in {text!r}")
            options.append(_sequence(parts))
            return _one_of(options), at
        else:
            parts.append(_leaf(found))


def _leaf(found: re.Match[str]) -> Node:
    if found["word"]:
        return Word(found["word"])
    if found["rule"]:
        return Rule(found["rule"])
    return Slot(found["kind"], found["name"] or found["kind"])


def _sequence(parts: list[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Sequence(tuple(parts))


def _one_of(options: list[Node]) -> Node:
    return options[0] if len(options) == 1 else Choice(tuple(options))
