"""The structures of the Windows calls that insertion needs, as documented for 64 bit."""

from __future__ import annotations

import ctypes

HANDLE = ctypes.c_void_p
LONG, DWORD, WORD = ctypes.c_int32, ctypes.c_uint32, ctypes.c_uint16
ULONG_PTR = ctypes.c_size_t


class Point(ctypes.Structure):
    """POINT."""

    _fields_ = (("x", LONG), ("y", LONG))


class WindowRect(ctypes.Structure):
    """RECT."""

    _fields_ = (("left", LONG), ("top", LONG), ("right", LONG), ("bottom", LONG))


class Message(ctypes.Structure):
    """MSG."""

    _fields_ = (
        ("window", HANDLE),
        ("message", ctypes.c_uint),
        ("w", ULONG_PTR),
        ("l", ctypes.c_ssize_t),
        ("time", DWORD),
        ("point", Point),
    )


class GuiThread(ctypes.Structure):
    """GUITHREADINFO."""

    _fields_ = (
        ("size", DWORD),
        ("flags", DWORD),
        ("active", HANDLE),
        ("focus", HANDLE),
        ("capture", HANDLE),
        ("menu_owner", HANDLE),
        ("move_size", HANDLE),
        ("caret", HANDLE),
        ("caret_rect", WindowRect),
    )


class MouseInput(ctypes.Structure):
    """MOUSEINPUT, which gives the union its size."""

    _fields_ = (
        ("dx", LONG),
        ("dy", LONG),
        ("data", DWORD),
        ("flags", DWORD),
        ("time", DWORD),
        ("extra", ULONG_PTR),
    )


class KeyInput(ctypes.Structure):
    """KEYBDINPUT."""

    _fields_ = (
        ("key", WORD),
        ("scan", WORD),
        ("flags", DWORD),
        ("time", DWORD),
        ("extra", ULONG_PTR),
    )


class _AnyInput(ctypes.Union):
    _fields_ = (("mouse", MouseInput), ("key", KeyInput))


class Input(ctypes.Structure):
    """INPUT."""

    _anonymous_ = ("any",)
    _fields_ = (("type", DWORD), ("any", _AnyInput))


class WindowClass(ctypes.Structure):
    """WNDCLASSEXW."""

    _fields_ = (
        ("size", ctypes.c_uint),
        ("style", ctypes.c_uint),
        ("procedure", HANDLE),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", HANDLE),
        ("icon", HANDLE),
        ("cursor", HANDLE),
        ("background", HANDLE),
        ("menu_name", ctypes.c_wchar_p),
        ("class_name", ctypes.c_wchar_p),
        ("small_icon", HANDLE),
    )


class MandatoryLabel(ctypes.Structure):
    """TOKEN_MANDATORY_LABEL."""

    _fields_ = (("sid", HANDLE), ("attributes", DWORD))


class Guid(ctypes.Structure):
    """GUID."""

    _fields_ = (
        ("data1", DWORD),
        ("data2", WORD),
        ("data3", WORD),
        ("data4", ctypes.c_ubyte * 8),
    )


class Variant(ctypes.Structure):
    """VARIANT; `value` has what fits into eight bytes."""

    _fields_ = (
        ("type", WORD),
        ("reserved1", WORD),
        ("reserved2", WORD),
        ("reserved3", WORD),
        ("value", ctypes.c_int64),
        ("record", HANDLE),
    )
