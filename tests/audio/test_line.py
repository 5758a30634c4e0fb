"""Microphones and speakers that come and go, on a real sound server."""

from __future__ import annotations

import asyncio

import pytest

from audio import journal
from audio.messages import (
    BeginTake,
    CloseReason,
    Configure,
    Devices,
    EndTake,
    ListDevices,
    Listen,
    MicrophoneClosed,
    MicrophoneOpened,
    Play,
    PlaybackStarted,
    SpeakerFailed,
    TakeEnd,
    TakeEnded,
    TakeStarted,
)
from tests.audio.running import RunningEngine, journal_folder, running_engine
from tests.desk.speech import pad, say, tone
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk

LONG = "one two three four five six seven eight nine ten eleven twelve"
LOST_WITHIN_S = 0.3


@pytest.fixture
def folder(tmp_path):
    return journal_folder(tmp_path)


async def listen(engine: RunningEngine, sound) -> None:
    """Open the microphone and let it hear something, so that silence is no news."""
    await engine.client.send(Listen())
    await engine.wait_for(MicrophoneOpened)
    await asyncio.to_thread(sound.say_clip, tone(200, 100, level=0.01))


async def test_a_microphone_pulled_out_ends_its_take_and_the_speakers_are_never_heard(
    fresh_sound, folder
):
    async with running_engine(Configure(str(folder)), fresh_sound.environment) as engine:
        await listen(engine, fresh_sound)
        with fresh_sound.saying(say(LONG, tail_ms=0)):
            await engine.wait_for(TakeStarted)
            await engine.client.send(Play("reply", 24_000))
            fresh_sound.unload_microphone()
            closed = await engine.wait_for(MicrophoneClosed)
            ended = await engine.wait_for(TakeEnded)
            wait_until(lambda: not fresh_sound.sources_in_use(), "no stream records")
            await engine.client.send_pcm("reply", tone(300, 1000).data)
            await engine.wait_for(PlaybackStarted)
    assert (closed.reason, closed.detail) == (CloseReason.LOST, "Microphone")
    assert ended.reason is TakeEnd.MICROPHONE_LOST
    assert len(engine.all(TakeStarted)) == 1
    (take,) = journal.unfinished(folder)
    assert journal.read(take.path).data == bytes(engine.pcm[ended.take_id])


async def test_a_microphone_that_is_back_is_opened_again(fresh_sound, folder):
    async with running_engine(Configure(str(folder)), fresh_sound.environment) as engine:
        await listen(engine, fresh_sound)
        fresh_sound.unload_microphone()
        await engine.wait_for(MicrophoneClosed)
        fresh_sound.load_microphone()
        await engine.wait_for(MicrophoneOpened, count=2)
        await asyncio.to_thread(fresh_sound.say_clip, say("are you still there"))
        ended = await engine.wait_for(TakeEnded)
    assert ended.reason is TakeEnd.SILENCE
    assert len(engine.all(MicrophoneClosed)) == 1


async def test_a_missing_microphone_is_named_and_no_other_one_is_used(sound, folder):
    configure = Configure(str(folder), input_device="headset")
    async with running_engine(configure, sound.environment) as engine:
        await engine.client.send(Listen())
        closed = await engine.wait_for(MicrophoneClosed)
        assert closed == MicrophoneClosed(CloseReason.MISSING, "headset")
        assert sound.sources_in_use() == []
        sound.load_microphone("headset", "Headset")
        try:
            opened = await engine.wait_for(MicrophoneOpened)
            assert opened.label == "Headset"
            assert sound.sources_in_use() == ["headset"]
        finally:
            sound.unload_microphone("headset")
        closed = await engine.wait_for(MicrophoneClosed, count=2)
        assert closed.reason is CloseReason.LOST


async def test_a_monitor_is_no_microphone(fresh_sound, folder):
    fresh_sound.unload_microphone()
    configure = Configure(str(folder), input_device="speakers.monitor")
    async with running_engine(configure, fresh_sound.environment) as engine:
        await engine.client.send(Listen())
        closed = await engine.wait_for(MicrophoneClosed)
    assert closed == MicrophoneClosed(CloseReason.MISSING, "speakers.monitor")


async def test_a_held_take_without_a_microphone_does_not_begin(fresh_sound, folder):
    fresh_sound.unload_microphone()
    async with running_engine(Configure(str(folder)), fresh_sound.environment) as engine:
        await engine.wait_for(Devices)
        for count in (1, 2):
            await engine.client.send(BeginTake())
            closed = await engine.wait_for(MicrophoneClosed, count=count)
            await engine.client.send(EndTake())
            assert closed.reason is CloseReason.MISSING
    assert engine.all(TakeStarted) == []
    assert list(folder.iterdir()) == []


