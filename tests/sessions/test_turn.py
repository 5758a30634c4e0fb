from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from app import commands, events
from app.conversation.message import Role
from app.core import Announcement
from app.errors import AppError, Code
from app.providers.base import ChatRole, Expect, Hints, OnPartial, ToolCall, Transcript
from app.providers.scripted import (
    MS_PER_CHARACTER,
    Pause,
    ScriptedChatModel,
    ScriptedSpeech,
    ScriptedTranscriber,
)
from app.state import Phase
from app.tools.base import Risk, Tool, ToolResult
from audio import journal, messages
from audio.messages import TakeEnd
from audio.pcm import Clip
from tests.sessions.stage import Stage, stage


def ended(on_stage: Stage) -> list[events.ReplyEnded]:
    return on_stage.of(events.ReplyEnded)


async def test_a_spoken_question_is_answered_aloud_and_its_recording_goes(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("what time is it")
        s.providers.answers = ScriptedChatModel(["It is five o'clock. ", "Time for tea."])
        speech = s.providers.speaks = ScriptedSpeech()
        s.engine.take("one")
        await s.until(lambda: ended(s))
        assert [(m.role, m.text) for m in s.conversation.messages] == [
            (Role.USER, "what time is it"),
            (Role.ASSISTANT, "It is five o'clock. Time for tea."),
        ]
        assert s.conversation.messages[1].heard is None
        assert speech.said == ["It is five o'clock.", "Time for tea."]
        assert s.engine.pcm_bytes[s.engine.stream] > 0
        assert not (s.journal / "one").exists()


async def test_phases_follow_the_turn_and_end_where_they_began(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.engine.tell(messages.MicrophoneOpened("mic", 48_000))
        go = asyncio.Event()
        s.providers.hears = ScriptedTranscriber("hello")
        s.providers.answers = ScriptedChatModel([Pause(go), "Hello."])
        await s.until(lambda: s.phase is Phase.LISTENING)
        s.engine.take("one")
        await s.until(lambda: s.phase is Phase.THINKING)
        go.set()
        await s.until(lambda: ended(s) and s.phase is Phase.LISTENING)
        phases = [e.state.phase for e in s.of(events.StateChanged)]
        order = [phase for i, phase in enumerate(phases) if i == 0 or phase is not phases[i - 1]]
        assert order == [
            Phase.STARTING, Phase.IDLE, Phase.LISTENING, Phase.HEARING, Phase.TRANSCRIBING,
            Phase.THINKING, Phase.SPEAKING, Phase.LISTENING,
        ]  # fmt: skip


async def test_barge_in_cuts_the_reply_to_what_was_heard(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("wait, what about two")
        first = "One is a number. Two is a number. Three is a number."
        answers = s.providers.answers = ScriptedChatModel([first], ["Two is even."])
        s.engine.finishes = False
        s.send(commands.SendText("count"))
        await s.until(lambda: messages.PlayEnd(s.engine.stream) in s.engine.sent)
        # The first sentence was heard, and the first word of the second.
        heard_ms = MS_PER_CHARACTER * len("One is a number.") + MS_PER_CHARACTER * 5
        s.engine.begin_take("over", interrupted=s.engine.stream, played_ms=heard_ms)
        s.engine.end_take("over")
        s.engine.finishes = True
        await s.until(lambda: len(ended(s)) == 2)
        cut = s.conversation.messages[1]
        assert cut.text == first
        assert cut.heard is not None
        assert cut.heard.strip().startswith("One is a number.")
        assert "Three" not in cut.heard
        sent = [m.text for m in answers.asked[1] if m.role is ChatRole.ASSISTANT]
        assert len(sent) == 1
        assert "Three" not in sent[0]


async def test_a_false_alarm_goes_on_where_the_reply_stopped(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.answers = ScriptedChatModel(["A rather long sentence is being spoken."])
        s.engine.finishes = False
        s.send(commands.SendText("go"))
        await s.until(lambda: messages.PlayEnd(s.engine.stream) in s.engine.sent)
        s.engine.begin_take("cough", interrupted=s.engine.stream, played_ms=200)
        s.engine.end_take("cough", voiced_ms=60)
        await s.until(lambda: messages.Resume(s.engine.stream) in s.engine.sent)
        assert not ended(s)
        assert not (s.journal / "cough").exists()
        s.engine.tell(messages.PlaybackFinished(s.engine.stream, 2000))
        await s.until(lambda: ended(s))
        assert s.conversation.messages[-1].heard is None


async def test_a_listener_s_noise_over_a_reply_does_not_end_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("Mm-hm.")
        s.providers.answers = ScriptedChatModel(["A rather long sentence is being spoken."])
        s.engine.finishes = False
        s.send(commands.SendText("go"))
        await s.until(lambda: messages.PlayEnd(s.engine.stream) in s.engine.sent)
        s.engine.begin_take("mm", interrupted=s.engine.stream, played_ms=100)
        s.engine.end_take("mm")
        await s.until(lambda: messages.Resume(s.engine.stream) in s.engine.sent)
        s.engine.tell(messages.PlaybackFinished(s.engine.stream, 2000))
        await s.until(lambda: ended(s))
        assert [m.role for m in s.conversation.messages] == [Role.USER, Role.ASSISTANT]
        assert s.conversation.messages[-1].heard is None


async def test_stop_said_over_a_reply_ends_it_without_a_new_question(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("Stop.")
        s.providers.answers = ScriptedChatModel(["A rather long sentence is being spoken."])
        s.engine.finishes = False
        s.send(commands.SendText("go"))
        await s.until(lambda: messages.PlayEnd(s.engine.stream) in s.engine.sent)
        s.engine.begin_take("stop", interrupted=s.engine.stream, played_ms=500)
        s.engine.end_take("stop")
        await s.until(lambda: ended(s))
        assert [m.role for m in s.conversation.messages] == [Role.USER, Role.ASSISTANT]


async def test_escape_silences_and_keeps_what_was_heard(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.answers = ScriptedChatModel(["First sentence here. Second sentence here."])
        s.engine.finishes = False
        s.engine.played_ms = MS_PER_CHARACTER * len("First sentence here.")
        s.send(commands.SendText("go"))
        await s.until(lambda: messages.PlayEnd(s.engine.stream) in s.engine.sent)
        s.send(commands.StopReply())
        await s.until(lambda: ended(s))
        assert messages.Flush(s.engine.stream) in s.engine.sent
        assert (s.conversation.messages[-1].heard or "").strip() == "First sentence here."
        assert s.phase is Phase.IDLE


async def test_no_reply_starts_to_sound_while_somebody_speaks(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        go = asyncio.Event()
        s.providers.hears = ScriptedTranscriber("first part", "second part")
        answers = s.providers.answers = ScriptedChatModel([Pause(go), "Late."], ["To both."])
        s.engine.take("a")
        await s.until(lambda: s.phase is Phase.THINKING)
        s.engine.begin_take("b")
        await s.until(lambda: s.phase is Phase.HEARING)
        go.set()
        await s.until(lambda: s.of(events.ReplyDelta))
        assert not any(isinstance(m, messages.Play) for m in s.engine.sent)
        s.engine.end_take("b")
        await s.until(lambda: len(ended(s)) == 2)
        users = [m.text for m in answers.asked[1] if m.role is ChatRole.USER]
        assert users == ["first part", "second part"]


async def test_a_take_that_cannot_be_transcribed_is_kept_and_can_be_retried(
    tmp_path: Path,
) -> None:
    async with stage(tmp_path) as s:
        trouble = AppError(Code.SERVER_UNREACHABLE, "server")
        s.providers.hears = ScriptedTranscriber(trouble, "hello")
        s.providers.answers = ScriptedChatModel(["Hello."])
        s.engine.take("one")
        await s.until(lambda: s.of(events.Notice))
        assert s.of(events.Notice)[-1].code is Code.SERVER_UNREACHABLE
        assert journal.read(s.journal / "one").duration_ms == 500
        s.send(commands.Retry())
        await s.until(lambda: ended(s))
        assert s.conversation.messages[0].text == "hello"
        assert not (s.journal / "one").exists()


async def test_noise_is_no_turn_and_leaves_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.engine.take("click", voiced_ms=64)
        s.engine.take("cancelled", reason=TakeEnd.CANCELLED)
        await s.until(lambda: not list(s.journal.iterdir()))
        assert s.conversation.messages == ()
        assert not s.of(events.Notice)


async def test_escape_drops_what_is_being_said(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.engine.begin_take("aside")
        await s.until(lambda: s.phase is Phase.HEARING)
        s.send(commands.ReleaseToTalk(cancelled=True))
        await s.until(lambda: messages.EndTake(True) in s.engine.sent)
        s.engine.end_take("aside", voiced_ms=2000)
        await s.until(lambda: not list(s.journal.iterdir()))
        assert s.conversation.messages == ()
        assert not s.of(events.Notice)


async def test_much_voice_without_words_is_kept(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = ScriptedTranscriber("")
        s.engine.take("mumble", voiced_ms=2000)
        await s.until(lambda: s.of(events.Notice))
        assert s.of(events.Notice)[-1].code is Code.NOT_UNDERSTOOD
        assert (s.journal / "mumble").exists()


def _opener(risk: Risk = Risk.REVERSIBLE) -> Tool:
    async def open_site(url: str) -> ToolResult:
        return ToolResult('{"opened": true}')

    schema = {
        "type": "object", "properties": {"url": {"type": "string"}}, "required": ["url"],
        "additionalProperties": False,
    }  # fmt: skip
    return Tool(
        "open_site", "Open a site.", schema, risk, open_site, asks=True,
        question=lambda arguments: f"Open {arguments['url']}?",
    )  # fmt: skip


CALL = ToolCall("c1", "open_site", '{"url": "example.org"}')


async def test_a_spoken_yes_lets_a_tool_run(tmp_path: Path) -> None:
    async with stage(tmp_path, [_opener()]) as s:
        hears = s.providers.hears = ScriptedTranscriber("open it", "yes please")
        s.providers.answers = ScriptedChatModel([CALL], ["It is open."])
        speech = s.providers.speaks = ScriptedSpeech()
        s.engine.take("one")
        await s.until(lambda: s.of(events.ApprovalRequested))
        await s.until(lambda: speech.said == ["Open example.org?"] and s.phase is Phase.ASKING)
        stream = s.engine.stream
        s.engine.begin_take("yes", interrupted=stream, played_ms=10_000)
        s.engine.end_take("yes")
        await s.until(lambda: ended(s))
        assert hears.hints[1].expect is Expect.YES_OR_NO
        assert s.of(events.ApprovalEnded)[-1].approved
        assert messages.Resume(stream) in s.engine.sent
        assert s.conversation.messages[-1].tools[0].result == '{"opened": true}'
        assert s.conversation.messages[-1].text == "It is open."


async def test_a_yes_over_sayso_s_own_voice_does_not_count(tmp_path: Path) -> None:
    async with stage(tmp_path, [_opener()]) as s:
        s.providers.hears = ScriptedTranscriber("yes", "no")
        s.providers.answers = ScriptedChatModel([CALL], ["I left it."])
        speech = s.providers.speaks = ScriptedSpeech()
        s.send(commands.SendText("open it"))
        await s.until(lambda: s.engine.pcm_bytes)
        s.engine.begin_take("echo", interrupted=s.engine.stream, played_ms=100)
        s.engine.end_take("echo")
        await s.until(lambda: "Please say yes or no." in speech.said)
        assert not s.of(events.ApprovalEnded)
        s.engine.take("no")
        await s.until(lambda: ended(s))
        assert not s.of(events.ApprovalEnded)[-1].approved


async def test_a_voice_cannot_approve_what_sends_data_out(tmp_path: Path) -> None:
    async with stage(tmp_path, [_opener(Risk.SENDS_OUT)]) as s:
        s.providers.hears = ScriptedTranscriber("yes")
        s.providers.answers = ScriptedChatModel([CALL], ["As you like."])
        s.send(commands.SendText("open it"))
        await s.until(lambda: s.of(events.ApprovalRequested))
        request = s.of(events.ApprovalRequested)[-1]
        assert not request.by_voice
        s.send(commands.Answer(request.request_id, yes=False))
        await s.until(lambda: ended(s))
        assert not s.conversation.messages[-1].tools[0].ok


async def test_a_failing_model_keeps_the_partial_reply_and_offers_a_retry(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        cut = AppError(Code.SERVER_CUT_OFF, "server")
        answers = s.providers.answers = ScriptedChatModel(["The answer is ", cut], ["It is 42."])
        s.send(commands.SendText("what is it"))
        await s.until(lambda: s.of(events.Notice))
        assert s.conversation.messages[-1].text == "The answer is "
        s.send(commands.Retry())
        await s.until(lambda: len(ended(s)) == 2)
        assert [m.role for m in answers.asked[1]] == [ChatRole.SYSTEM, ChatRole.USER]


async def test_a_reply_that_broke_off_goes_on_where_it_stopped(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        cut = AppError(Code.SERVER_CUT_OFF, "server")
        answers = s.providers.answers = ScriptedChatModel(["The answer is ", cut], ["42."])
        s.send(commands.SendText("what is it"))
        await s.until(lambda: s.of(events.Notice))
        s.send(commands.ContinueReply())
        await s.until(lambda: len(ended(s)) == 2)
        roles = [m.role for m in answers.asked[1]]
        assert roles == [ChatRole.SYSTEM, ChatRole.USER, ChatRole.ASSISTANT, ChatRole.USER]
        assert answers.asked[1][2].text.strip() == "The answer is"
        assert [m.text for m in s.conversation.messages] == ["what is it", "The answer is ", "42."]


async def test_a_reply_of_which_nothing_came_is_asked_for_again(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        cut = AppError(Code.SERVER_CUT_OFF, "server")
        answers = s.providers.answers = ScriptedChatModel([cut], ["42."])
        s.send(commands.SendText("what is it"))
        await s.until(lambda: s.of(events.Notice))
        s.send(commands.ContinueReply())
        await s.until(lambda: ended(s) and ended(s)[-1].message is not None)
        assert [m.role for m in answers.asked[1]] == [ChatRole.SYSTEM, ChatRole.USER]


class Broken(ScriptedTranscriber):
    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        raise RuntimeError("a defect")


@pytest.mark.logs("could not be transcribed", "reply .* failed")
async def test_a_defect_ends_as_a_notice_and_nothing_hangs(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.hears = Broken()
        s.engine.take("one")
        await s.until(lambda: s.of(events.Notice))
        assert (s.journal / "one").exists()
        s.send(commands.SendText("and in writing"))
        await s.until(lambda: len(s.of(events.Notice)) == 2 and s.phase is Phase.IDLE)
        assert [n.code for n in s.of(events.Notice)] == [Code.INTERNAL, Code.INTERNAL]


async def test_a_failing_voice_does_not_silence_the_words(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.answers = ScriptedChatModel(["First sentence here. Second sentence here."])
        s.providers.speaks = ScriptedSpeech(fails_at=1, error=AppError(Code.SERVER_ERROR, "x"))
        s.send(commands.SendText("go"))
        await s.until(lambda: s.of(events.Notice))
        assert s.conversation.messages[-1].text == "First sentence here. Second sentence here."
        assert s.conversation.messages[-1].heard is None


async def test_an_alarm_waits_until_nobody_speaks(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        speech = s.providers.speaks = ScriptedSpeech()
        s.providers.hears = ScriptedTranscriber("")
        s.engine.begin_take("talk")
        await s.until(lambda: s.phase is Phase.HEARING)
        s.post(Announcement("Your timer is done.", "timer"))
        s.send(commands.RefreshDevices())
        await s.until(lambda: s.engine.sent[-1] == messages.ListDevices())
        assert speech.said == []
        s.engine.end_take("talk", voiced_ms=300)
        await s.until(lambda: ended(s))
        assert speech.said == ["Your timer is done."]
        assert s.conversation.messages[-1].by == "timer"


async def test_reading_again_adds_no_message(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.providers.answers = ScriptedChatModel(["Once more."])
        speech = s.providers.speaks = ScriptedSpeech()
        s.send(commands.SendText("say it"))
        await s.until(lambda: ended(s))
        s.send(commands.ReadAgain(s.conversation.messages[-1].id))
        await s.until(lambda: speech.said == ["Once more.", "Once more."])
        await s.until(lambda: s.phase is Phase.IDLE)
        assert len(s.conversation.messages) == 2


@pytest.mark.logs("the audio engine ended")
async def test_a_dead_engine_is_started_again_and_its_take_is_offered(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.engine.begin_take("half")
        await s.until(lambda: s.phase is Phase.HEARING)
        s.engine.tell(None)
        await s.until(lambda: s.engines_started == 2)
        codes = [n.code for n in s.of(events.Notice)]
        assert codes == [Code.ENGINE_LOST, Code.TAKES_KEPT]
        assert not s.conversation.messages
        s.providers.hears = ScriptedTranscriber("half a sentence")
        s.send(commands.TranscribeKept())
        await s.until(lambda: s.conversation.messages)
        assert [message.text for message in s.conversation.messages] == ["half a sentence"]
        await s.until(lambda: not (s.journal / "half").exists())
        await s.until(lambda: messages.Listen() in s.engine.sent)


@pytest.mark.logs("the audio engine ended")
async def test_a_reply_outlives_the_engine_in_writing(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.engine.finishes = False
        s.providers.answers = ScriptedChatModel(["A whole reply."])
        s.send(commands.SendText("go"))
        await s.until(lambda: messages.PlayEnd(s.engine.stream) in s.engine.sent)
        s.engine.tell(None)
        await s.until(lambda: ended(s))
        assert s.conversation.messages[-1].text == "A whole reply."


async def test_mute_closes_the_device_and_push_to_talk_respects_it(tmp_path: Path) -> None:
    async with stage(tmp_path) as s:
        s.send(commands.SetMuted(True))
        s.send(commands.PressToTalk())
        s.send(commands.ReleaseToTalk())
        await s.until(lambda: messages.EndTake(False) in s.engine.sent)
        assert messages.CloseMicrophone() in s.engine.sent
        assert messages.BeginTake() not in s.engine.sent
        s.send(commands.SetMuted(False))
        s.send(commands.PressToTalk())
        await s.until(lambda: messages.BeginTake() in s.engine.sent)
        assert s.engine.sent[-2] == messages.Listen()
