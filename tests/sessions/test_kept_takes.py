"""Recordings that failed: real journal, store and conversation, and a scripted transcriber."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest

from app import commands, events
from app.conversation.current import CurrentConversation
from app.conversation.message import Message, Role
from app.conversation.store import Store
from app.errors import AppError, Code
from app.notices import NoticeBoard
from app.providers.base import Hints, Transcript
from app.providers.scripted import Pause, ScriptedTranscriber
from app.sessions.kept_takes import KeptParts, KeptTakes, Recovered
from app.sessions.takes import TakeShelf
from audio.journal import JournalWriter
from audio.messages import SPEECH_RATE_HZ
from audio.pcm import Clip

SOUND = Clip(SPEECH_RATE_HZ, bytes(2 * 4 * SPEECH_RATE_HZ))
OFFLINE = AppError(Code.OFFLINE)


class Stage:
    """Kept takes on a real journal; `settle` runs until nothing is tried any more."""

    def __init__(self, journal: Path, store: Store) -> None:
        self.journal = journal
        self.told: list[events.Event] = []
        self.answered: list[str] = []
        self.transcriber = ScriptedTranscriber()
        self.heard: list[Clip] = []
        self.is_heard = asyncio.Event()
        self.now = datetime.datetime.now(datetime.UTC)
        self.shelf = TakeShelf(journal)
        self.conversation = CurrentConversation(store, self.told.append)
        self._results: asyncio.Queue[Recovered] = asyncio.Queue()
        self.tasks: set[asyncio.Task[None]] = set()
        self.kept = KeptTakes(
            KeptParts(
                takes=self.shelf,
                notices=NoticeBoard(self.told.append),
                conversation=self.conversation,
                transcribe=self._transcribe,
                answer=self._answer,
                publish=self.told.append,
                post=self._results.put_nowait,
                spawn=self._spawn,
                now=lambda: self.now,
            )
        )

    async def _transcribe(self, clip: Clip) -> Transcript:
        self.heard.append(clip)
        self.is_heard.set()
        return await self.transcriber.transcribe(clip, Hints())

    async def _answer(self, text: str, shows: bool) -> None:
        self.answered.append(text)
        await self.conversation.add(Message(Role.USER, text, spoken=True))

    def _spawn(self, work: Awaitable[None], name: str) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        return task

    def record(self, take_id: str) -> None:
        """The engine's part: the take is in the journal."""
        writer = JournalWriter.open(self.journal, take_id, SPEECH_RATE_HZ)
        writer.append(SOUND.data)
        writer.finish()

    async def fail(self, take_id: str, error: AppError = OFFLINE) -> None:
        self.record(take_id)
        await self.kept.keep(take_id, SOUND, error)

    async def settle(self, results: int = 1) -> None:
        for _ in range(results):
            await self.kept.on_recovered(await asyncio.wait_for(self._results.get(), 30))

    @property
    def rows(self) -> list[tuple[str, str, bool]]:
        told = [e for e in self.told if isinstance(e, events.KeptTakesChanged)]
        assert told[-1].takes == self.kept.shown, "what is shown was told"
        return [(take.take_id, take.reason, take.trying) for take in told[-1].takes]

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.conversation.messages]

    @property
    def on_disk(self) -> set[str]:
        return (
            {folder.name for folder in self.journal.iterdir()} if self.journal.is_dir() else set()
        )


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    store = await Store.open(None)
    yield store
    await store.aclose()


@pytest.fixture
async def stage(tmp_path: Path, store: Store) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path / "journal", store)
    yield stage
    for task in stage.tasks:
        task.cancel()
    await asyncio.gather(*stage.tasks, return_exceptions=True)
    stage.transcriber.check()


async def test_several_failures_are_several_rows_and_all_are_recovered(stage: Stage) -> None:
    for take_id in ("t1", "t2", "t3"):
        await stage.fail(take_id)
        stage.now += datetime.timedelta(seconds=10)
    assert [row[0] for row in stage.rows] == ["t1", "t2", "t3"]
    assert stage.kept.shown[0].seconds == 4
    assert stage.on_disk == {"t1", "t2", "t3"}
    stage.transcriber = ScriptedTranscriber("one", "two", "three")
    stage.kept.retry_passing()
    assert [row[2] for row in stage.rows] == [True] * 3
    await stage.settle(3)
    assert stage.rows == []
    assert stage.texts == ["one", "two", "three"]
    assert stage.on_disk == set()
    assert [clip.data for clip in stage.heard] == [SOUND.data] * 3


async def test_what_was_just_said_is_answered(stage: Stage) -> None:
    await stage.fail("t1")
    stage.now += datetime.timedelta(seconds=20)
    stage.transcriber = ScriptedTranscriber("What time is it")
    stage.kept.retry_passing()
    await stage.settle()
    assert stage.answered == ["What time is it"]


async def test_only_the_last_of_several_is_answered(stage: Stage) -> None:
    for take_id in ("t1", "t2"):
        await stage.fail(take_id)
        stage.now += datetime.timedelta(seconds=5)
    stage.transcriber = ScriptedTranscriber("I have a cat", "What is its name")
    stage.kept.retry_passing()
    await stage.settle(2)
    assert stage.answered == ["What is its name"]
    assert stage.texts == ["I have a cat", "What is its name"]


async def test_what_was_said_long_ago_is_only_shown(stage: Stage) -> None:
    await stage.fail("t1")
    stage.now += datetime.timedelta(seconds=60)
    stage.transcriber = ScriptedTranscriber("What time is it")
    stage.kept.retry_passing()
    await stage.settle()
    assert (stage.answered, stage.texts) == ([], ["What time is it"])


