"""The level meter: how loud it is, 25 times a second, and only when that changes."""

from __future__ import annotations

import math

import numpy as np

from audio.messages import Level
from audio.pcm import FLOOR_DBFS, Samples

INTERVAL_S = 0.04
_NOTICEABLE_DB = 1.5
_QUIET_DBFS = -70.0
_FULL_SCALE_SQUARED = 32768.0**2


class Meter:
    """Gathers samples, and gives their common level."""

    def __init__(self) -> None:
        self._sum = 0.0
        self._count = 0

    def add(self, samples: Samples) -> None:
        """Note some more samples."""
        as_float = samples.astype(np.float32)
        self._sum += float(np.dot(as_float, as_float))
        self._count += len(samples)

    def take_dbfs(self) -> float:
        """Level of all that came since the last call; what nobody could hear is -90."""
        mean_square = self._sum / max(1, self._count) / _FULL_SCALE_SQUARED
        self._sum = 0.0
        self._count = 0
        level = 10.0 * math.log10(mean_square + 1e-12)
        return FLOOR_DBFS if level < _QUIET_DBFS else round(level, 1)


class LevelReport:
    """Both meters, and when the app should hear of them."""

    def __init__(self) -> None:
        self.input = Meter()
        self.output = Meter()
        self._sent = Level(FLOOR_DBFS, FLOOR_DBFS)
        self._next_s = 0.0

    def poll(self, now_s: float) -> Level | None:
        """A Level, if it is time for one and it differs noticeably from the last."""
        if now_s < self._next_s:
            return None
        self._next_s = max(self._next_s + INTERVAL_S, now_s)
        return self._changed(Level(self.input.take_dbfs(), self.output.take_dbfs()))

    def silence(self) -> Level | None:
        """The last Level, for when nothing is open any more."""
        return self._changed(Level(FLOOR_DBFS, FLOOR_DBFS))

    def _changed(self, level: Level) -> Level | None:
        far = max(
            abs(level.input_dbfs - self._sent.input_dbfs),
            abs(level.output_dbfs - self._sent.output_dbfs),
        )
        if far < _NOTICEABLE_DB:
            return None
        self._sent = level
        return level
