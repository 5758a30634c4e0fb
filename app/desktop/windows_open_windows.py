"""The windows that are open on Windows, and switching to one."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Iterator, Mapping
from pathlib import PureWindowsPath
from typing import Any

from app.desktop.open_windows import OpenWindow, WindowsUnknown
from app.desktop.windows_structs import DWORD, HANDLE
from app.desktop.writing import wait_until

_NEXT, _RESTORE = 2, 9
_TOOL_WINDOW, _EXTENDED_STYLE, _CLOAKED = 0x80, -20, 14
_LIMITED_INFORMATION = 0x1000
_TITLE_LENGTH, _PATH_LENGTH = 512, 1024
_SWITCHED_S = 2.0
_AT_MOST = 5_000


class SystemWindows:
    """Fills `OpenWindows`."""

    def __init__(self) -> None:
        """Raises WindowsUnknown where this is not Windows."""
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise WindowsUnknown
        self._user = own["WinDLL"]("user32", use_last_error=True)
        self._kernel = own["WinDLL"]("kernel32", use_last_error=True)
        self._dwm = own["WinDLL"]("dwmapi")
        self._declare()

    async def list(self) -> tuple[OpenWindow, ...]:
        """Those of the task bar, the topmost first."""
        return await asyncio.to_thread(lambda: tuple(self._listed()))

    async def switch(self, number: int) -> bool:
        """Ask for it, and look whether it came; the system may say no."""
        return await asyncio.to_thread(self._switch, number)

    def _listed(self) -> Iterator[OpenWindow]:
        front = self._user.GetForegroundWindow() or 0
        window = self._user.GetTopWindow(None)
        for _ in range(_AT_MOST):  # the order may change meanwhile, and lead round
            if not window:
                return
            title = ctypes.create_unicode_buffer(_TITLE_LENGTH)
            self._user.GetWindowTextW(window, title, _TITLE_LENGTH)
            if title.value and self._is_shown(window):
                pid = DWORD()
                self._user.GetWindowThreadProcessId(window, ctypes.byref(pid))
                app = self._program(pid.value)
                yield OpenWindow(window, app, title.value, window == front, pid.value)
            window = self._user.GetWindow(window, _NEXT)

    def _switch(self, number: int) -> bool:
        if self._user.IsIconic(number):
            self._user.ShowWindow(number, _RESTORE)
        self._user.SetForegroundWindow(number)
        return wait_until(lambda: self._user.GetForegroundWindow() == number, _SWITCHED_S)

    def _is_shown(self, window: int) -> bool:
        cloaked = DWORD()
        self._dwm.DwmGetWindowAttribute(window, _CLOAKED, ctypes.byref(cloaked), 4)
        style = self._user.GetWindowLongW(window, _EXTENDED_STYLE)
        return bool(self._user.IsWindowVisible(window)) and not (
            cloaked.value or style & _TOOL_WINDOW
        )

    def _program(self, pid: int) -> str:
        process = self._kernel.OpenProcess(_LIMITED_INFORMATION, False, pid)
        if not process:
            return ""
        path, length = ctypes.create_unicode_buffer(_PATH_LENGTH), DWORD(_PATH_LENGTH)
        try:
            known = self._kernel.QueryFullProcessImageNameW(process, 0, path, ctypes.byref(length))
        finally:
            self._kernel.CloseHandle(process)
        return PureWindowsPath(path.value).stem if known else ""

    def _declare(self) -> None:
        user, kernel, number = self._user, self._kernel, ctypes.c_int
        text = ctypes.c_wchar_p
        calls: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
            (user.GetForegroundWindow, HANDLE, ()),
            (user.GetTopWindow, HANDLE, (HANDLE,)),
            (user.GetWindow, HANDLE, (HANDLE, ctypes.c_uint)),
            (user.SetForegroundWindow, number, (HANDLE,)),
            (user.ShowWindow, number, (HANDLE, number)),
            (user.IsWindowVisible, number, (HANDLE,)),
            (user.IsIconic, number, (HANDLE,)),
            (user.GetWindowThreadProcessId, DWORD, (HANDLE, HANDLE)),
            (user.GetWindowTextW, number, (HANDLE, text, number)),
            (user.GetWindowLongW, ctypes.c_int32, (HANDLE, number)),
            (kernel.OpenProcess, HANDLE, (DWORD, number, DWORD)),
            (kernel.CloseHandle, number, (HANDLE,)),
            (kernel.QueryFullProcessImageNameW, number, (HANDLE, DWORD, text, HANDLE)),
            (
                self._dwm.DwmGetWindowAttribute,
                ctypes.c_int32,
                (HANDLE, DWORD, HANDLE, DWORD),
            ),
        )
        for function, result, arguments in calls:
            function.restype, function.argtypes = result, arguments
