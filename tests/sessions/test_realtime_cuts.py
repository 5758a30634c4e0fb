"""A voice session that is cut, refused, closed in silence, or followed by another one."""

from __future__ import annotations

import asyncio
import dataclasses
from pathlib import Path

from app import commands, events
from app.conversation.message import Message, Role
from app.errors import AppError, Code
from app.providers.scripted import ScriptedChatModel, ScriptedTranscriber
from app.providers.voice_session import Refused, SessionOver, TokenCounts
from app.state import Phase
from audio import messages
from tests.sessions.voice import QUICK, VoiceStage, voice_stage

GONE = AppError(Code.SERVER_CUT_OFF)
TAKE_BYTES = messages.SPEECH_RATE_HZ // 2 * 2 * 3 // 2
"""Half a second, as the session gets it."""


async def test_a_cut_while_somebody_speaks_loses_no_sound(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await s.up()
        s.engine.begin_take("one")
        await s.asked("append")
        first.cut(GONE)
        await s.until(lambda: len(s.model.sessions) == 2 and s.talk.line.is_up)
        s.engine.go_on("one")
        s.engine.pause("one")
        await s.asked("respond")
        assert s.session.sound == 2 * TAKE_BYTES
        s.session.words("item-1", "Hello.")
        s.session.answer("resp-1", "Hello to you.")
        s.engine.end_take("one")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: Hello.", "assistant: Hello to you."]
        assert "reconnecting" in s.links


async def test_what_was_asked_before_the_cut_is_asked_again(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await s.said()
        first.cut(GONE)
        await s.until(lambda: len(s.model.sessions) == 2)
        second = await s.asked("respond")
        assert second.sound == TAKE_BYTES
        assert [asked[0] for asked in second.asked] == ["append", "commit", "respond"]
        second.words("item-1", "Hello.")
        second.answer("resp-1", "Hello to you.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: Hello.", "assistant: Hello to you."]
        assert len(s.of(events.ReplyStarted)) == 1


async def test_a_reply_that_breaks_off_goes_on_by_itself(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await s.said("Tell me a story.")
        first.begin("resp-1", "Once upon a time there was", 800)
        await s.until(lambda: s.of(events.ReplyDelta) and s.engine.pcm_bytes)
        first.cut(GONE)
        await s.until(lambda: len(s.model.sessions) == 2)
        second = await s.asked("respond")
        told = [m.text for m in second.history] + [str(asked[1]) for asked in second.of("add")]
        assert [text.removeprefix("assistant: ") for text in told[:2]] == [
            "Tell me a story.",
            "Once upon a—",
        ]
        assert "Go on exactly where it stopped" in told[2]
        second.answer("resp-2", "there was a king.")
        await s.until(lambda: len(s.of(events.ReplyEnded)) == 2)
        assert s.texts[1:] == [
            "assistant: Once upon a time there was",
            "assistant: there was a king.",
        ]
        assert not s.of(events.Notice)


async def broken_off(s: VoiceStage, number: int) -> None:
    """The session goes in the middle of a reply."""
    session = await s.asked("respond")
    if number == 1:
        session.words("item-1", "Tell me a story.")
    session.begin(f"resp-{number}", "Once upon a time", 400)
    await s.until(lambda: len(s.of(events.ReplyDelta)) == number)
    session.cut(GONE)
    await s.until(lambda: len(s.model.sessions) == number + 1)


async def test_a_reply_that_breaks_off_too_often_is_told(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        await s.up()
        s.engine.take("one")
        for number in (1, 2, 3):
            await broken_off(s, number)
        await s.until(lambda: s.of(events.Notice))
        assert s.of(events.Notice)[0].code is Code.SERVER_CUT_OFF
        s.send(commands.ContinueReply())
        await s.asked("respond")


async def test_a_server_that_stays_away_is_stood_in_for_and_comes_back(tmp_path: Path) -> None:
    pace = dataclasses.replace(QUICK, patience_s=0.15, waits_s=(0.02,))
    async with voice_stage(tmp_path, pace=pace) as s:
        first = await s.up()
        s.model.fails.extend(AppError(Code.SERVER_UNREACHABLE) for _ in range(40))
        first.cut(GONE)
        await s.until(lambda: not s.talk.line.is_up)
        s.providers.hears = ScriptedTranscriber("Good morning.", "And now?")
        s.providers.answers = ScriptedChatModel(["Good morning to you."])
        s.engine.take("one")
        await s.until(lambda: len(s.conversation.messages) == 2)
        assert s.texts == ["user: Good morning.", "assistant: Good morning to you."]
        s.model.fails.clear()
        await s.until(lambda: len(s.model.sessions) == 2 and s.talk.line.is_up)
        s.engine.take("two")
        second = await s.asked("respond")
        assert [m.text for m in second.history] == ["Good morning.", "Good morning to you."]
        second.words("item-1", "And now?")
        second.answer("resp-1", "Now it is I.")
        await s.until(lambda: len(s.conversation.messages) == 4)


async def test_it_is_closed_in_silence_and_made_again(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.idle_s = 0.05
        await s.up()
        await s.until(lambda: s.links[-1] == "resting")
        s.idle_s = 60.0
        s.engine.take("one")
        await s.until(lambda: len(s.model.sessions) == 2)
        second = await s.asked("respond")
        assert second.sound == TAKE_BYTES


async def test_nobody_notices_the_time_limit(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.model.lasts_s = 0.3
        first = await s.up()
        await s.conversation.add(Message(Role.USER, "Hi."))
        await s.until(lambda: len(s.model.sessions) >= 3)
        assert first.is_over
        assert [m.text for m in s.model.sessions[1].history] == ["Hi."]
        assert "reconnecting" not in s.links


async def test_a_session_that_expires_is_followed_by_another(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await s.up()
        s.engine.begin_take("one")
        await s.asked("append")
        first.tell(SessionOver(None, expired=True))
        await s.until(lambda: len(s.model.sessions) == 2)
        s.engine.end_take("one")
        second = await s.asked("respond")
        assert second.sound == TAKE_BYTES
        assert not s.of(events.Notice)


async def test_another_conversation_is_another_session(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        await s.up()
        await s.conversation.add(Message(Role.USER, "Hi."))
        s.send(commands.NewConversation())
        s.send(commands.SendText("Who are you?"))
        await s.until(lambda: len(s.model.sessions) == 2)
        second = await s.asked("respond")
        told = [m.text for m in second.history] + [str(a[1]) for a in second.of("add")]
        assert [text.removeprefix("user: ") for text in told] == ["Who are you?"]
        second.answer("resp-1", "Nobody.")
        await s.until(lambda: s.texts == ["user: Who are you?", "assistant: Nobody."])


async def test_a_refused_response_is_answered_by_others(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.up()
        s.providers.hears = ScriptedTranscriber("Good morning.")
        s.providers.answers = ScriptedChatModel(["Good morning to you."])
        s.engine.take("one")
        await s.asked("respond")
        session.tell(Refused(session.last_ref("respond"), AppError(Code.SERVER_ERROR)))
        await s.until(lambda: len(s.conversation.messages) == 2)
        assert s.texts == ["user: Good morning.", "assistant: Good morning to you."]
        assert s.phase is not Phase.THINKING


async def test_no_session_is_had_beyond_the_limit_of_the_day(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.refusal = AppError(Code.REALTIME_LIMIT)
        s.providers.hears = ScriptedTranscriber("Good morning.")
        s.providers.answers = ScriptedChatModel(["Good morning to you."])
        s.engine.take("one")
        await s.until(lambda: len(s.conversation.messages) == 2)
        assert not s.model.sessions
        assert s.texts == ["user: Good morning.", "assistant: Good morning to you."]


async def test_words_that_never_come_are_found_by_the_transcriber(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await s.up()
        s.providers.hears = ScriptedTranscriber("Hello.")
        s.engine.take("one")
        await s.asked("respond")
        first.begin("resp-1", "Hello to you.", 400)
        first.end("resp-1")
        await s.until(lambda: s.of(events.ReplyEnded))
        first.cut(GONE)
        await s.until(lambda: not list(s.journal.iterdir()))
        assert s.texts == ["user: Hello.", "assistant: Hello to you."]


async def test_a_take_whose_words_cannot_be_had_is_kept(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await s.up()
        s.providers.hears = ScriptedTranscriber(AppError(Code.SERVER_UNREACHABLE))
        s.engine.take("one")
        await s.asked("respond")
        first.answer("resp-1", "Hello to you.")
        await s.until(lambda: s.of(events.ReplyEnded))
        first.cut(GONE)
        await s.until(lambda: s.turn.kept.shown)
        assert s.texts == ["assistant: Hello to you."]
        assert list(s.journal.iterdir())
        await asyncio.sleep(0)


async def test_old_sound_gives_way_to_its_words(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        first = await s.said("Hello.")
        first.begin("resp-1", "Hello to you.", 400)
        first.end("resp-1", tokens=TokenCounts(audio_in=4_000, audio_out=20))
        await s.until(lambda: len(s.model.sessions) == 2 and s.talk.line.is_up)
        assert [m.text for m in s.session.history] == ["Hello.", "Hello to you."]
        assert "reconnecting" not in s.links
        s.engine.take("two")
        second = await s.asked("respond")
        assert [asked[0] for asked in second.asked] == ["append", "commit", "respond"]
