"""Where in a take something sounds. Pure.

The decoder subtracts the mean of all that it is given. Much silence moves that mean, and silence
of rounding errors moves it far: with half a second of that around eight sentences 4 of 49 words
were wrong, with a fifth of a second none. It also takes a third less time.
"""

from __future__ import annotations

import math
from array import array
from operator import mul

_FRAME = 160
_MARGIN = 20
_BELOW_LOUDEST_DB = 40.0
_ABOVE_NOISE_DB = 3.0
_QUIET_PART = 0.1


def spoken_part(pcm: bytes) -> bytes:
    """16 kHz int16 PCM from 200 ms before the first sound that stands out to 200 ms after the last.

    All of it where nothing stands out of the noise.
    """
    samples = array("h", pcm[: len(pcm) // 2 * 2])
    levels = [
        _dbfs(samples[at : at + _FRAME]) for at in range(0, len(samples) - _FRAME + 1, _FRAME)
    ]
    if not levels:
        return pcm
    quiet = sorted(levels)[int(len(levels) * _QUIET_PART)]
    least = max(max(levels) - _BELOW_LOUDEST_DB, quiet + _ABOVE_NOISE_DB)
    loud = [number for number, level in enumerate(levels) if level > least]
    if not loud:
        return pcm
    begin = max(0, loud[0] - _MARGIN) * _FRAME
    end = (loud[-1] + 1 + _MARGIN) * _FRAME
    return samples[begin:end].tobytes()


def _dbfs(frame: array[int]) -> float:
    mean_square = sum(map(mul, frame, frame)) / len(frame) / 32768.0**2
    return 10.0 * math.log10(mean_square + 1e-12)
