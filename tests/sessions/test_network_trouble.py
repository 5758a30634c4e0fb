"""What was said while the network was away, in a whole core."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app import commands, events
from app.conversation.message import Role
from app.current_providers import ServerBack
from app.errors import AppError, Code
from app.providers.scripted import Pause, ScriptedChatModel, ScriptedTranscriber
from app.state import Phase
from tests.sessions.stage import Stage, stage

OFFLINE = AppError(Code.OFFLINE)


def _rows(on_stage: Stage) -> list[str]:
    changes = on_stage.of(events.KeptTakesChanged)
    return [take.take_id for take in changes[-1].takes] if changes else []


async def test_all_that_failed_is_recovered_when_the_server_is_back(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber(OFFLINE, OFFLINE, "I have a cat", "Name it")
        s.providers.answers = ScriptedChatModel(["Tiger."])
        s.engine.take("one")
        await s.until(lambda: _rows(s) == ["one"])
        s.engine.take("two")
        await s.until(lambda: _rows(s) == ["one", "two"])
        assert not s.conversation.messages
        s.post(ServerBack("host"))
        await s.until(lambda: s.of(events.ReplyEnded))
        assert [(m.role, m.text) for m in s.conversation.messages] == [
            (Role.USER, "I have a cat"),
            (Role.USER, "Name it"),
            (Role.ASSISTANT, "Tiger."),
        ]
        assert s.back == [ServerBack("host")]
        assert _rows(s) == []
        await s.until(lambda: not any(s.journal.iterdir()))


async def test_the_next_success_brings_back_what_failed_before_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber(OFFLINE, "And now", "Before")
        s.providers.answers = ScriptedChatModel(["Yes."])
        s.engine.take("one")
        await s.until(lambda: _rows(s) == ["one"])
        s.engine.take("two")
        await s.until(lambda: len(s.conversation.messages) == 3 and not _rows(s))
        assert [m.text for m in s.conversation.messages] == ["Before", "And now", "Yes."]


async def test_one_can_stop_waiting_for_words_and_keeps_the_recording(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber(Pause(asyncio.Event()), "later")
        s.providers.answers = ScriptedChatModel(["Yes."])
        s.engine.take("one")
        await s.until(lambda: s.phase is Phase.TRANSCRIBING)
        s.send(commands.StopReply())
        await s.until(lambda: _rows(s) == ["one"] and s.phase is not Phase.TRANSCRIBING)
        assert (s.journal / "one").is_dir()
        row = s.of(events.KeptTakesChanged)[-1].takes[0]
        assert row.reason == "You stopped it before it was text."
        s.send(commands.RetryTake("one"))
        await s.until(lambda: s.of(events.ReplyEnded))
        assert s.conversation.messages[0].text == "later"


async def test_a_discarded_recording_is_gone(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber(OFFLINE)
        s.engine.take("one")
        await s.until(lambda: _rows(s) == ["one"])
        s.send(commands.DiscardTake("one"))
        await s.until(lambda: _rows(s) == [])
        assert not (s.journal / "one").exists()


async def test_another_conversation_does_not_show_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber(OFFLINE)
        s.engine.take("one")
        await s.until(lambda: _rows(s) == ["one"])
        s.send(commands.NewConversation())
        await s.until(lambda: _rows(s) == [])
        assert (s.journal / "one").is_dir()
