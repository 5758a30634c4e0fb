"""A linear echo canceller: it takes less away than WebRTC's, but nothing of a person. Pure numpy.

WebRTC's canceller suppresses what is left of a loud echo, and a person who speaks over it, too.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from audio.drift import ClockBridge, DelayWatch, Reals, moved
from audio.pcm import Samples

_PARTITIONS = 40
_TRANSITION = 0.998
_FIRST_UNCERTAINTY = 0.1
_NEAR_SMOOTHING = 0.6
_LEAST_POWER = 1e-9
_CONSTRAINED = 8
_FULL_SCALE = 32768.0
_WATCHED_BLOCKS = 300
_ALIGNING_BLOCKS = 120
_LEAST_MOVE = 0.5
_KEPT = 0.9


_Spectra = npt.NDArray[np.complex64]


class EchoFilter:
    """A partitioned frequency-domain Kalman filter of 0.4 s, in blocks of `block_samples`.

    Give each block that is played to `far`, in its time, and each that is heard to `near`. Which
    belong together follows from their numbers: when the two clocks run apart by a block, what was
    learnt moves with it.
    """

    def __init__(self, block_samples: int) -> None:
        size, bins = block_samples, block_samples + 1
        self._size = size
        self._bridge = ClockBridge(size)
        self._delay = DelayWatch()
        self._coming: list[Samples] = []
        self._waiting: deque[Reals] = deque()
        self._least_waiting = _WATCHED_BLOCKS
        self._watched = 0
        self._last = np.zeros(size, np.float32)
        self._played: _Spectra = np.zeros((_PARTITIONS, bins), np.complex64)
        self._power: Reals = np.zeros((_PARTITIONS, bins), np.float32)
        self._weights: _Spectra = np.zeros((_PARTITIONS, bins), np.complex64)
        self._doubt: Reals = np.full((_PARTITIONS, bins), _FIRST_UNCERTAINTY, np.float32)
        self._near: Reals = np.full(bins, _LEAST_POWER, np.float32)
        self._turn = 0
        self._is_resting = True
        self._aligning_blocks = 0
        self.echo_power = 0.0
        self.left_power = 0.0
        self.expected_power = 0.0
        self._sums = np.zeros(3)
        self.likeness = 0.0

    def far(self, block: Samples) -> None:
        """Note a block that is played. It costs nothing until something is heard of it."""
        self._coming.append(block)

    def near(self, block: Samples, *, learns: bool = True) -> Samples:
        """The heard block without the echo, as far as it is known.

        While somebody may speak it must not learn: it would take the voice for another room.
        `echo_power` and `left_power` are those of what was taken out and of what is left of it,
        `expected_power` that of what would be left if only the echo were heard. `likeness` is the
        correlation of the two, lately: a voice has nothing to do with the echo, its rest may.
        """
        self._is_resting = False
        self._follow_clocks()
        heard = block.astype(np.float32) / _FULL_SCALE
        spectrum = np.einsum("pb,pb->b", self._weights, self._played)
        echo = np.fft.irfft(spectrum)[self._size :].astype(np.float32)
        left = heard - echo
        self.echo_power = float(np.dot(echo, echo)) / self._size
        self.left_power = float(np.dot(left, left)) / self._size
        expected = np.einsum("pb,pb->b", self._doubt, self._power)
        self.expected_power = float(expected.sum()) / self._size**2
        self._compare(echo, left)
        if learns and not self.is_aligning:
            self._learn(left, expected)
        self._follow_delay(heard)
        rounded: Samples = np.clip(np.rint(left * _FULL_SCALE), -32768, 32767).astype(np.int16)
        return rounded

    @property
    def is_aligning(self) -> bool:
        """Whether it looks for the delay anew: what it takes out meanwhile may be wrong."""
        return self._aligning_blocks > 0

    @property
    def drift_ppm(self) -> float:
        """How much faster the microphone's clock runs, as far as is known."""
        return self._delay.drift_ppm

    def rest(self) -> None:
        """Nothing is heard of what was played so far; the devices may begin anew after it."""
        self._coming.clear()
        if not self._is_resting:
            self._is_resting = True
            self._waiting.clear()
            self._delay.interrupt()
            self._aligning_blocks = _ALIGNING_BLOCKS if self._weights.any() else 0

    def unsettle(self) -> None:
        """What was learnt may be all wrong: learn it anew."""
        np.maximum(self._doubt, np.abs(self._weights) ** 2, out=self._doubt)

    def _compare(self, echo: Reals, left: Reals) -> None:
        self._sums *= _KEPT
        self._sums += (np.dot(echo, echo), np.dot(left, left), np.dot(echo, left))
        echoed, kept, common = self._sums
        self.likeness = float(abs(common) / np.sqrt(echoed * kept + _LEAST_POWER**2))

    def _follow_delay(self, heard: Reals) -> None:
        change = self._delay.feed(self._last, heard)
        self._bridge.drift_ppm = self._delay.drift_ppm
        if change is not None:
            self._aligning_blocks = 0
            if abs(change) >= _LEAST_MOVE:
                self._move(change)
        elif self._aligning_blocks > 0 and self._last.any():
            self._aligning_blocks -= 1
            if self._aligning_blocks == 0:
                self.unsettle()

    def _move(self, by: float) -> None:
        """What was learnt is still true, but earlier or later."""
        response = np.fft.irfft(self._weights, axis=1)[:, : self._size].astype(np.float32)
        blocks = moved(response.ravel(), by).reshape(_PARTITIONS, self._size)
        self._weights = np.fft.rfft(blocks, 2 * self._size, axis=1).astype(np.complex64)

    def _follow_clocks(self) -> None:
        """Take the played block that belongs to the one heard now."""
        for block in self._coming:
            self._waiting.extend(self._bridge.process(block.astype(np.float32) / _FULL_SCALE))
        self._coming.clear()
        if not self._waiting:
            self._shift(-1)
            self._watched, self._least_waiting = 0, _WATCHED_BLOCKS
            return
        self._push(self._waiting.popleft())
        self._least_waiting = min(self._least_waiting, len(self._waiting))
        self._watched += 1
        if self._watched >= _WATCHED_BLOCKS:
            if self._least_waiting > 1:
                self._push(self._waiting.popleft())
                self._shift(1)
            self._watched, self._least_waiting = 0, _WATCHED_BLOCKS

    def _push(self, block: Reals) -> None:
        both = np.concatenate((self._last, block))
        self._last = block
        self._played[1:] = self._played[:-1]
        self._power[1:] = self._power[:-1]
        self._played[0] = np.fft.rfft(both)
        self._power[0] = np.abs(self._played[0]) ** 2

    def _shift(self, by: int) -> None:
        """What was `by` blocks earlier or later until now."""
        for learnt, unknown in ((self._weights, 0.0), (self._doubt, _FIRST_UNCERTAINTY)):
            learnt[:] = np.roll(learnt, by, axis=0)
            learnt[0 if by > 0 else -1] = unknown
        self._delay.interrupt(by * self._size)

    def _learn(self, left: Reals, expected: Reals) -> None:
        error = np.fft.rfft(np.concatenate((np.zeros(self._size, np.float32), left)))
        error = error.astype(np.complex64)
        self._near *= _NEAR_SMOOTHING
        self._near += (1 - _NEAR_SMOOTHING) * np.abs(error) ** 2
        gain = self._doubt / (expected + 2 * self._near + _LEAST_POWER)
        self._weights += gain * np.conj(self._played) * error
        self._doubt *= _TRANSITION**2 * (1 - 0.5 * gain * self._power)
        self._doubt += (1 - _TRANSITION**2) * np.abs(self._weights) ** 2
        self._constrain()

    def _constrain(self) -> None:
        """Keep some of the partitions as long as a block is; all of them have their turn."""
        some = slice(self._turn, None, _CONSTRAINED)
        self._turn = (self._turn + 1) % _CONSTRAINED
        response = np.fft.irfft(self._weights[some], axis=1)
        response[:, self._size :] = 0.0
        self._weights[some] = np.fft.rfft(response, axis=1)
