"""What the pill shows, and how each event changes it. Pure: no Qt, no clock."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, replace

from app import events
from app.dictation import commands
from app.dictation.events import (
    DictationEnded,
    DictationEvent,
    DictationPartial,
    DictationPhaseChanged,
    DictationStarted,
)
from app.dictation.record import DictationPhase, Outcome, Remedy, ScreenRect

BARS = 9
SUCCESS_MS = 1200
READ_MS = 2400
"""A sentence that asks for nothing can be read in this time."""

_HISTORY = BARS // 2 + 1


class Glyph(enum.Enum):
    """The shapes of the state."""

    LISTENING = enum.auto()
    DOTS = enum.auto()
    CHECK = enum.auto()
    RING = enum.auto()
    TRIANGLE = enum.auto()


_WORDS: Mapping[DictationPhase, str] = {
    DictationPhase.LISTENING: "Listening",
    DictationPhase.TRANSCRIBING: "Turning speech into text",
    DictationPhase.CLEANING: "Tidying up",
    DictationPhase.INSERTING: "Inserting",
    DictationPhase.WAITING: "Esc leaves it in the history",
}
_CLICK = "Click where the text should go."
_SAID: Mapping[Outcome, str] = {
    Outcome.INSERTED: "Inserted.",
    Outcome.SENT: "Sent.",
    Outcome.COPIED: "Not inserted. The text is in the clipboard.",
    Outcome.HELD: "The window changed. The text waits.",
    Outcome.KEPT: "The recording is kept.",
    Outcome.NOTHING_HEARD: "Nothing was heard.",
    Outcome.CANCELLED: "Cancelled.",
    Outcome.FAILED: "The dictation failed. Its recording is kept.",
}
BUTTONS: Mapping[Remedy, str] = {
    Remedy.INSERT_AGAIN: "Insert again",
    Remedy.COPY: "Copy",
    Remedy.RETRY: "Retry",
    Remedy.BRING_BACK: "Bring back",
}
_CALM = (Outcome.INSERTED, Outcome.SENT, Outcome.NOTHING_HEARD, Outcome.CANCELLED)


@dataclass(frozen=True, slots=True)
class PillState:
    """`phase` while it goes on, then `outcome`; neither when there is nothing to show.

    `levels` are the latest ones, the newest first, each 0..1.
    """

    dictation_id: str = ""
    phase: DictationPhase | None = None
    outcome: Outcome | None = None
    mode: str = ""
    partial: str = ""
    text: str = ""
    message: str = ""
    action: Remedy = Remedy.NONE
    levels: tuple[float, ...] = (0.0,) * _HISTORY
    waits: tuple[events.RetryWaiting, ...] = ()
    caret: ScreenRect | None = None
    window: ScreenRect | None = None

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to show."""
        return self.phase is not None or self.outcome is not None

    @property
    def glyph(self) -> Glyph:
        """The shape for it."""
        if self.phase is DictationPhase.LISTENING:
            return Glyph.LISTENING
        if self.phase is not None:
            return Glyph.DOTS
        if self.outcome is Outcome.INSERTED:
            return Glyph.CHECK
        return Glyph.RING if self.outcome in _CALM else Glyph.TRIANGLE

    @property
    def word(self) -> str:
        """The line beside the shape."""
        if self.phase is None:
            return self.message
        if self.phase is DictationPhase.TRANSCRIBING and self.waits:
            return self.waits[-1].reason
        named = self.mode and self.phase in (DictationPhase.LISTENING, DictationPhase.CLEANING)
        return f"{_WORDS[self.phase]} · {self.mode}" if named else _WORDS[self.phase]

    @property
    def words_so_far(self) -> str:
        """The text above the line: what was understood, or what waits to be inserted."""
        if self.phase is DictationPhase.WAITING:
            return _CLICK
        if self.phase is not None:
            return self.partial
        return "" if self.outcome in _CALM else self.text

    @property
    def button(self) -> str:
        """What the one button says; empty for none."""
        return BUTTONS.get(self.action, "") if self.stays else ""

    @property
    def stays(self) -> bool:
        """Whether it is shown until the user dismisses it."""
        return self.phase is None and self.outcome is not None and self.lingers_ms is None

    @property
    def needs_somebody(self) -> bool:
        """Whether it is shown even to those who do not want the pill."""
        return self.stays or self.phase is DictationPhase.WAITING

    @property
    def lingers_ms(self) -> int | None:
        """How long the outcome is shown; None while it goes on, or until it is dismissed."""
        if self.outcome in (Outcome.INSERTED, Outcome.CANCELLED):
            return SUCCESS_MS
        if self.outcome is Outcome.SENT:
            return READ_MS
        if self.outcome is Outcome.NOTHING_HEARD and self.action is Remedy.NONE:
            return READ_MS
        return None

    @property
    def bars(self) -> tuple[float, ...]:
        """Nine heights, 0..1: the newest in the middle, older ones outward."""
        return (*reversed(self.levels), *self.levels[1:])


