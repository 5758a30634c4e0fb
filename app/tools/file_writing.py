"""Writes text files into the given folders: whole or not at all. Blocks: for a thread."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator

from app.tools.base import ToolFailed
from app.tools.beneath import open_beneath
from app.tools.file_kinds import may_be_written
from app.tools.path_text import Place
from app.tools.places import Places

MAX_FILE_BYTES = 16_000_000
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
_APPEND = os.O_RDWR | os.O_APPEND | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
_MODE = 0o644


def create(places: Places, text: str, content: str) -> Place:
    """A new file; one that exists is left alone. Raises ToolFailed."""
    place = _place(places, text)
    with places.folder_of(place) as folder, _refusals(place):
        _write_new(folder, place.parts[-1], content.encode("utf-8", "replace"))
    return place


def append(places: Places, text: str, content: str) -> Place:
    """More lines at the end of a text file, which is made if it is new. Raises ToolFailed."""
    place = _place(places, text)
    with places.folder_of(place) as folder, _refusals(place):
        try:
            descriptor = open_beneath(folder, place.parts[-1:], _APPEND)
        except FileNotFoundError:
            _write_new(folder, place.parts[-1], _line(content))
            return place
        try:
            _append(descriptor, _line(content))
        finally:
            os.close(descriptor)
    return place


def replace(places: Places, text: str, content: str) -> Place:
    """New content for a file that exists: at one stroke, so that nothing is ever half written.

    Raises ToolFailed.
    """
    place = _place(places, text)
    name = place.parts[-1]
    with places.folder_of(place) as folder, _refusals(place):
        old = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if not stat.S_ISREG(old.st_mode):
            raise ToolFailed("That is no file.")
        new = f".{name[:60]}.{secrets.token_hex(6)}"
        _write_new(folder, new, content.encode("utf-8", "replace"))
        try:
            os.chmod(new, stat.S_IMODE(old.st_mode) & 0o777, dir_fd=folder)
            os.rename(new, name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            os.unlink(new, dir_fd=folder)
            raise
    return place


def _place(places: Places, text: str) -> Place:
    place = places.place_for_new(text)
    if not may_be_written(place.parts[-1]):
        raise ToolFailed("Only text files are written: name it with .txt, .md, .csv or the like.")
    return place


def _line(content: str) -> bytes:
    return (content if content.endswith("\n") else f"{content}\n").encode("utf-8", "replace")


def _write_new(folder: int, name: str, data: bytes) -> None:
    descriptor = open_beneath(folder, (name,), _CREATE, _MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(name, dir_fd=folder)
        raise


def _append(descriptor: int, data: bytes) -> None:
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        raise ToolFailed("That is no file.")
    if about.st_nlink > 1:
        raise ToolFailed("The file has another name elsewhere, so nothing is added to it.")
    if about.st_size + len(data) > MAX_FILE_BYTES:
        raise ToolFailed("The file is too big to be added to.")
    if about.st_size and os.pread(descriptor, 1, about.st_size - 1) != b"\n":
        data = b"\n" + data
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, about.st_size)
        raise


@contextlib.contextmanager
def _refusals(place: Place) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise ToolFailed(f"There is already a file {place.shown}; it was left alone.") from None
    except FileNotFoundError:
        raise ToolFailed(f"There is no file {place.shown}.") from None
    except PermissionError:
        raise ToolFailed("That may not be written.") from None
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EXDEV, errno.ENXIO):
            raise ToolFailed("That is a link or no file, and is left alone.") from None
        raise ToolFailed(f"It was not written: {error.strerror}.") from None
