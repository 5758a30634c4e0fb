from __future__ import annotations

import pytest

from app.conversation.store import Store
from app.tools.base import ToolFailed
from app.tools.notes import MAX_CHARS, note_tools
from tests.tools.calling import call


@pytest.fixture
async def tools():
    store = await Store.open(None)
    yield note_tools(store)
    await store.aclose()


async def test_a_note_is_kept_and_listed(tools):
    assert await call(tools, "add_note", text=" Buy tea ") == {"saved": True}
    await call(tools, "add_note", text="Call Ada")
    (newest,) = (await call(tools, "list_notes", limit=1))["notes"]
    assert newest["text"] == "Call Ada"
    assert len(newest["created"]) == len("2026-11-21 14:05")
    notes = (await call(tools, "list_notes", limit=1_000))["notes"]
    assert [note["text"] for note in notes] == ["Call Ada", "Buy tea"]


@pytest.mark.parametrize("text", ["  ", "x" * (MAX_CHARS + 1)])
async def test_an_empty_or_endless_note_is_refused(tools, text):
    with pytest.raises(ToolFailed):
        await call(tools, "add_note", text=text)
    assert await call(tools, "list_notes", limit=5) == {"notes": []}
