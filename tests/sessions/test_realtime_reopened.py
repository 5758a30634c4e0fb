"""Somebody goes on after a turn was taken to be over, before anything of its reply was heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import events
from app.errors import AppError, Code
from app.providers.scripted import ScriptedChatModel, ScriptedTranscriber
from app.providers.voice_session import ResponseEnd
from audio import messages
from tests.sessions.test_permission import Bench, called
from tests.sessions.voice import QUICK, PlayedSession, VoiceStage, voice_stage

TAKE_BYTES = messages.SPEECH_RATE_HZ // 2 * 2 * 3 // 2
"""Half a second, as the session gets it."""


async def answered_soon(s: VoiceStage, *, known: bool) -> PlayedSession:
    """The first half of a sentence is a turn, its answer begins, and nothing of it is heard."""
    session = await s.paused()
    s.engine.end_take("one")
    await s.until(lambda: s.of(events.ReplyStarted))
    if known:
        session.words("item-1", "Call")
        await s.until(lambda: not list(s.journal.iterdir()))
    session.begin("resp-1", "Whom?")
    await s.until(lambda: s.of(events.ReplyDelta))
    return session


async def stored(s: VoiceStage) -> list[str]:
    return [m.text for m in await s.store.messages(s.conversation.id)]


@pytest.mark.parametrize("known", [True, False])
async def test_both_takes_are_one_turn(tmp_path: Path, known: bool) -> None:
    async with voice_stage(tmp_path) as s:
        session = await answered_soon(s, known=known)
        s.engine.begin_take("two")
        await s.asked("delete")
        assert session.of("cancel") == [("cancel", "resp-1")]
        session.go_on("resp-1", "Whom do you mean?", 800)
        s.engine.pause("two")
        await s.asked("respond", 2)
        if not known:
            session.words_of(0, "item-1", "Call")
        session.words("item-2", "my brother.")
        session.answer("resp-2", "I shall.")
        s.engine.end_take("two")
        await s.until(lambda: len(s.of(events.ReplyEnded)) == 2)
        await s.until(lambda: not list(s.journal.iterdir()))
        assert s.of(events.ReplyEnded)[0].message is None
        assert s.texts == ["user: Call my brother.", "assistant: I shall."]
        assert await stored(s) == ["Call my brother.", "I shall."]
        assert s.engine.pcm_bytes == {s.engine.stream: 1000 * 48}
        assert session.sound == 2 * TAKE_BYTES
        assert len(session.of("commit")) == 2
        assert len(s.of(events.MessageAdded)) == 1


async def test_what_was_for_nothing_is_on_the_bill_and_named_so(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await answered_soon(s, known=True)
        s.engine.begin_take("two")
        await s.asked("cancel")
        session.end("resp-1", ResponseEnd.CANCELLED)
        s.engine.pause("two")
        await s.asked("respond", 2)
        session.words("item-2", "my brother.")
        session.begin("resp-2", "I shall.")
        session.end("resp-2")
        s.engine.end_take("two")
        await s.until(lambda: len(s.of(events.ReplyEnded)) == 2)
        assert s.refused == [True, False]


async def test_an_answer_in_a_pause_is_for_nothing_until_the_turn_is_over(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.paused()
        session.begin("resp-1", "Whom?")
        session.end("resp-1")
        await s.until(lambda: s.refused == [True])
        s.engine.end_take("one")
        await s.until(lambda: s.refused == [False])


async def test_a_turn_can_go_on_twice(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await answered_soon(s, known=True)
        for number, words in ((2, "my brother"), (3, "please.")):
            s.engine.take(f"take-{number}")
            await s.asked("respond", number)
            session.words(f"item-{number}", words)
        session.answer("resp-3", "I shall.")
        await s.until(lambda: len(s.of(events.ReplyEnded)) == 3)
        await s.until(lambda: not list(s.journal.iterdir()))
        assert s.texts == ["user: Call my brother please.", "assistant: I shall."]
        assert await stored(s) == ["Call my brother please.", "I shall."]
        assert session.sound == 3 * TAKE_BYTES


async def test_no_tool_runs_for_an_answer_that_was_refused(tmp_path: Path) -> None:
    bench = Bench()
    async with voice_stage(tmp_path, bench.tools()) as s:
        session = await answered_soon(s, known=True)
        s.engine.begin_take("two")
        session.call("resp-1", called("add_note", text="milk"))
        s.engine.pause("two")
        await s.asked("respond", 2)
        await s.until(lambda: session._told.empty())
        assert not bench.did
        session.words("item-2", "my brother.")
        session.answer("resp-2", "I shall.")
        s.engine.end_take("two")
        await s.until(lambda: s.texts[-1] == "assistant: I shall.")
        assert not bench.did
        assert s.conversation.messages[-1].tools == ()


async def test_what_was_done_for_a_turn_stays_done(tmp_path: Path) -> None:
    bench = Bench()
    async with voice_stage(tmp_path, bench.tools()) as s:
        session = await s.said("Note milk.")
        session.call("resp-1", called("add_note", text="milk"))
        await s.asked("respond", 2)
        assert bench.did == ["note milk"]
        s.engine.take("two")
        await s.asked("respond", 3)
        session.words("item-2", "And bread.")
        session.answer("resp-3", "Yes.")
        await s.until(lambda: s.texts[-1] == "assistant: Yes.")
        assert [text for text in s.texts if text.startswith("user")] == [
            "user: Note milk.",
            "user: And bread.",
        ]


@pytest.mark.parametrize("known", [True, False])
async def test_after_a_noise_the_turn_is_answered_again(tmp_path: Path, known: bool) -> None:
    async with voice_stage(tmp_path) as s:
        session = await answered_soon(s, known=known)
        s.engine.begin_take("two")
        await s.asked("delete")
        s.engine.end_take("two", voiced_ms=50)
        await s.asked("respond", 2)
        assert len(session.of("commit")) == 1
        assert session.of("clear")
        if not known:
            session.words("item-1", "Call")
        session.answer("resp-2", "Whom?")
        await s.until(lambda: s.texts == ["user: Call", "assistant: Whom?"])
        await s.until(lambda: not list(s.journal.iterdir()))
        assert await stored(s) == ["Call", "Whom?"]


async def test_what_is_for_another_program_is_no_part_of_the_turn(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await answered_soon(s, known=True)
        s.engine.begin_take("two")
        s.engine.pause("two")
        await s.asked("commit", 2)
        first.words("item-2", "my password")
        await s.until(lambda: first._told.empty())
        assert s.turn.hearing.give_up() is not None
        await s.until(lambda: len(s.model.sessions) == 2)
        second = await s.asked("respond")
        assert [m.text for m in second.history] + [a[1] for a in second.of("add")] == ["Call"]
        second.answer("resp-2", "Whom?")
        await s.until(lambda: s.texts == ["user: Call", "assistant: Whom?"])


@pytest.mark.parametrize("known", [True, False])
async def test_another_session_gets_the_whole_turn_once(tmp_path: Path, known: bool) -> None:
    async with voice_stage(tmp_path) as s:
        first = await answered_soon(s, known=known)
        s.engine.begin_take("two")
        await s.asked("delete")
        first.cut(AppError(Code.SERVER_CUT_OFF))
        await s.until(lambda: len(s.model.sessions) == 2 and s.talk.line.is_up)
        s.engine.pause("two")
        second = await s.asked("respond")
        assert not second.history
        assert second.sound == 2 * TAKE_BYTES
        second.words("item-2", "Call my brother.")
        second.answer("resp-2", "I shall.")
        s.engine.end_take("two")
        await s.until(lambda: not list(s.journal.iterdir()))
        await s.until(lambda: s.texts == ["user: Call my brother.", "assistant: I shall."])


@pytest.mark.parametrize(
    ("known", "heard", "texts"),
    [
        (True, "My brother.", ["user: Call", "user: My brother.", "assistant: I shall."]),
        (False, "Call my brother.", ["user: Call my brother.", "assistant: I shall."]),
    ],
)
async def test_where_no_session_is_left_others_transcribe_what_is_missing(
    tmp_path: Path, known: bool, heard: str, texts: list[str]
) -> None:
    async with voice_stage(tmp_path) as s:
        first = await answered_soon(s, known=known)
        s.engine.begin_take("two")
        await s.asked("delete")
        s.model.fails.append(AppError(Code.KEY_WRONG))
        first.cut(AppError(Code.SERVER_CUT_OFF))
        await s.until(lambda: s.links[-1] == "standing_in")
        s.providers.hears = ScriptedTranscriber(heard)
        s.providers.answers = ScriptedChatModel(["I shall."])
        s.engine.end_take("two")
        await s.until(lambda: s.texts == texts)
        await s.until(lambda: not list(s.journal.iterdir()))
        assert await stored(s) == [text.partition(": ")[2] for text in texts]


@pytest.mark.parametrize(
    ("known", "texts", "kept"),
    [
        (True, ["user: Call", "assistant: I shall."], ["two"]),
        (False, ["assistant: I shall."], ["one"]),
    ],
)
async def test_what_cannot_be_put_into_words_is_kept_as_one_recording(
    tmp_path: Path, known: bool, texts: list[str], kept: list[str]
) -> None:
    async with voice_stage(tmp_path, pace=QUICK) as s:
        s.providers.hears = ScriptedTranscriber(
            AppError(Code.SERVER_UNREACHABLE), "Call my brother."
        )
        first = await answered_soon(s, known=known)
        s.engine.take("two")
        await s.asked("respond", 2)
        first.answer("resp-2", "I shall.")
        await s.until(lambda: s.texts[-1:] == ["assistant: I shall."])
        first.cut(AppError(Code.SERVER_CUT_OFF))
        await s.until(lambda: s.turn.kept.shown)
        assert [row.take_id for row in s.turn.kept.shown] == kept
        assert s.texts == texts
        assert len(list(s.journal.iterdir())) == (1 if known else 2)
        assert s.turn.kept.retry_latest()
        await s.until(lambda: not list(s.journal.iterdir()))
        assert len([text for text in s.texts if text.startswith("user")]) == (2 if known else 1)
