"""One writing of a text on Windows and macOS: by keys, or by lending the clipboard.

Each system fills `Hands`; what is done in which order, and what may be said of it, is here.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from app.desktop.field_text import Change, FieldText
from app.desktop.insertion import Evidence, Method, Reason, Verdict
from app.desktop.readings import Readings
from app.desktop.target import Target, TargetKind
from app.desktop.writing import Outcome, wait_for_change, wait_until


class Press(enum.Enum):
    """The chords that are pressed."""

    PASTE = enum.auto()
    PASTE_IN_TERMINAL = enum.auto()
    COPY = enum.auto()
    UNDO = enum.auto()


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the text goes. `field` is what the system knows the field by, None for no field.

    `before` is what it shows, None where that cannot be seen. `field_pid` is the field's process
    where it may be another one than the window's.
    """

    target: Target
    field: int | None = None
    before: FieldText | None = None
    field_pid: int = 0

    @property
    def pid(self) -> int:
        """The process that pastes; 0 where the system does not say."""
        return self.field_pid or self.target.pid or 0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds."""

    save_s: float = 3.0
    released_s: float = 2.0
    settled_s: float = 0.1
    read_s: float = 3.0
    seen_s: float = 0.5
    unseen_s: float = 2.0
    """Where neither a reading nor the field can be seen, the text stays so long to be pasted."""

    given_back_s: float = 0.5
    """After it was read, in case it is read again."""

    copied_s: float = 0.6


class Hands(Protocol):
    """What is used of a system, by the insertion's thread. OSError: it does not answer."""

    def prepare(self) -> None:
        """What can be done before the text is known."""
        ...

    def aim(self) -> Aim | None:
        """The window and field that have the keyboard."""
        ...

    def window_in_focus(self) -> int:
        """The window that has the keyboard; 0 for none."""
        ...

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        ...

    def has_caught_up(self, window: int) -> bool:
        """Whether a program has handled what it was sent; True if it cannot say."""
        ...

    def obstacle(self, aim: Aim) -> Reason:
        """Why the system lets nobody write there; NONE if it does."""
        ...

    def shown(self, aim: Aim) -> FieldText | None:
        """What the field shows now; None once another one has the keyboard."""
        ...

    def selected(self, aim: Aim) -> str | None:
        """The selected text; "" if none is, None where the field does not tell."""
        ...

    def delete_before_caret(self, aim: Aim, shown: FieldText, count: int) -> bool:
        """Delete `count` units before the caret of a field that is as `shown`; whether it did."""
        ...

    def modifier_is_down(self) -> bool:
        """Whether a modifier is held."""
        ...

    def type(self, text: str, fits: Callable[[], bool]) -> int:
        """Write with the keyboard while `fits`; how many characters were sent."""
        ...

    def press(self, chord: Press) -> bool:
        """Press a chord at once; False if the system refused."""
        ...

    def lend(self, text: str, within_s: float) -> Readings | None:
        """Put `text` on the clipboard, once what it has is kept; who reads it, where one can know.

        Raises ClipboardNotSaved.
        """
        ...

    def admit(self) -> None:
        """From now on readers are given the lent text."""
        ...

    def give_back(self) -> None:
        """Put the old content back, unless somebody else has the clipboard."""
        ...

    def copied(self, press: Callable[[], bool], pid: int, within_s: float) -> str | None:
        """What process `pid` puts on the clipboard after `press`; the old content goes back."""
        ...

    def keep(self, text: str) -> bool:
        """Put `text` on the clipboard to stay."""
        ...

    def close(self) -> None:
        """Let go of the system; what is lent goes back."""
        ...


