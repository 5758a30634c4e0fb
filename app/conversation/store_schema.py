"""The store's file: its tables, its versions, and how it is opened, upgraded or set aside."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

Step = tuple[str, ...]
"""Statements that lift the schema by one version, in one transaction."""

STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE conversations (
            id TEXT PRIMARY KEY,
            title TEXT NOT NULL DEFAULT '',
            updated_at TEXT NOT NULL
        )""",
        """CREATE TABLE messages (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
            role TEXT NOT NULL,
            text TEXT NOT NULL,
            created_at TEXT NOT NULL,
            spoken INTEGER NOT NULL,
            heard TEXT,
            by TEXT NOT NULL,
            tools TEXT NOT NULL
        )""",
        "CREATE INDEX messages_of_conversation ON messages (conversation_id, position)",
        """CREATE TABLE notes (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            text TEXT NOT NULL,
            created_at TEXT NOT NULL
        )""",
        """CREATE TABLE timers (
            id TEXT PRIMARY KEY,
            label TEXT NOT NULL,
            seconds INTEGER NOT NULL,
            due_at TEXT NOT NULL
        )""",
    ),
    (
        """CREATE TABLE dictations (
            id TEXT PRIMARY KEY,
            started_at TEXT NOT NULL,
            app TEXT NOT NULL,
            title TEXT NOT NULL,
            mode TEXT NOT NULL,
            outcome TEXT NOT NULL,
            text TEXT NOT NULL,
            raw_text TEXT NOT NULL,
            dropped_text TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            seconds REAL NOT NULL,
            cost_usd REAL,
            audio TEXT NOT NULL,
            detail TEXT NOT NULL,
            folded TEXT NOT NULL
        )""",
        "CREATE INDEX dictations_by_time ON dictations (started_at)",
    ),
    ("ALTER TABLE messages ADD COLUMN had_images INTEGER NOT NULL DEFAULT 0",),
    (
        "ALTER TABLE notes ADD COLUMN is_foreign INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE timers ADD COLUMN is_foreign INTEGER NOT NULL DEFAULT 0",
    ),
)

_BUSY_TIMEOUT_S = 10.0
_FILES = ("-wal", "-shm", "")
"""The main file goes last: a new one must not find the write-ahead log of the old one."""

_log = logging.getLogger(__name__)


class BrokenFile(Exception):
    """The file is no database, or a damaged one."""


class NewerFile(Exception):
    """The file was written by a newer Sayso."""


def open_database(
    path: Path | None, steps: Sequence[Step] = STEPS
) -> tuple[sqlite3.Connection, Path | None]:
    """A connection that only this thread may use, and where a broken file was put, if it was.

    None opens a store in memory. Raises NewerFile, OSError, and sqlite3.Error when the file cannot
    be used although it is not broken.
    """
    if path is None:
        return _connected(":memory:", None, steps), None
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = _create_private(path)
    try:
        return _connected(str(path), path, steps), None
    except BrokenFile as error:
        _log.error("The store is broken: %s", error)
    aside = _set_aside(path, before)
    _create_private(path)
    return _connected(str(path), path, steps), aside


def _connected(name: str, path: Path | None, steps: Sequence[Step]) -> sqlite3.Connection:
    connection = sqlite3.connect(name, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    try:
        try:
            _configure(connection)
            _check(connection)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise BrokenFile(str(error)) from error
        _upgrade(connection, path, steps)
    except BaseException:
        connection.close()
        raise
    return connection


def _configure(connection: sqlite3.Connection) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "fullfsync = ON",
        "checkpoint_fullfsync = ON",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _check(connection: sqlite3.Connection) -> None:
    (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise BrokenFile(verdict)


def _upgrade(connection: sqlite3.Connection, path: Path | None, steps: Sequence[Step]) -> None:
    """One transaction for each version; another process may do it at the same time."""
    while True:
        version = _version(connection)
        if version < 0:
            raise BrokenFile(f"schema {version}")
        if version > len(steps):
            raise NewerFile(f"schema {version} is newer than {len(steps)}")
        if version == len(steps):
            return
        if version > 0 and path is not None:
            _back_up(connection, path.with_name(f"{path.name}.v{version}-backup"))
        with transaction(connection):
            if _version(connection) == version:
                _refuse_foreign_tables(connection, version)
                for statement in steps[version]:
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {version + 1}")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing; other writers wait."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _refuse_foreign_tables(connection: sqlite3.Connection, version: int) -> None:
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise BrokenFile("it holds other tables")


def _version(connection: sqlite3.Connection) -> int:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    unfinished = target.with_name(f"{target.name}.{os.getpid()}")
    unfinished.unlink(missing_ok=True)
    _create_private(unfinished)
    with contextlib.closing(sqlite3.connect(unfinished)) as copy:
        connection.backup(copy)
    unfinished.replace(target)


def _create_private(path: Path) -> os.stat_result:
    """SQLite gives its side files the rights that it finds on the file itself."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    return path.stat()


def _set_aside(path: Path, broken: os.stat_result) -> Path | None:
    """Rename the broken file. None when another process was faster."""
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S-%f")
    aside = path.with_name(f"{path.name}.broken-{stamp}")
    now = path.stat() if path.exists() else None
    if now is None or (now.st_dev, now.st_ino) != (broken.st_dev, broken.st_ino):
        return None
    for suffix in _FILES:
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + suffix).rename(aside.with_name(aside.name + suffix))
    return aside
