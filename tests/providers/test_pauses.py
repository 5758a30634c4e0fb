from __future__ import annotations

import numpy as np
import pytest

from app.providers.pauses import Cutting, PauseFinder
from audio.pcm import Samples

RATE_HZ = 16_000
CUTTING = Cutting(least_s=2.0, most_s=6.0, longest_s=20.0)


def noise(seconds: float, level: float) -> Samples:
    values = np.random.default_rng(7).standard_normal(int(seconds * RATE_HZ)) * level
    return values.astype(np.int16)


def cuts_s(samples: Samples, step: int = 1600, cutting: Cutting = CUTTING) -> list[float]:
    finder = PauseFinder(RATE_HZ, cutting)
    found = [
        cut for at in range(0, len(samples), step) for cut in finder.feed(samples[at : at + step])
    ]
    return [round(cut / RATE_HZ, 2) for cut in found]


@pytest.mark.parametrize("floor", [0, 5, 100, 600])
def test_a_part_ends_in_a_pause_over_any_room(floor: float) -> None:
    talk = np.concatenate(
        [noise(1, 6000), noise(0.5, 0), noise(2, 6000), noise(0.5, 0), noise(1, 6000)]
    )
    assert cuts_s(talk + noise(5, floor)) == [3.9]


def test_a_cut_does_not_depend_on_how_the_sound_comes() -> None:
    talk = np.concatenate([noise(3, 6000), noise(0.6, 3), noise(3, 6000), noise(0.6, 3)])
    known = cuts_s(talk)
    assert len(known) == 2
    assert all(cuts_s(talk, step) == known for step in (1, 7, 333, 5000, 200_000)[1:])


def test_a_gap_will_do_when_a_part_gets_long_and_none_is_waited_for_forever() -> None:
    words = np.concatenate([noise(1.0, 6000), noise(0.16, 3)] * 8)
    assert cuts_s(words) == [6.92]
    assert cuts_s(noise(45, 6000), 16_000, Cutting(2.0, 60.0, 20.0)) in ([], [20.0, 40.0])


def test_nothing_is_cut_from_speech_without_a_gap() -> None:
    assert cuts_s(np.concatenate([noise(0.3, 3), noise(5, 6000)])) == []
