"""Talking by sound, on a stage with a session that the test plays."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import commands, events
from app.errors import AppError, Code
from app.providers.scripted import ScriptedChatModel, ScriptedTranscriber
from app.providers.voice_session import Committed, TimeBilled, TokenCounts, UserWords
from app.realtime.events import WordsKnown
from audio import messages
from tests.sessions.voice import voice_stage


async def test_a_spoken_turn_is_answered_by_its_sound(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.paused()
        session.words("item-1", "What time is it?")
        session.answer("resp-1", "Ten past four.", 800)
        await s.until(lambda: session._told.empty())
        assert not s.engine.stream
        assert not s.of(events.ReplyStarted)
        s.engine.end_take("one")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: What time is it?", "assistant: Ten past four."]
        assert s.engine.pcm_bytes[s.engine.stream] == 800 * 48
        await s.until(lambda: not list(s.journal.iterdir()))
        stored = await s.store.messages(s.conversation.id)
        assert [m.text for m in stored] == ["What time is it?", "Ten past four."]
        assert [a[0] for a in session.asked] == ["append", "commit", "respond"]


async def test_nothing_is_heard_or_kept_of_an_answer_begun_too_soon(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.paused()
        session.words("item-1", "Call")
        session.begin("resp-1", "Whom?", 300)
        await s.until(lambda: session._told.empty())
        s.engine.go_on("one")
        await s.asked("delete")
        assert ("cancel", "resp-1") in session.asked
        assert ("delete", "resp-1") in session.asked
        session.end("resp-1")
        s.engine.pause("one")
        await s.asked("respond", 2)
        session.words("item-2", "my brother.")
        session.answer("resp-2", "I shall.")
        s.engine.end_take("one")
        await s.until(lambda: s.of(events.ReplyEnded))
        await s.until(lambda: s.of(WordsKnown))
        assert s.texts == ["user: Call my brother.", "assistant: I shall."]
        assert len(s.of(events.ReplyStarted)) == 1


async def test_words_that_come_late_take_their_place(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.said()
        session.answer("resp-1", "Hello.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: ", "assistant: Hello."]
        assert list(s.journal.iterdir())
        session.words("item-1", "Hi.")
        await s.until(lambda: not list(s.journal.iterdir()))
        stored = await s.store.messages(s.conversation.id)
        assert [m.text for m in stored] == ["Hi.", "Hello."]


async def test_an_interruption_tells_the_session_what_was_heard(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.telling()
        s.engine.played_ms = 1000
        s.engine.begin_take("two", interrupted=s.engine.stream, played_ms=1000)
        s.engine.pause("two", voiced_ms=1200)
        await s.asked("respond", 2)
        assert ("truncate", "resp-1-item", 1000) in session.asked
        assert ("cancel", "resp-1") in session.asked
        s.engine.finishes = True
        session.words("item-2", "Shorter please.")
        session.end("resp-1")
        session.answer("resp-2", "A king died.")
        s.engine.end_take("two", voiced_ms=1200)
        await s.until(lambda: len(s.of(events.ReplyEnded)) == 2)
        first = s.conversation.messages[1]
        assert first.heard == "Once"
        assert s.texts[2:] == ["user: Shorter please.", "assistant: A king died."]


async def test_mm_hm_lets_the_reply_go_on(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.telling()
        s.engine.begin_take("two", interrupted=s.engine.stream, played_ms=1000)
        s.engine.pause("two", voiced_ms=300)
        await s.asked("commit", 2)
        session.words("item-2", "Mm-hm.")
        s.engine.end_take("two", voiced_ms=300)
        await s.until(lambda: any(isinstance(m, messages.Resume) for m in s.engine.sent))
        await s.asked("delete")
        assert session.of("delete") == [("delete", "item-2")]
        assert len(session.of("respond")) == 1
        assert not session.of("truncate")


async def test_a_typed_turn_is_answered_in_the_same_session(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.up()
        s.send(commands.SendText("Hello there"))
        await s.asked("respond")
        assert session.of("add") == [("add", "user: Hello there")]
        session.answer("resp-1", "Hello.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: Hello there", "assistant: Hello."]


async def test_where_there_is_no_session_others_answer_the_same_take(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.model.fails.append(AppError(Code.KEY_WRONG))
        s.providers.hears = ScriptedTranscriber("Good morning.")
        s.providers.answers = ScriptedChatModel(["Good morning to you."])
        s.engine.take("one")
        await s.until(lambda: len(s.conversation.messages) == 2)
        assert s.texts == ["user: Good morning.", "assistant: Good morning to you."]
        assert s.links[-1] == "standing_in"


@pytest.mark.parametrize(
    ("words", "wait_ms"), [("What time is it?", 352), ("Call my brother and", 1400), ("Well", 700)]
)
async def test_the_words_tell_how_long_the_pause_may_last(
    tmp_path: Path, words: str, wait_ms: int
) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.paused()
        session.words("item-1", words)
        await s.until(lambda: messages.SetHangover("one", wait_ms) in s.engine.sent)


async def test_words_that_are_not_all_there_can_only_ask_for_patience(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.paused()
        session.tell(Committed("item-1", session.last_ref("commit")))
        for words in ("What time is it?", "What time is it? And what is the"):
            session.tell(UserWords("item-1", words, final=False))
        await s.until(lambda: messages.SetHangover("one", 1400) in s.engine.sent)
        asked = [m for m in s.engine.sent if isinstance(m, messages.SetHangover)]
        assert asked == [messages.SetHangover("one", 1400)]


async def test_words_told_while_somebody_speaks_count_in_the_pause(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.up()
        s.engine.begin_take("one")
        await s.asked("append")
        session.tell(UserWords("item-1", "Call my brother and", final=False))
        s.engine.pause("one")
        await s.asked("respond")
        session.tell(Committed("item-1", session.last_ref("commit")))
        await s.until(lambda: messages.SetHangover("one", 1400) in s.engine.sent)


async def test_an_engine_can_be_changed_in_the_middle_of_a_sentence(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.said("Hello.")
        session.answer("resp-1", "Hello to you.")
        await s.until(lambda: s.of(events.ReplyEnded))
        s.engine.begin_take("two")
        await s.asked("append", 2)
        s.talk.leave()
        s.turn.direct = None
        model = s.providers.answers = ScriptedChatModel(["Still here."])
        s.providers.hears = ScriptedTranscriber("Are you there?")
        s.engine.end_take("two")
        await s.until(lambda: len(s.conversation.messages) == 4)
        assert session.of("clear")
        assert [m.text for m in model.asked[0]][1:] == ["Hello.", "Hello to you.", "Are you there?"]
        s.turn.direct = s.talk
        s.engine.take("three")
        await s.asked("respond", 2)
        assert session.of("add") == [("add", "user: Are you there?", "assistant: Still here.")]


async def test_what_is_dictated_leaves_the_session(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.paused()
        session.words("item-1", "Dear")
        await s.until(lambda: session._told.empty())
        assert s.turn.hearing.give_up() is not None
        await s.asked("delete")
        session.begin("resp-1", "What?")
        await s.asked("delete", 2)
        assert session.of("delete") == [("delete", "item-1"), ("delete", "resp-1")]


async def test_stop_is_silence_and_no_turn(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.telling()
        s.engine.begin_take("two", interrupted=s.engine.stream, played_ms=500)
        s.engine.end_take("two", voiced_ms=400)
        await s.asked("commit", 2)
        session.words("item-2", "Stop.")
        await s.asked("truncate")
        await s.asked("delete")
        assert session.of("truncate") == [("truncate", "resp-1-item", 500)]
        assert len(s.conversation.messages) == 2
        await s.until(lambda: not list(s.journal.iterdir()))


async def test_a_held_key_is_a_turn_without_a_pause(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.up()
        s.send(commands.PressToTalk())
        s.engine.begin_take("one", held=True)
        await s.asked("append")
        assert not session.of("commit")
        s.engine.end_take("one", voiced_ms=200, reason=messages.TakeEnd.RELEASED)
        await s.asked("respond")
        assert [asked[0] for asked in session.asked] == ["append", "commit", "respond"]
        session.words("item-1", "Lights.")
        session.answer("resp-1", "On.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: Lights.", "assistant: On."]


async def test_a_held_key_that_is_dropped_is_no_turn(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.up()
        s.engine.begin_take("one", held=True)
        await s.asked("append")
        s.engine.end_take("one", voiced_ms=800, reason=messages.TakeEnd.CANCELLED)
        await s.asked("clear")
        assert not session.of("commit")
        assert s.texts == []


async def test_time_that_is_billed_is_noted_also_while_nobody_speaks(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.up()
        session.tell(TimeBilled(15_000), TimeBilled(15_000))
        await s.until(lambda: s.noted == [TokenCounts(open_ms=15_000)] * 2)


async def test_the_sound_of_turns_that_are_over_is_not_held(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.said()
        session.tell(Committed("item-1", session.last_ref("commit")))
        await s.until(lambda: list(s.talk._turns._by_item) == ["item-1"])
        session.answer("resp-1", "Hello.")
        session.words("item-1", "Hi.")
        await s.until(lambda: not s.talk._turns._by_item)
        await s.until(lambda: s.of(events.ReplyEnded))
