"""The command assistant on what is remembered and on the user's folders, with the real tools."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.knowledge.index import Hit
from app.knowledge.sources import SourceNumbers
from app.memory.memory import Memory
from app.providers.local.intents import Intent
from app.providers.local.matcher import match
from app.tools.knowledge import knowledge_tools
from app.tools.memory import memory_tools
from tests.providers.local.test_commands import Talk


class OneFolder:
    """A folder with a lease in it."""

    async def has_folders(self) -> bool:
        return True

    async def find(self, question: str, limit: int) -> list[Hit]:
        text = "Rent is due on the first.\nThe notice period is three months."
        return [Hit(1, "/home/a/lease.pdf", 3, 1, 2, text)] if "notice" in question else []

    async def read_from(self, file: str, page: int, line: int) -> list[Hit]:
        return []


@pytest.fixture
async def talk(tmp_path: Path) -> AsyncIterator[Talk]:
    memory = Memory(tmp_path / "memory.db", lambda _: None, lambda _: None)
    await memory.start()
    numbers = SourceNumbers(lambda: ("c", ()))
    yield Talk((*memory_tools(memory), *knowledge_tools(OneFolder(), numbers)))
    await memory.aclose()


async def test_a_fact_is_kept_told_and_forgotten(talk: Talk) -> None:
    assert await talk.say("What do you know about me?") == "I remember nothing yet."
    said = await talk.say("Remember that my car is a blue Golf.")
    assert said == "I will remember: my car is a blue Golf."
    await talk.say("remember that Anna is allergic to nuts")
    said = await talk.say("What do you know about my car?")
    assert said == "You asked me to remember this. My car is a blue Golf."
    assert "Anna is allergic to nuts." in await talk.say("what do you remember")
    said = await talk.say("forget that my car is a blue golf")
    assert said == "I have forgotten: my car is a blue Golf."
    assert await talk.say("what do you know about my car") == "I remember nothing about that."


async def test_a_fact_may_follow_a_question(talk: Talk) -> None:
    assert await talk.say("remember something") == "What should I remember?"
    said = await talk.say("The bins are collected on Thursdays")
    assert said == "I will remember: The bins are collected on Thursdays."


async def test_forget_that_takes_back_what_was_just_remembered_and_nothing_else(
    talk: Talk,
) -> None:
    await talk.say("remember that I like tea")
    assert await talk.say("forget that") == "I have forgotten: I like tea."
    await talk.say("remember that I like tea")
    await talk.say("what do you remember")
    assert await talk.say("forget that") == "All right."
    assert "I like tea." in await talk.say("what do you remember")


async def test_an_unclear_wish_to_forget_changes_nothing(talk: Talk) -> None:
    await talk.say("remember that my car is blue")
    await talk.say("remember that my car is old")
    assert "2 facts" in await talk.say("forget about my car")
    assert "Nothing" not in await talk.say("what do you remember")
    assert "I remember nothing about that" in await talk.say("forget about my boat")


async def test_folders_answer_with_their_place(talk: Talk) -> None:
    said = await talk.say("What do my documents say about the notice period?")
    assert said.startswith("In lease.pdf, page 3: ")
    assert "The notice period is three months." in said
    assert said.endswith("[1]")
    said = await talk.say("search my folders for dragons")
    assert said == "Nothing in your folders has these words."


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("remember to buy milk", Intent.NOTE_ADD),
        ("forget it", Intent.STOP),
        ("forget about it", Intent.STOP),
        ("don't forget that the bins are collected on Thursdays", Intent.REMEMBER),
        ("could you please remember that I like tea", Intent.REMEMBER),
        ("what did I tell you about Anna?", Intent.RECALL),
        ("find the notice period in my documents", Intent.FOLDERS_SEARCH),
        ("what do you know", Intent.HELP),
    ],
)
def test_what_words_ask_for(text: str, intent: Intent) -> None:
    found = match(text)
    assert found is not None
    assert found.intent is intent
