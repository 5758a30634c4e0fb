"""Modes of dictation: what a model is asked to make of the words, and which mode fits where. Pure.

Rules name a program and a window title by patterns; the most specific rule that fits wins.
"""

from __future__ import annotations

import enum
import fnmatch
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class Latitude(enum.StrEnum):
    """How far a model's text may be from what was said."""

    SAME_WORDS = "same_words"
    REWORDED = "reworded"
    TRANSLATED = "translated"


@dataclass(frozen=True, slots=True)
class Mode:
    """A way to write down what was said.

    Without an `instruction` no model is asked. `model` is a chat model's name, empty for the one
    that answers.
    """

    id: str
    label: str
    instruction: str = ""
    model: str = ""
    latitude: Latitude = Latitude.SAME_WORDS


@dataclass(frozen=True, slots=True)
class ModeRule:
    """`mode` is used where program and title fit; `*` and `?` stand for any characters.

    Case does not count. An empty pattern fits everything.
    """

    mode: str
    app: str = ""
    title: str = ""


VERBATIM = Mode("verbatim", "Verbatim")
MODES = (
    VERBATIM,
    Mode(
        "tidy",
        "Tidy",
        "Remove filler words, false starts and repetitions. Put in punctuation and paragraphs. "
        "Keep every other word.",
    ),
    Mode(
        "email",
        "E-mail",
        "Write it as the body of an e-mail: a greeting and a closing only if they were spoken, "
        "each on a line of its own; whole sentences, short paragraphs, polite and plain.",
        latitude=Latitude.REWORDED,
    ),
    Mode(
        "chat",
        "Chat",
        "Write it as a short chat message: remove filler words and false starts, keep the tone, "
        "no greeting and no closing.",
    ),
    Mode(
        "code_comment",
        "Code comment",
        "Write it as the words of a comment in source code: terse, present tense, lines of at most "
        "80 characters, names as they are written in code. No comment signs and no code.",
        latitude=Latitude.REWORDED,
    ),
    Mode(
        "translate",
        "Translate to English",
        "Translate it into English. If it is English already, only put in punctuation.",
        latitude=Latitude.TRANSLATED,
    ),
)


def mode_named(id: str, modes: Iterable[Mode]) -> Mode:
    """The mode with this id, ignoring case; verbatim when there is none."""
    return next((mode for mode in modes if mode.id.casefold() == id.casefold()), VERBATIM)


def mode_for(
    app: str, title: str, rules: Sequence[ModeRule], modes: Sequence[Mode], default: str
) -> Mode:
    """The mode for a window: of the rules that fit the most specific, of equal ones the first."""
    known = {mode.id for mode in modes}
    fitting = [rule for rule in rules if rule.mode in known and _fits(rule, app, title)]
    best = max(fitting, key=_specificity, default=None)
    return mode_named(default if best is None else best.mode, modes)


def _fits(rule: ModeRule, app: str, title: str) -> bool:
    return _matches(rule.app, app) and _matches(rule.title, title)


def _matches(pattern: str, text: str) -> bool:
    # Brackets are common in titles and mean themselves.
    literal = pattern.strip().casefold().replace("[", "[[]")
    return not literal or fnmatch.fnmatchcase(text.strip().casefold(), literal)


def _specificity(rule: ModeRule) -> tuple[int, int]:
    """How many characters are named, and how few are left open."""
    both = rule.app.strip() + rule.title.strip()
    wild = len(re.findall(r"[*?]", both))
    return len(both) - wild, -wild
