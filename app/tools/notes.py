"""Tools that keep notes in the store."""

from __future__ import annotations

import json
from typing import Annotated, Protocol

from app.conversation.kept import Note
from app.tools.base import Origin, Risk, Tool, ToolFailed, ToolResult
from app.tools.own_words import is_foreign
from app.tools.schema import Answer, tool

MAX_CHARS = 4_000
MAX_LISTED = 50


class NoteStore(Protocol):
    """Where notes are kept."""

    async def add_note(self, text: str, *, is_foreign: bool = False) -> None:
        """Keep `text`; on return it is safe on disk. `is_foreign`: others may have written it."""
        ...

    async def notes(self, limit: int) -> tuple[Note, ...]:
        """The newest `limit` notes, newest first."""
        ...


def note_tools(store: NoteStore) -> tuple[Tool, ...]:
    """add_note and list_notes."""

    @tool(description="Keep a note for the user.", risk=Risk.REVERSIBLE, family="notes")
    async def add_note(text: Annotated[str, "The note, in the user's words."]) -> Answer:
        if not text.strip():
            raise ToolFailed("The note is empty.")
        if len(text) > MAX_CHARS:
            raise ToolFailed(f"A note has at most {MAX_CHARS} characters.")
        await store.add_note(text.strip(), is_foreign=is_foreign(text))
        return {"saved": True}

    @tool(
        description="The user's notes, newest first.",
        risk=Risk.READ,
        family="notes",
        origin=Origin.OWN,
    )
    async def list_notes(limit: Annotated[int, "How many at most, 1 to 50."] = 10) -> Answer:
        notes = await store.notes(max(1, min(limit, MAX_LISTED)))
        listed = [
            {"text": note.text, "created": f"{note.created_at.astimezone():%Y-%m-%d %H:%M}"}
            for note in notes
        ]
        return ToolResult(
            json.dumps({"notes": listed}, ensure_ascii=False),
            origin=Origin.KEPT if any(note.is_foreign for note in notes) else Origin.OWN,
        )

    return add_note, list_notes
