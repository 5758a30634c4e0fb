"""What has to be done so that the index knows what is in a folder. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.knowledge.scan import Found

MOST_TRIES = 2


@dataclass(frozen=True, slots=True)
class Known:
    """A file as the index knows it. `tries` counts readings that never ended."""

    id: int
    size: int
    mtime_ns: int
    digest: bytes
    left_out: str
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """`to_read` may be new, changed, moved or only touched; `gone` are paths that are not there."""

    to_read: tuple[Found, ...]
    to_leave_out: tuple[Found, ...]
    gone: tuple[str, ...]


def changes(
    known: Mapping[str, Known], found: Sequence[Found], unseen: Sequence[str] = ()
) -> Changes:
    """Compare. What is below an `unseen` folder counts as unchanged."""
    to_read = [file for file in found if file.left_out is None and _differs(known, file)]
    to_leave_out = [
        file
        for file in found
        if file.left_out is not None and not _is_left_out_so(known.get(file.path), file)
    ]
    here = {file.path for file in found}
    below = tuple(f"{folder}/" for folder in unseen if folder)
    gone = [path for path in known if path not in here and not path.startswith(below)]
    if "" in unseen:
        gone = []
    return Changes(tuple(to_read), tuple(to_leave_out), tuple(gone))


def _differs(known: Mapping[str, Known], file: Found) -> bool:
    before = known.get(file.path)
    if before is None or (before.size, before.mtime_ns) != (file.size, file.mtime_ns):
        return True
    return 0 < before.tries < MOST_TRIES


def _is_left_out_so(before: Known | None, file: Found) -> bool:
    return before is not None and before.left_out == file.left_out
