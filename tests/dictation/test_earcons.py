"""The three sounds: short, quiet, without a click, and not the same."""

from __future__ import annotations

import array

import pytest

from app.dictation.earcons import RATE_HZ, Earcon, sound_of


@pytest.mark.parametrize("earcon", Earcon)
def test_a_sound_is_short_and_quiet_and_begins_and_ends_in_silence(earcon: Earcon) -> None:
    samples = array.array("h", sound_of(earcon))
    assert 0.06 <= len(samples) / RATE_HZ <= 0.12
    loudest = max(map(abs, samples))
    assert 300 < loudest < 2500
    steps = [abs(b - a) for a, b in zip(samples, samples[1:], strict=False)]
    assert samples[0] == samples[-1] == 0
    assert max(steps) < loudest / 3


def test_they_differ() -> None:
    assert len({sound_of(earcon) for earcon in Earcon}) == len(Earcon)
