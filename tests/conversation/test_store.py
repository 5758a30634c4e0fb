from __future__ import annotations

import contextlib
import datetime
import os
import signal
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversation.kept import Timer
from app.conversation.message import Message, Role, ToolUse
from app.conversation.store import MAX_TITLE_CHARS, Store, title_of
from app.errors import AppError, Code

ROOT = Path(__file__).parents[2]
WHEN = datetime.datetime(2026, 11, 21, 14, 5, tzinfo=datetime.UTC)
BROKEN_LOG = pytest.mark.logs("store is broken")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "sayso.db"


@pytest.fixture
async def store(path):
    opened = await Store.open(path)
    yield opened
    await opened.aclose()


@contextlib.asynccontextmanager
async def opened(path):
    store = await Store.open(path)
    try:
        yield store
    finally:
        await store.aclose()


def start_writer(path, name, count):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.conversation.store_writer", str(path), name, str(count)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


async def test_messages_come_back_as_they_were(store):
    conversation = await store.new_conversation()
    messages = (
        Message(Role.USER, "What time is it?\n", spoken=True, created_at=WHEN),
        Message(
            Role.ASSISTANT,
            "It is five past two. Ünïcode 😀",
            by="built in",
            heard="It is five",
            created_at=WHEN,
            tools=(ToolUse("c1", "get_time", "{}", '{"time": "14:05"}', ok=False, seconds=0.25),),
        ),
    )
    for message in messages:
        await store.add_message(conversation.id, message)
    assert await store.messages(conversation.id) == messages


async def test_everything_is_there_after_a_restart(path):
    timer = Timer("t1", "pasta", 300, WHEN)
    async with opened(path) as store:
        await store.add_message("c1", Message(Role.USER, "Hello"))
        await store.add_note("Buy tea")
        await store.add_timer(timer)
    async with opened(path) as store:
        assert [message.text for message in await store.messages("c1")] == ["Hello"]
        assert [note.text for note in await store.notes(5)] == ["Buy tea"]
        assert await store.timers() == (timer,)
        assert store.set_aside is None


async def test_a_message_with_a_known_id_is_replaced_in_its_place(store):
    reply = Message(Role.ASSISTANT, "One two three", created_at=WHEN)
    await store.add_message("c1", reply)
    await store.add_message("c1", Message(Role.USER, "Stop", created_at=WHEN))
    await store.add_message("c1", replace(reply, heard="One"))
    first, second = await store.messages("c1")
    assert (first.heard, second.text) == ("One", "Stop")


async def test_conversations_are_listed_newest_first(store):
    for name, minute in (("a", 1), ("b", 3), ("c", 2)):
        message = Message(Role.USER, name, created_at=WHEN.replace(minute=minute))
        await store.add_message(name, message)
    assert [summary.id for summary in await store.list_conversations()] == ["b", "c", "a"]
    latest = await store.latest()
    assert latest is not None
    assert (latest.id, latest.title, latest.updated_at) == ("b", "b", WHEN.replace(minute=3))


async def test_a_conversation_without_a_message_is_not_kept(store):
    await store.new_conversation()
    assert await store.list_conversations() == ()
    assert await store.latest() is None


async def test_the_title_is_the_first_words_of_the_user(store):
    await store.add_message("c1", Message(Role.ASSISTANT, "Your timer is done."))
    (untitled,) = await store.list_conversations()
    assert untitled.title == "New conversation"
    await store.add_message("c1", Message(Role.USER, "Set another\none"))
    await store.add_message("c1", Message(Role.USER, "And more"))
    (titled,) = await store.list_conversations()
    assert titled.title == "Set another one"


@pytest.mark.parametrize("text", ["word " * 40, "x" * 200, "a " + "b" * 100])
def test_a_long_title_is_cut(text):
    title = title_of(text)
    assert MAX_TITLE_CHARS / 2 < len(title) <= MAX_TITLE_CHARS
    assert title.endswith("…")
    assert text.startswith(title[:-1])


async def test_a_deleted_conversation_is_gone_and_stays_gone(store):
    await store.add_message("c1", Message(Role.USER, "Hello"))
    await store.add_message("c2", Message(Role.USER, "Other"))
    await store.delete_conversation("c1")
    await store.add_message("c1", Message(Role.ASSISTANT, "A late reply"))
    assert [summary.id for summary in await store.list_conversations()] == ["c2"]
    assert await store.messages("c1") == ()


