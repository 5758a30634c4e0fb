"""Whether Windows lets our keys through to a process: not to one of a higher integrity level."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from typing import Any

from app.desktop.windows_structs import DWORD, HANDLE, MandatoryLabel

_QUERY_LIMITED, _QUERY = 0x1000, 0x0008
_INTEGRITY_LEVEL = 25
_PATH_LENGTH = 1024


def is_above(theirs: int | None, ours: int | None) -> bool:
    """Whether a process is out of our reach; one that hides its level is, too."""
    return theirs is None or (ours is not None and theirs > ours)


class WindowsRights:
    """Looks at processes. One thread."""

    def __init__(self) -> None:
        """Raises OSError where this is not Windows."""
        own: Mapping[str, Any] = vars(ctypes)
        if "WinDLL" not in own:
            raise OSError("this is not Windows")
        self._kernel = own["WinDLL"]("kernel32", use_last_error=True)
        self._advapi = own["WinDLL"]("advapi32", use_last_error=True)
        self._declare()
        self._ours = self._level(os.getpid())

    def is_out_of_reach(self, pid: int) -> bool:
        """Whether keys that we send do not reach a process."""
        return bool(pid) and is_above(self._level(pid), self._ours)

    def executable_of(self, pid: int) -> str:
        """The program's path; "" where Windows does not say."""
        process = self._kernel.OpenProcess(_QUERY_LIMITED, 0, pid) if pid else None
        if not process:
            return ""
        try:
            path, length = ctypes.create_unicode_buffer(_PATH_LENGTH), DWORD(_PATH_LENGTH)
            found = self._kernel.QueryFullProcessImageNameW(process, 0, path, ctypes.byref(length))
            return path.value if found else ""
        finally:
            self._kernel.CloseHandle(process)

    def _level(self, pid: int) -> int | None:
        process = self._kernel.OpenProcess(_QUERY_LIMITED, 0, pid)
        if not process:
            return None
        token = HANDLE()
        try:
            if not self._advapi.OpenProcessToken(process, _QUERY, ctypes.byref(token)):
                return None
            return self._level_of(token)
        finally:
            if token:
                self._kernel.CloseHandle(token)
            self._kernel.CloseHandle(process)

    def _level_of(self, token: ctypes.c_void_p) -> int | None:
        needed = DWORD()
        query = self._advapi.GetTokenInformation
        query(token, _INTEGRITY_LEVEL, None, 0, ctypes.byref(needed))
        buffer = ctypes.create_string_buffer(max(needed.value, ctypes.sizeof(MandatoryLabel)))
        if not query(token, _INTEGRITY_LEVEL, buffer, len(buffer), ctypes.byref(needed)):
            return None
        sid = MandatoryLabel.from_buffer(buffer).sid
        last = self._advapi.GetSidSubAuthorityCount(sid)[0] - 1
        return int(self._advapi.GetSidSubAuthority(sid, last)[0])

    def _declare(self) -> None:
        kernel, advapi, number = self._kernel, self._advapi, ctypes.c_int
        calls: tuple[tuple[Any, Any, tuple[Any, ...]], ...] = (
            (kernel.OpenProcess, HANDLE, (DWORD, number, DWORD)),
            (kernel.CloseHandle, number, (HANDLE,)),
            (
                kernel.QueryFullProcessImageNameW,
                number,
                (HANDLE, DWORD, ctypes.c_wchar_p, HANDLE),
            ),
            (advapi.OpenProcessToken, number, (HANDLE, DWORD, HANDLE)),
            (advapi.GetTokenInformation, number, (HANDLE, number, HANDLE, DWORD, HANDLE)),
            (advapi.GetSidSubAuthorityCount, ctypes.POINTER(ctypes.c_ubyte), (HANDLE,)),
            (advapi.GetSidSubAuthority, ctypes.POINTER(DWORD), (HANDLE, DWORD)),
        )
        for function, result, arguments in calls:
            function.restype, function.argtypes = result, arguments
