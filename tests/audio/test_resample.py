from __future__ import annotations

import numpy as np
import pytest

from audio.pcm import Clip, Samples, level_dbfs, samples_for_ms
from audio.resample import Resampler, resample
from tests.desk.speech import tone

RATES = [(48_000, 16_000), (44_100, 16_000), (24_000, 16_000), (24_000, 48_000), (16_000, 24_000)]


def _stream(clip: Clip, to_hz: int, block_ms: int = 10) -> list[Samples]:
    resampler = Resampler(clip.rate_hz, to_hz)
    samples, step = clip.samples(), samples_for_ms(clip.rate_hz, block_ms)
    starts = range(0, len(samples), step)
    return [resampler.process(samples[i : i + step], last=i == starts[-1]) for i in starts]


def _error_db(actual: Samples, expected: Samples) -> float:
    middle = slice(len(expected) // 4, -len(expected) // 4)
    difference = actual[middle].astype(np.float64) - expected[middle]
    return float(10 * np.log10(np.mean(difference**2 + 1e-6) / np.mean(expected[middle] ** 2.0)))


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_stream_keeps_length_and_level_of_a_tone(from_hz: int, to_hz: int) -> None:
    out = np.concatenate(_stream(tone(1_000, 1_000, from_hz), to_hz))
    assert len(out) == to_hz
    assert level_dbfs(out) == pytest.approx(
        level_dbfs(tone(1_000, 1_000, to_hz).samples()), abs=0.1
    )


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_stream_is_evenly_at_most_15_ms_behind(from_hz: int, to_hz: int) -> None:
    resampler = Resampler(from_hz, to_hz)
    step = from_hz // 100
    sound = tone(440, 2_000, from_hz).samples()
    lags, given = [], 0
    for end in range(step, len(sound) + 1, step):
        given += len(resampler.process(sound[end - step : end]))
        lags.append(end / from_hz * 1000 - given / to_hz * 1000)
    assert max(lags) <= 15.1
    assert max(lags[20:]) - min(lags[20:]) < 0.2


@pytest.mark.parametrize("from_hz", [32_000, 48_000, 96_000])
def test_a_whole_ratio_is_hardly_behind(from_hz: int) -> None:
    resampler = Resampler(from_hz, 16_000)
    given = len(resampler.process(tone(440, 100, from_hz).samples()))
    assert 1600 - 1.3 * 16 <= given < 1600


@pytest.mark.parametrize("from_hz", [32_000, 48_000, 96_000])
def test_a_whole_ratio_is_in_time_and_in_tune(from_hz: int) -> None:
    out = np.concatenate(_stream(tone(1_000, 1_000, from_hz), 16_000, block_ms=7))
    assert _error_db(out, tone(1_000, 1_000, 16_000).samples()) < -60


@pytest.mark.parametrize("from_hz", [48_000, 44_100, 24_000])
def test_what_16_khz_cannot_hold_does_not_fold_back(from_hz: int) -> None:
    out = np.concatenate(_stream(tone(9_500, 1_000, from_hz), 16_000))
    assert level_dbfs(out[1_000:-1_000]) < -75


def test_speech_band_passes_undamped() -> None:
    out = np.concatenate(_stream(tone(7_000, 1_000, 48_000), 16_000))
    expected = level_dbfs(tone(7_000, 1_000, 16_000).samples())
    assert level_dbfs(out[1_000:-1_000]) == pytest.approx(expected, abs=0.2)


def test_the_size_of_the_pieces_does_not_matter() -> None:
    clip = tone(700, 500, 48_000)
    whole = np.concatenate(_stream(clip, 16_000, block_ms=500))
    for block_ms in (1, 7, 20):
        pieces = np.concatenate(_stream(clip, 16_000, block_ms))
        assert len(pieces) == len(whole)
        assert _error_db(pieces, whole) < -70


def test_after_the_last_piece_a_new_sound_begins() -> None:
    resampler = Resampler(24_000, 16_000)
    clip = tone(440, 300)
    first = resampler.process(clip.samples(), last=True)
    silence = resampler.process(np.zeros(2_400, dtype=np.int16), last=True)
    again = resampler.process(clip.samples(), last=True)
    assert level_dbfs(silence) < -80
    assert len(first) == len(again) == 4_800
    assert _error_db(again, first) < -70


def test_equal_rates_change_nothing() -> None:
    samples = tone(440, 100).samples()
    assert Resampler(24_000, 24_000).process(samples, last=True) is samples
    clip = tone(440, 100)
    assert resample(clip, 24_000) is clip


def test_an_empty_sound_stays_empty() -> None:
    empty = np.zeros(0, dtype=np.int16)
    assert len(Resampler(24_000, 16_000).process(empty)) == 0
    assert len(Resampler(24_000, 16_000).process(empty, last=True)) == 0
    assert resample(Clip(24_000, b""), 16_000) == Clip(16_000, b"")


def test_full_scale_is_clipped_and_does_not_wrap() -> None:
    square = np.where(np.arange(48_000) // 60 % 2, 32_767, -32_768).astype(np.int16)
    out = Resampler(48_000, 16_000).process(square, last=True)
    signs = np.where(np.arange(16_000) // 20 % 2, 1, -1)
    middle = np.arange(16_000) % 20 == 10
    assert (np.sign(out[middle][2:-2]) == signs[middle][2:-2]).all()


@pytest.mark.parametrize(("from_hz", "to_hz"), RATES)
def test_a_whole_clip_comes_out_in_time_and_in_tune(from_hz: int, to_hz: int) -> None:
    out = resample(tone(1_000, 1_000, from_hz), to_hz)
    expected = tone(1_000, 1_000, to_hz)
    assert out.rate_hz == to_hz
    assert out.duration_ms == 1_000
    assert _error_db(out.samples(), expected.samples()) < -50
