"""The file of facts."""

from __future__ import annotations

from app.conversation.database import Database, iso, moment, storable
from app.conversation.store_schema import Step
from app.memory.fact import Fact

_STEPS: tuple[Step, ...] = (
    (
        """CREATE TABLE facts (
            id TEXT PRIMARY KEY,
            text TEXT NOT NULL,
            created_at TEXT NOT NULL
        )""",
    ),
    ("ALTER TABLE facts ADD COLUMN is_foreign INTEGER NOT NULL DEFAULT 0",),
)


class FactStore(Database):
    """Open it with `await FactStore.open(path)`, end it with `aclose`.

    Every method raises AppError(STORE_UNWRITABLE) when the disk refuses.
    """

    steps = _STEPS

    async def facts(self) -> tuple[Fact, ...]:
        """All facts, newest first."""
        rows = await self.read(
            "SELECT id, text, created_at, is_foreign FROM facts"
            " ORDER BY created_at DESC, rowid DESC"
        )
        return tuple(Fact(row[0], row[1], moment(row[2]), bool(row[3])) for row in rows)

    async def keep(self, fact: Fact) -> None:
        """Add a fact, or change the one with its id."""
        await self.write(
            (
                "INSERT INTO facts (id, text, created_at, is_foreign) VALUES (?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET"
                " text = excluded.text, is_foreign = excluded.is_foreign",
                (fact.id, storable(fact.text), iso(fact.created_at), fact.is_foreign),
            )
        )

    async def erase(self, fact_id: str) -> None:
        """Remove a fact for good: its words are overwritten on disk."""
        await self.write(("DELETE FROM facts WHERE id = ?", (fact_id,)))
        await self.read("PRAGMA wal_checkpoint(TRUNCATE)")
