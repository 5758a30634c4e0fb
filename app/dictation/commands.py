"""What a front end can ask of dictation."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.dictation.lesson import Proposal

if TYPE_CHECKING:  # the settings tree is slow to import
    from app.settings import Source


@dataclass(frozen=True, slots=True)
class StartDictation:
    """Begin to listen, for the window that has the keyboard. An empty mode: the one that fits."""

    mode: str = ""


@dataclass(frozen=True, slots=True)
class FinishDictation:
    """The speaker has finished; insert what was said."""


@dataclass(frozen=True, slots=True)
class CancelDictation:
    """Insert nothing; the take stays in the history until it is deleted."""


@dataclass(frozen=True, slots=True)
class InsertAgain:
    """Insert a dictation's text where the keyboard is now; `raw` before any clean-up."""

    dictation_id: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class CopyDictation:
    """Put a dictation's text into the clipboard; `raw` before any clean-up."""

    dictation_id: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class RetryDictation:
    """Turn the recording into text again, by another source if one is named; inserts nothing."""

    dictation_id: str
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class BringBackDropped:
    """What was dropped as an invention was said after all: make it the text."""

    dictation_id: str


@dataclass(frozen=True, slots=True)
class CorrectDictation:
    """The text should have been this."""

    dictation_id: str
    text: str


@dataclass(frozen=True, slots=True)
class AnswerLesson:
    """Whether what a correction teaches is to be remembered."""

    dictation_id: str
    proposal: Proposal
    yes: bool


@dataclass(frozen=True, slots=True)
class DeleteDictation:
    """Remove a dictation and its recording for good."""

    dictation_id: str


@dataclass(frozen=True, slots=True)
class SearchHistory:
    """List rows, newest first: all of them, or those that hold every word of the query."""

    query: str = ""
    older_than: datetime.datetime | None = None


@dataclass(frozen=True, slots=True)
class ReplayDictation:
    """Play a recording; another one that plays stops."""

    dictation_id: str


@dataclass(frozen=True, slots=True)
class StopReplay:
    """Silence."""


@dataclass(frozen=True, slots=True)
class TryHotkeys:
    """Tell each press of a dictation key by `events.HotkeyHeard` instead of dictating."""

    on: bool


DictationCommand = (
    StartDictation
    | FinishDictation
    | CancelDictation
    | InsertAgain
    | CopyDictation
    | RetryDictation
    | BringBackDropped
    | CorrectDictation
    | AnswerLesson
    | DeleteDictation
    | SearchHistory
    | ReplayDictation
    | StopReplay
    | TryHotkeys
)