async def test_deleted_words_are_not_left_on_disk(path, store):
    await store.add_message("c1", Message(Role.USER, "a very private sentence"))
    await store.delete_conversation("c1")
    everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"private" not in everything


async def test_notes_come_newest_first_and_limited(store):
    for text in ("one", "two", "three"):
        await store.add_note(text)
    assert [note.text for note in await store.notes(2)] == ["three", "two"]


async def test_a_timer_can_be_removed_twice(store):
    await store.add_timer(Timer("t1", "", 60, WHEN))
    await store.remove_timer("t1")
    await store.remove_timer("t1")
    assert await store.timers() == ()


async def test_half_a_surrogate_pair_is_stored_as_a_question_mark(store):
    await store.add_message("c1", Message(Role.USER, "odd \ud83d text"))
    (message,) = await store.messages("c1")
    assert message.text == "odd ? text"


async def test_only_the_user_may_read_the_files(path, store):
    await store.add_note("private")
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file.name


async def test_a_store_in_memory_works_like_one_on_disk():
    async with opened(None) as store:
        await store.add_message("c1", Message(Role.USER, "Hello"))
        assert len(await store.messages("c1")) == 1


@BROKEN_LOG
@pytest.mark.parametrize("damage", ["no database", "torn page"])
async def test_a_broken_file_is_kept_aside_and_a_new_one_begun(path, damage):
    async with opened(path) as store:
        for number in range(200):
            await store.add_message("c1", Message(Role.USER, f"message {number} " * 20))
    data = bytearray(path.read_bytes())
    data[0 if damage == "no database" else 8192 : len(data) // 2] = b"\xff" * 4096
    path.write_bytes(data)

    async with opened(path) as store:
        assert store.set_aside is not None
        assert store.set_aside.read_bytes() == data
        assert await store.list_conversations() == ()
        await store.add_note("works")
    async with opened(path) as store:
        assert store.set_aside is None
        assert len(await store.notes(5)) == 1


@BROKEN_LOG
async def test_a_database_of_something_else_is_kept_aside(path):
    path.parent.mkdir()
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (url TEXT)")
    async with opened(path) as store:
        assert store.set_aside is not None


async def test_a_file_of_a_newer_version_is_left_alone(path):
    async with opened(path) as store:
        await store.add_note("from the future")
    with contextlib.closing(sqlite3.connect(path)) as newer:
        newer.execute("PRAGMA user_version = 99")
    with pytest.raises(AppError) as raised:
        await Store.open(path)
    assert raised.value.code is Code.STORE_UNWRITABLE
    assert "newer" in raised.value.message
    assert [file.name for file in path.parent.glob("*broken*")] == []


@BROKEN_LOG
async def test_a_version_that_never_was_is_kept_aside(path):
    async with opened(path) as store:
        await store.add_note("lost and found")
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA user_version = -3")
    async with opened(path) as store:
        assert store.set_aside is not None


async def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(AppError) as raised:
        await Store.open(tmp_path / "file" / "sayso.db")
    assert raised.value.code is Code.STORE_UNWRITABLE


async def test_a_write_that_the_disk_refuses_is_told_and_leaves_nothing_half(path, store):
    await store.add_message("c1", Message(Role.USER, "Hello"))
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("DROP TABLE messages")
        with pytest.raises(AppError) as raised:
            await store.add_message("c2", Message(Role.USER, "lost"))
        assert raised.value.code is Code.STORE_UNWRITABLE
        assert other.execute("SELECT id FROM conversations").fetchall() == [("c1",)]


async def test_what_was_acknowledged_survives_a_kill(path):
    kept = 0
    for run in range(10):
        name = f"run{run}"
        with start_writer(path, name, 100_000) as writer:
            assert writer.stdout is not None
            acknowledged = [int(writer.stdout.readline()) for _ in range(3 + 7 * run)]
            os.kill(writer.pid, signal.SIGKILL)
            acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
        kept += len(acknowledged)
        async with opened(path) as store:
            assert store.set_aside is None
            texts = [message.text for message in await store.messages(name)]
            assert texts[: len(acknowledged)] == [f"{name} {number}" for number in acknowledged]
    assert kept >= 10 * 3


async def test_two_processes_write_at_once(path):
    with start_writer(path, "a", 60) as one, start_writer(path, "b", 60) as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    async with opened(path) as store:
        for name in ("a", "b"):
            texts = [message.text for message in await store.messages(name)]
            assert texts == [f"{name} {number}" for number in range(60)]
