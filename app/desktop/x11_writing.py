"""One writing of a text into the window in focus on X11: by keys, or by lending the clipboard."""

from __future__ import annotations

import time
from dataclasses import dataclass

from app.desktop.accessibility import Accessibility, Field
from app.desktop.field_text import Change, FieldText
from app.desktop.insertion import Evidence, Method, Reason, Verdict
from app.desktop.readings import Readings
from app.desktop.target import Target, TargetKind
from app.desktop.typing_plan import needs_lending
from app.desktop.writing import Outcome, wait_for_change, wait_for_length, wait_until
from app.desktop.x11_clipboard import X11Clipboard
from app.desktop.x11_focus import X11Looks
from app.desktop.x11_session import X11Session
from app.desktop.x11_typing import X11Typing

SAVE_S = 3.0
"""An old content that takes longer to keep safe is left alone."""

_FIELD_S = 1.0
"""A busy program is given this time to say that its field is for a password."""

_PONG_S = 0.5
_ASKED_S = 1.2
_CAUGHT_UP_S = 2.0
_READ_S = 15.0
_QUIET_S = 0.5
"""A program that has asked for nothing during this has done with the keystroke."""

_SEEN_S = 0.5
_RELEASED_S = 2.0
_HELD = 0xFF & ~0x02
_CONTROL, _SHIFT, _INSERT, _V = 0xFFE3, 0xFFE1, 0xFF63, 0x76


@dataclass(frozen=True, slots=True)
class Aim:
    """Where the text goes: the window, its client, its process, and the field if it can be seen."""

    window: int
    client: int
    pid: int
    target: Target
    field: Field | None
    before: FieldText | None


