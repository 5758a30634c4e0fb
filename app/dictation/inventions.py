"""Silence never becomes text: words are weighed against the voice that was heard. Pure.

What is dropped is told beside the rest, so that it can be brought back.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from app.conversation.inventions import (
    is_credit,
    is_echo,
    is_known_invention,
    is_mark_of_silence,
)
from app.conversation.words import words

VOICE_FROM_MS = 96
"""Less voice than three of the detector's windows is no speech."""
SURE_FROM = 0.8
UNSURE_BELOW = 0.4

_WORD_NEEDS_MS = 120
_PHRASE_NEEDS_MS = 160
_WORD_MOST_MS = 600
_PHRASE_MOST_MS = 600
_FASTEST_WORDS_PER_S = 12.0
_FAST_WORDS_PER_S = 6.0
_MIN_RATE_WORDS = 3
_LONGEST_LOOP_WORDS = 8
_LOOP_TIMES = 4
_UNHEARD_LOOP_TIMES = 8
_LONGEST_CREDIT = 120
_LAST_SENTENCE = re.compile(
    r"(?:^|(?<=[.!?…。！？\n]))[^.!?…。！？\n]+(?:\.\w[^.!?…。！？\n]*)*[.!?…。！？]*\s*$"
)


class Why(enum.StrEnum):
    """Why words were dropped."""

    NO_VOICE = "no_voice"
    NO_WORDS = "no_words"
    KNOWN_INVENTION = "known_invention"
    VOCABULARY_ECHO = "vocabulary_echo"
    TOO_MANY_WORDS = "too_many_words"
    LOOP = "loop"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Dropped:
    """Words that are not in the text."""

    text: str
    why: Why


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for speech: milliseconds of voice and the transcriber's confidence, if known."""

    voiced_ms: float | None = None
    confidence: float | None = None
    vocabulary: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Believed:
    """The words that are believed, and those that are not."""

    text: str
    dropped: tuple[Dropped, ...] = ()


def may_hold_speech(voiced_ms: float | None) -> bool:
    """Whether a take is worth transcribing at all."""
    return voiced_ms is None or voiced_ms >= VOICE_FROM_MS


def believed(text: str, evidence: Evidence) -> Believed:
    """`text` without what nobody can have said."""
    if not text.strip():
        return Believed("")
    if not may_hold_speech(evidence.voiced_ms):
        return Believed("", (Dropped(text.strip(), Why.NO_VOICE),))
    rest, loop = _without_loop(text, evidence)
    why = _why_nothing(rest, evidence)
    if why is not None:
        return Believed("", (Dropped(text.strip(), why),))
    rest, credit = _without_credit(rest)
    return Believed(rest, (*loop, *credit))


def _why_nothing(text: str, evidence: Evidence) -> Why | None:
    count = len(words(text))
    weak = _is_weak(count, evidence)
    if is_mark_of_silence(text) or (_is_marks_only(text) and (weak or evidence.voiced_ms is None)):
        return Why.NO_WORDS
    if is_credit(text):
        return Why.KNOWN_INVENTION
    if is_known_invention(text) and (weak or _is_drawn_out(count, evidence)):
        return Why.KNOWN_INVENTION
    if weak and is_echo(text, evidence.vocabulary):
        return Why.VOCABULARY_ECHO
    rate = _words_per_s(count, evidence)
    sure = evidence.confidence is not None and evidence.confidence >= SURE_FROM
    if count >= _MIN_RATE_WORDS and rate is not None and rate > _FASTEST_WORDS_PER_S and not sure:
        return Why.TOO_MANY_WORDS
    return None


def _is_weak(count: int, evidence: Evidence) -> bool:
    """Whether a phrase of `count` words was hardly said, so far as anything is known."""
    confidence, voiced_ms = evidence.confidence, evidence.voiced_ms
    if confidence is not None and confidence < UNSURE_BELOW:
        return True
    if voiced_ms is None:
        return False
    return voiced_ms < _PHRASE_NEEDS_MS + max(count, 1) * _WORD_NEEDS_MS


def _is_drawn_out(count: int, evidence: Evidence) -> bool:
    """Whether so much was heard that a phrase of `count` words cannot be what was said."""
    confidence, voiced_ms = evidence.confidence, evidence.voiced_ms
    if voiced_ms is None or (confidence is not None and confidence >= SURE_FROM):
        return False
    return voiced_ms > _PHRASE_MOST_MS + max(count, 1) * _WORD_MOST_MS


def _is_marks_only(text: str) -> bool:
    return all(unicodedata.category(character)[0] in "PZC" for character in text)


def _words_per_s(count: int, evidence: Evidence) -> float | None:
    return None if not evidence.voiced_ms else count * 1000 / evidence.voiced_ms


def _without_credit(text: str) -> tuple[str, tuple[Dropped, ...]]:
    """Cut a subtitle credit off the end of what was said."""
    tail = max(0, len(text) - _LONGEST_CREDIT)
    found = _LAST_SENTENCE.search(text[tail:])
    if found is None or not found.start() or not is_credit(found[0]):
        return text, ()
    rest = text[: tail + found.start()].rstrip()
    return rest, (Dropped(found[0].strip(), Why.KNOWN_INVENTION),)


def _without_loop(text: str, evidence: Evidence) -> tuple[str, tuple[Dropped, ...]]:
    """Cut a phrase that is repeated faster than anyone speaks down to one."""
    spans = [match.span() for match in re.finditer(r"\w+(?:['’]\w+)*", text)]
    keys = [text[start:end].casefold() for start, end in spans]
    rate = _words_per_s(len(keys), evidence)
    if rate is not None and rate <= _FAST_WORDS_PER_S:
        return text, ()
    least = _UNHEARD_LOOP_TIMES if rate is None else _LOOP_TIMES
    found = _longest_loop(keys, least)
    if found is None:
        return text, ()
    at, size, times = found
    once, last = spans[at + size - 1][1], spans[at + size * times - 1][1]
    return text[:once] + text[last:], (Dropped(text[once:last].strip(), Why.LOOP),)


def _longest_loop(keys: Sequence[str], least: int) -> tuple[int, int, int] | None:
    """Where the loop of most words begins, the words of one round, and the rounds."""
    best: tuple[int, int, int] | None = None
    for size in range(1, _LONGEST_LOOP_WORDS + 1):
        at = 0
        while at + size * least <= len(keys):
            run = at
            while run + size < len(keys) and keys[run] == keys[run + size]:
                run += 1
            times = (run - at) // size + 1
            if times >= least and (best is None or size * times > best[1] * best[2]):
                best = (at, size, times)
            at = run + 1
    return best
