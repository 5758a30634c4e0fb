from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from app.files.cuts import Cut, Limits, Part, choose_cut, parts, spoken_range
from app.files.speech import speech_probabilities
from audio.pcm import Clip, Samples
from tests.desk.speech import join, say, silence, tone, with_noise

RATE_HZ = 16_000
LIMITS = Limits(longest_ms=4000, searched_ms=2000, overlap_ms=600)


def no_detector(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    raise AssertionError("silence needs no detector")


def always_speech(samples: Samples) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.ones(len(samples) // 320)


def loud(duration_ms: int) -> Clip:
    return tone(300, duration_ms, RATE_HZ)


def cut(clip: Clip, find=always_speech) -> Cut:
    return choose_cut(clip.samples(), RATE_HZ, LIMITS, find)


def all_parts(clip: Clip, limits: Limits = LIMITS, block: int = 1000) -> list[Part]:
    samples = clip.samples()
    blocks = [samples[at : at + block] for at in range(0, len(samples), block)]
    return list(parts(blocks, RATE_HZ, limits, always_speech))


def test_the_cut_is_in_the_middle_of_the_silence() -> None:
    found = cut(join(loud(2500), silence(400), loud(1100)), no_detector)
    assert found.end == found.begin
    assert abs(found.end - 2700 * 16) < 25 * 16


def test_the_longest_silence_is_taken_and_of_two_long_ones_the_last() -> None:
    first = cut(join(loud(2200), silence(500), loud(500), silence(300), loud(500)), no_detector)
    assert abs(first.end - 2450 * 16) < 25 * 16
    last = cut(join(loud(2100), silence(300), loud(800), silence(300), loud(500)), no_detector)
    assert abs(last.end - 3350 * 16) < 25 * 16


def test_a_gap_within_a_word_is_no_pause() -> None:
    found = cut(join(loud(3000), silence(120), loud(880)))
    assert found.begin < found.end


def test_silence_before_the_searched_part_does_not_count() -> None:
    assert cut(join(silence(1900), loud(2100))).begin < cut(join(silence(1900), loud(2100))).end


def test_a_pause_in_noise_is_found_by_the_detector() -> None:
    first, second = say("the weather is fine today", tail_ms=0), say("tell me more", lead_ms=0)
    spoken = join(silence(1000), first, silence(600), second)
    noisy = with_noise(spoken, 10.0)
    limits = Limits(longest_ms=noisy.duration_ms, searched_ms=noisy.duration_ms)
    begins = 1000 + first.duration_ms
    found = choose_cut(noisy.samples(), RATE_HZ, limits, speech_probabilities)
    assert found.begin == found.end
    assert begins < found.end / 16 < begins + 600


def test_without_a_pause_two_parts_overlap_around_the_quietest_place() -> None:
    soft = Clip(RATE_HZ, (loud(300).samples() // 4).astype("<i2").tobytes())
    found = cut(join(loud(2600), soft, loud(1100)))
    assert found.end - found.begin == 600 * 16
    assert abs((found.end + found.begin) // 2 - 2750 * 16) < 120 * 16


@pytest.mark.parametrize("block", [1, 7000, 200_000])
def test_parts_in_pauses_are_the_recording_and_nothing_else(block: int) -> None:
    clip = join(*[join(loud(900), silence(350))] * 20)
    found = all_parts(clip, block=block if block > 1 else 333)
    assert b"".join(part.samples.tobytes() for part in found) == clip.data
    assert [part.number for part in found] == list(range(len(found)))
    assert all(len(part.samples) <= 4000 * 16 for part in found)
    assert not any(part.overlaps for part in found)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(50, 3000), st.integers(0, 500)), min_size=1, max_size=12))
def test_parts_cover_everything_once_but_for_their_overlaps(
    stretches: list[tuple[int, int]],
) -> None:
    clip = join(*[join(loud(speaks), silence(pauses)) for speaks, pauses in stretches])
    found = all_parts(clip)
    samples, at = clip.samples(), 0
    for part in found:
        assert 0 < len(part.samples) <= 4000 * 16
        assert np.array_equal(part.samples, samples[part.begins : part.ends])
        assert (part.begins < at) if part.overlaps else (part.begins == at)
        assert at - part.begins <= 600 * 16
        at = part.ends
    assert at == len(samples)


def test_a_short_recording_is_one_part_and_an_empty_one_none() -> None:
    assert len(all_parts(loud(3999))) == 1
    assert all_parts(Clip(RATE_HZ, b"")) == []


def test_where_somebody_speaks() -> None:
    clip = join(silence(1000), loud(700), silence(900))
    assert spoken_range(clip.samples(), RATE_HZ) == (900 * 16, 1800 * 16)
    assert spoken_range(silence(2000).samples(), RATE_HZ) is None
    assert spoken_range(np.zeros(0, np.int16), RATE_HZ) is None
    soft = Clip(RATE_HZ, (loud(700).samples() // 200).astype("<i2").tobytes())
    assert spoken_range(soft.samples(), RATE_HZ) == (0, 700 * 16)
