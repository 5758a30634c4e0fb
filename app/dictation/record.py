"""A dictation as it is kept and shown: where it was meant to go, and what became of it."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """The program that had the keyboard at the press, and its window's title; "" if unknown."""

    app: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class ScreenRect:
    """A rectangle on the whole desktop in the display's own pixels, before any scaling."""

    left: int
    top: int
    width: int
    height: int


class DictationPhase(enum.StrEnum):
    """What is being done with a dictation."""

    LISTENING = "listening"
    TRANSCRIBING = "transcribing"
    CLEANING = "cleaning"
    INSERTING = "inserting"
    WAITING = "waiting"
    """Sayso's own window has the keyboard, and its user must say where the text should go."""


class Outcome(enum.StrEnum):
    """What became of a dictation."""

    OPEN = "open"
    """It is going on, or ended with the program."""
    INSERTED = "inserted"
    """A receipt shows that the text arrived."""
    SENT = "sent"
    """It was typed into the right window, which does not show whether it arrived."""
    COPIED = "copied"
    """It could not be inserted and is in the clipboard."""
    HELD = "held"
    """The window changed; the text waits for a yes."""
    KEPT = "kept"
    """The recording waits to become text."""
    NOTHING_HEARD = "nothing_heard"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Remedy(enum.StrEnum):
    """The one thing that a person can do about an outcome."""

    NONE = "none"
    INSERT_AGAIN = "insert_again"
    COPY = "copy"
    RETRY = "retry"
    BRING_BACK = "bring_back"


@dataclass(frozen=True, slots=True)
class Dictation:
    """A row of the history.

    `raw_text` is what was recognised and `text` what was made of it; `dropped_text` was taken for
    an invention. `seconds` of speech; `cost_usd` is an estimate, None where none is known. `audio`
    is the name of its file in the history's folder, "" when there is none or no longer. `detail`
    says in a sentence how the outcome is known.
    """

    id: str
    at: datetime.datetime
    target: Target = Target()
    mode: str = ""
    outcome: Outcome = Outcome.OPEN
    text: str = ""
    raw_text: str = ""
    dropped_text: str = ""
    provider: str = ""
    model: str = ""
    seconds: float = 0.0
    cost_usd: float | None = None
    audio: str = ""
    detail: str = ""