class X11Writing:
    """Writes. For the thread and connection of its session."""

    def __init__(
        self,
        session: X11Session,
        clipboard: X11Clipboard,
        accessibility: Accessibility | None,
    ) -> None:
        self.looks = X11Looks(session)
        self.typing = X11Typing(session)
        self._session = session
        self._clipboard = clipboard
        self._accessibility = accessibility

    def aim(self, window: int) -> Aim:
        """What is known of the window in focus, right before writing into it."""
        pid = self.looks.process_of(window)
        field = self.field(pid)
        target = self.looks.target(window, field)
        visible = field is not None and target.kind is TargetKind.TEXT
        before = self.shown(field) if visible else None
        return Aim(window, self._session.client_of(window), pid, target, field, before)

    def field(self, pid: int) -> Field | None:
        """The field in focus of the process, if it can be seen."""
        tree = self._accessibility
        return tree.focused(pid, _FIELD_S) if tree and pid else None

    def delete_before_caret(self, field: Field, shown: FieldText, count: int) -> bool:
        """Ask the field to delete `count` units before its caret; whether it does."""
        tree = self._accessibility
        return tree is not None and tree.delete_before_caret(field, shown, count)

    def shown(self, field: Field | None) -> FieldText | None:
        """What the field shows now, if it can be seen."""
        return self._accessibility.text(field) if self._accessibility and field else None

    def modifiers_released(self) -> bool:
        """Wait until no modifier is held; False if one stays."""
        return wait_until(self._no_modifier, _RELEASED_S)

    def has_keys_for(self, text: str) -> bool:
        """Whether the layout alone writes the text."""
        return not needs_lending(text, self.typing.layout())

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        return self.looks.exists(window)

    def paste(self, text: str, aim: Aim) -> Outcome:
        """Lend the clipboard to the text and ask the window to paste.

        Raises ClipboardNotSaved before anything has happened.
        """
        terminal = aim.target.kind is TargetKind.TERMINAL
        selections = ("CLIPBOARD", "PRIMARY") if terminal else ("CLIPBOARD",)
        chord = self._shift_insert() if terminal else self._paste_chord()
        readings = self._clipboard.lend(text, selections, SAVE_S)
        # Some programs read what is new on the clipboard at once: that is not the paste.
        self._session.ping(aim.window, _PONG_S)
        readings.wait_for_end(_PONG_S)
        since = self.press_there(chord, aim.window)
        if since is None:
            self._clipboard.give_back()
            return Outcome(Verdict.HELD, Method.PASTE, Reason.WINDOW_CHANGED)
        if not self._read(readings, aim, since):
            # It stays: a slow program that pastes later must not find the old content.
            self._clipboard.leave()
            gone = not self.looks.exists(aim.window)
            if gone:
                self._clipboard.give_back()
            verdict = Verdict.HELD if gone else Verdict.COPIED
            reason = Reason.TARGET_CLOSED if gone else Reason.NOT_READ
            return Outcome(verdict, Method.PASTE, reason, readings=readings, since=since)
        return self._taken(text, aim, readings, since)

    def type(self, text: str, aim: Aim) -> Outcome:
        """Write with the keyboard. Raises NoKey before the first key."""
        window = aim.window
        typed = self.typing.type(text, window, lambda: self.looks.window_in_focus() == window)
        if typed < len(text):
            gone = not self.looks.exists(aim.window)
            reason = Reason.TARGET_CLOSED if gone else Reason.WINDOW_CHANGED
            return Outcome(Verdict.HELD, Method.TYPING, reason, written=typed)
        seen = self._seen(text, aim, Change.EXACT)
        if seen is Change.EXACT:
            return Outcome(
                Verdict.INSERTED, Method.TYPING, Reason.NONE, Evidence.SEEN_IN_FIELD, typed
            )
        reason = Reason.CANNOT_SEE if seen is None else Reason.NOT_SEEN
        return Outcome(Verdict.UNCONFIRMED, Method.TYPING, reason, written=typed)

    def press_there(self, chord: tuple[int, ...], window: int) -> float | None:
        """Press a chord if `window` has the focus; the moment of it, or None."""
        with self._session.alone():
            if self.looks.window_in_focus() != window:
                return None
            pressed_at = time.monotonic()
            self.typing.press(*chord)
        return pressed_at

    def control(self, letter: int) -> tuple[int, ...]:
        """The keys of Ctrl with a Latin letter, which need not be in the current layout."""
        key = self.typing.layout().keys.get(letter)
        code = key.code if key else self._code(letter)
        return (self._code(_CONTROL), code)

    def wait_for_length(self, field: Field, length: int) -> Reason:
        """Wait until the field is `length` long again; NONE, or why that cannot be said."""
        return wait_for_length(lambda: self.shown(field), length, _SEEN_S)

    def _no_modifier(self) -> bool:
        state = self._session.modifiers()
        return not (state.held & _HELD or state.latched & _HELD)

    def _paste_chord(self) -> tuple[int, ...]:
        key = self.typing.layout().keys.get(_V)
        # Where no key writes a v, programs that look for one differ; Insert is in every layout.
        return (self._code(_CONTROL), key.code) if key else self._shift_insert()

    def _shift_insert(self) -> tuple[int, ...]:
        return (self._code(_SHIFT), self._code(_INSERT))

    def _code(self, symbol: int) -> int:
        return int(self._session.display.keysym_to_keycode(symbol))

    def has_caught_up(self, window: int) -> bool:
        """Whether a program has handled the keys it got; True if it cannot say or has ended."""
        return self._session.ping(window, _CAUGHT_UP_S) or not (
            self._session.answers_pings(window) and self.looks.exists(window)
        )

    def _read(self, readings: Readings, aim: Aim, since: float) -> bool:
        client, pid = aim.client, aim.pid
        if readings.wait(client, pid, since, _ASKED_S):
            return True
        if not readings.begun(client, pid, since) and self._session.ping(aim.window, _CAUGHT_UP_S):
            # It was only slow; what it does with the keystroke, it does now.
            readings.wait(client, pid, since, _PONG_S)
        begun = readings.begun(client, pid, since)
        return begun and readings.wait(client, pid, since, _READ_S)

    def _taken(self, text: str, aim: Aim, readings: Readings, since: float) -> Outcome:
        """What became of a text that its target has fetched."""
        seen = self._seen(text, aim, Change.OTHER)
        if seen is Change.NONE and self._vouched(readings, aim, since):
            seen = self._seen(text, aim, Change.OTHER)
        if seen is Change.NONE:
            self._clipboard.leave()
            return Outcome(
                Verdict.COPIED, Method.PASTE, Reason.NOT_SEEN, readings=readings, since=since
            )
        verdict, reason, evidence = Verdict.INSERTED, Reason.NONE, Evidence.READ_BY_TARGET
        if seen is Change.EXACT:
            evidence = Evidence.SEEN_IN_FIELD
        elif not self._vouched(readings, aim, since):
            verdict, reason, evidence = Verdict.UNCONFIRMED, Reason.CANNOT_SEE, Evidence.NONE
        self._clipboard.give_back_soon()
        return Outcome(verdict, Method.PASTE, reason, evidence, len(text), readings, since)

    def _vouched(self, readings: Readings, aim: Aim, since: float) -> bool:
        return readings.wait_to_vouch(aim.client, aim.pid, since, _QUIET_S, _CAUGHT_UP_S)

    def _seen(self, text: str, aim: Aim, enough: Change) -> Change | None:
        """What the field shows of it, once it has changed `enough`; None if it cannot be seen."""
        field, before = aim.field, aim.before
        if field is None or before is None:
            return None
        return wait_for_change(lambda: self.shown(field), before, text, enough, _SEEN_S)
