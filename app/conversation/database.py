"""A SQLite file on a thread of its own, called from the core thread."""

from __future__ import annotations

import asyncio
import datetime
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

from app.conversation.store_schema import STEPS, NewerFile, Step, open_database, transaction
from app.errors import AppError, Code

_Result = TypeVar("_Result")


class Database:
    """Every method raises AppError(STORE_UNWRITABLE) when the disk refuses.

    `set_aside` is where a broken file was put, when a new one had to be begun. `steps` are the
    versions of its tables.
    """

    steps: ClassVar[Sequence[Step]] = STEPS

    def __init__(
        self, thread: ThreadPoolExecutor, connection: sqlite3.Connection, set_aside: Path | None
    ) -> None:
        self.set_aside = set_aside
        self._thread = thread
        self._connection = connection

    @classmethod
    async def open(cls, path: Path | None) -> Self:
        """Open, check and upgrade the file, or begin it. None keeps everything in memory."""
        thread = ThreadPoolExecutor(1, thread_name_prefix="store")
        try:
            connection, set_aside = await _on(thread, lambda: open_database(path, cls.steps))
        except BaseException:
            thread.shutdown(wait=False)
            raise
        return cls(thread, connection, set_aside)

    async def aclose(self) -> None:
        """Close the file. Nothing may be called afterwards."""
        await _on(self._thread, self._connection.close)
        self._thread.shutdown(wait=False)

    async def read(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        return await _on(self._thread, lambda: self._connection.execute(sql, values).fetchall())

    async def write(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """All of the statements or none; on return they are safe on disk."""

        def write() -> None:
            with transaction(self._connection):
                for sql, values in statements:
                    self._connection.execute(sql, values)

        await _on(self._thread, write)


def storable(text: str) -> str:
    """Half of a surrogate pair cannot be written; it becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def iso(at: datetime.datetime) -> str:
    """Always the same length, so that the order of the texts is the order of the moments."""
    return at.astimezone(datetime.UTC).isoformat(timespec="microseconds")


def moment(text: str) -> datetime.datetime:
    """What `iso` wrote."""
    return datetime.datetime.fromisoformat(text)


async def _on(thread: ThreadPoolExecutor, work: Callable[[], _Result]) -> _Result:
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    except NewerFile:
        detail = "they were written by a newer version of Sayso"
        raise AppError(Code.STORE_UNWRITABLE, detail) from None
    except (sqlite3.Error, OSError) as error:
        raise AppError(Code.STORE_UNWRITABLE, str(error)) from error
