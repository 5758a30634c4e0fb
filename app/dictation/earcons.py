"""Three short sounds that say what the microphone does, as arithmetic. Pure."""

from __future__ import annotations

import array
import enum
import functools
import math
import sys

RATE_HZ = 48_000

_PEAK = 0.05 * 32767
_ATTACK_S = 0.006
_DECAY_S = 0.022
_RELEASE_S = 0.012


class Earcon(enum.Enum):
    """Tones in Hz, each with its beginning, and the length of the whole, in seconds."""

    BEGUN = ((784.0, 0.0), (1175.0, 0.04), 0.11)
    ENDED = ((1175.0, 0.0), (784.0, 0.04), 0.11)
    FAILED = ((392.0, 0.0), (311.0, 0.055), 0.12)


@functools.cache
def sound_of(earcon: Earcon) -> bytes:
    """Mono int16 at `RATE_HZ`."""
    *tones, length_s = earcon.value
    count = round(length_s * RATE_HZ)
    samples = [0.0] * count
    for pitch_hz, begin_s in tones:
        first = round(begin_s * RATE_HZ)
        for number in range(first, count):
            samples[number] += _tone(pitch_hz, (number - first) / RATE_HZ)
    ending = round(_RELEASE_S * RATE_HZ)
    for number in range(1, ending + 1):
        samples[-number] *= (number - 1) / ending
    data = array.array("h", (round(_PEAK * sample) for sample in samples))
    if sys.byteorder == "big":
        data.byteswap()
    return data.tobytes()


def _tone(pitch_hz: float, time_s: float) -> float:
    rise = 0.5 - 0.5 * math.cos(math.pi * min(time_s / _ATTACK_S, 1.0))
    return rise * math.exp(-time_s / _DECAY_S) * math.sin(2 * math.pi * pitch_hz * time_s)