class SystemWriting:
    """Fills `Writing`. `rest` is told in how many seconds the clipboard is to be given back."""

    def __init__(
        self, hands: Hands, rest: Callable[[float], None], patience: Patience | None = None
    ) -> None:
        self._hands = hands
        self._rest = rest
        self.patience = patience or Patience()

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        return self._hands.exists(window)

    def modifiers_released(self) -> bool:
        """Wait until no modifier is held; False if one stays."""
        return wait_until(lambda: not self._hands.modifier_is_down(), self.patience.released_s)

    def has_keys_for(self, text: str) -> bool:
        """Both systems take any character from a program that types."""
        return bool(text)

    def type(self, text: str, aim: Aim) -> Outcome:
        """Write with the keyboard."""
        typed = self._hands.type(text, lambda: self._is_there(aim))
        if typed < len(text):
            return Outcome(Verdict.HELD, Method.TYPING, self._why_not(aim), written=typed)
        seen = self._seen(text, aim, Change.EXACT)
        if seen is Change.EXACT:
            return Outcome(
                Verdict.INSERTED, Method.TYPING, Reason.NONE, Evidence.SEEN_IN_FIELD, typed
            )
        reason = Reason.CANNOT_SEE if seen is None else Reason.NOT_SEEN
        return Outcome(Verdict.UNCONFIRMED, Method.TYPING, reason, written=typed)

    def paste(self, text: str, aim: Aim) -> Outcome:
        """Lend the clipboard to the text and ask the window to paste."""
        terminal = aim.target.kind is TargetKind.TERMINAL
        readings = self._hands.lend(text, self.patience.save_s)
        # Some programs read what is new on the clipboard at once: that is not the paste.
        time.sleep(self.patience.settled_s)
        since = self.press_there(Press.PASTE_IN_TERMINAL if terminal else Press.PASTE, aim)
        if since is None:
            self._hands.give_back()
            return Outcome(Verdict.HELD, Method.PASTE, self._why_not(aim))
        if readings is None:
            return self._seen_or_sent(text, aim)
        if not readings.wait(aim.target.window_id, aim.pid, since, self.patience.read_s):
            return self._not_read(text, aim, readings, since)
        seen = self._seen(text, aim, Change.OTHER)
        if seen is Change.NONE:
            return Outcome(
                Verdict.COPIED, Method.PASTE, Reason.NOT_SEEN, readings=readings, since=since
            )
        self._rest(self.patience.given_back_s)
        evidence = Evidence.SEEN_IN_FIELD if seen is Change.EXACT else Evidence.READ_BY_TARGET
        return Outcome(
            Verdict.INSERTED, Method.PASTE, Reason.NONE, evidence, len(text), readings, since
        )

    def press_there(self, chord: Press, aim: Aim) -> float | None:
        """Press a chord if the window has the focus; the moment of it, or None."""
        if not self._is_there(aim):
            return None
        self._hands.admit()
        pressed_at = time.monotonic()
        return pressed_at if self._hands.press(chord) else None

    def selected_text(self, aim: Aim) -> str | None:
        """The selected text: as the field shows it, else by copying it; None for none.

        A terminal is never asked to copy, and a password field is not looked at.
        """
        if aim.target.kind is TargetKind.PASSWORD:
            return None
        seen = self._hands.selected(aim)
        if seen is not None:
            return seen or None
        if aim.target.kind is TargetKind.TERMINAL or not self.modifiers_released():
            return None
        return self._hands.copied(
            lambda: self.press_there(Press.COPY, aim) is not None, aim.pid, self.patience.copied_s
        )

    def _is_there(self, aim: Aim) -> bool:
        return self._hands.window_in_focus() == aim.target.window_id

    def _why_not(self, aim: Aim) -> Reason:
        gone = not self._hands.exists(aim.target.window_id)
        return Reason.TARGET_CLOSED if gone else Reason.WINDOW_CHANGED

    def _not_read(self, text: str, aim: Aim, readings: Readings, since: float) -> Outcome:
        if not self._hands.exists(aim.target.window_id):
            self._hands.give_back()
            return Outcome(Verdict.HELD, Method.PASTE, Reason.TARGET_CLOSED)
        if readings.read_since(since):
            # Somebody who does not say who it is, perhaps on behalf of the target.
            self._rest(self.patience.unseen_s)
            seen = self._seen(text, aim, Change.OTHER)
            return self._sent(text, seen, readings, since)
        # It stays: a slow program that pastes later must not find the old content.
        return Outcome(
            Verdict.COPIED, Method.PASTE, Reason.NOT_READ, readings=readings, since=since
        )

    def _seen_or_sent(self, text: str, aim: Aim) -> Outcome:
        """Where nobody tells who reads the clipboard, the field itself is the only witness."""
        seen = self._seen(text, aim, Change.OTHER)
        if seen is Change.NONE:
            return Outcome(Verdict.COPIED, Method.PASTE, Reason.NOT_SEEN)
        exact = seen is Change.EXACT
        self._rest(self.patience.given_back_s if exact else self.patience.unseen_s)
        return self._sent(text, seen, None, 0.0)

    def _sent(
        self, text: str, seen: Change | None, readings: Readings | None, since: float
    ) -> Outcome:
        if seen is Change.EXACT:
            verdict, reason, evidence = Verdict.INSERTED, Reason.NONE, Evidence.SEEN_IN_FIELD
        else:
            reason = Reason.CANNOT_SEE if seen is None else Reason.NOT_SEEN
            verdict, evidence = Verdict.UNCONFIRMED, Evidence.NONE
        return Outcome(verdict, Method.PASTE, reason, evidence, len(text), readings, since)

    def _seen(self, text: str, aim: Aim, enough: Change) -> Change | None:
        if aim.before is None:
            return None
        return wait_for_change(
            lambda: self._hands.shown(aim), aim.before, text, enough, self.patience.seen_s
        )
