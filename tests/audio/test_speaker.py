"""What the speaker hands to its device, block by block, without a device."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from audio.inventory import SoundDevice
from audio.messages import Device, Direction
from audio.pcm import Samples
from audio.speaker import Speaker

BLOCK = 480
LEVEL = 10_000


@pytest.fixture
def speaker() -> Speaker:
    device = SoundDevice(Device("speakers", "Speakers", Direction.OUTPUT), 48_000)
    speaker = Speaker(device, chosen=False, latency_s=0.06, wake=lambda: None)
    speaker.play(np.full(BLOCK * 20, LEVEL, dtype=np.int16))
    return speaker


def block(speaker: Speaker) -> Samples:
    out = bytearray(BLOCK * 2)
    times = SimpleNamespace(outputBufferDacTime=0.06, currentTime=0.0)
    speaker._on_block(memoryview(out), BLOCK, times, None)
    return np.frombuffer(bytes(out), dtype=np.int16)


def test_a_full_gain_changes_no_sample(speaker):
    assert (block(speaker) == LEVEL).all()


def test_turned_down_it_goes_softer_without_a_jump(speaker):
    block(speaker)
    speaker.gain = 0.1
    falling = block(speaker).astype(int)
    assert falling[0] == LEVEL
    assert falling[-1] == LEVEL // 10
    assert np.abs(np.diff(falling)).max() < 30
    assert (block(speaker) == LEVEL // 10).all()
    speaker.gain = 1.0
    rising = block(speaker).astype(int)
    assert (rising[0], rising[-1]) == (LEVEL // 10, LEVEL)
    assert (block(speaker) == LEVEL).all()


def test_the_canceller_hears_what_the_room_hears(speaker):
    speaker.gain = 0.1
    handed = np.concatenate([block(speaker) for _ in range(4)])
    assert np.array_equal(speaker.take_reference(), handed[: 2 * BLOCK])
    block(speaker)
    assert np.array_equal(speaker.take_reference(), handed[2 * BLOCK : 3 * BLOCK])


def test_the_canceller_does_not_hear_what_is_dropped_in_time(speaker):
    handed = np.concatenate([block(speaker) for _ in range(4)])
    first = speaker.take_reference()
    speaker.drop()
    block(speaker)
    assert speaker.reference.unread == 0
    assert np.array_equal(first, handed[: 2 * BLOCK])


def test_a_stopped_sound_fades(speaker):
    block(speaker)
    assert speaker.stop() == BLOCK * 2 + 240
    block(speaker)
    fading = block(speaker).astype(int)
    assert fading[0] == LEVEL
    assert (fading[240:] == 0).all()
    assert (np.diff(fading[:240]) <= 0).all()
