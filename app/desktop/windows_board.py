"""The clipboard calls of Windows, by ctypes. One thread, but for `wake`."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping
from typing import Any

from app.desktop.windows_lending import ENHANCED_METAFILE
from app.desktop.windows_structs import DWORD, HANDLE, ULONG_PTR, Message, WindowClass

_WM_RENDERFORMAT, _WM_APP = 0x0305, 0x8000
_ONLY_MESSAGES = ctypes.c_void_p(-3)
_CLASS = "SaysoClipboard"
_PM_REMOVE = 1
_QS_ALLINPUT, _MWMO_INPUTAVAILABLE = 0x04FF, 0x0004
_FOREVER = 0xFFFFFFFF
_MOVEABLE = 0x0002
_ROOT = 2
_NAME_LENGTH = 256


class WindowsBoard:
    """Fills `Board`."""

    def __init__(self) -> None:
        """Raises OSError where this is not Windows."""
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise OSError("this is not Windows")
        self._user = own["WinDLL"]("user32", use_last_error=True)
        self._kernel = own["WinDLL"]("kernel32", use_last_error=True)
        self._gdi = own["WinDLL"]("gdi32", use_last_error=True)
        self._last_error: Callable[[], int] = own["get_last_error"]
        self._declare()
        procedure = own["WINFUNCTYPE"](
            ctypes.c_ssize_t, HANDLE, ctypes.c_uint, ULONG_PTR, ctypes.c_ssize_t
        )
        self._procedure = procedure(self._on_message)
        self._window: int | None = None
        self._on_render: Callable[[], bytes | None] | None = None

    def start(self, on_render: Callable[[], bytes | None]) -> None:
        """Make the window; `on_render` gives the promised text, None to refuse it."""
        self._on_render = on_render
        module = self._kernel.GetModuleHandleW(None)
        about = WindowClass(size=ctypes.sizeof(WindowClass), instance=module, class_name=_CLASS)
        about.procedure = ctypes.cast(self._procedure, HANDLE)
        # A class that is left from an earlier board has a procedure that is gone.
        self._user.UnregisterClassW(_CLASS, module)
        if not self._user.RegisterClassExW(ctypes.byref(about)):
            raise self._refused("RegisterClassExW")
        self._window = self._user.CreateWindowExW(
            0, _CLASS, None, 0, 0, 0, 0, 0, _ONLY_MESSAGES, None, module, None
        )
        if not self._window:
            raise self._refused("CreateWindowExW")

    def wait(self, timeout_s: float | None) -> None:
        """Handle messages until there is one, or `wake`."""
        patience = _FOREVER if timeout_s is None else int(timeout_s * 1000)
        self._user.MsgWaitForMultipleObjectsEx(
            0, None, patience, _QS_ALLINPUT, _MWMO_INPUTAVAILABLE
        )
        message = Message()
        while self._user.PeekMessageW(ctypes.byref(message), None, 0, 0, _PM_REMOVE):
            self._user.DispatchMessageW(ctypes.byref(message))

    def wake(self) -> None:
        """End the wait."""
        if self._window:
            self._user.PostMessageW(self._window, _WM_APP, 0, 0)

    def stop(self) -> None:
        """End the window."""
        self._user.DestroyWindow(self._window)
        self._window = None

    def open(self) -> bool:
        """Open the clipboard; False while another program has it open."""
        return bool(self._user.OpenClipboard(self._window))

    def close(self) -> None:
        """Close it."""
        self._user.CloseClipboard()

    def empty(self) -> None:
        """Own it, with nothing in it."""
        if not self._user.EmptyClipboard():
            raise self._refused("EmptyClipboard")

    def formats(self) -> list[int]:
        """What it has."""
        found: list[int] = []
        number = self._user.EnumClipboardFormats(0)
        while number:
            found.append(number)
            number = self._user.EnumClipboardFormats(number)
        return found

    def name_of(self, number: int) -> str:
        """A registered format's name, else ""."""
        name = ctypes.create_unicode_buffer(_NAME_LENGTH)
        return name.value if self._user.GetClipboardFormatNameW(number, name, _NAME_LENGTH) else ""

    def number_of(self, name: str) -> int:
        """A format by name."""
        return int(self._user.RegisterClipboardFormatW(name))

    def read(self, number: int) -> bytes | None:
        """One form of the content."""
        handle = self._user.GetClipboardData(number)
        if not handle:
            return None
        if number == ENHANCED_METAFILE:
            size = self._gdi.GetEnhMetaFileBits(handle, 0, None)
            picture = ctypes.create_string_buffer(size)
            return picture.raw if self._gdi.GetEnhMetaFileBits(handle, size, picture) else None
        address = self._kernel.GlobalLock(handle)
        if not address:
            return None
        try:
            return ctypes.string_at(address, self._kernel.GlobalSize(handle))
        finally:
            self._kernel.GlobalUnlock(handle)

    def write(self, number: int, data: bytes | None) -> None:
        """Add a form; None promises it."""
        if data is None:
            # The answer is NULL when it works, too.
            self._user.SetClipboardData(number, None)
            return
        if number == ENHANCED_METAFILE:
            handle = self._gdi.SetEnhMetaFileBits(len(data), data)
        else:
            handle = self._memory(data)
        if not self._user.SetClipboardData(number, handle):
            refused = self._refused("SetClipboardData")
            if number != ENHANCED_METAFILE:
                self._kernel.GlobalFree(handle)
            raise refused

    def is_ours(self) -> bool:
        """Whether we own it."""
        return bool(self._window) and self._user.GetClipboardOwner() == self._window

    def changes(self) -> int:
        """Counts up with every change."""
        return int(self._user.GetClipboardSequenceNumber())

    def owner_pid(self) -> int:
        """The process that owns it, 0 for unknown."""
        return self._process(self._user.GetClipboardOwner())

    def reader(self) -> tuple[int, int]:
        """The top window and process that have it open, 0 for unknown."""
        window = self._user.GetOpenClipboardWindow()
        if not window:
            return 0, 0
        return int(self._user.GetAncestor(window, _ROOT) or window), self._process(window)

    def _on_message(self, window: int, message: int, first: int, second: int) -> int:
        if message != _WM_RENDERFORMAT:
            return int(self._user.DefWindowProcW(window, message, first, second))
        data = self._on_render() if self._on_render else None
        if data is not None:
            # The reader has the clipboard open.
            self._user.SetClipboardData(first, self._memory(data))
        return 0

    def _memory(self, data: bytes) -> int:
        handle = self._kernel.GlobalAlloc(_MOVEABLE, max(len(data), 1))
        address = self._kernel.GlobalLock(handle) if handle else None
        if not address:
            raise self._refused("GlobalAlloc")
        ctypes.memmove(address, data, len(data))
        self._kernel.GlobalUnlock(handle)
        return int(handle)

    def _process(self, window: int | None) -> int:
        pid = DWORD()
        if window:
            self._user.GetWindowThreadProcessId(window, ctypes.byref(pid))
        return pid.value

    def _refused(self, call: str) -> OSError:
        return OSError(f"{call}: Windows error {self._last_error()}")

    def _declare(self) -> None:
        user, kernel, gdi = self._user, self._kernel, self._gdi
        text, uint, size = ctypes.c_wchar_p, ctypes.c_uint, ctypes.c_size_t
        signed, number = ctypes.c_ssize_t, ctypes.c_int
        calls: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
            (user.UnregisterClassW, number, (text, HANDLE)),
            (user.RegisterClassExW, ctypes.c_ushort, (ctypes.POINTER(WindowClass),)),
            (
                user.CreateWindowExW,
                HANDLE,
                (DWORD, text, text, DWORD, *(number,) * 4, *(HANDLE,) * 4),
            ),
            (user.DestroyWindow, number, (HANDLE,)),
            (user.DefWindowProcW, signed, (HANDLE, uint, ULONG_PTR, signed)),
            (user.DispatchMessageW, signed, (HANDLE,)),
            (user.PeekMessageW, number, (HANDLE, HANDLE, uint, uint, uint)),
            (user.PostMessageW, number, (HANDLE, uint, ULONG_PTR, signed)),
            (user.MsgWaitForMultipleObjectsEx, DWORD, (DWORD, HANDLE, DWORD, DWORD, DWORD)),
            (user.OpenClipboard, number, (HANDLE,)),
            (user.GetClipboardData, HANDLE, (uint,)),
            (user.SetClipboardData, HANDLE, (uint, HANDLE)),
            (user.EnumClipboardFormats, uint, (uint,)),
            (user.GetClipboardFormatNameW, number, (uint, text, number)),
            (user.RegisterClipboardFormatW, uint, (text,)),
            (user.GetClipboardOwner, HANDLE, ()),
            (user.GetClipboardSequenceNumber, DWORD, ()),
            (user.GetOpenClipboardWindow, HANDLE, ()),
            (user.GetAncestor, HANDLE, (HANDLE, uint)),
            (user.GetWindowThreadProcessId, DWORD, (HANDLE, HANDLE)),
            (kernel.GetModuleHandleW, HANDLE, (text,)),
            (kernel.GlobalAlloc, HANDLE, (uint, size)),
            (kernel.GlobalLock, HANDLE, (HANDLE,)),
            (kernel.GlobalUnlock, number, (HANDLE,)),
            (kernel.GlobalSize, size, (HANDLE,)),
            (kernel.GlobalFree, HANDLE, (HANDLE,)),
            (gdi.GetEnhMetaFileBits, uint, (HANDLE, uint, HANDLE)),
            (gdi.SetEnhMetaFileBits, HANDLE, (uint, ctypes.c_char_p)),
        )
        for function, result, arguments in calls:
            function.restype, function.argtypes = result, arguments
