"""Is it speech? A probability for each window of 32 ms at 16 kHz. Runs in the audio engine."""

from __future__ import annotations

import logging
import math
from typing import Protocol

import numpy as np

from audio.messages import SPEECH_RATE_HZ
from audio.pcm import Samples, level_dbfs
from audio.silero import SileroDetector

_log = logging.getLogger(__name__)

WINDOW_SAMPLES = SileroDetector.window_samples
WINDOW_MS = WINDOW_SAMPLES * 1000 // SPEECH_RATE_HZ


class SpeechDetector(Protocol):
    """Gives consecutive windows of 16 kHz sound the probability that they are speech."""

    window_samples: int
    label: str

    def probability(self, window: Samples) -> float:
        """From 0 to 1, for the `window_samples` that follow the previous ones."""
        ...

    def reset(self) -> None:
        """What comes next is an unrelated sound."""
        ...


class NoiseFloor:
    """The level of the room when nobody speaks, as it was lately."""

    _LOWEST_DBFS = -75.0
    _FALL = 0.2

    def __init__(self) -> None:
        self.dbfs: float | None = None

    def follow(self, level: float, rise_db: float) -> None:
        """Come closer to `level`: quickly downward, by at most `rise_db` upward."""
        level = max(level, self._LOWEST_DBFS)
        if self.dbfs is None:
            self.dbfs = level
        elif level < self.dbfs:
            self.dbfs += self._FALL * (level - self.dbfs)
        else:
            self.dbfs = min(level, self.dbfs + rise_db)

    def excess_db(self, level: float) -> float:
        """How far `level` stands out; infinite while the floor is unknown."""
        return math.inf if self.dbfs is None else level - self.dbfs


class GatedDetector:
    """An energy gate that keeps the model asleep while the room is quiet.

    The gate opens on the slightest rise over the noise floor, and stays open until model and level
    have both been quiet for a second. The last half second is kept and goes through the model when
    the gate opens, so that its recurrent state is that of a model which never slept (after a
    short sleep exactly, after a long one from a fresh start).
    """

    _MARGIN_DB = 2.0
    _QUIET_PROBABILITY = 0.1
    _HOLD_WINDOWS = 32
    _KEPT_WINDOWS = 16
    _RISE_ASLEEP_DB = 0.03
    _RISE_AWAKE_DB = 0.2

    def __init__(self, detector: SpeechDetector) -> None:
        self.window_samples = detector.window_samples
        self.label = detector.label
        self._detector = detector
        self._kept = np.zeros((self._KEPT_WINDOWS, self.window_samples), dtype=np.int16)
        self._floor = NoiseFloor()
        self._skipped = 0
        self._hold = self._HOLD_WINDOWS

    @property
    def is_awake(self) -> bool:
        """Whether the model runs."""
        return self._hold > 0

    def probability(self, window: Samples) -> float:
        """See SpeechDetector. 0 while the gate is shut."""
        level = level_dbfs(window)
        loud = self._floor.excess_db(level) >= self._MARGIN_DB
        if not self.is_awake and not loud:
            self._floor.follow(level, self._RISE_ASLEEP_DB)
            self._kept[self._skipped % self._KEPT_WINDOWS] = window
            self._skipped += 1
            return 0.0
        if self._skipped:
            self._catch_up()
        probability = self._detector.probability(window)
        voiced = probability >= self._QUIET_PROBABILITY
        self._floor.follow(level, 0.0 if voiced else self._RISE_AWAKE_DB)
        self._hold = self._HOLD_WINDOWS if voiced or loud else self._hold - 1
        return probability

    def reset(self) -> None:
        """See SpeechDetector."""
        self._detector.reset()
        self._floor = NoiseFloor()
        self._skipped = 0
        self._hold = self._HOLD_WINDOWS

    def _catch_up(self) -> None:
        first = max(0, self._skipped - self._KEPT_WINDOWS)
        if first:
            self._detector.reset()
        for index in range(first, self._skipped):
            self._detector.probability(self._kept[index % self._KEPT_WINDOWS])
        self._skipped = 0


class EnergyDetector:
    """Takes for speech what stands out of the noise. Only for where no model loads."""

    window_samples = WINDOW_SAMPLES
    label = "energy"

    _HIGHEST_START_DBFS = -30.0
    _RISE_DB = 0.05
    _MIDDLE_DB = 10.0
    _SLOPE_DB = 1.5

    def __init__(self) -> None:
        self._floor = NoiseFloor()

    def probability(self, window: Samples) -> float:
        """See SpeechDetector."""
        level = level_dbfs(window)
        if self._floor.dbfs is None:
            self._floor.follow(min(level, self._HIGHEST_START_DBFS), 0.0)
        self._floor.follow(level, self._RISE_DB)
        excess = self._floor.excess_db(level) - self._MIDDLE_DB
        return 1.0 / (1.0 + math.exp(-excess / self._SLOPE_DB))

    def reset(self) -> None:
        """See SpeechDetector."""
        self._floor = NoiseFloor()


def create_detector() -> SpeechDetector:
    """Silero behind an energy gate, or energy alone where Silero does not load."""
    try:
        return GatedDetector(SileroDetector())
    except (OSError, RuntimeError) as error:
        _log.warning("voice detection by energy alone: %s", error)
        return EnergyDetector()
