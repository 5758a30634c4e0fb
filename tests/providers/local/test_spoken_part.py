from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.providers.local.spoken_part import spoken_part

RATE = 16_000
NOISE = np.random.default_rng(3)


def silence(ms: int, amplitude: float = 0.0) -> Any:
    return NOISE.normal(0.0, amplitude or 1e-9, ms * RATE // 1000)


def voice(ms: int, amplitude: float) -> Any:
    return amplitude * np.sin(np.arange(ms * RATE // 1000) * 0.2)


def kept(*parts: Any) -> tuple[float, Any, Any]:
    """Seconds of what is kept, that, and all."""
    whole = np.concatenate(parts).astype("<i2")
    part = np.frombuffer(spoken_part(whole.tobytes()), dtype="<i2")
    return len(part) / RATE, part, whole


@pytest.mark.parametrize("noise", [0.0, 1.0, 30.0, 300.0])
def test_silence_around_the_words_goes_but_for_a_fifth_of_a_second(noise: float) -> None:
    seconds, part, whole = kept(silence(700, noise), voice(500, 4_000), silence(900, noise))
    assert 0.85 <= seconds <= 0.95
    begin = int(0.5 * RATE)
    assert np.array_equal(part, whole[begin : begin + len(part)])


def test_soft_words_and_pauses_between_words_stay() -> None:
    seconds, _, _ = kept(
        silence(500), voice(200, 100), silence(800), voice(300, 8_000), silence(500)
    )
    assert 1.68 <= seconds <= 1.72


def test_words_without_silence_stay_whole() -> None:
    _, part, whole = kept(voice(150, 3_000))
    assert np.array_equal(part, whole)


@pytest.mark.parametrize("pcm", [b"", b"\x01", b"\x01\x02" * 100, bytes(64_000)])
def test_where_nothing_stands_out_nothing_goes(pcm: bytes) -> None:
    assert spoken_part(pcm) == pcm
