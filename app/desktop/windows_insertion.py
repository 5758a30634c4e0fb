"""Insertion on Windows: `Hands` of the focus, the keys and the clipboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from app.desktop.field_text import FieldText
from app.desktop.insertion import Focus, Inserter, Reason
from app.desktop.readings import Readings
from app.desktop.system_focus import SystemFocus
from app.desktop.system_insertion import SystemInserter
from app.desktop.system_writing import Aim, Press
from app.desktop.target import TargetKind
from app.desktop.windows_clipboard import WindowsClipboard
from app.desktop.windows_field import SeenWindow, target_of
from app.desktop.windows_lending import Board, Lending
from app.desktop.windows_typing import Keyboard, WindowsTyping


class Looks(Protocol):
    """What is used of Windows to see the focus and the control in it."""

    def look(self) -> SeenWindow | None:
        """All that is known of the window and control in focus."""
        ...

    def window_in_focus(self) -> int:
        """The window that has the keyboard; 0 for none."""
        ...

    def control_in_focus(self) -> int:
        """The control that has the keyboard; 0 where Windows does not say."""
        ...

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        ...

    def has_caught_up(self, window: int) -> bool:
        """Whether a program has handled its messages."""
        ...

    def text(self, control: int) -> FieldText | None:
        """What an edit control shows."""
        ...

    def selected(self, control: int) -> str | None:
        """The selected text of an edit control."""
        ...

    def delete_before_caret(self, control: int, count: int) -> bool:
        """Delete `count` units before the caret of an edit control."""
        ...


class WindowsHands:
    """Fills `Hands`. `is_out_of_reach` says of a process that our keys do not come to it."""

    def __init__(
        self,
        looks: Looks,
        is_out_of_reach: Callable[[int], bool],
        keyboard: Keyboard,
        board: Board,
    ) -> None:
        """Raises OSError where the clipboard cannot be used."""
        self._looks = looks
        self._is_out_of_reach = is_out_of_reach
        self._typing = WindowsTyping(keyboard)
        self._clipboard = WindowsClipboard(board)

    def prepare(self) -> None:
        """Being made was all."""

    def aim(self) -> Aim | None:
        """The window and control that have the keyboard."""
        seen = self._looks.look()
        if seen is None:
            return None
        target = target_of(seen)
        field = seen.control if seen.is_edit else None
        visible = field is not None and target.kind is TargetKind.TEXT
        before = self._looks.text(seen.control) if visible else None
        return Aim(target, field, before, seen.automation.pid if seen.automation else 0)

    def window_in_focus(self) -> int:
        """The window that has the keyboard; 0 for none."""
        return self._looks.window_in_focus()

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        return self._looks.exists(window)

    def has_caught_up(self, window: int) -> bool:
        """Whether a program has handled its messages."""
        return self._looks.has_caught_up(window)

    def obstacle(self, aim: Aim) -> Reason:
        """Windows drops keys that are sent to a program of more rights, and says nothing."""
        pids = {aim.pid, aim.target.pid or 0}
        return Reason.ELEVATED if any(map(self._is_out_of_reach, pids)) else Reason.NONE

    def shown(self, aim: Aim) -> FieldText | None:
        """What the control shows now."""
        if aim.field is None or self._looks.control_in_focus() != aim.field:
            return None
        return self._looks.text(aim.field)

    def selected(self, aim: Aim) -> str | None:
        """The selected text, where it is an edit control."""
        return None if aim.field is None else self._looks.selected(aim.field)

    def delete_before_caret(self, aim: Aim, shown: FieldText, count: int) -> bool:
        """Delete what was inserted."""
        if aim.field is None or "\n" in shown.before_caret[-count:]:
            return False  # a line end counts differently from one kind of control to the other
        return self._looks.delete_before_caret(aim.field, count)

    def modifier_is_down(self) -> bool:
        """Whether a modifier is held."""
        return self._typing.modifier_is_down()

    def type(self, text: str, fits: Callable[[], bool]) -> int:
        """Write while `fits`; how many characters were sent."""
        return self._typing.type(text, fits)

    def press(self, chord: Press) -> bool:
        """Press a chord at once."""
        return self._typing.press(chord)

    def lend(self, text: str, within_s: float) -> Readings | None:
        """Promise `text`, once what is there is kept."""
        return self._clipboard.lend(text, within_s)

    def admit(self) -> None:
        """From now on readers are given the lent text."""
        self._clipboard.call(Lending.admit)

    def give_back(self) -> None:
        """Put the old content back."""
        self._clipboard.give_back()

    def copied(self, press: Callable[[], bool], pid: int, within_s: float) -> str | None:
        """What process `pid` puts on the clipboard after `press`."""
        return self._clipboard.copied(press, pid, within_s)

    def keep(self, text: str) -> bool:
        """Put `text` on the clipboard to stay."""
        return self._clipboard.keep(text)

    def close(self) -> None:
        """End the clipboard's thread."""
        self._clipboard.close()


def _hands() -> WindowsHands:
    from app.desktop.windows_board import WindowsBoard
    from app.desktop.windows_focus import WindowsLooks
    from app.desktop.windows_typing import SendInput

    looks = WindowsLooks()
    return WindowsHands(looks, looks.rights.is_out_of_reach, SendInput(), WindowsBoard())


def windows_insertion() -> tuple[Focus, Inserter]:
    """What looks at the focus and inserts text on Windows."""
    from app.desktop.windows_focus import WindowsLooks

    return SystemFocus(WindowsLooks), SystemInserter(_hands)
