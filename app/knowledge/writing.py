"""What the indexer writes: one connection, one thread, in its own process."""

from __future__ import annotations

import datetime
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from app.conversation.database import iso
from app.conversation.store_schema import open_database, transaction
from app.knowledge.changes import Known
from app.knowledge.passage import LeftOut, Passage
from app.knowledge.scan import Found
from app.knowledge.schema import STEPS

REMOVED_AT_ONCE = 200
CACHE_KIB = 32_768

_log = logging.getLogger(__name__)


class IndexWriter:
    """Every change is in a transaction of the caller; see `together`. Raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._connection, _ = open_database(path, STEPS)
        # Whatever a power cut takes from an index is read again.
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    def close(self) -> None:
        """Release the file."""
        self._connection.close()

    def together(self) -> AbstractContextManager[None]:
        """One transaction: all of it or nothing."""
        return transaction(self._connection)

    def folders(self) -> Sequence[tuple[int, Path]]:
        """The folders that are to be looked through."""
        rows = self._connection.execute(
            "SELECT id, path FROM folders WHERE NOT removed AND NOT paused ORDER BY id"
        )
        return [(row[0], Path(row[1])) for row in rows]

    def known(self, folder_id: int) -> dict[str, Known]:
        """The files of a folder by their paths."""
        rows = self._connection.execute(
            "SELECT path, id, size, mtime_ns, digest, left_out, tries FROM files"
            " WHERE folder_id = ?",
            (folder_id,),
        )
        return {row[0]: Known(*row[1:]) for row in rows}

    def begin_reading(self, folder_id: int, file: Found) -> None:
        """Note that a file is about to be read, in case that this process does not survive it."""
        self._connection.execute(
            """INSERT INTO files (folder_id, path, size, mtime_ns, digest, left_out, tries)
            VALUES (?, ?, ?, ?, x'', ?, 1)
            ON CONFLICT (folder_id, path) DO UPDATE SET
                tries = CASE WHEN size = excluded.size AND mtime_ns = excluded.mtime_ns
                    THEN tries + 1 ELSE 1 END,
                size = excluded.size, mtime_ns = excluded.mtime_ns, digest = x'',
                left_out = excluded.left_out""",
            (folder_id, file.path, file.size, file.mtime_ns, LeftOut.TOO_SLOW.value),
        )

    def keep(self, folder_id: int, file: Found, digest: bytes, passages: Sequence[Passage]) -> None:
        """The file has these passages now."""
        file_id = self._file(folder_id, file, digest, "")
        self._connection.execute("DELETE FROM passages WHERE file_id = ?", (file_id,))
        self._connection.executemany(
            "INSERT INTO passages (file_id, page, first_line, last_line, title, text)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            [
                (file_id, p.page, p.first_line, p.last_line, title_of(file.path, p.heading),
                 _storable(p.text))
                for p in passages
            ],
        )  # fmt: skip

    def leave_out(self, folder_id: int, file: Found, reason: LeftOut) -> None:
        """Nothing of this file is kept."""
        file_id = self._file(folder_id, file, b"", reason.value)
        self._connection.execute("DELETE FROM passages WHERE file_id = ?", (file_id,))

    def touch(self, file_id: int, file: Found) -> None:
        """Its time is another, its content the same."""
        self._connection.execute(
            "UPDATE files SET size = ?, mtime_ns = ?, tries = 0 WHERE id = ?",
            (file.size, file.mtime_ns, file_id),
        )

    def move(self, file_id: int, before: str, file: Found) -> None:
        """The file is here now, with all that was read of it."""
        self._connection.execute(
            "UPDATE files SET path = ?, size = ?, mtime_ns = ? WHERE id = ?",
            (file.path, file.size, file.mtime_ns, file_id),
        )
        self._connection.execute(
            "UPDATE passages SET title = ? || substr(title, ?) WHERE file_id = ?",
            (_storable(file.path), len(_storable(before)) + 1, file_id),
        )

    def forget(self, folder_id: int, paths: Sequence[str]) -> None:
        """These files are gone."""
        self._connection.executemany(
            "DELETE FROM files WHERE folder_id = ? AND path = ?",
            [(folder_id, path) for path in paths],
        )

    def indexed(self, folder_id: int, problem: str) -> None:
        """The folder was looked through to its end."""
        now = iso(datetime.datetime.now(datetime.UTC))
        self._connection.execute(
            "UPDATE folders SET indexed_at = ?, problem = ? WHERE id = ?",
            (now, problem, folder_id),
        )

    def trouble(self, folder_id: int, problem: str) -> None:
        """The folder could not be looked through."""
        self._connection.execute(
            "UPDATE folders SET problem = ? WHERE id = ?", (problem, folder_id)
        )

    def purge(self) -> bool:
        """Erase the folders that were removed, a few files at a time; whether there were any."""
        removed = self._connection.execute("SELECT id FROM folders WHERE removed").fetchall()
        for (folder_id,) in removed:
            while self._purge_some(folder_id):
                pass
            with transaction(self._connection):
                self._connection.execute("DELETE FROM folders WHERE id = ?", (folder_id,))
        return bool(removed)

    def wipe(self) -> None:
        """Overwrite on disk what was deleted: also words, which the full-text index keeps."""
        with transaction(self._connection):
            self._connection.execute("INSERT INTO words (words) VALUES ('optimize')")
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def shrink(self) -> None:
        """Give the room of what was erased back to the disk, unless somebody is writing."""
        try:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        except sqlite3.OperationalError as error:
            _log.info("the index was not made smaller: %s", error)

    def _purge_some(self, folder_id: int) -> bool:
        with transaction(self._connection):
            cursor = self._connection.execute(
                "DELETE FROM files WHERE id IN (SELECT id FROM files WHERE folder_id = ? LIMIT ?)",
                (folder_id, REMOVED_AT_ONCE),
            )
            return cursor.rowcount > 0

    def _file(self, folder_id: int, file: Found, digest: bytes, left_out: str) -> int:
        row = self._connection.execute(
            """INSERT INTO files (folder_id, path, size, mtime_ns, digest, left_out)
            VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (folder_id, path) DO UPDATE SET
                size = excluded.size, mtime_ns = excluded.mtime_ns, digest = excluded.digest,
                left_out = excluded.left_out, tries = 0
            RETURNING id""",
            (folder_id, file.path, file.size, file.mtime_ns, digest, left_out),
        ).fetchone()
        return int(row[0])


def title_of(path: str, heading: str) -> str:
    """What a passage is found by beside its text: the file's path and the heading above it."""
    return _storable(f"{path} › {heading}" if heading else path)


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
