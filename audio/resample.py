"""Sample rates: a streaming converter for live sound, and one for whole clips."""

from __future__ import annotations

import numpy as np
import soxr

from audio.pcm import Clip, Samples

_HALF_TAPS = 20
_KAISER_BETA = 8.0


class Resampler:
    """Converts one continuous sound, piece by piece. Equal rates pass through untouched.

    What comes out is behind what went in, evenly: 1.3 ms where `to_hz` divides `from_hz`, 10 to
    15 ms otherwise. Pieces of equal length give pieces of equal length.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        self.from_hz = from_hz
        self.to_hz = to_hz
        self._decimator = (
            None if from_hz % to_hz or from_hz == to_hz else _Decimator(from_hz // to_hz)
        )
        self._stream = _stream(from_hz, to_hz) if from_hz % to_hz else None

    def process(self, samples: Samples, last: bool = False) -> Samples:
        """What is ready at `to_hz`; `last` also gives the rest, and the next call begins anew."""
        if self._decimator is not None:
            return self._decimator.process(samples, last)
        if self._stream is None:
            return samples
        out: Samples = self._stream.resample_chunk(np.ascontiguousarray(samples), last=last)
        if last:
            self._stream = _stream(self.from_hz, self.to_hz)
        return out


class _Decimator:
    """Keeps one sample of `factor`, after a filter that takes out what the rest cannot hold."""

    def __init__(self, factor: int) -> None:
        self._factor = factor
        self._half = half = _HALF_TAPS * factor
        at = np.arange(-half, half + 1)
        taps = np.sinc(at / factor) * np.kaiser(2 * half + 1, _KAISER_BETA)
        self._taps = (taps / taps.sum()).astype(np.float32)
        self._waiting = np.zeros(half, dtype=np.float32)

    def process(self, samples: Samples, last: bool) -> Samples:
        """See Resampler."""
        factor, length = self._factor, len(self._taps)
        rest = np.zeros(self._half if last else 0, dtype=np.int16)
        sound = np.concatenate((self._waiting, samples, rest), dtype=np.float32)
        count = max(0, (len(sound) - length) // factor + 1)
        rows = np.ndarray((count, length), np.float32, sound, strides=(4 * factor, 4))
        out = np.rint(np.matmul(rows, self._taps))
        self._waiting = np.zeros(self._half, np.float32) if last else sound[count * factor :]
        clipped: Samples = np.clip(out, -32768, 32767, out=out).astype(np.int16)
        return clipped


def resample(clip: Clip, to_hz: int) -> Clip:
    """The same sound at `to_hz`."""
    if clip.rate_hz == to_hz:
        return clip
    out = soxr.resample(clip.samples(), clip.rate_hz, to_hz, quality="HQ")
    return Clip(to_hz, np.asarray(out, dtype="<i2").tobytes())


def _stream(from_hz: int, to_hz: int) -> soxr.ResampleStream:
    # The variable-rate engine works without blocks: 10 to 15 ms behind, always. The fixed-rate one
    # gives its sound in bursts, up to 20 ms (LQ, dull above 6 kHz) or 38 ms (HQ) late.
    return soxr.ResampleStream(from_hz, to_hz, 1, dtype="int16", quality="HQ", vr=True)
