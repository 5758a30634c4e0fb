"""Conversations, notes and timers on disk, for the core thread.

On return of a call that writes, the data is safe on disk.
"""

from __future__ import annotations

import datetime
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from app.conversation.database import Database, iso, moment, storable
from app.conversation.kept import Note, Timer
from app.conversation.message import ConversationSummary, Message, Role, ToolUse, new_id

MAX_TITLE_CHARS = 60

_TOOL_FIELDS = frozenset(field.name for field in fields(ToolUse))


class Store(Database):
    """Open it with `await Store.open(path)`, end it with `aclose`.

    Every method raises AppError(STORE_UNWRITABLE) when the disk refuses. `set_aside` is where a
    broken file was put, when a new one had to be begun. Two processes may use one file.
    """

    def __init__(
        self, thread: ThreadPoolExecutor, connection: sqlite3.Connection, set_aside: Path | None
    ) -> None:
        super().__init__(thread, connection, set_aside)
        self._deleted: set[str] = set()

    async def new_conversation(self) -> ConversationSummary:
        """A fresh id; the row is written with the first message, so none is kept empty."""
        return ConversationSummary(new_id(), _NO_TITLE, _utc_now())

    async def list_conversations(self) -> tuple[ConversationSummary, ...]:
        """All conversations, newest first."""
        rows = await self.read(_SUMMARIES)
        return tuple(_summary(row) for row in rows)

    async def latest(self) -> ConversationSummary | None:
        """The newest conversation."""
        rows = await self.read(f"{_SUMMARIES} LIMIT 1")
        return _summary(rows[0]) if rows else None

    async def messages(self, conversation_id: str) -> tuple[Message, ...]:
        """All messages of a conversation, oldest first; empty when there is no such one."""
        rows = await self.read(
            "SELECT id, role, text, created_at, spoken, heard, by, tools, had_images"
            " FROM messages WHERE conversation_id = ? ORDER BY position",
            conversation_id,
        )
        return tuple(_message(row) for row in rows)

    async def add_message(self, conversation_id: str, message: Message) -> None:
        """Append a message, or replace the one with its id where it stands.

        The first words of the user become the title. A conversation that was deleted stays so.
        """
        if conversation_id in self._deleted:
            return
        title = title_of(message.text) if message.role is Role.USER else ""
        values = (
            message.id,
            conversation_id,
            message.role.value,
            storable(message.text),
            iso(message.created_at),
            message.spoken,
            None if message.heard is None else storable(message.heard),
            storable(message.by),
            json.dumps([asdict(use) for use in message.tools]),
            bool(message.images) or message.had_images,
        )

        await self.write(
            (_UPSERT_CONVERSATION, (conversation_id, title, iso(message.created_at))),
            (_UPSERT_MESSAGE, values),
        )

    async def move_message(self, conversation_id: str, message_id: str, before_id: str) -> None:
        """Put a message in front of another one of its conversation; both must be there."""
        rows = await self.read(
            "SELECT id, position FROM messages WHERE conversation_id = ? ORDER BY position",
            conversation_id,
        )
        ids = [row[0] for row in rows if row[0] != message_id]
        ids.insert(ids.index(before_id), message_id)
        # Positions are unique, so that they change places by way of negative ones.
        moves = [
            ("UPDATE messages SET position = ? WHERE id = ?", (-position, moved))
            for moved, (before, position) in zip(ids, rows, strict=True)
            if moved != before
        ]
        settled = "UPDATE messages SET position = -position WHERE position < 0"
        await self.write(*moves, (settled, ()))

    async def delete_conversation(self, conversation_id: str) -> None:
        """Remove a conversation for good: its words are overwritten on disk."""
        self._deleted.add(conversation_id)
        await self.write(("DELETE FROM conversations WHERE id = ?", (conversation_id,)))
        await self.read("PRAGMA wal_checkpoint(TRUNCATE)")

    async def add_note(self, text: str, *, is_foreign: bool = False) -> None:
        """Keep a note; `is_foreign` where others may have written it."""
        values = (storable(text), iso(_utc_now()), is_foreign)
        insert = "INSERT INTO notes (text, created_at, is_foreign) VALUES (?, ?, ?)"
        await self.write((insert, values))

    async def notes(self, limit: int) -> tuple[Note, ...]:
        """The newest `limit` notes, newest first."""
        rows = await self.read(
            "SELECT text, created_at, is_foreign FROM notes ORDER BY position DESC LIMIT ?", limit
        )
        return tuple(Note(row[0], moment(row[1]), bool(row[2])) for row in rows)

    async def timers(self) -> tuple[Timer, ...]:
        """All timers, the next one first."""
        rows = await self.read(
            "SELECT id, label, seconds, due_at, is_foreign FROM timers ORDER BY due_at"
        )
        return tuple(Timer(row[0], row[1], row[2], moment(row[3]), bool(row[4])) for row in rows)

    async def add_timer(self, timer: Timer) -> None:
        """Keep a timer."""
        due_at = iso(timer.due_at)
        values = (timer.id, storable(timer.label), timer.seconds, due_at, timer.is_foreign)
        await self.write(
            (
                "INSERT OR REPLACE INTO timers (id, label, seconds, due_at, is_foreign)"
                " VALUES (?, ?, ?, ?, ?)",
                values,
            )
        )

    async def remove_timer(self, timer_id: str) -> None:
        """Forget a timer; one that is gone already is no error."""
        await self.write(("DELETE FROM timers WHERE id = ?", (timer_id,)))


def title_of(text: str) -> str:
    """The first words of `text` on one line, at most 60 characters."""
    line = " ".join(text.split())
    if len(line) <= MAX_TITLE_CHARS:
        return storable(line)
    cut = line[:MAX_TITLE_CHARS]
    words = cut.rpartition(" ")[0] if " " in cut[MAX_TITLE_CHARS // 2 :] else cut[:-1]
    return storable(words.rstrip(" ,;:.-") + "…")


_NO_TITLE = ConversationSummary.empty().title
_SUMMARIES = "SELECT id, title, updated_at FROM conversations ORDER BY updated_at DESC, rowid DESC"
_UPSERT_CONVERSATION = """
    INSERT INTO conversations (id, title, updated_at) VALUES (?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        title = CASE WHEN title = '' THEN excluded.title ELSE title END,
        updated_at = MAX(updated_at, excluded.updated_at)
"""
_UPSERT_MESSAGE = """
    INSERT INTO messages
        (id, conversation_id, role, text, created_at, spoken, heard, by, tools, had_images)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        text = excluded.text, spoken = excluded.spoken, heard = excluded.heard, by = excluded.by,
        tools = excluded.tools, had_images = excluded.had_images
"""


def _summary(row: tuple[Any, ...]) -> ConversationSummary:
    return ConversationSummary(row[0], row[1] or _NO_TITLE, moment(row[2]))


def _message(row: tuple[Any, ...]) -> Message:
    uses = [_tool_use(entry) for entry in json.loads(row[7])]
    return Message(
        role=Role(row[1]),
        text=row[2],
        id=row[0],
        created_at=moment(row[3]),
        spoken=bool(row[4]),
        heard=row[5],
        by=row[6],
        tools=tuple(uses),
        had_images=bool(row[8]),
    )


def _tool_use(entry: dict[str, Any]) -> ToolUse:
    known = {name: value for name, value in entry.items() if name in _TOOL_FIELDS}
    return ToolUse(**known | {"addresses": tuple(known.get("addresses", ()))})


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
