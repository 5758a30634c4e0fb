"""Which folders may be added, beside those that are there. Pure but for reading paths."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

NOT_A_FOLDER = "That is no folder that Sayso can read."
WHOLE_DISK = "A whole disk is too much. Choose a folder in it."
IS_IN_IT = "It is in {folder} already."
OWN_FOLDER = "Sayso keeps its own files there."


@dataclass(frozen=True, slots=True)
class Placed:
    """A folder to add, and those inside it that it takes the place of; or why it is refused."""

    path: str
    inside: tuple[int, ...] = ()
    refused: str = ""


def placed(path: Path, folders: Iterable[tuple[int, str]], own: Iterable[Path]) -> Placed:
    """Judge a folder by its real path, which the caller resolved."""
    if path.parent == path:
        return Placed(str(path), refused=WHOLE_DISK)
    if any(path == folder or folder in path.parents for folder in own):
        return Placed(str(path), refused=OWN_FOLDER)
    inside: list[int] = []
    for folder_id, known in folders:
        other = Path(known)
        if other == path or other in path.parents:
            return Placed(str(path), refused=IS_IN_IT.format(folder=known))
        if path in other.parents:
            inside.append(folder_id)
    return Placed(str(path), tuple(inside))