async def test_the_default_microphone_is_followed(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        await listen(engine, sound)
        sound.load_microphone("headset", "Headset")
        try:
            opened = await engine.wait_for(MicrophoneOpened, count=2)
            assert opened.label == "Headset"
            assert sound.sources_in_use() == ["headset"]
        finally:
            sound.set_default_microphone("mic")
            sound.unload_microphone("headset")
        opened = await engine.wait_for(MicrophoneOpened, count=3)
        assert opened.label == "Microphone"
        assert engine.all(MicrophoneClosed) == []


async def test_another_microphone_can_be_chosen_while_listening(sound, folder):
    sound.load_microphone("headset", "Headset")
    sound.set_default_microphone("mic")
    try:
        async with running_engine(Configure(str(folder)), sound.environment) as engine:
            await listen(engine, sound)
            await engine.client.send(Configure(str(folder), input_device="headset"))
            opened = await engine.wait_for(MicrophoneOpened, count=2)
            assert opened.label == "Headset"
            assert sound.sources_in_use() == ["headset"]
    finally:
        sound.unload_microphone("headset")


async def test_another_microphone_ends_the_take_of_the_one_before(sound, folder):
    sound.load_microphone("headset", "Headset")
    sound.set_default_microphone("mic")
    try:
        async with running_engine(Configure(str(folder)), sound.environment) as engine:
            await listen(engine, sound)
            with sound.saying(say("hello assistant, what is the weather", tail_ms=3000)):
                started = await engine.wait_for(TakeStarted)
                await engine.client.send(Configure(str(folder), input_device="headset"))
                ended = await engine.wait_for(TakeEnded)
            assert (ended.take_id, ended.reason) == (started.take_id, TakeEnd.MICROPHONE_LOST)
    finally:
        sound.unload_microphone("headset")


async def test_devices_are_told_at_first_when_asked_and_when_they_change(sound, folder):
    async with running_engine(Configure(str(folder)), sound.environment) as engine:
        first = await engine.wait_for(Devices)
        assert [(d.id, d.label, d.is_default) for d in first.inputs] == [
            ("mic", "Microphone", True)
        ]
        assert ("speakers", True) in [(d.id, d.is_default) for d in first.outputs]
        await engine.client.send(ListDevices())
        assert await engine.wait_for(Devices, count=2) == first
        sound.load_speakers("headphones", "Headphones")
        try:
            changed = await engine.wait_for(Devices, count=3)
        finally:
            sound.set_default_speakers("speakers")
            sound.unload_speakers("headphones")
        assert ("headphones", True) in [(d.id, d.is_default) for d in changed.outputs]


async def test_a_sound_server_that_dies_and_returns(fresh_sound, folder):
    async with running_engine(Configure(str(folder)), fresh_sound.environment) as engine:
        await listen(engine, fresh_sound)
        await engine.client.send(Play("reply", 24_000))
        await engine.client.send_pcm("reply", tone(300, 20_000).data)
        await engine.wait_for(PlaybackStarted)
        fresh_sound.kill()
        closed = await engine.wait_for(MicrophoneClosed)
        failed = await engine.wait_for(SpeakerFailed)
        assert (closed.reason, failed.stream_id) == (CloseReason.LOST, "reply")
        fresh_sound.restart()
        await engine.wait_for(MicrophoneOpened, count=2)
        await engine.wait_for_speaker("speakers")
        with fresh_sound.recording() as recording:
            await engine.client.send(Play("again", 24_000))
            await engine.client.send_pcm("again", tone(300, 500).data)
            recording.wait_for_sound()
        await asyncio.to_thread(fresh_sound.say_clip, pad(say("hello again"), 200, 200))
        await engine.wait_for(TakeEnded)


async def test_a_sound_server_that_hangs_is_noticed_and_does_not_hang_the_engine(
    fresh_sound, folder
):
    async with running_engine(Configure(str(folder)), fresh_sound.environment) as engine:
        await listen(engine, fresh_sound)
        fresh_sound.freeze()
        try:
            closed = await engine.wait_for(MicrophoneClosed)
            assert closed.reason is CloseReason.LOST
            await engine.client.send(ListDevices())
            await engine.wait_for(Devices, count=2)
        finally:
            fresh_sound.thaw()
        await engine.wait_for(MicrophoneOpened, count=2)
