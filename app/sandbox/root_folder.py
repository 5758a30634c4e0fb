"""The files that a sandboxed program sees: the system to read, a scratch folder, given folders.

Runs in the launcher, in a mount namespace of its own. Standard library only.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from typing import Final

from app.sandbox import kernel
from app.sandbox.job import SCRATCH, Job

_SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_CONFIGURATION: Final = (
    "alternatives", "fonts", "group", "ImageMagick-6", "ImageMagick-7", "java-17-openjdk",
    "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "locale.alias", "magic", "magic.mime",
    "mime.types", "nsswitch.conf", "papersize", "passwd", "perl", "python3", "python3.11",
    "services", "terminfo", "texmf", "timezone",
)  # fmt: skip
_DEVICES: Final = ("null", "zero", "full", "random", "urandom")
_LINKS: Final = (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"),
                 ("stdout", "/proc/self/fd/1"), ("stderr", "/proc/self/fd/2"))  # fmt: skip
_BASE: Final = "/tmp"
"""Only covered, in a namespace of its own; nothing is written to the real one."""
_KEPT_FLAGS: Final = {
    os.ST_NOSUID: kernel.MS_NOSUID,
    os.ST_NODEV: kernel.MS_NODEV,
    os.ST_NOEXEC: kernel.MS_NOEXEC,
    os.ST_RDONLY: kernel.MS_RDONLY,
}


def enter(job: Job) -> None:
    """Build it and make it this process's root. Raises OSError."""
    kernel.mount("none", "/", "none", kernel.MS_REC | kernel.MS_PRIVATE)
    folders = _opened(job.folders)
    kernel.mount("tmpfs", _BASE, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "size=1m,mode=755")
    for path in _SYSTEM:
        _add_system(path)
    os.mkdir(f"{_BASE}/etc")
    for name in _CONFIGURATION:
        _add_read_only(f"/etc/{name}")
    _add_devices()
    _add_proc()
    os.mkdir(f"{_BASE}{SCRATCH}")
    scratch = f"size={job.limits.scratch_bytes},nr_inodes=65536,mode=700"
    kernel.mount("tmpfs", f"{_BASE}{SCRATCH}", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, scratch)
    _add_given(folders)
    kernel.mount(
        "none", _BASE, "none", kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY
        | kernel.MS_NOSUID | kernel.MS_NODEV,
    )  # fmt: skip
    kernel.change_root(_BASE)
    os.chdir(job.folder or SCRATCH)


def _opened(folders: Sequence[str]) -> list[tuple[str, int]]:
    """Each folder by a descriptor, because the old tree is covered soon. No link is followed."""
    opened = []
    for folder in folders:
        if os.path.realpath(folder) != folder:
            raise OSError(f"{folder} is not a real path")
        flags = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        opened.append((folder, os.open(folder, flags)))
    return opened


def _add_system(path: str) -> None:
    if os.path.islink(path):
        os.symlink(os.readlink(path), f"{_BASE}{path}")
    elif os.path.isdir(path):
        _add_read_only(path)


def _add_read_only(path: str) -> None:
    if not os.path.exists(path):
        return
    source, target = os.path.realpath(path), f"{_BASE}{path}"
    _make_place(target, is_folder=os.path.isdir(source))
    _bind(source, target, kernel.MS_RDONLY | kernel.MS_NODEV)


def _add_devices() -> None:
    os.mkdir(f"{_BASE}/dev")
    for name in _DEVICES:
        target = f"{_BASE}/dev/{name}"
        _make_place(target, is_folder=False)
        _bind(f"/dev/{name}", target, kernel.MS_NOEXEC)
    for name, aim in _LINKS:
        os.symlink(aim, f"{_BASE}/dev/{name}")


def _add_proc() -> None:
    """Processes of the sandbox only: the process namespace decides what is seen."""
    os.mkdir(f"{_BASE}/proc")
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", f"{_BASE}/proc", "proc", flags)


def _add_given(folders: Sequence[tuple[str, int]]) -> None:
    for folder, descriptor in folders:
        target = f"{_BASE}{folder}"
        os.makedirs(target, mode=0o755, exist_ok=True)
        _bind(f"/proc/self/fd/{descriptor}", target, kernel.MS_NODEV)
        os.close(descriptor)


def _make_place(target: str, *, is_folder: bool) -> None:
    if is_folder:
        os.makedirs(target, exist_ok=True)
        return
    with contextlib.suppress(FileExistsError):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o444))


def _bind(source: str, target: str, flags: int) -> None:
    """Flags that the mount had already are locked: the kernel wants them to be given again."""
    kernel.mount(source, target, "none", kernel.MS_BIND | kernel.MS_REC)
    had = os.statvfs(target).f_flag
    for mark, flag in _KEPT_FLAGS.items():
        if had & mark:
            flags |= flag
    flags |= kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_NOSUID
    kernel.mount("none", target, "none", flags)