def reduce(pill: PillState, event: events.Event | DictationEvent) -> PillState:
    """What is shown after `event`. Late events of another dictation change nothing."""
    match event:
        case events.LevelChanged(level):
            if pill.phase is not DictationPhase.LISTENING:
                return pill
            return replace(pill, levels=(min(max(level, 0.0), 1.0), *pill.levels[:-1]))
        case DictationStarted(dictation_id, _, _, caret, window, mode):
            return PillState(dictation_id, DictationPhase.LISTENING, mode=mode, caret=caret,
                             window=window)  # fmt: skip
        case DictationPartial(dictation_id, text) if _goes_on(pill, dictation_id):
            return replace(pill, partial=text)
        case DictationPhaseChanged(dictation_id, DictationPhase.WAITING) if pill.phase is None:
            return PillState(dictation_id, DictationPhase.WAITING)
        case DictationPhaseChanged(dictation_id, phase) if _goes_on(pill, dictation_id):
            return replace(pill, phase=phase, waits=())
        case DictationEnded():
            return _ended(pill, event)
        case events.RetryWaiting() if pill.phase is not None:
            return replace(pill, waits=(*pill.waits, event))
        case events.RetryOver(wait_id) if pill.waits:
            going = tuple(wait for wait in pill.waits if wait.wait_id != wait_id)
            return replace(pill, waits=going)
        case _:
            return pill


def dismissed(pill: PillState) -> PillState:
    """Nothing is shown, unless a dictation goes on."""
    return pill if pill.phase is not None else PillState()


def command_of(pill: PillState) -> commands.DictationCommand | None:
    """What the button asks for."""
    match pill.action:
        case Remedy.INSERT_AGAIN:
            return commands.InsertAgain(pill.dictation_id)
        case Remedy.COPY:
            return commands.CopyDictation(pill.dictation_id)
        case Remedy.RETRY:
            return commands.RetryDictation(pill.dictation_id)
        case Remedy.BRING_BACK:
            return commands.BringBackDropped(pill.dictation_id)
        case Remedy.NONE:
            return None


def clock(seconds: float) -> str:
    """Time passed: "0:07", "12:40", "1:00:05"."""
    whole = max(int(seconds), 0)
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02}"
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"


def _goes_on(pill: PillState, dictation_id: str) -> bool:
    return pill.phase is not None and pill.dictation_id == dictation_id


def _ended(pill: PillState, event: DictationEnded) -> PillState:
    """An outcome may also come later, of a dictation that was inserted again."""
    if pill.phase is not None and pill.dictation_id != event.dictation_id:
        return pill
    if event.outcome is Outcome.OPEN:
        return pill
    same = pill.dictation_id == event.dictation_id
    return PillState(
        event.dictation_id,
        outcome=event.outcome,
        mode=pill.mode if same else "",
        text=event.text,
        message=event.message or _SAID[event.outcome],
        action=event.action,
        caret=pill.caret if same else None,
        window=pill.window if same else None,
    )
