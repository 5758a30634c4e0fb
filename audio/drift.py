"""Two devices count seconds by clocks of their own: how far these run apart, and how to undo it.

Pure numpy. A drift is in parts per million, positive where the microphone's clock is the faster.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

_TAPS = 32
_PHASES = 256
_MOST_PPM = 600.0
_COMPARED = 16_000
_COMPARED_EARLY = 5_600
_LOWEST, _HIGHEST = 0.02, 0.4
_WHITENING = 0.85
_CLEAR = 12.0
_SLOPES = 3

Reals = npt.NDArray[np.float32]
Places = npt.NDArray[np.floating[Any]]


class ClockBridge:
    """What was played, as the microphone's clock counts it. Give and get blocks of one size."""

    def __init__(self, block_samples: int) -> None:
        self.drift_ppm = 0.0
        self._size = block_samples
        self._sound: Reals = np.zeros(_TAPS, np.float32)
        self._at = float(_TAPS // 2)
        taps = np.arange(_TAPS) - (_TAPS // 2 - 1)
        at = taps - np.arange(_PHASES + 1)[:, np.newaxis] / _PHASES
        self._kernels = (np.sinc(at) * np.kaiser(_TAPS + 2, 6.0)[1:-1]).astype(np.float32)
        self._around = taps

    def process(self, block: Reals) -> list[Reals]:
        """The blocks that are complete with this one: one, and now and then none or two."""
        self._sound = np.concatenate((self._sound, block))
        step = 1.0 / (1.0 + self.drift_ppm * 1e-6)
        found = []
        while self._at + self._size * step + _TAPS // 2 + 1 < len(self._sound):
            found.append(self._sampled(self._at + step * np.arange(self._size)))
            self._at += step * self._size
        done = int(self._at) - _TAPS
        if done > 0:
            self._sound = self._sound[done:]
            self._at -= done
        return found

    def _sampled(self, places: Places) -> Reals:
        whole = places.astype(np.int64)
        phases = np.rint((places - whole) * _PHASES).astype(np.int64)
        around = self._sound[whole[:, np.newaxis] + self._around]
        sampled: Reals = np.einsum("ij,ij->i", around, self._kernels[phases])
        return sampled


class DelayWatch:
    """Follows the delay of an echo: its slow change is a drift, a sudden one another delay."""

    def __init__(self) -> None:
        self.drift_ppm = 0.0
        self._played = np.zeros(_COMPARED, np.float32)
        self._heard = np.zeros(_COMPARED, np.float32)
        self._filled = 0
        self._enough = _COMPARED
        self._known: float | None = None
        self._before: float | None = None
        self._elapsed = 0
        self._slopes: list[float] = []
        hertz = np.fft.rfftfreq(2 * _COMPARED, 1.0)
        self._band = (hertz >= _LOWEST) & (hertz <= _HIGHEST)

    def interrupt(self, by_samples: int = 0) -> None:
        """What comes next may have another delay than one longer by this; that is told early."""
        if self._known is not None:
            self._known += by_samples
        self._before = None
        self._clear()
        self._enough = _COMPARED_EARLY
        self._slopes.clear()

    def feed(self, played: Reals, heard: Reals) -> float | None:
        """Note a block as it was played and heard.

        When the delay was measured again: by how many samples it has changed all at once.
        """
        size = len(played)
        self._elapsed += size
        if self._filled or played.any():
            self._played[self._filled : self._filled + size] = played
            self._heard[self._filled : self._filled + size] = heard
            self._filled += size
        if self._filled + size <= self._enough:
            return None
        delay = self._measured()
        self._clear()
        return None if delay is None else self._follow(delay)

    def _clear(self) -> None:
        self._played.fill(0.0)
        self._heard.fill(0.0)
        self._filled = 0

    def _follow(self, delay: float) -> float:
        """What a new measurement says: the sudden change, and the drift in `drift_ppm`."""
        self._enough = _COMPARED
        known, self._known = self._known, delay
        before, self._before = self._before, delay
        elapsed, self._elapsed = self._elapsed, 0
        if before is None:
            return 0.0 if known is None else delay - known
        if abs(delay - before) > 2e-6 * _MOST_PPM * elapsed + 1.0:
            self._slopes.clear()
            return delay - before
        self._slopes.append((delay - before) / elapsed * 1e6)
        if len(self._slopes) >= _SLOPES:
            drift_ppm = self.drift_ppm + float(np.median(self._slopes))
            self.drift_ppm = float(np.clip(drift_ppm, -_MOST_PPM, _MOST_PPM))
            self._slopes.clear()
        return 0.0

    def _measured(self) -> float | None:
        """The delay of the echo in samples; None if there is none to be seen."""
        size = 2 * _COMPARED
        product = np.conj(np.fft.rfft(self._played, size)) * np.fft.rfft(self._heard, size)
        product *= self._band / np.maximum(np.abs(product), 1e-12) ** _WHITENING
        alike = np.fft.irfft(product)[: _COMPARED // 2]
        best = int(np.argmax(alike))
        if not 0 < best < len(alike) - 1 or alike[best] < _CLEAR * np.sqrt(np.mean(alike**2)):
            return None
        left, middle, right = alike[best - 1 : best + 2]
        return float(best + 0.5 * (left - right) / (left - 2 * middle + right))


def moved(response: Reals, by: float) -> Reals:
    """A response that comes later by so many samples, also by parts of one."""
    count = len(response)
    size = 2 * count
    turns = np.exp(-2j * np.pi * np.fft.rfftfreq(size) * by)
    later: Reals = np.fft.irfft(np.fft.rfft(response, size) * turns)[:count].astype(np.float32)
    return later
