"""A message that stands in the conversation before its words are known."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversation.current import CurrentConversation
from app.conversation.message import Message, Role
from app.conversation.store import Store


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(tmp_path / "sayso.db")
    yield opened
    await opened.aclose()


async def kept(store: Store, conversation_id: str) -> list[str]:
    return [message.text for message in await store.messages(conversation_id)]


async def test_late_words_take_their_place_on_disk(store: Store) -> None:
    conversation = CurrentConversation(store, lambda _: None)
    said = Message(Role.USER, "", spoken=True)
    conversation.expect(said)
    await conversation.add(Message(Role.ASSISTANT, "Hello to you."))
    assert await kept(store, conversation.id) == ["Hello to you."]
    await conversation.settle(replace(said, text="Hello."))
    assert not conversation.is_expected(said.id)
    assert [m.text for m in conversation.messages] == ["Hello.", "Hello to you."]
    assert await kept(store, conversation.id) == ["Hello.", "Hello to you."]
    assert (await store.list_conversations())[0].title == "Hello."


async def test_words_that_come_before_the_reply_are_simply_stored(store: Store) -> None:
    conversation = CurrentConversation(store, lambda _: None)
    said = Message(Role.USER, "", spoken=True)
    conversation.expect(said)
    await conversation.settle(replace(said, text="Hello."))
    await conversation.add(Message(Role.ASSISTANT, "Hello to you."))
    assert await kept(store, conversation.id) == ["Hello.", "Hello to you."]


async def test_words_find_their_conversation_when_another_is_open(store: Store) -> None:
    conversation = CurrentConversation(store, lambda _: None)
    said = Message(Role.USER, "", spoken=True)
    conversation.expect(said)
    await conversation.add(Message(Role.ASSISTANT, "Hello to you."))
    first = conversation.id
    await conversation.begin()
    await conversation.settle(replace(said, text="Hello."))
    assert await kept(store, first) == ["Hello.", "Hello to you."]
    assert conversation.messages == ()


async def test_words_of_a_deleted_conversation_are_gone_with_it(store: Store) -> None:
    conversation = CurrentConversation(store, lambda _: None)
    said = Message(Role.USER, "", spoken=True)
    conversation.expect(said)
    await conversation.add(Message(Role.ASSISTANT, "Hello to you."))
    first = conversation.id
    await conversation.delete(first)
    await conversation.settle(replace(said, text="Hello."))
    assert await store.list_conversations() == ()


async def test_what_never_comes_leaves_nothing(store: Store) -> None:
    conversation = CurrentConversation(store, lambda _: None)
    said = Message(Role.USER, "", spoken=True)
    conversation.expect(said)
    conversation.forget(said.id)
    await conversation.settle(replace(said, text="Hello."))
    assert conversation.messages == ()
    assert await store.list_conversations() == ()
