"""Insertion on macOS: `Hands` of the focus, the keys and the pasteboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.desktop.field_text import FieldText
from app.desktop.insertion import Focus, Inserter, Reason
from app.desktop.macos_clipboard import MacClipboard, Pasteboard
from app.desktop.macos_field import SeenElement, target_of
from app.desktop.macos_typing import Keyboard, MacTyping
from app.desktop.readings import Readings
from app.desktop.system_focus import SystemFocus
from app.desktop.system_insertion import SystemInserter
from app.desktop.system_writing import Aim, Press
from app.desktop.target import TargetKind


class Looks(Protocol):
    """What is used of macOS to see the focus and the element in it."""

    def look(self) -> SeenElement | None:
        """All that is known of the program and element in focus."""
        ...

    def is_trusted(self) -> bool:
        """Whether the user lets us see elements and send keys."""
        ...

    def is_secure_input(self) -> bool:
        """Whether a program keeps the keyboard to itself."""
        ...

    def window_in_focus(self) -> int:
        """The window that has the keyboard; 0 for none."""
        ...

    def has_focus(self, number: int) -> bool:
        """Whether the element of a look has the keyboard."""
        ...

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        ...

    def text(self, number: int) -> FieldText | None:
        """What the element of a look shows."""
        ...

    def selected(self, number: int) -> str | None:
        """Its selected text."""
        ...


class MacHands:
    """Fills `Hands`."""

    def __init__(self, looks: Looks, keyboard: Keyboard, pasteboard: Pasteboard) -> None:
        self._looks = looks
        self._typing = MacTyping(keyboard)
        self._clipboard = MacClipboard(pasteboard)

    def prepare(self) -> None:
        """Being made was all."""

    def aim(self) -> Aim | None:
        """The window and element that have the keyboard."""
        seen = self._looks.look()
        if seen is None:
            return None
        target = target_of(seen)
        visible = bool(seen.element) and target.kind is TargetKind.TEXT
        before = self._looks.text(seen.element) if visible else None
        return Aim(target, seen.element or None, before)

    def window_in_focus(self) -> int:
        """The window that has the keyboard; 0 for none."""
        return self._looks.window_in_focus()

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        return self._looks.exists(window)

    def has_caught_up(self, window: int) -> bool:
        """Not told by macOS."""
        return True

    def obstacle(self, aim: Aim) -> Reason:
        """Without the permission macOS drops keys; secure input means that a secret is typed."""
        if not self._looks.is_trusted():
            return Reason.NOT_ALLOWED
        return Reason.SECURE_INPUT if self._looks.is_secure_input() else Reason.NONE

    def shown(self, aim: Aim) -> FieldText | None:
        """What the element shows now."""
        if aim.field is None or not self._looks.has_focus(aim.field):
            return None
        return self._looks.text(aim.field)

    def selected(self, aim: Aim) -> str | None:
        """The selected text, where the element tells."""
        return None if aim.field is None else self._looks.selected(aim.field)

    def delete_before_caret(self, aim: Aim, shown: FieldText, count: int) -> bool:
        """Left to the program's own undo: browsers lose the focus when elements are changed."""
        return False

    def modifier_is_down(self) -> bool:
        """Whether a modifier is held."""
        return self._typing.modifier_is_down()

    def type(self, text: str, fits: Callable[[], bool]) -> int:
        """Write while `fits`; how many characters were sent."""
        return self._typing.type(text, fits)

    def press(self, chord: Press) -> bool:
        """Press a chord."""
        return self._typing.press(chord)

    def lend(self, text: str, within_s: float) -> Readings | None:
        """Put `text` on the pasteboard, once what is there is kept."""
        self._clipboard.lend(text, within_s)
        return None

    def admit(self) -> None:
        """The text is there for everybody at once."""

    def give_back(self) -> None:
        """Put the old content back."""
        self._clipboard.give_back()

    def copied(self, press: Callable[[], bool], pid: int, within_s: float) -> str | None:
        """What is put on the pasteboard after `press`."""
        return self._clipboard.copied(press, within_s)

    def keep(self, text: str) -> bool:
        """Put `text` on the pasteboard to stay."""
        return self._clipboard.keep(text)

    def close(self) -> None:
        """Give the pasteboard back."""
        self._clipboard.give_back()


def _hands() -> MacHands:
    from app.desktop.macos_focus import MacLooks
    from app.desktop.macos_pasteboard import MacPasteboard
    from app.desktop.macos_typing import MacKeyboard

    return MacHands(MacLooks(), MacKeyboard(), MacPasteboard())


def macos_insertion() -> tuple[Focus, Inserter]:
    """What looks at the focus and inserts text on macOS."""
    from app.desktop.macos_focus import MacLooks

    return SystemFocus(MacLooks), SystemInserter(_hands)
