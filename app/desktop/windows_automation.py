"""What UI Automation tells of the element in focus, by ctypes: browsers and new toolkits too."""

from __future__ import annotations

import ctypes
import uuid
from collections.abc import Mapping
from typing import Any

from app.desktop.windows_field import Automation
from app.desktop.windows_structs import HANDLE, Guid, Variant

_CLASS = uuid.UUID("ff48dba4-60ef-4201-aa87-54103eef594e")
_INTERFACE = uuid.UUID("30cbe57d-d9d0-452a-ab13-7ac5ac4825ee")
_IN_PROCESS, _MULTITHREADED = 1, 0
_RELEASE, _GET_FOCUSED, _GET_PROPERTY = 2, 8, 10
"""Places in the tables of IUnknown, IUIAutomation and IUIAutomationElement."""

_PROCESS_ID, _CONTROL_TYPE, _IS_PASSWORD = 30002, 30003, 30019
_HAS_VALUE, _VALUE_IS_READ_ONLY = 30043, 30046
_EDIT = 50004
_INTEGER, _BOOLEAN = 3, 11


def guid(value: uuid.UUID) -> Guid:
    """An identifier as COM wants it."""
    return Guid.from_buffer_copy(value.bytes_le)


def number_in(variant: Variant) -> int | None:
    """A VARIANT's number or truth; None if it is something else."""
    low = int(variant.value) & 0xFFFFFFFF
    if variant.type == _INTEGER:
        return ctypes.c_int32(low).value
    if variant.type == _BOOLEAN:
        return int(low & 0xFFFF != 0)
    return None


def read(value_of: Mapping[int, int | None]) -> Automation | None:
    """What an element's properties mean."""
    pid = value_of.get(_PROCESS_ID)
    if pid is None:
        return None
    read_only = value_of.get(_VALUE_IS_READ_ONLY)
    return Automation(
        pid=pid,
        is_password=bool(value_of.get(_IS_PASSWORD)),
        is_read_only=bool(read_only) if value_of.get(_HAS_VALUE) else None,
        is_text=value_of.get(_CONTROL_TYPE) == _EDIT,
    )


class WindowsAutomation:
    """Asks. One thread; without UI Automation nothing is known."""

    def __init__(self) -> None:
        """Raises OSError where this is not Windows."""
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise OSError("this is not Windows")
        self._prototype = own["WINFUNCTYPE"]
        self._ole = own["WinDLL"]("ole32")
        self._oleaut = own["WinDLL"]("oleaut32")
        self._oleaut.VariantClear.argtypes = (HANDLE,)
        self._ole.CoInitializeEx.argtypes = (HANDLE, ctypes.c_uint32)
        self._ole.CoCreateInstance.argtypes = (HANDLE, HANDLE, ctypes.c_uint32, HANDLE, HANDLE)
        self._ole.CoInitializeEx(None, _MULTITHREADED)
        made = HANDLE()
        self._ole.CoCreateInstance(
            ctypes.byref(guid(_CLASS)), None, _IN_PROCESS, ctypes.byref(guid(_INTERFACE)),
            ctypes.byref(made),
        )  # fmt: skip
        self._automation = made.value

    def focused(self) -> Automation | None:
        """The element in focus; None where it does not tell."""
        if not self._automation:
            return None
        element = HANDLE()
        said = self._method(self._automation, _GET_FOCUSED, HANDLE)(
            self._automation, ctypes.byref(element)
        )
        if said != 0 or not element.value:
            return None
        try:
            wanted = (_PROCESS_ID, _CONTROL_TYPE, _IS_PASSWORD, _HAS_VALUE, _VALUE_IS_READ_ONLY)
            return read({number: self._property(element.value, number) for number in wanted})
        finally:
            self._method(element.value, _RELEASE)(element.value)

    def _property(self, element: int, number: int) -> int | None:
        value = Variant()
        ask = self._method(element, _GET_PROPERTY, ctypes.c_int, HANDLE)
        if ask(element, number, ctypes.byref(value)) != 0:
            return None
        found = number_in(value)
        self._oleaut.VariantClear(ctypes.byref(value))
        return found

    def _method(self, instance: int, place: int, *arguments: Any) -> Any:
        table = ctypes.cast(instance, ctypes.POINTER(ctypes.POINTER(HANDLE)))[0]
        return self._prototype(ctypes.c_int32, HANDLE, *arguments)(table[place])
