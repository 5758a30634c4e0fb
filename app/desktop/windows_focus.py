"""The window that has the keyboard on Windows, and the control in it. One thread."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from typing import Any

from app.desktop.field_text import FieldText
from app.desktop.target import Rect, Target
from app.desktop.windows_automation import WindowsAutomation
from app.desktop.windows_field import SeenWindow, field_text, is_edit, target_of
from app.desktop.windows_rights import WindowsRights
from app.desktop.windows_structs import DWORD, HANDLE, ULONG_PTR, GuiThread, Point, WindowRect
from app.desktop.writing import wait_until

_STYLE = -16
_WM_NULL, _WM_GETTEXT, _WM_GETTEXTLENGTH = 0x00, 0x0D, 0x0E
_EM_GETSEL, _EM_SETSEL, _EM_REPLACESEL = 0xB0, 0xB1, 0xC2
_ABORT_IF_HUNG = 0x2
_ANSWER_MS, _CAUGHT_UP_MS = 300, 2000
_SHOWN_AT_MOST = 200_000
_CLASS_LENGTH, _TITLE_LENGTH = 256, 512
_NEXT = 2
_GIVEN_BACK_S = 1.0
_TOOL_WINDOW, _EXTENDED_STYLE, _CLOAKED = 0x80, -20, 14


class WindowsLooks:
    """Fills `Looking`, and tells more of the control in focus."""

    def __init__(self) -> None:
        """Raises OSError where this is not Windows."""
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise OSError("this is not Windows")
        self._user = own["WinDLL"]("user32", use_last_error=True)
        self._dwm = own["WinDLL"]("dwmapi")
        self._declare()
        self._automation = WindowsAutomation()
        self.rights = WindowsRights()

    def target(self) -> Target | None:
        """The target right now."""
        seen = self.look()
        return target_of(seen) if seen else None

    def give_back(self) -> bool:
        """Give the keyboard to the topmost window of another program; whether it has it."""
        window = self._user.GetTopWindow(None)
        while window and not self._is_other(window):
            window = self._user.GetWindow(window, _NEXT)
        if not window or not self._user.SetForegroundWindow(window):
            return False
        return wait_until(lambda: self.window_in_focus() == window, _GIVEN_BACK_S)

    def window_in_focus(self) -> int:
        """The window that has the keyboard; 0 for none."""
        return self._user.GetForegroundWindow() or 0

    def exists(self, window: int) -> bool:
        """Whether a window is still there."""
        return bool(self._user.IsWindow(window))

    def has_caught_up(self, window: int) -> bool:
        """Whether a program has handled its messages."""
        return self._ask(window, _WM_NULL, 0, 0, _CAUGHT_UP_MS) is not None

    def look(self) -> SeenWindow | None:
        """All that is known of the window and control in focus."""
        window = self.window_in_focus()
        if not window:
            return None
        pid = DWORD()
        thread = self._user.GetWindowThreadProcessId(window, ctypes.byref(pid))
        gui = GuiThread(size=ctypes.sizeof(GuiThread))
        if not self._user.GetGUIThreadInfo(thread, ctypes.byref(gui)):
            gui = GuiThread()
        control = gui.focus or window
        hung = bool(self._user.IsHungAppWindow(window))
        title = ctypes.create_unicode_buffer(_TITLE_LENGTH)
        self._user.GetWindowTextW(window, title, _TITLE_LENGTH)
        return SeenWindow(
            window=window,
            control=control,
            pid=pid.value,
            executable=self.rights.executable_of(pid.value),
            window_class=self._class_of(window),
            control_class=self._class_of(control),
            title=title.value,
            style=self._user.GetWindowLongW(control, _STYLE),
            place=self._place(window),
            caret=self._caret(gui),
            automation=None if hung else self._automation.focused(),
        )

    def control_in_focus(self) -> int:
        """The control that has the keyboard; 0 where Windows does not say."""
        window = self.window_in_focus()
        thread = self._user.GetWindowThreadProcessId(window, None)
        gui = GuiThread(size=ctypes.sizeof(GuiThread))
        told = thread and self._user.GetGUIThreadInfo(thread, ctypes.byref(gui))
        return (gui.focus or 0) if told else 0

    def text(self, control: int) -> FieldText | None:
        """What an edit control shows; None if it does not tell, or shows very much."""
        text, selection = self._text(control), self._selection(control)
        if text is None or selection is None:
            return None
        return field_text(text, *selection, breaks_are_one=self._counts_breaks_as_one(control))

    def selected(self, control: int) -> str | None:
        """The selected text of an edit control; "" if none is."""
        text, selection = self._text(control), self._selection(control)
        if text is None or selection is None:
            return None
        if self._counts_breaks_as_one(control):
            text = text.replace("\r\n", "\n")
        start, end = selection
        units = text.encode("utf-16-le", "surrogatepass")[2 * start : 2 * end]
        return units.decode("utf-16-le", "replace").replace("\r\n", "\n")

    def delete_before_caret(self, control: int, count: int) -> bool:
        """Delete `count` units before the caret of an edit control; whether it was asked to."""
        selection = self._selection(control)
        if selection is None or selection[1] < count:
            return False
        end = selection[1]
        nothing = ctypes.create_unicode_buffer("")
        chosen = self._ask(control, _EM_SETSEL, end - count, end)
        can_undo = 1
        address = ctypes.addressof(nothing)
        return (
            chosen is not None and self._ask(control, _EM_REPLACESEL, can_undo, address) is not None
        )

    def _text(self, control: int) -> str | None:
        if not is_edit(self._class_of(control)):
            return None
        length = self._ask(control, _WM_GETTEXTLENGTH, 0, 0)
        if length is None or length > _SHOWN_AT_MOST:
            return None
        buffer = ctypes.create_unicode_buffer(length + 1)
        address = ctypes.addressof(buffer)
        copied = self._ask(control, _WM_GETTEXT, length + 1, address)
        return None if copied is None else buffer.value

    def _selection(self, control: int) -> tuple[int, int] | None:
        start, end = DWORD(), DWORD()
        first, second = ctypes.addressof(start), ctypes.addressof(end)
        if self._ask(control, _EM_GETSEL, first, second) is None:
            return None
        return start.value, end.value

    def _counts_breaks_as_one(self, control: int) -> bool:
        return "rich" in self._class_of(control).lower()

    def _ask(
        self, window: int, message: int, first: int, second: int, within_ms: int = _ANSWER_MS
    ) -> int | None:
        answer = ULONG_PTR()
        said = self._user.SendMessageTimeoutW(
            window, message, first, second, _ABORT_IF_HUNG, within_ms, ctypes.byref(answer)
        )
        return answer.value if said else None

    def _class_of(self, window: int) -> str:
        name = ctypes.create_unicode_buffer(_CLASS_LENGTH)
        self._user.GetClassNameW(window, name, _CLASS_LENGTH)
        return name.value

    def _place(self, window: int) -> Rect | None:
        rect = WindowRect()
        if not self._user.GetWindowRect(window, ctypes.byref(rect)):
            return None
        return Rect(rect.left, rect.top, rect.right - rect.left, rect.bottom - rect.top)

    def _caret(self, gui: GuiThread) -> Rect | None:
        if not gui.caret:
            return None
        rect, corner = gui.caret_rect, Point(gui.caret_rect.left, gui.caret_rect.top)
        self._user.ClientToScreen(gui.caret, ctypes.byref(corner))
        return Rect(corner.x, corner.y, rect.right - rect.left, rect.bottom - rect.top)

    def _is_other(self, window: int) -> bool:
        pid, cloaked = DWORD(), DWORD()
        self._user.GetWindowThreadProcessId(window, ctypes.byref(pid))
        self._dwm.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), 4)
        style = self._user.GetWindowLongW(window, _EXTENDED_STYLE)
        shown = self._user.IsWindowVisible(window) and not self._user.IsIconic(window)
        plain = not cloaked.value and not style & _TOOL_WINDOW
        return bool(shown and plain) and pid.value != os.getpid()

    def _declare(self) -> None:
        user, number = self._user, ctypes.c_int
        text, size = ctypes.c_wchar_p, ctypes.c_size_t
        calls: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
            (user.GetForegroundWindow, HANDLE, ()),
            (user.GetTopWindow, HANDLE, (HANDLE,)),
            (user.GetWindow, HANDLE, (HANDLE, ctypes.c_uint)),
            (user.SetForegroundWindow, number, (HANDLE,)),
            (user.IsWindow, number, (HANDLE,)),
            (user.IsWindowVisible, number, (HANDLE,)),
            (user.IsIconic, number, (HANDLE,)),
            (user.IsHungAppWindow, number, (HANDLE,)),
            (user.GetWindowThreadProcessId, DWORD, (HANDLE, HANDLE)),
            (user.GetGUIThreadInfo, number, (DWORD, HANDLE)),
            (user.GetWindowTextW, number, (HANDLE, text, number)),
            (user.GetClassNameW, number, (HANDLE, text, number)),
            (user.GetWindowLongW, ctypes.c_int32, (HANDLE, number)),
            (user.GetWindowRect, number, (HANDLE, HANDLE)),
            (user.ClientToScreen, number, (HANDLE, HANDLE)),
            (
                user.SendMessageTimeoutW,
                ctypes.c_ssize_t,
                (HANDLE, ctypes.c_uint, size, size, ctypes.c_uint, ctypes.c_uint, HANDLE),
            ),
            (
                self._dwm.DwmGetWindowAttribute,
                ctypes.c_int32,
                (HANDLE, DWORD, HANDLE, DWORD),
            ),
        )
        for function, result, arguments in calls:
            function.restype, function.argtypes = result, arguments
