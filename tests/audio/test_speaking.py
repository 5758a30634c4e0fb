"""Playback on real speakers: complete, in order, stopped and resumed where it was."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import numpy as np
import pytest

from audio.messages import (
    BeginTake,
    Configure,
    EndTake,
    Flush,
    Level,
    Play,
    PlaybackFinished,
    PlaybackFlushed,
    PlaybackStarted,
    PlayEnd,
    Resume,
    SpeakerFailed,
    TakeStarted,
)
from audio.pcm import Clip
from tests.audio.running import RunningEngine, journal_folder, loud_noise, running_engine
from tests.desk.speech import join, say, tone

pytestmark = pytest.mark.desk


@pytest.fixture
def configure(tmp_path):
    return Configure(str(journal_folder(tmp_path)))


async def play(engine: RunningEngine, stream_id: str, clip: Clip, *, end: bool = True) -> None:
    await engine.client.send(Play(stream_id, clip.rate_hz))
    await engine.client.send_pcm(stream_id, clip.data)
    if end:
        await engine.client.send(PlayEnd(stream_id))


def contains(heard: Clip, played: Clip) -> bool:
    """Whether every sample was heard, in order and without a gap."""
    assert heard.rate_hz == played.rate_hz
    return played.data in heard.data


async def test_a_reply_is_heard_to_its_last_sample(sound, configure):
    clip = loud_noise(1500)
    async with running_engine(configure, sound.environment) as engine:
        with sound.recording() as recording:
            await play(engine, "reply", clip)
            finished = await engine.wait_for(PlaybackFinished)
            recording.wait_for_silence()
    assert finished == PlaybackFinished("reply", 1500)
    assert contains(recording.clip, clip)


async def test_it_is_finished_only_after_it_was_heard(sound, configure):
    async with running_engine(configure, sound.environment) as engine:
        with sound.recording() as recording:
            await play(engine, "reply", say("good morning", tail_ms=0))
            finished = await engine.wait_for(PlaybackFinished)
            recording.wait_for_silence()
    heard_s = recording.last_sound_s()
    assert heard_s is not None
    assert engine.time_of(finished) > heard_s - 0.05


async def test_streams_follow_each_other_without_a_gap(sound, configure):
    first, second = loud_noise(300), loud_noise(500)
    async with running_engine(configure, sound.environment) as engine:
        with sound.recording() as recording:
            await play(engine, "one", first)
            await play(engine, "two", second)
            await engine.wait_for(PlaybackFinished, count=2)
            recording.wait_for_silence()
    assert contains(recording.clip, join(first, second))
    kinds = [e for e in engine.events if isinstance(e, PlaybackStarted | PlaybackFinished)]
    assert [(type(e), e.stream_id) for e in kinds] == [
        (PlaybackStarted, "one"),
        (PlaybackStarted, "two"),
        (PlaybackFinished, "one"),
        (PlaybackFinished, "two"),
    ]


async def test_a_stream_that_comes_slowly_is_played_as_it_comes(sound, configure):
    first, second = loud_noise(200), loud_noise(200)
    async with running_engine(configure, sound.environment) as engine:
        with sound.recording() as recording:
            await play(engine, "reply", first, end=False)
            recording.wait_for_sound()
            recording.wait_for_silence(100)
            await engine.client.send_pcm("reply", second.data)
            await engine.client.send(PlayEnd("reply"))
            finished = await engine.wait_for(PlaybackFinished)
            recording.wait_for_silence()
    assert finished.played_ms == 400
    assert contains(recording.clip, first)
    assert recording.clip.data.count(second.data) == 2


async def test_flush_silences_at_once_and_tells_what_was_heard(sound, configure):
    async with running_engine(configure, sound.environment) as engine:
        with sound.recording() as recording:
            await play(engine, "reply", tone(440, 60_000))
            await engine.wait_for(PlaybackStarted)
            recording.wait_for_sound()
            await engine.client.send(Flush("reply"))
            flushed = await engine.wait_for(PlaybackFlushed)
            await play(engine, "next", tone(880, 100))
            finished = await engine.wait_for(PlaybackFinished)
            recording.wait_for_silence()
    assert 0 < flushed.played_ms < 5000
    assert finished == PlaybackFinished("next", 100)
    assert recording.sounding_ms() == pytest.approx(flushed.played_ms + 100, abs=60)


async def test_flush_fades_instead_of_breaking_off(sound, configure):
    # Full scale all the time: a sudden end would be one step from there to nothing.
    plateau = Clip(48_000, np.full(48_000 * 30, 16_000, dtype="<i2").tobytes())
    async with running_engine(configure, sound.environment) as engine:
        with sound.recording() as recording:
            await play(engine, "reply", plateau)
            recording.wait_for_sound()
            await engine.client.send(Flush("reply"))
            await engine.wait_for(PlaybackFlushed)
            recording.wait_for_silence()
    samples = recording.clip.samples().astype(np.int32)
    end = int(np.flatnonzero(samples)[-1])
    assert np.abs(np.diff(samples[end - 480 : end + 2])).max() < 200


async def test_resume_repeats_the_last_moment_and_loses_nothing(sound, configure):
    clip = say("one two three four five six seven eight nine ten", lead_ms=0, tail_ms=0)
    async with running_engine(configure, sound.environment) as engine:
        with sound.recording() as recording:
            await play(engine, "reply", clip)
            recording.wait_for_sound()
            interrupted = await interrupt(engine)
            recording.wait_for_silence(300)
            await engine.client.send(Resume("reply", rewind_ms=200))
            finished = await engine.wait_for(PlaybackFinished)
            recording.wait_for_silence()
    assert finished.played_ms == clip.duration_ms
    before, after = interrupted, clip.duration_ms - max(0, interrupted - 200)
    loud = np.abs(recording.clip.samples().astype(np.int32)) > 0
    assert loud.sum() / 48 == pytest.approx(before + after, rel=0.1)


async def interrupt(engine: RunningEngine) -> int:
    """Interrupt by push-to-talk; the milliseconds heard."""
    await engine.client.send(BeginTake())
    started = await engine.wait_for(TakeStarted)
    await engine.client.send(EndTake(cancelled=True))
    assert started.interrupted == "reply"
    return started.played_ms


async def test_without_a_speaker_every_stream_fails_at_once(fresh_sound, configure):
    fresh_sound.unload_speakers()
    fresh_sound.unload_speakers("micfeed")
    async with running_engine(configure, fresh_sound.environment) as engine:
        await play(engine, "one", tone(440, 200))
        await play(engine, "two", tone(440, 200))
        await engine.wait_for(SpeakerFailed, count=2)
        assert [f.stream_id for f in engine.all(SpeakerFailed)] == ["one", "two"]
        fresh_sound.load_speakers()
        await engine.wait_for_speaker("speakers")
        with fresh_sound.recording() as recording:
            await play(engine, "three", tone(440, 200))
            await engine.wait_for(PlaybackFinished)
            recording.wait_for_silence()
        assert recording.sounding_ms() == pytest.approx(200, abs=20)


async def test_speakers_that_vanish_end_what_plays(fresh_sound, configure):
    configure = replace(configure, output_device="speakers")
    async with running_engine(configure, fresh_sound.environment) as engine:
        await play(engine, "reply", tone(440, 20_000))
        await play(engine, "later", tone(440, 200))
        await engine.wait_for(PlaybackStarted)
        fresh_sound.unload_speakers()
        await engine.wait_for(SpeakerFailed, count=2)
    first, second = engine.all(SpeakerFailed)
    assert (first.stream_id, second.stream_id) == ("reply", "later")
    assert 0 <= first.played_ms < 5000
    assert second.played_ms == 0


async def test_what_plays_follows_the_default(sound, configure):
    sound.load_speakers("headphones", "Headphones")
    try:
        async with running_engine(configure, sound.environment) as engine:
            await play(engine, "reply", tone(440, 20_000))
            await engine.wait_for(PlaybackStarted)
            assert sound.sinks_in_use() == ["headphones"]
            with sound.recording() as recording:
                sound.set_default_speakers("speakers")
                recording.wait_for_sound()
            assert sound.sinks_in_use() == ["speakers"]
            assert engine.all(SpeakerFailed) == []
    finally:
        sound.set_default_speakers("speakers")
        sound.unload_speakers("headphones")


async def test_levels_follow_what_plays(sound, configure):
    async with running_engine(configure, sound.environment) as engine:
        await play(engine, "reply", tone(440, 500, level=0.5))
        await engine.wait_for(PlaybackFinished)
        async with asyncio.timeout(30):
            while engine.all(Level)[-1].output_dbfs > -90:
                await asyncio.sleep(0.01)
    loudest = max(level.output_dbfs for level in engine.all(Level))
    # The first is of a time in which it began, and what differs by less than 1.5 dB is not told.
    assert -10.6 <= loudest <= -8.9
