"""The event tap of macOS, by ctypes. One thread, but for `wake`."""

from __future__ import annotations

import ctypes
import threading
from typing import Any

from app.desktop.macos_hotkeys import Kind, OnTap

_FRAMEWORKS = "/System/Library/Frameworks"
_SESSION_TAP, _HEAD_INSERT, _MAY_KEEP = 1, 0, 0
_KEY_DOWN, _KEY_UP, _FLAGS_CHANGED = 10, 11, 12
_DISABLED = (0xFFFFFFFE, 0xFFFFFFFF)
_MASK = 1 << _KEY_DOWN | 1 << _KEY_UP | 1 << _FLAGS_CHANGED
_IS_REPEAT, _KEY_CODE = 8, 9
_HID_STATE = 1
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p
)


def kind_of(event_type: int, is_repeat: bool) -> Kind | None:
    """What an event of the tap is; None when it is no key."""
    if event_type == _KEY_DOWN:
        return Kind.REPEAT if is_repeat else Kind.DOWN
    return {_KEY_UP: Kind.UP, _FLAGS_CHANGED: Kind.FLAGS}.get(event_type)


class MacTap:
    """Fills `Tap`."""

    def __init__(self) -> None:
        """Raises OSError where this is not macOS."""
        self._app = ctypes.CDLL(f"{_FRAMEWORKS}/ApplicationServices.framework/ApplicationServices")
        self._core = ctypes.CDLL(f"{_FRAMEWORKS}/CoreFoundation.framework/CoreFoundation")
        self._declare()
        self._mode = ctypes.c_void_p.in_dll(self._core, "kCFRunLoopDefaultMode")
        self._on_event: OnTap | None = None
        self._callback = _CALLBACK(self._hear)
        self._port: int | None = None
        self._source: int | None = None
        self._loop: int | None = None
        self._woken = threading.Event()

    def open(self, on_event: OnTap) -> bool:
        """Begin to listen; False without the permission."""
        self._on_event = on_event
        self._loop = self._core.CFRunLoopGetCurrent()
        if not self._app.AXIsProcessTrusted():
            return False
        self._port = self._app.CGEventTapCreate(
            _SESSION_TAP, _HEAD_INSERT, _MAY_KEEP, _MASK, self._callback, None
        )
        if not self._port:
            return False
        self._source = self._core.CFMachPortCreateRunLoopSource(None, self._port, 0)
        self._core.CFRunLoopAddSource(self._loop, self._source, self._mode)
        self._app.CGEventTapEnable(self._port, True)
        return True

    def run(self, timeout_s: float) -> None:
        """Tell events to `on_event` until `wake`, at most for this long."""
        if self._port:
            if not self._woken.is_set():
                self._core.CFRunLoopRunInMode(self._mode, timeout_s, False)
        else:
            self._woken.wait(timeout_s)  # a loop without a source ends at once
        self._woken.clear()

    def is_down(self, code: int) -> bool:
        """Whether a key is down now."""
        return bool(self._app.CGEventSourceKeyState(_HID_STATE, code))

    def wake(self) -> None:
        """End `run`."""
        self._woken.set()
        if self._loop:
            self._core.CFRunLoopStop(self._loop)

    def close(self) -> None:
        """Listen no longer."""
        if self._port:
            self._app.CGEventTapEnable(self._port, False)
            self._core.CFMachPortInvalidate(self._port)
            for one in (self._source, self._port):
                self._core.CFRelease(one)
            self._port = None

    def _hear(self, _proxy: int, event_type: int, event: int, _about: int) -> int | None:
        if event_type in _DISABLED:
            # macOS stops a tap that was slow, or for a password field.
            self._app.CGEventTapEnable(self._port, True)
            return event
        is_repeat = bool(self._app.CGEventGetIntegerValueField(event, _IS_REPEAT))
        kind = kind_of(event_type, is_repeat)
        if kind is None or self._on_event is None:
            return event
        code = self._app.CGEventGetIntegerValueField(event, _KEY_CODE)
        keep = self._on_event(kind, code, self._app.CGEventGetFlags(event))
        return None if keep else event

    def _declare(self) -> None:
        pointer, app, core = ctypes.c_void_p, self._app, self._core
        calls: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
            (app.AXIsProcessTrusted, ctypes.c_bool, ()),
            (
                app.CGEventTapCreate,
                pointer,
                (*(ctypes.c_uint32,) * 3, ctypes.c_uint64, _CALLBACK, pointer),
            ),
            (app.CGEventTapEnable, None, (pointer, ctypes.c_bool)),
            (app.CGEventGetIntegerValueField, ctypes.c_int64, (pointer, ctypes.c_uint32)),
            (app.CGEventGetFlags, ctypes.c_uint64, (pointer,)),
            (app.CGEventSourceKeyState, ctypes.c_bool, (ctypes.c_int32, ctypes.c_uint16)),
            (core.CFRunLoopGetCurrent, pointer, ()),
            (core.CFMachPortCreateRunLoopSource, pointer, (pointer, pointer, ctypes.c_long)),
            (core.CFRunLoopAddSource, None, (pointer, pointer, pointer)),
            (
                core.CFRunLoopRunInMode,
                ctypes.c_int32,
                (pointer, ctypes.c_double, ctypes.c_ubyte),
            ),
            (core.CFRunLoopStop, None, (pointer,)),
            (core.CFMachPortInvalidate, None, (pointer,)),
            (core.CFRelease, None, (pointer,)),
        )
        for function, result, arguments in calls:
            function.restype, function.argtypes = result, arguments
