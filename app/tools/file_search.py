"""Looks through the given folders for files, and lists one folder. Blocks: for a thread."""

from __future__ import annotations

import contextlib
import os
import re
import stat
import unicodedata
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.tools.base import ToolFailed
from app.tools.beneath import FOLDER, open_beneath
from app.tools.blocking import Watch
from app.tools.file_kinds import FileKind, is_kind
from app.tools.path_text import Place
from app.tools.places import Opened, Places
from app.tools.private_files import is_private

MAX_LOOKED_AT = 100_000
MAX_LISTED = 200
_MAX_DEPTH = 16
_TELL_EVERY = 2_000
_NOT_ENTERED = frozenset({"node_modules", "__pycache__", "site-packages", "$recycle.bin"})
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder. `modified_s` is Unix time."""

    place: Place
    is_folder: bool
    size_bytes: int
    modified_s: float


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: all of `words` in the name, or in the name and its folders."""

    words: tuple[str, ...]
    kind: FileKind = FileKind.ANY
    since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Finds:
    """The best `entries`, how many there were, and whether everything was looked at."""

    entries: tuple[Entry, ...]
    count: int
    looked_at: int
    complete: bool


def search_words(text: str) -> tuple[str, ...]:
    """The words of a name that somebody asks for, without case and accents."""
    return tuple(_WORD.findall(_bare(text)))


def find(
    places: Places, starts: Sequence[Place], wanted: Wanted, limit: int, watch: Watch
) -> Finds:
    """The newest `limit` entries that fit; those with all words in their own name come first."""
    found: list[tuple[int, Entry]] = []
    walk = _Walk(watch)
    for start in starts:
        with contextlib.suppress(ToolFailed), places.root(start.folder) as root:
            for place, each in walk.below(root, start):
                rank = _rank(each.name, place, wanted, is_folder=each.is_dir(follow_symlinks=False))
                entry = _entry(each, place) if rank else None
                if entry is not None and entry.modified_s >= wanted.since_s:
                    found.append((rank, entry))
    found.sort(key=lambda each: (-each[0], -each[1].modified_s))
    entries = tuple(entry for _, entry in found[:limit])
    return Finds(entries, len(found), walk.looked_at, walk.looked_at < MAX_LOOKED_AT)


def listed(folder: Opened, watch: Watch) -> Finds:
    """What is in a folder, folders first, then by name."""
    with os.scandir(folder.descriptor) as there:
        found = [_entry(each, folder.place) for each in _Walk(watch).seen(there)]
    entries = sorted(
        (entry for entry in found if entry is not None),
        key=lambda entry: (not entry.is_folder, entry.place.parts[-1].casefold()),
    )
    return Finds(tuple(entries[:MAX_LISTED]), len(entries), len(entries), complete=True)


class _Walk:
    """Looks at no more than `MAX_LOOKED_AT` names."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self.looked_at = 0

    def below(self, root: int, start: Place) -> Iterator[tuple[Place, os.DirEntry[str]]]:
        """What lies below `start`, with its folder; what is near comes first."""
        waiting = deque([start])
        while waiting and self.looked_at < MAX_LOOKED_AT:
            place = waiting.popleft()
            try:
                descriptor = open_beneath(root, place.parts, FOLDER)
            except OSError:  # gone, not ours to read, or a mount
                continue
            try:
                with os.scandir(descriptor) as there:
                    for each in self.seen(there):
                        yield place, each
                        if each.is_dir(follow_symlinks=False) and _is_entered(each, place, start):
                            waiting.append(Place(place.folder, (*place.parts, each.name)))
            finally:
                os.close(descriptor)

    def seen(self, there: Iterator[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
        """Those that are not private, and whose names a text can hold."""
        for each in there:
            self._watch.check()
            if is_private((each.name,)) or not _is_text(each.name):  # its folder is not private
                continue
            self.looked_at += 1
            if self.looked_at % _TELL_EVERY == 0:
                self._watch.tell(f"{self.looked_at:,} files looked at")
            yield each
            if self.looked_at >= MAX_LOOKED_AT:
                return


def _is_entered(folder: os.DirEntry[str], place: Place, start: Place) -> bool:
    depth = len(place.parts) - len(start.parts)
    return depth < _MAX_DEPTH and folder.name.casefold() not in _NOT_ENTERED


def _entry(each: os.DirEntry[str], place: Place) -> Entry | None:
    """None for what is neither a file nor a folder, or is gone."""
    try:
        about = each.stat(follow_symlinks=False)
    except OSError:
        return None
    is_folder = stat.S_ISDIR(about.st_mode)
    if not is_folder and not stat.S_ISREG(about.st_mode):
        return None
    there = Place(place.folder, (*place.parts, each.name))
    return Entry(there, is_folder, about.st_size, about.st_mtime)


def _rank(name: str, place: Place, wanted: Wanted, *, is_folder: bool) -> int:
    if not is_kind(name, is_folder=is_folder, kind=wanted.kind):
        return 0
    bare = _bare(name)
    missing = [word for word in wanted.words if word not in bare]
    if not missing:
        return 3 if set(wanted.words) <= set(_WORD.findall(bare)) else 2
    if len(missing) == len(wanted.words):
        return 0
    around = _bare(" ".join((place.folder.name, *place.parts)))
    return 1 if all(word in around for word in missing) else 0


def _bare(text: str) -> str:
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def _is_text(name: str) -> bool:
    return name.isprintable() or not any(
        unicodedata.category(char) in ("Cc", "Cs") for char in name
    )
