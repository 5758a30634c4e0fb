"""Takes from a real microphone stream: hands-free and held."""

from __future__ import annotations

import asyncio

import pytest

from audio import journal
from audio.messages import (
    SPEECH_RATE_HZ,
    BeginTake,
    CloseMicrophone,
    CloseReason,
    Configure,
    EchoMode,
    EndTake,
    JournalFailed,
    Listen,
    MicrophoneClosed,
    MicrophoneOpened,
    Paused,
    Pcm,
    Play,
    PlaybackFinished,
    PlaybackStarted,
    PlayEnd,
    Resume,
    SetHangover,
    SpeechResumed,
    TakeEnd,
    TakeEnded,
    TakeStarted,
)
from audio.pcm import Clip
from audio.resample import resample
from tests.audio.running import RunningEngine, journal_folder, running_engine, similarity
from tests.desk.speech import join, say, silence, tone

pytestmark = pytest.mark.desk

QUESTION = "hello assistant, what is the weather in Paris"
REQUEST = "wait a moment, I have a question"


@pytest.fixture
def folder(tmp_path):
    return journal_folder(tmp_path)


async def hear_one_take(engine: RunningEngine, sound, text: str, count: int = 1) -> TakeEnded:
    """Speak, wait for the take, and compare it with another program's recording."""
    with sound.recording("mic") as recording:
        await asyncio.to_thread(sound.say_clip, say(text))
        ended = await engine.wait_for(TakeEnded, count=count)
    recorded = resample(recording.clip, SPEECH_RATE_HZ)
    assert similarity(bytes(engine.pcm[ended.take_id]), recorded) > 0.98
    return ended


async def play(engine: RunningEngine, reply: Clip) -> None:
    """Let the assistant say this."""
    await engine.client.send(Play("reply", reply.rate_hz))
    await engine.client.send_pcm("reply", reply.data)
    await engine.client.send(PlayEnd("reply"))


