"""What elements of the accessibility tree of macOS tell, by ctypes. One thread."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.desktop.field_text import FieldText
from app.desktop.macos_objects import POINTER, Cocoa, CocoaRect, Range, declare
from app.desktop.target import Rect

_SEEN = 4096
_RECT, _RANGE = 3, 4
_WRITABLE = ("AXValue", "AXSelectedText", "AXSelectedTextRange")


class MacElements:
    """Asks elements, which are plain addresses. `app` is ApplicationServices."""

    def __init__(self, cocoa: Cocoa, app: Any) -> None:
        self._cocoa, self._app = cocoa, app
        error, out = ctypes.c_int32, POINTER
        declare(
            (
                (
                    app.AXUIElementCopyParameterizedAttributeValue,
                    error,
                    (POINTER, POINTER, POINTER, out),
                ),
                (app.AXUIElementCopyAttributeValue, error, (POINTER, POINTER, out)),
                (app.AXUIElementIsAttributeSettable, error, (POINTER, POINTER, out)),
                (app.AXUIElementGetPid, error, (POINTER, out)),
                (app.AXValueGetTypeID, ctypes.c_ulong, ()),
                (app.AXValueCreate, POINTER, (ctypes.c_uint32, POINTER)),
                (app.AXValueGetValue, ctypes.c_ubyte, (POINTER, ctypes.c_uint32, out)),
            )
        )

    def text(self, element: int) -> FieldText | None:
        """What an element shows; None where it does not tell."""
        length, chosen = self._number(element, "AXNumberOfCharacters"), self._selection(element)
        if length is None or chosen is None:
            return None
        caret = chosen.location + chosen.length
        start = max(0, caret - _SEEN)
        before = self._text_at(element, Range(start, caret - start))
        if before is None:
            return None
        return FieldText(length, caret, chosen.length, before)

    def selected(self, element: int) -> str | None:
        """The selected text; "" if none is, None where the element does not tell."""
        chosen = self._selection(element)
        if chosen is None:
            return None
        return self.text_of(element, "AXSelectedText") if chosen.length else ""

    @contextmanager
    def value(self, element: int, name: str, *, keep: bool = False) -> Iterator[int]:
        """An attribute's value for as long as this, or longer; 0 for none."""
        found = POINTER()
        if element:
            with self._cocoa.string(name) as key:
                self._app.AXUIElementCopyAttributeValue(element, key, ctypes.byref(found))
        try:
            yield found.value or 0
        finally:
            if found.value and not keep:
                self._cocoa.core.CFRelease(found)

    @contextmanager
    def _value_at(self, element: int, name: str, where: Range) -> Iterator[int]:
        """An attribute's value for a part of the text, for as long as this; 0 for none."""
        place = self._app.AXValueCreate(_RANGE, ctypes.byref(where))
        found = POINTER()
        with self._cocoa.string(name) as key:
            self._app.AXUIElementCopyParameterizedAttributeValue(
                element, key, place, ctypes.byref(found)
            )
        try:
            yield found.value or 0
        finally:
            self._cocoa.core.CFRelease(place)
            if found.value:
                self._cocoa.core.CFRelease(found)

    def text_of(self, element: int, name: str) -> str:
        """An attribute that is a text; "" for none."""
        with self.value(element, name) as found:
            return self._cocoa.text(found)

    def _number(self, element: int, name: str) -> int | None:
        number = ctypes.c_int64()
        whole = 4  # kCFNumberSInt64Type
        with self.value(element, name) as found:
            told = self._cocoa.is_number(found) and self._cocoa.core.CFNumberGetValue(
                found, whole, ctypes.byref(number)
            )
        return number.value if told else None

    def _is_value(self, found: int) -> bool:
        """Programs answer with whatever they like, and a wrong type ends ours."""
        kind = self._app.AXValueGetTypeID()
        return bool(found) and self._cocoa.core.CFGetTypeID(found) == kind

    def _selection(self, element: int) -> Range | None:
        chosen = Range()
        with self.value(element, "AXSelectedTextRange") as found:
            told = self._is_value(found) and self._app.AXValueGetValue(
                found, _RANGE, ctypes.byref(chosen)
            )
        return chosen if told else None

    def _text_at(self, element: int, where: Range) -> str | None:
        if not where.length:
            return ""
        with self._value_at(element, "AXStringForRange", where) as found:
            return self._cocoa.text(found) if found else None

    def caret(self, element: int) -> Rect | None:
        """Where the caret is, if the element tells."""
        chosen, rect = self._selection(element), CocoaRect()
        if chosen is None:
            return None
        with self._value_at(element, "AXBoundsForRange", chosen) as found:
            told = self._is_value(found) and self._app.AXValueGetValue(
                found, _RECT, ctypes.byref(rect)
            )
        if not told or not rect.height:
            return None
        return rounded(rect)

    def title(self, element: int) -> str:
        """The title of its window."""
        with self.value(element, "AXWindow") as window:
            return self.text_of(window, "AXTitle")

    def is_writable(self, element: int) -> bool | None:
        """Whether its text can be changed; None where it does not say."""
        answers = [self._is_settable(element, name) for name in _WRITABLE]
        return True if any(answers) else None if None in answers else False

    def _is_settable(self, element: int, name: str) -> bool | None:
        settable = ctypes.c_ubyte()
        with self._cocoa.string(name) as key:
            said = self._app.AXUIElementIsAttributeSettable(element, key, ctypes.byref(settable))
        return None if said else bool(settable.value)

    def pid_of(self, element: int) -> int:
        """Its process; 0 for no element."""
        pid = ctypes.c_int32()
        if element:
            self._app.AXUIElementGetPid(element, ctypes.byref(pid))
        return pid.value


def rounded(rect: CocoaRect) -> Rect:
    """A rectangle in whole points."""
    return Rect(round(rect.x), round(rect.y), round(rect.width), round(rect.height))
