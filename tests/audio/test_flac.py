from __future__ import annotations

import hashlib
import io

import av
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from audio.flac import BLOCK_SAMPLES, flac_bytes
from audio.pcm import Clip
from tests.desk.speech import say, silence, tone, with_noise


def decoded(data: bytes) -> Clip:
    """What FFmpeg finds in it, every checksum looked at."""
    options = {"err_detect": "crccheck+explode"}
    with av.open(io.BytesIO(data), "r", options=options) as container:
        stream = container.streams.audio[0]
        stream.codec_context.options = options
        pieces = [frame.to_ndarray().reshape(-1) for frame in container.decode(stream)]
        return Clip(stream.rate, np.concatenate(pieces).astype("<i2").tobytes())


def noise(count: int) -> Clip:
    values = np.random.default_rng(1).integers(-32_768, 32_768, count)
    return Clip(16_000, values.astype("<i2").tobytes())


SPIKES = np.where(np.arange(3 * BLOCK_SAMPLES) % 900, 0, -32_768).astype("<i2").tobytes()


@pytest.mark.parametrize(
    "clip",
    [
        say("set a timer for ten minutes"),
        with_noise(say("set a timer for ten minutes"), 15.0),
        silence(1500, 24_000),
        tone(440, 700, 44_100),
        tone(440, 700, 11_025),
        noise(2 * BLOCK_SAMPLES),
        noise(130 * BLOCK_SAMPLES + 7),
        Clip(8000, SPIKES),
    ],
)
def test_the_same_samples_come_back(clip: Clip) -> None:
    assert decoded(flac_bytes(clip)) == clip


@settings(max_examples=40)
@given(st.binary(min_size=2, max_size=400), st.integers(0, 2))
def test_short_clips_come_back_whatever_they_hold(data: bytes, beside_a_block: int) -> None:
    sound = data[: len(data) // 2 * 2]
    assert decoded(flac_bytes(Clip(16_000, sound))).data == sound
    long = (sound * BLOCK_SAMPLES)[: 2 * (BLOCK_SAMPLES - 1 + beside_a_block)]
    assert decoded(flac_bytes(Clip(16_000, long))).data == long


def test_the_file_knows_its_length_and_its_sum() -> None:
    clip = say("what time is it")
    data = flac_bytes(clip)
    assert data[:4] == b"fLaC"
    assert int.from_bytes(data[18:26], "big") & 0xF_FFFF_FFFF == len(clip.samples())
    assert data[26:42] == hashlib.md5(clip.data).digest()


def test_speech_needs_about_half_the_bytes() -> None:
    clip = say("set a timer for ten minutes and then tell me what the weather will be")
    assert len(flac_bytes(clip)) < 0.6 * len(clip.data)


def test_no_sound_at_all_is_a_file_too() -> None:
    assert flac_bytes(Clip(16_000, b""))[:4] == b"fLaC"
