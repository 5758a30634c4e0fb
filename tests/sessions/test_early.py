"""Work begun in a pause: adopted when the pause was the end, never heard of when it was not."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app import commands, events
from app.conversation.message import Role
from app.errors import AppError, Code
from app.providers.base import ChatRole, Hints, ToolCall, Transcript
from app.providers.scripted import (
    Pause,
    ScriptedChatModel,
    ScriptedSpeech,
    ScriptedTranscriber,
)
from app.state import Phase
from app.tools.base import Risk, Tool, ToolResult
from audio import messages
from audio.messages import TakeEnd
from audio.pcm import Clip
from tests.sessions.stage import Stage, stage


def ended(on_stage: Stage) -> list[events.ReplyEnded]:
    return on_stage.of(events.ReplyEnded)


def played(on_stage: Stage) -> bool:
    return any(isinstance(m, messages.Play) for m in on_stage.engine.sent)


class Listener(ScriptedTranscriber):
    """Keeps how much sound it was given."""

    def __init__(self, *steps: str | AppError | Pause) -> None:
        super().__init__(*steps)
        self.clips_ms: list[int] = []

    async def transcribe(self, clip: Clip, hints: Hints, *rest: object) -> Transcript:
        self.clips_ms.append(clip.duration_ms)
        return await super().transcribe(clip, hints, *rest)  # type: ignore[arg-type]


async def test_the_reply_is_begun_in_the_pause_and_comes_out_at_its_end(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        hears = s.providers.hears = Listener("what time is it?")
        answers = s.providers.answers = ScriptedChatModel(["It is five o'clock."])
        speech = s.providers.speaks = ScriptedSpeech()
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: speech.said)
        assert s.of(events.PartialTranscript) == [events.PartialTranscript("what time is it?")]
        assert not s.of(events.MessageAdded)
        assert not s.of(events.ReplyStarted)
        assert not played(s)
        assert s.phase is Phase.HEARING
        s.engine.end_take("one")
        await s.until(lambda: ended(s))
        assert [(m.role, m.text) for m in s.conversation.messages] == [
            (Role.USER, "what time is it?"),
            (Role.ASSISTANT, "It is five o'clock."),
        ]
        kinds = [type(e) for e in s.events]
        assert kinds.index(events.MessageAdded) < kinds.index(events.ReplyStarted)
        assert (len(hears.clips_ms), len(answers.asked)) == (1, 1)
        assert played(s)
        assert s.of(events.PartialTranscript)[-1].text == ""
        assert not (s.journal / "one").exists()


async def test_what_a_pause_called_for_is_forgotten_when_the_speaker_goes_on(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as s:
        hears = s.providers.hears = Listener("set a timer", "set a timer for tea.")
        answers = s.providers.answers = ScriptedChatModel(["For how long?"], ["For tea, then."])
        speech = s.providers.speaks = ScriptedSpeech()
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: speech.said == ["For how long?"])
        s.engine.go_on("one")
        s.engine.pause("one")
        await s.until(lambda: len(speech.said) == 2)
        s.engine.end_take("one")
        await s.until(lambda: ended(s))
        assert [m.text for m in s.conversation.messages] == [
            "set a timer for tea.", "For tea, then.",
        ]  # fmt: skip
        assert hears.clips_ms == [500, 1000]
        sent = [m.text for m in answers.asked[1] if m.role is not ChatRole.SYSTEM]
        assert sent == ["set a timer for tea."]
        assert len(s.of(events.ReplyStarted)) == 1


async def test_words_that_come_after_the_end_are_not_asked_for_twice(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        go = asyncio.Event()
        hears = s.providers.hears = ScriptedTranscriber(Pause(go), "hello")
        s.providers.answers = ScriptedChatModel(["Hello."])
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: hears.hints)
        s.engine.end_take("one")
        await s.until(lambda: s.phase is Phase.TRANSCRIBING)
        go.set()
        await s.until(lambda: ended(s))
        hears.check()
        assert not s.of(events.Notice)


async def test_words_decide_how_long_the_pause_may_last(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("call my brother and", "call my brother and go.")
        s.providers.answers = ScriptedChatModel([Pause(asyncio.Event())], ["I shall."])
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: any(isinstance(m, messages.SetHangover) for m in s.engine.sent))
        s.engine.go_on("one")
        s.engine.pause("one")
        await s.until(
            lambda: len([m for m in s.engine.sent if isinstance(m, messages.SetHangover)]) == 2
        )
        longer, shorter = (
            m.hangover_ms for m in s.engine.sent if isinstance(m, messages.SetHangover)
        )
        assert shorter < 700 < longer
        s.engine.end_take("one")
        await s.until(lambda: ended(s))


async def test_a_request_that_failed_in_the_pause_is_made_again_at_the_end(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as s:
        trouble = AppError(Code.SERVER_ERROR, "server")
        hears = s.providers.hears = Listener(trouble, "hello")
        s.providers.answers = ScriptedChatModel(["Hello."])
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: hears.clips_ms)
        s.engine.end_take("one")
        await s.until(lambda: ended(s))
        assert s.conversation.messages[0].text == "hello"
        assert not s.of(events.Notice)


async def test_a_reply_that_fails_in_the_pause_says_so_only_when_it_counts(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("hello")
        answers = s.providers.answers = ScriptedChatModel([AppError(Code.SERVER_ERROR, "server")])
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: answers.asked)
        assert not s.of(events.Notice)
        s.engine.end_take("one")
        await s.until(lambda: s.of(events.Notice))
        assert s.of(events.Notice)[-1].code is Code.SERVER_ERROR
        assert s.conversation.messages[0].text == "hello"


async def test_no_tool_runs_before_the_turn_is_certain(tmp_path: Path) -> None:
    ran: list[str] = []

    async def note(text: str) -> ToolResult:
        ran.append(text)
        return ToolResult("noted")

    schema = {
        "type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"],
        "additionalProperties": False,
    }  # fmt: skip
    tool = Tool("note", "Note.", schema, Risk.REVERSIBLE, note)
    call = ToolCall("c1", "note", '{"text": "milk"}')
    async with stage(tmp_path, [tool]) as s:
        s.providers.hears = ScriptedTranscriber("note milk", "note milk and eggs")
        answers = s.providers.answers = ScriptedChatModel([call], [call], ["Noted."])
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: len(answers.asked) == 1)
        s.engine.go_on("one")
        s.engine.pause("one")
        await s.until(lambda: len(answers.asked) == 2)
        assert ran == []
        s.engine.end_take("one")
        await s.until(lambda: ended(s))
        assert ran == ["milk"]
        assert len(s.of(events.ToolStarted)) == 1


async def test_a_typed_turn_in_the_pause_makes_the_prepared_reply_void(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("spoken")
        answers = s.providers.answers = ScriptedChatModel(
            ["To the spoken alone."], ["To the typed."], ["To both."]
        )
        speech = s.providers.speaks = ScriptedSpeech()
        s.engine.begin_take("one")
        s.engine.pause("one")
        await s.until(lambda: speech.said == ["To the spoken alone."])
        s.send(commands.SendText("typed"))
        await s.until(lambda: len(answers.asked) == 2)
        s.engine.end_take("one")
        await s.until(lambda: len(answers.asked) == 3 and len(ended(s)) == 2)
        users = [m.text for m in answers.asked[2] if m.role is ChatRole.USER]
        assert users == ["typed", "spoken"]
        assert all("alone" not in m.text for m in s.conversation.messages)


async def test_what_was_cancelled_or_hardly_voiced_calls_for_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("an aside")
        answers = s.providers.answers = ScriptedChatModel([Pause(asyncio.Event())])
        s.engine.begin_take("click")
        s.engine.pause("click", voiced_ms=64)
        s.engine.end_take("click", voiced_ms=64)
        s.engine.begin_take("aside")
        s.engine.pause("aside")
        await s.until(lambda: answers.asked)
        s.send(commands.ReleaseToTalk(cancelled=True))
        await s.until(lambda: messages.EndTake(True) in s.engine.sent)
        s.engine.end_take("aside", reason=TakeEnd.CANCELLED)
        await s.until(lambda: not list(s.journal.iterdir()))
        assert s.conversation.messages == ()
        assert not s.of(events.ReplyStarted)


async def test_providers_are_readied_when_somebody_begins_to_speak(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.engine.take("click", voiced_ms=64)
        await s.until(lambda: s.warmed == 1)


async def test_stopped_before_the_words_are_certain_nothing_comes_of_them(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        go = asyncio.Event()
        s.providers.hears = ScriptedTranscriber(Pause(go), "hello")
        s.engine.begin_take("one")
        s.engine.pause("one")
        s.engine.end_take("one")
        await s.until(lambda: s.phase is Phase.TRANSCRIBING)
        s.send(commands.StopReply())
        await s.until(lambda: s.phase is not Phase.TRANSCRIBING)
        go.set()
        await s.until(lambda: s.of(events.KeptTakesChanged)[-1].takes)
        assert s.conversation.messages == ()
        assert (s.journal / "one").exists()
        assert not s.of(events.ReplyStarted)
