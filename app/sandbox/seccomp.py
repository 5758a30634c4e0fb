"""A filter of system calls: no sockets, no tracing, no new namespaces, no kernel keyrings.

`program` is pure. Standard library only.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Final

from app.sandbox import kernel

_ARCHITECTURE: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_CALLS: Final = 0x40000000
_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_CLONE: Final = {"x86_64": 56, "aarch64": 220}
_CLONE3: Final = 435
_NEW_NAMESPACES: Final = 0x7E020080
"""Every CLONE_NEW flag, time namespaces included."""

# Name: its number on x86_64, and on aarch64.
DENIED: Final = {
    "socket": (41, 198),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "unshare": (272, 97),
    "setns": (308, 268),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "fanotify_init": (300, 262),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "syslog": (103, 116),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "personality": (135, 92),
}

_LOAD: Final = 0x20
_RETURN: Final = 0x06
_IF_EQUAL: Final = 0x15
_IF_AT_LEAST: Final = 0x35
_IF_ANY_BIT: Final = 0x45
_AT_NUMBER, _AT_ARCHITECTURE, _AT_FIRST_ARGUMENT = 0, 4, 16

_KILL: Final = 0x80000000
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # EPERM
_UNKNOWN: Final = 0x00050000 | 38  # ENOSYS: libc falls back to clone, whose flags can be read


class FilterUnknown(Exception):
    """There is no filter for this kind of processor."""


def program(machine: str) -> bytes:
    """The filter for a processor, in the kernel's form. Raises FilterUnknown."""
    if machine not in _ARCHITECTURE:
        raise FilterUnknown(machine)
    column = list(_ARCHITECTURE).index(machine)
    lines = [
        _line(_LOAD, _AT_ARCHITECTURE),
        _line(_IF_EQUAL, _ARCHITECTURE[machine], then=1),
        _line(_RETURN, _KILL),
        _line(_LOAD, _AT_NUMBER),
    ]
    if machine == "x86_64":
        lines += [_line(_IF_AT_LEAST, _X32_CALLS, otherwise=1), _line(_RETURN, _KILL)]
    for numbers in DENIED.values():
        lines += [_line(_IF_EQUAL, numbers[column], otherwise=1), _line(_RETURN, _REFUSE)]
    lines += [
        _line(_IF_EQUAL, _CLONE3, otherwise=1),
        _line(_RETURN, _UNKNOWN),
        _line(_IF_EQUAL, _CLONE[machine], otherwise=3),
        _line(_LOAD, _AT_FIRST_ARGUMENT),
        _line(_IF_ANY_BIT, _NEW_NAMESPACES, otherwise=1),
        _line(_RETURN, _REFUSE),
        _line(_RETURN, _ALLOW),
    ]
    return b"".join(lines)


def install() -> None:
    """Filter this process and its children from now on. `no_new_privs` must be set.

    Raises FilterUnknown, and OSError where the kernel has no filters.
    """

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("lines", ctypes.c_char_p))

    code = program(kernel.machine())
    loaded = Program(len(code) // 8, code)
    mode_filter = ctypes.c_uint(1)
    kernel.syscall(_SECCOMP[kernel.machine()], mode_filter, ctypes.c_uint(0), ctypes.byref(loaded))


def _line(code: int, value: int, *, then: int = 0, otherwise: int = 0) -> bytes:
    return struct.pack("=HBBI", code, then, otherwise, value)
