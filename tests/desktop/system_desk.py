"""A Windows or macOS desktop of one window, which does with keys and clipboard what one would."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.desktop.field_text import FieldText, utf16_length
from app.desktop.insertion import Reason
from app.desktop.readings import Readings
from app.desktop.system_writing import Aim, Patience, Press
from app.desktop.target import Target, TargetKind

AT_ONCE = Patience(
    save_s=30,
    released_s=0.5,
    settled_s=0,
    read_s=0.02,
    seen_s=0.5,
    unseen_s=0,
    given_back_s=0,
    copied_s=0.02,
)
WINDOW, PID, FIELD = 7, 42, 70
TARGET = Target(WINDOW, "notes", "Notes", PID, kind=TargetKind.TEXT)


@dataclass
class Desk:
    """Fills `Hands`. `reader` is who reads the clipboard at a paste; None for nobody."""

    target: Target = TARGET
    content: str = ""
    selection: int = 0
    is_seen: bool = True
    tells_readers: bool = True
    reader: tuple[int, int] | None = (WINDOW, PID)
    takes_text: bool = True
    in_focus: int = WINDOW
    windows: set[int] = field(default_factory=lambda: {WINDOW, 8})
    blocked_by: Reason = Reason.NONE
    modifiers: list[bool] = field(default_factory=list)
    clipboard: str = "old"
    refuses_to_lend: BaseException | None = None
    gone: bool = False
    fails_to_give_back: int = 0
    caught_up: bool = True
    loses_focus_after: int | None = None
    pressed: list[Press] = field(default_factory=list)
    kept: str | None = None
    saved: str | None = None
    readings: Readings | None = None
    admitted: bool = False
    closed: bool = False

    def prepare(self) -> None:
        self._answer()

    def aim(self) -> Aim | None:
        self._answer()
        if not self.in_focus:
            return None
        target = replace(self.target, window_id=self.in_focus)
        return Aim(target, FIELD if self.is_seen else None, self._field())

    def window_in_focus(self) -> int:
        return self.in_focus

    def exists(self, window: int) -> bool:
        return window in self.windows

    def has_caught_up(self, window: int) -> bool:
        return self.caught_up

    def obstacle(self, aim: Aim) -> Reason:
        return self.blocked_by

    def shown(self, aim: Aim) -> FieldText | None:
        return self._field()

    def selected(self, aim: Aim) -> str | None:
        return self.content[-self.selection :] if self.is_seen and self.selection else None

    def delete_before_caret(self, aim: Aim, shown: FieldText, count: int) -> bool:
        self.content = self.content[:-count]
        return True

    def modifier_is_down(self) -> bool:
        return self.modifiers.pop() if self.modifiers else False

    def type(self, text: str, fits: Callable[[], bool]) -> int:
        for place, character in enumerate(text):
            if place == self.loses_focus_after:
                self.in_focus = 8
            if not fits():
                return place
            self._insert(character)
        return len(text)

    def press(self, chord: Press) -> bool:
        self.pressed.append(chord)
        if chord is Press.UNDO:
            self.content = "undone"
        elif chord is Press.COPY:
            self.clipboard = self.content[-self.selection :]
        elif self.reader is not None:
            if self.readings is not None:
                self.readings.end(self.readings.begin(*self.reader))
            self._insert(self.clipboard)
        return True

    def lend(self, text: str, within_s: float) -> Readings | None:
        if self.refuses_to_lend is not None:
            raise self.refuses_to_lend
        if self.saved is None:
            self.saved = self.clipboard
        self.clipboard, self.admitted = text, False
        self.readings = Readings() if self.tells_readers else None
        return self.readings

    def admit(self) -> None:
        self.admitted = True

    def give_back(self) -> None:
        if self.fails_to_give_back:
            self.fails_to_give_back -= 1
            raise OSError("in use")
        if self.saved is not None:
            self.clipboard, self.saved = self.saved, None

    def copied(self, press: Callable[[], bool], pid: int, within_s: float) -> str | None:
        before = self.clipboard
        if not press():
            return None
        text, self.clipboard = self.clipboard, before
        return text

    def keep(self, text: str) -> bool:
        self.clipboard, self.saved = text, None
        return True

    def close(self) -> None:
        self.give_back()
        self.closed = True

    def close_target(self) -> None:
        """The window goes, and another one has the keyboard."""
        self.windows.discard(WINDOW)
        self.in_focus = 8

    def _field(self) -> FieldText | None:
        if not self.is_seen:
            return None
        length = utf16_length(self.content)
        return FieldText(length, length, self.selection, self.content)

    def _insert(self, text: str) -> None:
        if self.takes_text:
            self.content = self.content[: len(self.content) - self.selection] + text
            self.selection = 0

    def _answer(self) -> None:
        if self.gone:
            raise OSError("no desktop")


def settled(desk: Desk, within_s: float = 5.0) -> bool:
    """Whether the clipboard is given back."""
    deadline = time.monotonic() + within_s
    while desk.saved is not None and time.monotonic() < deadline:
        time.sleep(0.001)
    return desk.saved is None