async def test_what_was_said_before_later_turns_takes_its_place_among_them(
    stage: Stage, store: Store
) -> None:
    early = stage.now - datetime.timedelta(minutes=5)
    await stage.conversation.add(Message(Role.USER, "first", created_at=early))
    await stage.fail("t1")
    later = stage.now + datetime.timedelta(seconds=5)
    await stage.conversation.add(Message(Role.USER, "third", created_at=later))
    await stage.conversation.add(Message(Role.ASSISTANT, "fourth", created_at=later))
    stage.transcriber = ScriptedTranscriber("second")
    stage.kept.retry_passing()
    await stage.settle()
    assert stage.answered == []
    assert stage.texts == ["first", "second", "third", "fourth"]
    kept = await store.messages(stage.conversation.id)
    assert [message.text for message in kept] == stage.texts
    added = [event for event in stage.told if isinstance(event, events.MessageAdded)][-1]
    assert added.before == stage.conversation.messages[2].id


async def test_while_the_trouble_lasts_the_rest_is_spared(stage: Stage) -> None:
    await stage.fail("t1")
    await stage.fail("t2")
    stage.transcriber = ScriptedTranscriber(OFFLINE)
    stage.kept.retry_passing()
    await stage.settle()
    assert [row[2] for row in stage.rows] == [False, False]
    assert stage.on_disk == {"t1", "t2"}
    assert Code.OFFLINE in [e.code for e in stage.told if isinstance(e, events.Notice)]


async def test_only_passing_trouble_is_tried_again_by_itself(stage: Stage) -> None:
    await stage.fail("t1", AppError(Code.KEY_WRONG, "host"))
    await stage.fail("t2", AppError(Code.NOT_UNDERSTOOD))
    stage.kept.retry_passing()
    assert [row[2] for row in stage.rows] == [False, False]
    stage.transcriber = ScriptedTranscriber("")
    assert await stage.kept.on_command(commands.RetryTake("t2"))
    await stage.settle()
    assert stage.rows[1] == ("t2", "The words could not be made out.", False)


async def test_retry_means_the_latest_one(stage: Stage) -> None:
    assert not stage.kept.retry_latest()
    await stage.fail("t1")
    stage.now += datetime.timedelta(seconds=1)
    await stage.fail("t2", AppError(Code.KEY_WRONG, "host"))
    assert stage.kept.retry_latest()
    assert [(row[0], row[2]) for row in stage.rows] == [("t1", False), ("t2", True)]
    stage.transcriber = ScriptedTranscriber("two")
    await stage.settle()


async def test_a_discarded_one_is_gone_even_while_it_is_tried(stage: Stage) -> None:
    await stage.fail("t1")
    await stage.fail("t2")
    go_on = asyncio.Event()
    stage.transcriber = ScriptedTranscriber(Pause(go_on), "too late")
    await stage.kept.on_command(commands.RetryTake("t1"))
    await asyncio.wait_for(stage.is_heard.wait(), 30)
    for take_id in ("t1", "t2", "unknown"):
        await stage.kept.on_command(commands.DiscardTake(take_id))
    go_on.set()
    await stage.settle()
    assert (stage.rows, stage.texts, stage.on_disk) == ([], [], set())


async def test_the_next_run_shows_them_again_but_leaves_them_to_the_user(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.fail("t1")
    store = await Store.open(None)
    after = Stage(tmp_path / "journal", store)
    await after.kept.look()
    assert after.rows == [("t1", "", False)]
    notices = [event for event in after.told if isinstance(event, events.Notice)]
    assert [notice.code for notice in notices] == [Code.TAKES_KEPT]
    after.kept.retry_passing()
    assert not after.kept.retry_latest()
    assert after.rows == [("t1", "", False)]
    after.transcriber = ScriptedTranscriber("hello")
    assert await after.kept.on_command(commands.TranscribeKept())
    await after.settle()
    assert (after.answered, after.texts, after.on_disk) == ([], ["hello"], set())
    assert events.NoticeGone(notices[0].id) in after.told
    await store.aclose()


async def test_a_row_belongs_to_its_conversation(stage: Stage) -> None:
    await stage.fail("t1")
    mine = stage.conversation.id
    await stage.conversation.add(Message(Role.USER, "typed"))
    assert stage.conversation.id == mine
    await stage.conversation.begin()
    stage.kept.show()
    assert stage.rows == []
    stage.kept.retry_passing()
    assert stage.tasks == set()
    await stage.conversation.open(mine)
    stage.kept.show()
    assert [row[0] for row in stage.rows] == ["t1"]


async def test_a_take_that_the_disk_refused_is_kept_in_memory(stage: Stage) -> None:
    await stage.kept.keep("t1", SOUND, OFFLINE)
    stage.transcriber = ScriptedTranscriber("hello")
    stage.kept.retry_passing()
    await stage.settle()
    assert stage.texts == ["hello"]


async def test_a_recording_that_vanished_stays_a_row(stage: Stage) -> None:
    await stage.fail("t1")
    await stage.shelf.done("t1")
    await stage.kept.on_command(commands.RetryTake("t1"))
    await stage.settle()
    assert stage.rows == [("t1", "The recording can no longer be read.", False)]


async def test_other_commands_are_not_its_own(stage: Stage) -> None:
    assert not await stage.kept.on_command(commands.Retry())
