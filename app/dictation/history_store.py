"""Dictations on disk, in the file and on the thread of the conversations.

Search looks for words in a column without case and accents: a full-text index would keep the words
of deleted rows on disk, and ten thousand rows are searched in milliseconds without one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from app.conversation.database import Database, iso, moment, storable
from app.dictation.record import Dictation, Outcome, Target
from app.dictation.search_words import folded, search_text

PAGE_ROWS = 500

_COLUMNS = (
    "id, started_at, app, title, mode, outcome, text, raw_text, dropped_text, provider, model,"
    " seconds, cost_usd, audio, detail"
)
_UPSERT = f"""
    INSERT INTO dictations ({_COLUMNS}, folded)
    VALUES ({", ".join("?" * 16)})
    ON CONFLICT (id) DO UPDATE SET
        app = excluded.app, title = excluded.title, mode = excluded.mode,
        outcome = excluded.outcome, text = excluded.text, raw_text = excluded.raw_text,
        dropped_text = excluded.dropped_text, provider = excluded.provider,
        model = excluded.model, seconds = excluded.seconds, cost_usd = excluded.cost_usd,
        audio = excluded.audio, detail = excluded.detail, folded = excluded.folded
"""


class HistoryStore:
    """On return of a call that writes, the data is safe on disk.

    Every method raises AppError(STORE_UNWRITABLE) when the disk refuses.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._deleted: set[str] = set()

    async def save(self, row: Dictation) -> bool:
        """Add the row, or replace the one with its id; False for one that was deleted."""
        if row.id in self._deleted:
            return False
        await self._database.write((_UPSERT, _values(row)))
        return True

    async def find(self, dictation_id: str) -> Dictation | None:
        """The row with this id."""
        rows = await self._select("id = ?", dictation_id)
        return rows[0] if rows else None

    async def search(
        self, query: str, older_than: datetime.datetime | None = None, limit: int = PAGE_ROWS
    ) -> tuple[tuple[Dictation, ...], bool]:
        """At most `limit` rows with every word of the query, newest first; whether there are more.

        A part of a word counts; case and accents do not.
        """
        words = storable(folded(query)).split()
        tests = ["instr(folded, ?) > 0"] * len(words)
        values: list[object] = [*words]
        if older_than is not None:
            tests.append("started_at < ?")
            values.append(iso(older_than))
        rows = await self._select(
            " AND ".join(tests) or "1", *values, limit + 1, ending=_NEWEST_FIRST
        )
        return tuple(rows[:limit]), len(rows) > limit

    async def unfinished(self, before: datetime.datetime) -> tuple[Dictation, ...]:
        """Dictations that began before this moment and never ended, oldest first."""
        return tuple(
            await self._select(
                "outcome = ? AND started_at < ?",
                Outcome.OPEN.value,
                iso(before),
                ending=" ORDER BY started_at",
            )
        )

    async def older(
        self, than: datetime.datetime, outcomes: Iterable[Outcome], *, with_audio: bool = False
    ) -> tuple[Dictation, ...]:
        """Dictations of these outcomes that began before this moment."""
        names = [outcome.value for outcome in outcomes]
        test = f"started_at < ? AND outcome IN ({', '.join('?' * len(names))})"
        if with_audio:
            test += " AND audio <> ''"
        return tuple(await self._select(test, iso(than), *names))

    async def sounds(self) -> frozenset[str]:
        """The file names of all recordings that rows have."""
        rows = await self._database.read("SELECT audio FROM dictations WHERE audio <> ''")
        return frozenset(row[0] for row in rows)

    async def delete(self, dictation_ids: Iterable[str]) -> None:
        """Remove rows for good: their words are overwritten on disk, and they cannot come back."""
        ids = tuple(dictation_ids)
        self._deleted.update(ids)
        await self._database.write(*(("DELETE FROM dictations WHERE id = ?", (i,)) for i in ids))
        await self._database.read("PRAGMA wal_checkpoint(TRUNCATE)")

    async def _select(self, test: str, *values: object, ending: str = "") -> list[Dictation]:
        sql = f"SELECT {_COLUMNS} FROM dictations WHERE {test}{ending}"
        return [_dictation(row) for row in await self._database.read(sql, *values)]


_NEWEST_FIRST = " ORDER BY started_at DESC LIMIT ?"


def _values(row: Dictation) -> tuple[object, ...]:
    return (
        row.id,
        iso(row.at),
        storable(row.target.app),
        storable(row.target.title),
        storable(row.mode),
        row.outcome.value,
        storable(row.text),
        storable(row.raw_text),
        storable(row.dropped_text),
        row.provider,
        row.model,
        row.seconds,
        row.cost_usd,
        row.audio,
        storable(row.detail),
        storable(search_text(row)),
    )


def _dictation(row: tuple[Any, ...]) -> Dictation:
    return Dictation(
        id=row[0],
        at=moment(row[1]),
        target=Target(row[2], row[3]),
        mode=row[4],
        outcome=Outcome(row[5]),
        text=row[6],
        raw_text=row[7],
        dropped_text=row[8],
        provider=row[9],
        model=row[10],
        seconds=row[11],
        cost_usd=row[12],
        audio=row[13],
        detail=row[14],
    )
