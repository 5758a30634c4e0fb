"""What is in a folder now, without following a link. Blocking."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.knowledge.choosing import file_left_out, folder_left_out
from app.knowledge.passage import LeftOut

MAX_FILES = 200_000

_MARKS = ("pyvenv.cfg", "CACHEDIR.TAG")


@dataclass(frozen=True, slots=True)
class Found:
    """A file; its path is relative to the folder, with slashes. `left_out` where it is not read."""

    path: str
    size: int
    mtime_ns: int
    left_out: LeftOut | None = None


@dataclass(slots=True)
class Scan:
    """`unseen` are folders that could not be looked into; `is_cut` when there were too many files.

    A folder that is left out stands among `files`, with a slash at its end.
    """

    files: list[Found] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)
    is_cut: bool = False


def scan(root: Path) -> Scan:
    """Look through a folder. Raises OSError when the folder itself cannot be read."""
    result = Scan()
    with os.scandir(root):
        pass
    waiting = [""]
    while waiting and not result.is_cut:
        _look_into(root, waiting.pop(), result, waiting)
    return result


def _look_into(root: Path, inside: str, result: Scan, waiting: list[str]) -> None:
    try:
        with os.scandir(root / inside) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        result.unseen.append(inside)
        return
    if inside and any(entry.name in _MARKS for entry in listed):
        result.files.append(Found(f"{inside}/", 0, 0, LeftOut.GENERATED))
        return
    for found, folder in _entries(listed, f"{inside}/" if inside else ""):
        if folder:
            waiting.append(folder)
        if found is not None:
            result.files.append(found)
    result.is_cut = len(result.files) > MAX_FILES


def _entries(listed: list[os.DirEntry[str]], prefix: str) -> Iterator[tuple[Found | None, str]]:
    """Files, and folders to look into. A name that is no text cannot be kept or shown."""
    for entry in listed:
        path = prefix + entry.name
        try:
            path.encode()
            status = entry.stat(follow_symlinks=False)
            is_folder = entry.is_dir(follow_symlinks=False)
            is_file = entry.is_file(follow_symlinks=False)
        except (OSError, UnicodeEncodeError):
            continue
        if _is_junction(status):
            continue
        if is_folder:
            reason = folder_left_out(entry.name)
            yield (None, path) if reason is None else (Found(f"{path}/", 0, 0, reason), "")
        elif is_file:
            reason = file_left_out(entry.name, status.st_size)
            yield Found(path, status.st_size, status.st_mtime_ns, reason), ""


def _is_junction(status: os.stat_result) -> bool:
    """A link of Windows that is no symbolic link."""
    return bool(getattr(status, "st_reparse_tag", 0))
