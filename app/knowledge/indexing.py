"""Brings the index up to date with its folders. Blocking; runs in the indexer's own process."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from app.knowledge.changes import Changes, Known, changes
from app.knowledge.choosing import kind_of
from app.knowledge.passage import Content, Kind, LeftOut
from app.knowledge.reading import Loaded, content_of, load
from app.knowledge.scan import Found, scan
from app.knowledge.writing import IndexWriter

LONGEST_READING_S = 60
COMMIT_S = 0.4
COMMIT_FILES = 100

NOT_THERE = "The folder is not there now. What was read of it is kept."
TOO_MANY = "There are more files than fit. Add the folders inside it that matter."

_log = logging.getLogger(__name__)


class TooSlow(BaseException):
    """Reading a file took too long. No Exception: readers catch those, and would go on."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a folder is: files that are done, of those that are new or changed."""

    folder_id: int
    done: int
    total: int


Tell = Callable[[Progress], None]


def update(writer: IndexWriter, tell: Tell, only: frozenset[int] | None = None) -> None:
    """Erase what was removed, then look through the folders; `only` those, None for all.

    What was done so far is kept when this is cut off, and not done again.
    """
    if writer.purge():
        writer.wipe()
        writer.shrink()
    for folder_id, root in writer.folders():
        if only is None or folder_id in only:
            _Folder(writer, folder_id, root, tell).update()


class _Folder:
    """One folder while it is looked through."""

    def __init__(self, writer: IndexWriter, folder_id: int, root: Path, tell: Tell) -> None:
        self._writer = writer
        self._id = folder_id
        self._root = root
        self._tell = tell
        self._known: dict[str, Known] = {}
        self._moved: dict[bytes, list[str]] = {}

    def update(self) -> None:
        try:
            seen = scan(self._root)
        except OSError:
            with self._writer.together():
                self._writer.trouble(self._id, NOT_THERE)
            return
        self._known = self._writer.known(self._id)
        todo = changes(self._known, seen.files, seen.unseen)
        for path in todo.gone:
            if self._known[path].digest:
                self._moved.setdefault(self._known[path].digest, []).append(path)
        self._read_all(todo)
        moved_away = {path for paths in self._moved.values() for path in paths}
        gone = [path for path in todo.gone if path in moved_away or not self._known[path].digest]
        with self._writer.together():
            self._writer.forget(self._id, gone)
            self._writer.indexed(self._id, TOO_MANY if seen.is_cut else "")
        if any(self._known[path].digest for path in gone):
            self._writer.wipe()

    def _read_all(self, todo: Changes) -> None:
        """In transactions that are short enough for others to wait."""
        with self._writer.together():
            for file in todo.to_leave_out:
                assert file.left_out is not None
                self._writer.leave_out(self._id, file, file.left_out)
        total = len(todo.to_read)
        self._tell(Progress(self._id, 0, total))
        texts = [file for file in todo.to_read if not _is_document(file)]
        documents = [file for file in todo.to_read if _is_document(file)]
        done = 0
        while done < len(texts):
            done += self._read_texts(texts[done : done + COMMIT_FILES])
            self._tell(Progress(self._id, done, total))
        for file in documents:
            self._read_document(file)
            done += 1
            self._tell(Progress(self._id, done, total))

    def _read_texts(self, files: Sequence[Found]) -> int:
        """As many as there is time for, together; how many they were."""
        done = 0
        ends_s = time.monotonic() + COMMIT_S
        with self._writer.together():
            for file in files:
                loaded = self._unread(file)
                if loaded is not None:
                    self._keep(file, loaded, _content(loaded.data, kind_of(file.path)))
                done += 1
                if time.monotonic() > ends_s:
                    break
        return done

    def _read_document(self, file: Found) -> None:
        """One that may take long, or end this process: the next one then knows."""
        with self._writer.together():
            loaded = self._unread(file)
            if loaded is None:
                return
            self._writer.begin_reading(self._id, file)
        content = _content(loaded.data, kind_of(file.path))
        with self._writer.together():
            self._keep(file, loaded, content)

    def _unread(self, file: Found) -> Loaded | None:
        """The file's bytes, unless its content is known already, here or where it was before."""
        loaded = load(self._root / file.path)
        if isinstance(loaded, LeftOut):
            self._writer.leave_out(self._id, file, loaded)
            return None
        before = self._known.get(file.path)
        if before is not None and before.digest == loaded.digest:
            self._writer.touch(before.id, file)
            return None
        sources = self._moved.get(loaded.digest)
        if before is None and sources:
            path = sources.pop()
            self._writer.move(self._known[path].id, path, file)
            return None
        return loaded

    def _keep(self, file: Found, loaded: Loaded, content: Content) -> None:
        if isinstance(content, LeftOut):
            self._writer.leave_out(self._id, file, content)
        else:
            self._writer.keep(self._id, file, loaded.digest, content)


def _is_document(file: Found) -> bool:
    return kind_of(file.path) in (Kind.PDF, Kind.DOCX)


def _content(data: bytes, kind: Kind) -> Content:
    """What is in a file; whatever goes wrong with it is its reason to be left out."""
    try:
        with _limited():
            return content_of(data, kind)
    except TooSlow:
        return LeftOut.TOO_SLOW
    except MemoryError:
        return LeftOut.TOO_BIG
    except Exception as error:  # noqa: BLE001 - a document's reader meets anything; one file is lost
        _log.warning("A %s could not be read: %s", kind, type(error).__name__)
        return LeftOut.DAMAGED


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """At most `LONGEST_READING_S`, where there are signals and this is the main thread."""
    if (
        not hasattr(signal, "setitimer")
        or threading.current_thread() is not threading.main_thread()
    ):
        yield
        return
    before = signal.signal(signal.SIGALRM, _too_slow)
    signal.setitimer(signal.ITIMER_REAL, LONGEST_READING_S, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _too_slow(_number: int, _frame: FrameType | None) -> None:
    raise TooSlow
