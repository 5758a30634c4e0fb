"""What a real device still holds is thrown away, and it plays on as if it had been opened anew."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import numpy as np
import pytest

from audio.inventory import SoundDevice
from audio.messages import Device, Direction
from audio.pcm import Samples
from audio.speaker import Speaker
from tests.audio.running import loud_noise
from tests.desk.recording import Recording
from tests.desk.sound import SPEAKERS
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk

RATE_HZ = 48_000
LATENCY_MS = 40


@pytest.fixture
def recording(sound) -> Iterator[Recording]:
    """What is heard of the speakers, which this process's PortAudio may use."""
    with sound.here(), sound.recording() as recording:
        yield recording


@pytest.fixture
def speaker(recording: Recording) -> Iterator[Speaker]:
    device = SoundDevice(Device(SPEAKERS, "Speakers", Direction.OUTPUT), RATE_HZ, channels=2)
    made = Speaker(device, chosen=True, latency_s=LATENCY_MS / 1000, wake=lambda: None)
    made.open()
    with closing(made):
        yield made


def heard(recording: Recording) -> Samples:
    """All that was not silence."""
    samples = recording.clip.samples()
    sound: Samples = samples[samples != 0]
    return sound


def test_what_was_handed_over_and_not_heard_is_never_heard(speaker, recording):
    noise = loud_noise(1500).samples()
    speaker.play(noise)
    wait_until(lambda: speaker.handed_frames > RATE_HZ // 2, "half a second of sound")
    believed = speaker.drop()
    speaker.renew()
    handed = speaker.handed_frames
    recording.wait_for_silence()
    first = heard(recording)
    assert np.array_equal(first, noise[: len(first)])
    # All of its own queue: what the server has rendered may be heard.
    assert len(first) <= handed - (LATENCY_MS - 15) * RATE_HZ // 1000
    assert abs(len(first) - believed) <= 50 * RATE_HZ // 1000

    speaker.play(noise)
    wait_until(lambda: not speaker.ahead_frames, "the second sound")
    recording.wait_for_silence()
    assert np.array_equal(heard(recording), np.concatenate((first, noise)))
    assert speaker.underflows == 0
    assert not speaker.ended


def test_a_device_that_is_dropped_twice_starts_once(speaker, recording):
    noise = loud_noise(1000).samples()
    speaker.play(noise)
    recording.wait_for_sound()
    speaker.drop()
    assert speaker.drop() == speaker.handed_frames
    speaker.renew()
    speaker.renew()
    blocks = speaker.blocks
    wait_until(lambda: speaker.blocks > blocks + 10, "a device that runs")
    speaker.play(noise)
    wait_until(lambda: not speaker.ahead_frames, "the second sound")
    recording.wait_for_silence()
    assert noise.tobytes() in recording.clip.data
