"""Opening what lies beneath a folder, and nothing else: no link, no mount, no way up is followed.

Everything is found from the folder's descriptor, so that nothing that changes meanwhile leads away.
"""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import stat
import sys
from collections.abc import Callable, Sequence
from typing import Any

_SYS_OPENAT2 = 437
"""The same number on every architecture of Linux that Python runs on, but Alpha."""
_RESOLVE_NO_XDEV, _RESOLVE_NO_MAGICLINKS = 0x01, 0x02
_RESOLVE_NO_SYMLINKS, _RESOLVE_BENEATH = 0x04, 0x08
_RESOLVE = _RESOLVE_BENEATH | _RESOLVE_NO_SYMLINKS | _RESOLVE_NO_MAGICLINKS | _RESOLVE_NO_XDEV
_UNAVAILABLE = (errno.ENOSYS, errno.EPERM, errno.EINVAL, errno.E2BIG)
_TRIES = 16
_COMMON = getattr(os, "O_CLOEXEC", 0)
FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)

OpenBeneath = Callable[[int, Sequence[str], int, int], int]
"""(descriptor of a folder, names, flags, mode) → a descriptor. Raises OSError."""


class _OpenHow(ctypes.Structure):
    _fields_ = [
        ("flags", ctypes.c_uint64),
        ("mode", ctypes.c_uint64),
        ("resolve", ctypes.c_uint64),
    ]


def open_beneath(folder: int, parts: Sequence[str], flags: int, mode: int = 0) -> int:
    """A descriptor of what `parts` name beneath the descriptor `folder`.

    Raises OSError: ELOOP or ENOTDIR for a link, EXDEV for what is mounted there.
    """
    return _way()(folder, parts, flags, mode)


@functools.cache
def _way() -> OpenBeneath:
    if not sys.platform.startswith("linux"):
        return open_by_steps
    here = os.open("/", FOLDER | _COMMON)
    try:
        os.close(open_at_once(here, (".",), FOLDER, 0))
    except OSError as error:
        if error.errno in _UNAVAILABLE:
            return open_by_steps
        raise
    finally:
        os.close(here)
    return open_at_once


def open_at_once(folder: int, parts: Sequence[str], flags: int, mode: int) -> int:
    """`OpenBeneath` by Linux's openat2: the kernel itself holds to the folder."""
    how = _OpenHow(flags | _COMMON, mode, _RESOLVE)
    path = os.fsencode("/".join(parts) or ".")
    size = ctypes.c_size_t(ctypes.sizeof(how))
    code = 0
    for _ in range(_TRIES):
        found = _libc().syscall(
            ctypes.c_long(_SYS_OPENAT2), ctypes.c_int(folder), path, ctypes.byref(how), size
        )
        if found >= 0:
            return int(found)
        code = ctypes.get_errno()
        if code not in (errno.EAGAIN, errno.EINTR):  # something was renamed meanwhile
            break
    raise OSError(code, os.strerror(code))


def open_by_steps(folder: int, parts: Sequence[str], flags: int, mode: int) -> int:
    """`OpenBeneath` name by name: each is opened from its folder's descriptor, unless a link."""
    device = os.fstat(folder).st_dev
    current = os.open(".", FOLDER | _COMMON, dir_fd=folder)
    try:
        for part in parts[:-1]:
            below = _step(current, part, FOLDER | os.O_NOFOLLOW, 0)
            os.close(current)
            current = below
            if os.fstat(current).st_dev != device:
                raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        if not parts:
            return os.dup(current)
        found = _step(current, parts[-1], flags | os.O_NOFOLLOW, mode)
    finally:
        os.close(current)
    about = os.fstat(found)
    if stat.S_ISDIR(about.st_mode) and about.st_dev != device:
        os.close(found)
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    return found


def _step(folder: int, name: str, flags: int, mode: int) -> int:
    if name in ("", ".", "..") or "/" in name or "\0" in name:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    return os.open(name, flags | _COMMON, mode, dir_fd=folder)


@functools.cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)
