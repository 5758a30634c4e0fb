"""The calls of Windows that hotkeys need, by ctypes. One thread, but for `wake`."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Mapping
from typing import Any

from app.desktop.windows_hotkeys import AnyKey, Registration

_WM_HOTKEY, _WM_APP = 0x0312, 0x8000
_KEY_DOWN, _KEY_UP = (0x0100, 0x0104), (0x0101, 0x0105)
_WH_KEYBOARD_LL = 13
_MOD_NOREPEAT = 0x4000
_ALREADY_REGISTERED = 1409
_PM_REMOVE = 1
_QS_ALLINPUT, _MWMO_INPUTAVAILABLE = 0x04FF, 0x0004
_FOREVER = 0xFFFFFFFF
_DOWN = 0x8000
_ALTGR_CTRL = 0x021D
"""Scan code of the Ctrl that Windows invents when AltGr is pressed."""


class _Point(ctypes.Structure):
    _fields_ = (("x", ctypes.c_long), ("y", ctypes.c_long))


class _Message(ctypes.Structure):
    _fields_ = (
        ("window", ctypes.c_void_p),
        ("message", ctypes.c_uint),
        ("w", ctypes.c_size_t),
        ("l", ctypes.c_ssize_t),
        ("time", ctypes.c_uint32),
        ("point", _Point),
    )


class HookedKey(ctypes.Structure):
    """KBDLLHOOKSTRUCT."""

    _fields_ = (
        ("code", ctypes.c_uint32),
        ("scan", ctypes.c_uint32),
        ("flags", ctypes.c_uint32),
        ("time", ctypes.c_uint32),
        ("extra", ctypes.c_size_t),
    )


def hooked(message: int, key: HookedKey) -> AnyKey | None:
    """What the hook tells; None for what no finger did."""
    if key.scan == _ALTGR_CTRL or message not in (*_KEY_DOWN, *_KEY_UP):
        return None
    return AnyKey(key.code, message in _KEY_DOWN)


class WindowsKeyboard:
    """Fills `Keyboard`."""

    def __init__(self) -> None:
        """Raises OSError where this is not Windows."""
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise OSError("this is not Windows")
        self._user = own["WinDLL"]("user32", use_last_error=True)
        self._kernel = own["WinDLL"]("kernel32", use_last_error=True)
        self._last_error: Callable[[], int] = own["get_last_error"]
        self._declare()
        self._thread_id: int | None = None
        self._started = threading.Event()
        self._hook: int | None = None
        self._keys: list[int | AnyKey] = []
        callback = own["WINFUNCTYPE"](
            ctypes.c_ssize_t, ctypes.c_int, ctypes.c_size_t, ctypes.c_ssize_t
        )
        self._on_key = callback(self._hear)

    def register(self, number: int, modifiers: int, code: int) -> Registration:
        """Take a hotkey, which `wait` then tells by its number."""
        if self._user.RegisterHotKey(None, number, modifiers | _MOD_NOREPEAT, code):
            return Registration.DONE
        if self._last_error() == _ALREADY_REGISTERED:
            return Registration.TAKEN
        return Registration.REFUSED

    def unregister(self, number: int) -> None:
        """Give a hotkey back."""
        self._user.UnregisterHotKey(None, number)

    def hook(self, on: bool) -> bool:
        """Have `wait` tell every key, or no longer; False when Windows refuses."""
        if on and self._hook is None:
            module = self._kernel.GetModuleHandleW(None)
            self._hook = self._user.SetWindowsHookExW(_WH_KEYBOARD_LL, self._on_key, module, 0)
        elif not on and self._hook is not None:
            self._user.UnhookWindowsHookEx(self._hook)
            self._hook = None
        return not on or bool(self._hook)

    def is_down(self, code: int) -> bool:
        """Whether a virtual key is down now."""
        return bool(self._user.GetAsyncKeyState(code) & _DOWN)

    def wait(self, timeout_ms: int | None) -> list[int | AnyKey]:
        """Pressed hotkeys by number, and keys, as soon as there are any or `wake` was called."""
        patience = _FOREVER if timeout_ms is None else timeout_ms
        message = _Message()
        if self._thread_id is None:
            # A thread has a queue, which `wake` needs, once it has looked for messages.
            self._user.PeekMessageW(ctypes.byref(message), None, 0, 0, 0)
            self._thread_id = self._kernel.GetCurrentThreadId()
            self._started.set()
            patience = 0
        self._user.MsgWaitForMultipleObjectsEx(
            0, None, patience, _QS_ALLINPUT, _MWMO_INPUTAVAILABLE
        )
        while self._user.PeekMessageW(ctypes.byref(message), None, 0, 0, _PM_REMOVE):
            if message.message == _WM_HOTKEY:
                self._keys.append(int(message.w))
        found, self._keys = self._keys, []
        return found

    def wake(self) -> None:
        """End the wait."""
        if self._started.is_set():
            self._user.PostThreadMessageW(self._thread_id, _WM_APP, 0, 0)

    def _hear(self, code: int, message: int, address: int) -> int:
        if code >= 0 and (key := hooked(message, HookedKey.from_address(address))) is not None:
            self._keys.append(key)
            self.wake()
        return int(self._user.CallNextHookEx(None, code, message, address))

    def _declare(self) -> None:
        user = self._user
        user.GetAsyncKeyState.restype = ctypes.c_short
        user.SetWindowsHookExW.restype = ctypes.c_void_p
        user.SetWindowsHookExW.argtypes = (
            ctypes.c_int,
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.c_uint32,
        )
        user.UnhookWindowsHookEx.argtypes = (ctypes.c_void_p,)
        user.CallNextHookEx.restype = ctypes.c_ssize_t
        user.CallNextHookEx.argtypes = (
            ctypes.c_void_p,
            ctypes.c_int,
            ctypes.c_size_t,
            ctypes.c_ssize_t,
        )
        user.PostThreadMessageW.argtypes = (
            ctypes.c_uint32,
            ctypes.c_uint,
            ctypes.c_size_t,
            ctypes.c_ssize_t,
        )
        self._kernel.GetModuleHandleW.restype = ctypes.c_void_p
        self._kernel.GetModuleHandleW.argtypes = (ctypes.c_wchar_p,)
