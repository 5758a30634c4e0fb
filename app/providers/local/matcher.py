"""Text in, intent and slots out: the templates read as a matcher. Pure."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from app.providers.local.intents import Intent
from app.providers.local.notation import Choice, Node, Rule, Sequence, Slot, Word, parse
from app.providers.local.slots import RULES, SLOTS, Value
from app.providers.local.templates import (
    FRAGMENTS,
    SPOKEN,
    SPOKEN_RARELY,
    TYPED,
    TYPED_FRAGMENTS,
)
from app.providers.local.tokens import Sentence, tokenize

Slots = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Match:
    """What a sentence asks for, and with what."""

    intent: Intent
    slots: Slots = field(default_factory=dict)


def match(text: str) -> Match | None:
    """The command that all of `text` is; None when it is none."""
    sentence = tokenize(text)
    if not len(sentence):
        return None
    for intent, template in _templates():
        for end, slots in _walk(template, sentence, 0, {}):
            if end == len(sentence):
                return Match(intent, slots)
    return None


@functools.cache
def rules() -> Mapping[str, Node]:
    """Every named fragment, parsed."""
    return {name: parse(text) for name, text in (RULES | FRAGMENTS | TYPED_FRAGMENTS).items()}


@functools.cache
def _templates() -> tuple[tuple[Intent, Node], ...]:
    return tuple(
        (intent, Sequence((Rule("lead"), parse(text), Rule("tail"))))
        for templates in (SPOKEN, SPOKEN_RARELY, TYPED)
        for intent, texts in templates.items()
        for text in texts
    )


def _walk(node: Node, sentence: Sentence, at: int, slots: Slots) -> Iterator[tuple[int, Slots]]:
    """Every way in which `node` fits from `at` on: where it ends and the slots so far."""
    match node:
        case Word(text):
            if sentence.text(at) == text:
                yield at + 1, slots
        case Rule(name):
            yield from _walk(rules()[name], sentence, at, slots)
        case Slot(kind, name):
            for end, value in SLOTS[kind].read(sentence, at):
                yield end, {**slots, name: value}
        case Choice(options):
            for option in options:
                yield from _walk(option, sentence, at, slots)
        case Sequence(parts):
            yield from _walk_parts(parts, sentence, at, slots)


def _walk_parts(
    parts: tuple[Node, ...], sentence: Sentence, at: int, slots: Slots
) -> Iterator[tuple[int, Slots]]:
    if not parts:
        yield at, slots
        return
    for end, found in _walk(parts[0], sentence, at, slots):
        yield from _walk_parts(parts[1:], sentence, end, found)
