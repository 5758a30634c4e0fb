"""The server decides when a turn is over, and answers by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import events
from app.providers.base import Image
from app.providers.voice_session import Committed, ResponseBegun, UserWords
from app.sessions import server_turns
from tests.sessions.voice import PlayedSession, voice_stage

PICTURE = Image(b"png", "image/png")


def answered(session: PlayedSession, number: int, words: str, text: str) -> None:
    """The server commits, transcribes and answers."""
    session.tell(Committed(f"item-{number}"), UserWords(f"item-{number}", words, final=True))
    session.tell(ResponseBegun(f"resp-{number}"))
    session.go_on(f"resp-{number}", text, 400)
    session.end(f"resp-{number}")


async def test_its_answer_is_given_when_the_take_is_over(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.server_ends = True
        session = await s.up()
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.asked("append")
        answered(session, 1, "Hello.", "Hello to you.")
        await s.until(lambda: session._told.empty())
        assert not s.of(events.ReplyStarted)
        assert s.refused == [True]
        s.engine.end_take("one")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.refused == [False]
        assert s.texts == ["user: Hello.", "assistant: Hello to you."]
        assert not session.of("commit")
        assert not session.of("respond")


async def test_it_hears_silence_until_it_decides(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.server_ends = True
        session = await s.up()
        s.engine.take("one")
        await s.until(lambda: session.sound > 24_000 + 9_000)
        answered(session, 1, "Hello.", "Hello to you.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: Hello.", "assistant: Hello to you."]


async def test_what_it_never_ends_is_ended_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_turns, "LONGEST_SILENCE_S", 0.05)
    async with voice_stage(tmp_path) as s:
        s.server_ends = True
        session = await s.up()
        s.engine.take("one")
        await s.asked("respond")
        session.words("item-1", "Hello.")
        session.answer("resp-1", "Hello to you.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: Hello.", "assistant: Hello to you."]


async def test_what_it_answers_too_soon_is_taken_out(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.server_ends = True
        session = await s.up()
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.asked("append")
        answered(session, 1, "Call", "Whom?")
        await s.until(lambda: session._told.empty())
        s.engine.go_on("one")
        await s.asked("delete")
        answered(session, 2, "my brother.", "I shall.")
        await s.until(lambda: session._told.empty())
        s.engine.end_take("one")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: Call my brother.", "assistant: I shall."]


async def test_an_answer_that_did_not_see_the_picture_is_asked_for_again(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.server_ends = True
        session = await s.up()
        s.pictures.attached = (PICTURE,)
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.asked("append")
        answered(session, 1, "What is this?", "I see nothing.")
        await s.until(lambda: session._told.empty())
        s.engine.end_take("one")
        await s.asked("respond")
        names = [asked[0] for asked in session.asked]
        assert names.index("delete") < names.index("add") < names.index("respond")
        assert "commit" not in names, "the server has done so"
        session.answer("resp-2", "A window.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: What is this?", "assistant: A window."]
        assert s.conversation.messages[0].images == (PICTURE,)
        assert s.refused == [True, False]


async def test_an_answer_that_comes_later_did_not_see_it_either(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.server_ends = True
        session = await s.up()
        s.pictures.attached = (PICTURE,)
        s.engine.take("one")
        await s.until(lambda: s.conversation.messages)
        answered(session, 1, "What is this?", "I see nothing.")
        await s.asked("respond")
        names = [asked[0] for asked in session.asked]
        assert names.index("cancel") < names.index("add") < names.index("respond")
        session.answer("resp-2", "A window.")
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.texts == ["user: What is this?", "assistant: A window."]


async def test_what_nobody_asked_is_not_said(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        session = await s.up()
        session.tell(ResponseBegun("resp-1"))
        await s.asked("delete")
        assert session.asked == [("cancel", "resp-1"), ("delete", "resp-1")]


async def test_what_nobody_asked_for_is_dropped_and_on_the_bill(tmp_path: Path) -> None:
    async with voice_stage(tmp_path) as s:
        s.server_ends = True
        session = await s.up()
        session.tell(ResponseBegun("resp-1"))
        session.go_on("resp-1", "Are you there?", 400)
        session.end("resp-1")
        await s.until(lambda: s.refused == [True])
        assert session.of("cancel") == [("cancel", "resp-1")]
        assert not s.of(events.ReplyStarted)