async def test_speech_becomes_one_take_in_journal_and_app_alike(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        ended = await hear_one_take(engine, sound, QUESTION)
    (started,) = engine.all(TakeStarted)
    (take,) = journal.unfinished(folder)
    assert started.take_id == ended.take_id == take.take_id
    assert ended.reason is TakeEnd.SILENCE
    heard = bytes(engine.pcm[ended.take_id])
    assert journal.read(take.path).data == heard
    assert ended.duration_ms == take.duration_ms == len(heard) // 32
    assert started.preroll_ms <= 500
    assert 1000 < ended.voiced_ms < ended.duration_ms


async def test_each_utterance_is_a_take_of_its_own(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        await hear_one_take(engine, sound, QUESTION)
        await hear_one_take(engine, sound, REQUEST, count=2)
    takes = journal.unfinished(folder)
    assert [t.take_id for t in takes] == [t.take_id for t in engine.all(TakeEnded)]
    assert len({t.take_id for t in takes}) == 2


def with_a_pause(pause_ms: int) -> Clip:
    """Two parts of one question."""
    parts = [say(text, lead_ms=0, tail_ms=0) for text in ("hello assistant", "open the window")]
    return join(silence(200), parts[0], silence(pause_ms), parts[1], silence(1000))


async def test_a_pause_is_told_once_and_so_is_its_end(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        await asyncio.to_thread(sound.say_clip, with_a_pause(300))
        ended = await engine.wait_for(TakeEnded)
    news = [m for m in engine.messages if isinstance(m, (TakeStarted, Paused, SpeechResumed))]
    assert {m.take_id for m in news} == {ended.take_id}
    kinds = [type(m) for m in news[1:]]
    assert len(kinds) >= 3
    assert kinds == [Paused, SpeechResumed] * (len(kinds) // 2) + [Paused]
    for pause in engine.all(Paused):
        before = engine.messages[: engine.messages.index(pause)]
        assert pause.duration_ms == sum(len(m.data) for m in before if isinstance(m, Pcm)) // 32
    last = engine.all(Paused)[-1]
    assert last.duration_ms + 600 < ended.duration_ms <= last.duration_ms + 700
    assert 0 < last.voiced_ms == ended.voiced_ms


async def test_the_app_shortens_one_pause(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        with sound.saying(say("stop", tail_ms=2000)):
            paused = await engine.wait_for(Paused)
            await engine.client.send(SetHangover("another", 3000))
            await engine.client.send(SetHangover(paused.take_id, 400))
            ended = await engine.wait_for(TakeEnded)
    assert ended.reason is TakeEnd.SILENCE
    assert 300 < ended.duration_ms - paused.duration_ms <= 400


async def test_the_app_lengthens_one_pause(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        with sound.saying(with_a_pause(1500)):
            async with asyncio.timeout(10):
                while not (resumed := engine.all(SpeechResumed)):
                    for pause in engine.all(Paused):
                        await engine.client.send(SetHangover(pause.take_id, 3000))
                    await asyncio.sleep(0.01)
            ended = await engine.wait_for(TakeEnded)
    assert {event.take_id for event in resumed} == {ended.take_id}
    assert len(engine.all(TakeStarted)) == 1


async def test_a_held_take_has_no_pauses(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        await engine.client.send(BeginTake())
        started = await engine.wait_for(TakeStarted)
        await asyncio.to_thread(sound.say_clip, with_a_pause(900))
        await engine.client.send(SetHangover(started.take_id, 400))
        await engine.client.send(EndTake())
        ended = await engine.wait_for(TakeEnded)
    assert ended.reason is TakeEnd.RELEASED
    assert not engine.all(Paused)
    assert not engine.all(SpeechResumed)


async def test_a_pause_is_over_when_the_take_becomes_a_held_one(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        with sound.saying(say("stop", tail_ms=500)):
            paused = await engine.wait_for(Paused)
            await engine.client.send(SetHangover(paused.take_id, 3000))
            await engine.client.send(BeginTake())
            resumed = await engine.wait_for(SpeechResumed)
        await engine.client.send(EndTake())
        ended = await engine.wait_for(TakeEnded)
    assert resumed.take_id == paused.take_id == ended.take_id
    assert ended.reason is TakeEnd.RELEASED


async def test_a_held_take_opens_the_microphone_and_closes_it_again(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(BeginTake())
        await engine.wait_for(MicrophoneOpened)
        with sound.recording("mic") as recording:
            await asyncio.to_thread(sound.say_clip, say(REQUEST, tail_ms=0))
            await engine.client.send(EndTake())
            closed = await engine.wait_for(MicrophoneClosed)
        assert sound.sources_in_use() == []
    assert closed.reason is CloseReason.REQUESTED
    (ended,) = engine.all(TakeEnded)
    assert ended.reason is TakeEnd.RELEASED
    recorded = resample(recording.sounds(), SPEECH_RATE_HZ)
    assert similarity(bytes(engine.pcm[ended.take_id]), recorded) > 0.98


async def test_a_held_take_begins_before_the_key_when_the_microphone_is_open(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        await asyncio.to_thread(sound.say_clip, tone(300, 700, level=0.1))
        await engine.client.send(BeginTake())
        started = await engine.wait_for(TakeStarted)
        await engine.client.send(EndTake())
        await engine.wait_for(TakeEnded)
        assert sound.sources_in_use() == ["mic"]
    assert started.preroll_ms == 500


async def test_a_cancelled_take_stays_in_the_journal_until_the_app_removes_it(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(BeginTake())
        await engine.wait_for(MicrophoneOpened)
        await asyncio.to_thread(sound.say_clip, say("no", tail_ms=0))
        await engine.client.send(EndTake(cancelled=True))
        ended = await engine.wait_for(TakeEnded)
    assert ended.reason is TakeEnd.CANCELLED
    assert [t.take_id for t in journal.unfinished(folder)] == [ended.take_id]


async def test_close_releases_the_device_and_ends_the_take(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        with sound.saying(say(QUESTION)):
            await engine.wait_for(TakeStarted)
            await engine.client.send(CloseMicrophone())
            closed = await engine.wait_for(MicrophoneClosed)
            assert sound.sources_in_use() == []
    assert closed.reason is CloseReason.REQUESTED
    (ended,) = engine.all(TakeEnded)
    assert ended.reason is TakeEnd.CLOSED
    assert [t.take_id for t in journal.unfinished(folder)] == [ended.take_id]


async def test_hasty_switching_ends_as_the_last_command_says(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        for _ in range(10):
            await engine.client.send(Listen())
            await engine.client.send(CloseMicrophone())
        await engine.wait_for(MicrophoneClosed, count=10)
        assert sound.sources_in_use() == []
        for _ in range(10):
            await engine.client.send(CloseMicrophone())
            await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        assert sound.sources_in_use() == ["mic"]


async def test_no_empty_take_is_left_behind(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        assert len(list(folder.iterdir())) == 1
        await engine.client.send(CloseMicrophone())
        await engine.wait_for(MicrophoneClosed)
        assert list(folder.iterdir()) == []
    assert list(folder.iterdir()) == []


async def test_a_silent_microphone_is_reported_once_and_taken_back_when_it_speaks(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(Listen())
        closed = await engine.wait_for(MicrophoneClosed)
        assert closed.reason is CloseReason.SILENT
        await hear_one_take(engine, sound, QUESTION)
    assert len(engine.all(MicrophoneClosed)) == 1
    assert len(engine.all(MicrophoneOpened)) == 2


async def test_a_disk_that_refuses_costs_the_journal_and_not_the_take(sound, folder):
    nowhere = folder / "file"
    nowhere.write_text("not a folder")
    async with running_engine(Configure(str(nowhere)), sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        ended = await hear_one_take(engine, sound, QUESTION)
    (failed,) = engine.all(JournalFailed)
    assert failed.take_id == ended.take_id
    assert len(engine.pcm[ended.take_id]) == ended.duration_ms * 32


async def test_speech_interrupts_what_plays(sound, folder):
    configure = Configure(str(folder), echo=EchoMode.OFF)
    async with running_engine(configure, sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        with sound.recording() as recording:
            await engine.client.send(Play("reply", 24_000))
            await engine.client.send_pcm("reply", tone(440, 20_000).data)
            await engine.wait_for(PlaybackStarted)
            await asyncio.to_thread(recording.wait_for_sound)
            await asyncio.to_thread(sound.say_clip, say(REQUEST))
            await engine.wait_for(TakeEnded)
            await asyncio.to_thread(recording.wait_for_silence)
    (started,) = engine.all(TakeStarted)
    assert started.interrupted == "reply"
    assert abs(started.played_ms - recording.sounds().duration_ms) <= 50


async def test_speech_does_not_interrupt_where_that_is_switched_off(sound, folder):
    configure = Configure(str(folder), echo=EchoMode.OFF, barge_in=False)
    async with running_engine(configure, sound.environment) as engine:
        await engine.client.send(Listen())
        await engine.wait_for(MicrophoneOpened)
        with sound.recording() as recording:
            await engine.client.send(Play("reply", 24_000))
            await engine.client.send_pcm("reply", tone(440, 5000).data)
            await asyncio.to_thread(recording.wait_for_sound)
            await asyncio.to_thread(sound.say_clip, say("stop"))
            assert engine.all(TakeStarted) == []
            await engine.client.send(BeginTake())
            started = await engine.wait_for(TakeStarted)
    assert started.interrupted == "reply"


@pytest.mark.parametrize("mode", [EchoMode.CANCEL, EchoMode.HALF_DUPLEX])
async def test_the_assistant_does_not_hear_itself(sound, folder, mode):
    reply = say("The quick brown fox jumps over the lazy dog by the river", voice="rms")
    async with running_engine(Configure(str(folder), echo=mode), sound.environment) as engine:
        with sound.echo_path(attenuation_db=6.0), sound.recording("mic") as microphone:
            await engine.client.send(Listen())
            await engine.wait_for(MicrophoneOpened)
            await play(engine, reply)
            await engine.wait_for(PlaybackFinished)
            assert microphone.first_sound_s() is not None
            await asyncio.to_thread(microphone.wait_for_silence)
            assert engine.all(TakeStarted) == []
            await asyncio.to_thread(sound.say_clip, say(QUESTION))
            ended = await engine.wait_for(TakeEnded)
    assert ended.voiced_ms > 1000


@pytest.mark.parametrize("attenuation_db", [6.0, 20.0])
async def test_no_reply_interrupts_itself(sound, folder, attenuation_db):
    reply = say("The quick brown fox jumps over the lazy dog. " * 3, voice="rms")
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        with sound.echo_path(attenuation_db=attenuation_db):
            await engine.client.send(Listen())
            await engine.wait_for(MicrophoneOpened)
            await play(engine, reply)
            await engine.wait_for(PlaybackFinished)
    assert engine.all(TakeStarted) == []


async def test_a_reply_that_begins_to_echo_interrupts_itself_once_at_most(sound, folder):
    reply = say("The quick brown fox jumps over the lazy dog. " * 4, voice="rms")
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        with sound.recording() as speakers:
            await engine.client.send(Listen())
            await engine.wait_for(MicrophoneOpened)
            await play(engine, reply)
            await asyncio.to_thread(speakers.wait_for_sound)
            await asyncio.sleep(3)
            with sound.echo_path(attenuation_db=12.0):
                over = asyncio.create_task(engine.wait_for(PlaybackFinished))
                doubt = asyncio.create_task(engine.wait_for(TakeEnded))
                await asyncio.wait((over, doubt), return_when=asyncio.FIRST_COMPLETED)
                if not over.done():
                    await engine.client.send(Resume("reply", 0))
                doubt.cancel()
                await over
    assert len(engine.all(TakeStarted)) <= 1


async def test_without_an_echo_even_the_first_interruption_is_heard_at_once(sound, folder):
    reply = say("The quick brown fox jumps over the lazy dog. " * 4, voice="rms")
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        with sound.recording("mic") as microphone:
            await engine.client.send(Listen())
            await engine.wait_for(MicrophoneOpened)
            await play(engine, reply)
            await engine.wait_for(PlaybackStarted)
            await asyncio.to_thread(sound.say_clip, say("stop please", lead_ms=3000))
            ended = await engine.wait_for(TakeEnded)
    (started,) = engine.all(TakeStarted)
    assert started.interrupted == "reply"
    assert 2500 < started.played_ms < 4500
    spoken = resample(microphone.sounds(), SPEECH_RATE_HZ)
    assert similarity(bytes(engine.pcm[ended.take_id]), spoken) > 0.98


async def test_near_speech_is_heard_through_the_echo(sound, folder):
    reply = say("The quick brown fox jumps over the lazy dog. " * 4, voice="rms")
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        with sound.echo_path(attenuation_db=12.0):
            await engine.client.send(Listen())
            await engine.wait_for(MicrophoneOpened)
            await play(engine, reply)
            await engine.wait_for(PlaybackStarted)
            await asyncio.to_thread(sound.say_clip, say(QUESTION, lead_ms=3000))
            await engine.wait_for(TakeEnded)
    (started,) = engine.all(TakeStarted)
    assert started.interrupted == "reply"
    assert started.played_ms > 2500


async def test_a_press_right_after_a_release_is_a_take_of_its_own(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await engine.client.send(BeginTake())
        await engine.wait_for(MicrophoneOpened)
        await engine.client.send(EndTake())
        await engine.client.send(BeginTake())
        await engine.wait_for(TakeStarted, count=2)
        await engine.client.send(EndTake())
        await engine.wait_for(TakeEnded, count=2)
    first, second = engine.all(TakeStarted)
    assert first.held
    assert second.held
    assert [e.take_id for e in engine.all(TakeEnded)] == [first.take_id, second.take_id]
    assert {e.reason for e in engine.all(TakeEnded)} == {TakeEnd.RELEASED}
