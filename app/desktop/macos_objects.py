"""CoreFoundation and Objective-C by ctypes: strings, data, lists and messages. One thread."""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Iterator
from typing import Any

FRAMEWORKS = "/System/Library/Frameworks"
POINTER = ctypes.c_void_p
_UTF8 = 0x08000100


class Range(ctypes.Structure):
    """CFRange."""

    _fields_ = (("location", ctypes.c_long), ("length", ctypes.c_long))


class CocoaRect(ctypes.Structure):
    """CGRect."""

    _fields_ = (
        ("x", ctypes.c_double),
        ("y", ctypes.c_double),
        ("width", ctypes.c_double),
        ("height", ctypes.c_double),
    )


def declare(calls: tuple[tuple[Any, Any, tuple[Any, ...]], ...]) -> None:
    """Tell ctypes what functions take and give."""
    for function, result, arguments in calls:
        function.restype, function.argtypes = result, arguments


class Cocoa:
    """Both runtimes. References are plain addresses; the docstrings say who releases them."""

    def __init__(self) -> None:
        """Raises OSError where this is not macOS."""
        self.core = ctypes.CDLL(f"{FRAMEWORKS}/CoreFoundation.framework/CoreFoundation")
        self._objc = ctypes.CDLL("/usr/lib/libobjc.A.dylib")
        self._appkit = ctypes.CDLL(f"{FRAMEWORKS}/AppKit.framework/AppKit")
        self._send = ctypes.cast(self._objc.objc_msgSend, POINTER).value or 0
        core, objc, index = self.core, self._objc, ctypes.c_long
        declare(
            (
                (core.CFRelease, None, (POINTER,)),
                (core.CFRetain, POINTER, (POINTER,)),
                (core.CFEqual, ctypes.c_ubyte, (POINTER, POINTER)),
                (core.CFGetTypeID, ctypes.c_ulong, (POINTER,)),
                (core.CFStringGetTypeID, ctypes.c_ulong, ()),
                (core.CFNumberGetTypeID, ctypes.c_ulong, ()),
                (
                    core.CFStringCreateWithBytes,
                    POINTER,
                    (POINTER, ctypes.c_char_p, index, ctypes.c_uint32, ctypes.c_ubyte),
                ),
                (core.CFStringGetLength, index, (POINTER,)),
                (core.CFStringGetCharacters, None, (POINTER, Range, POINTER)),
                (core.CFArrayGetCount, index, (POINTER,)),
                (core.CFArrayGetValueAtIndex, POINTER, (POINTER, index)),
                (core.CFDictionaryGetValue, POINTER, (POINTER, POINTER)),
                (core.CFNumberGetValue, ctypes.c_ubyte, (POINTER, index, POINTER)),
                (core.CFDataCreate, POINTER, (POINTER, ctypes.c_char_p, index)),
                (core.CFDataGetLength, index, (POINTER,)),
                (core.CFDataGetBytePtr, POINTER, (POINTER,)),
                (objc.objc_getClass, POINTER, (ctypes.c_char_p,)),
                (objc.sel_registerName, POINTER, (ctypes.c_char_p,)),
                (objc.objc_autoreleasePoolPush, POINTER, ()),
                (objc.objc_autoreleasePoolPop, None, (POINTER,)),
            )
        )

    @contextlib.contextmanager
    def pool(self) -> Iterator[None]:
        """What messages give lives as long as this."""
        pool = self._objc.objc_autoreleasePoolPush()
        try:
            yield
        finally:
            self._objc.objc_autoreleasePoolPop(pool)

    def class_named(self, name: str) -> int:
        """An Objective-C class."""
        return int(self._objc.objc_getClass(name.encode()))

    def send(self, receiver: int | None, selector: str, *arguments: int | None) -> int:
        """Send a message whose arguments and answer are references; 0 for nil."""
        return self.send_typed(POINTER, receiver, selector, *map(POINTER, arguments)) or 0

    def send_typed(self, result: Any, receiver: int | None, selector: str, *arguments: Any) -> Any:
        """Send a message with arguments and an answer of C types."""
        kinds = [type(argument) for argument in arguments]
        call = ctypes.CFUNCTYPE(result, POINTER, POINTER, *kinds)(self._send)
        return call(receiver, self._objc.sel_registerName(selector.encode()), *arguments)

    @contextlib.contextmanager
    def string(self, text: str) -> Iterator[int]:
        """A string for as long as this."""
        data = text.encode("utf-8")
        made = self.core.CFStringCreateWithBytes(None, data, len(data), _UTF8, False)
        try:
            yield made
        finally:
            self.core.CFRelease(made)

    def text(self, reference: int | None) -> str:
        """A string's text; "" for what is no string."""
        core = self.core
        if not reference or core.CFGetTypeID(reference) != core.CFStringGetTypeID():
            return ""
        length = core.CFStringGetLength(reference)
        units = (ctypes.c_uint16 * length)()
        core.CFStringGetCharacters(reference, Range(0, length), ctypes.byref(units))
        return bytes(units).decode("utf-16-le", "replace")

    def is_number(self, reference: int | None) -> bool:
        """Whether it is a number."""
        core = self.core
        return bool(reference) and core.CFGetTypeID(reference) == core.CFNumberGetTypeID()

    @contextlib.contextmanager
    def data(self, data: bytes) -> Iterator[int]:
        """Data for as long as this."""
        made = self.core.CFDataCreate(None, data, len(data))
        try:
            yield made
        finally:
            self.core.CFRelease(made)

    def bytes_of(self, reference: int) -> bytes:
        """What data has."""
        length = self.core.CFDataGetLength(reference)
        return ctypes.string_at(self.core.CFDataGetBytePtr(reference), length) if length else b""

    def items(self, array: int | None) -> list[int]:
        """A list's members, which live as long as it."""
        if not array:
            return []
        count = self.core.CFArrayGetCount(array)
        return [self.core.CFArrayGetValueAtIndex(array, index) for index in range(count)]

    def number_in(self, dictionary: int, name: str) -> int:
        """A whole number of a dictionary, 0 where it has none."""
        found = ctypes.c_int64()
        with self.string(name) as key:
            number = self.core.CFDictionaryGetValue(dictionary, key)
        if number:
            whole = 4  # kCFNumberSInt64Type
            self.core.CFNumberGetValue(number, whole, ctypes.byref(found))
        return found.value
