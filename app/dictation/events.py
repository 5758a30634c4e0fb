"""What the core tells of dictation. Levels are `app.events.LevelChanged`."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from app.desktop.hotkeys import HotkeyName
from app.dictation.lesson import Proposal
from app.dictation.record import (
    Dictation,
    DictationPhase,
    Outcome,
    Remedy,
    ScreenRect,
    Target,
)


@dataclass(frozen=True, slots=True)
class DictationStarted:
    """The microphone is open for a dictation. `mode` is its name where words are worked on.

    `caret` is where the text cursor is and `window` the window that has it, None where the system
    does not tell.
    """

    dictation_id: str
    at: datetime.datetime
    target: Target = Target()
    caret: ScreenRect | None = None
    window: ScreenRect | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class DictationPartial:
    """All words so far; a later one replaces it."""

    dictation_id: str
    text: str


@dataclass(frozen=True, slots=True)
class DictationPhaseChanged:
    """What is done with it now."""

    dictation_id: str
    phase: DictationPhase


@dataclass(frozen=True, slots=True)
class DictationEnded:
    """What became of it: `message` in one sentence, `action` what can be done about it.

    `text` is what was inserted, copied or held; empty when there are no words.
    """

    dictation_id: str
    outcome: Outcome
    text: str = ""
    message: str = ""
    action: Remedy = Remedy.NONE


@dataclass(frozen=True, slots=True)
class HistoryListed:
    """Rows that match `query`, newest first.

    `continued`: they come after those that were listed before. `has_more`: there are older ones.
    """

    query: str
    rows: tuple[Dictation, ...]
    continued: bool = False
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class HistoryRowChanged:
    """A row is new or is now this."""

    row: Dictation


@dataclass(frozen=True, slots=True)
class HistoryRowsRemoved:
    """These rows are gone for good, with their recordings."""

    dictation_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LessonsProposed:
    """What a correction may teach, and nobody has answered yet; it replaces earlier ones."""

    dictation_id: str
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True, slots=True)
class ReplayChanged:
    """The recording that plays now; "" when none does."""

    dictation_id: str


@dataclass(frozen=True, slots=True)
class HotkeyStatus:
    """Whether a hotkey is Sayso's; `problem` says in a sentence why it is not.

    `keys` is what the system uses, which may be other than what the settings name.
    """

    name: HotkeyName
    keys: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class HotkeyHeard:
    """While hotkeys are tried: this one went down, or came up after `held_s` seconds."""

    name: HotkeyName
    pressed: bool
    held_s: float = 0.0


DictationEvent = (
    DictationStarted
    | DictationPartial
    | DictationPhaseChanged
    | DictationEnded
    | HistoryListed
    | HistoryRowChanged
    | HistoryRowsRemoved
    | LessonsProposed
    | ReplayChanged
    | HotkeyStatus
    | HotkeyHeard
)
