"""Does the microphone hear the speaker at all? Plain arithmetic: no clock, no device.

With headphones there is no echo, and a canceller that looks for one takes away the person's voice.
"""

from __future__ import annotations

import enum
from collections import deque

import numpy as np

from audio.messages import SPEECH_RATE_HZ
from audio.pcm import FLOOR_DBFS, Samples
from audio.vad import NoiseFloor

BLOCK_MS = 10

_LONGEST_DELAY_BLOCKS = 40
_BURST_BLOCKS = 10
_EVIDENCE_BLOCKS = 20
_LOUD_DBFS = -45.0
_LOUD_BELOW_PEAK_DB = 10.0
_LOUDER_DB = 6.0
_PEAK_FALL_DB = 0.02
_SILENT_DBFS = -75.0
_MARGIN_DB = 6.0
_FLOOR_RISE_DB_PER_MS = 0.001

_FAR_SAMPLES = SPEECH_RATE_HZ * 800 // 1000
_NEAR_SAMPLES = 4096
_SIZE = 1 << (_FAR_SAMPLES + _NEAR_SAMPLES).bit_length()
_LOWEST_HZ = 300
_HIGHEST_HZ = 4000
_WHITENING = 0.85
_VERY_ALIKE = 14.0
_ALIKE = 9.5
_PERHAPS_ALIKE = 8.0
_LEAST_SHARE = 1e-3
_LEAST_BAND = 0.2
_TAPER_SAMPLES = SPEECH_RATE_HZ * 20 // 1000


class Coupling:
    """Looks for an echo, and believes in one until there is evidence of none.

    The evidence is a microphone that stays at the noise of the room for as long as an echo could
    take, though the speaker was loud before. A voice near the microphone proves nothing. What was
    found holds until `forget`, or until the speaker gets much louder than it was then.
    """

    def __init__(self) -> None:
        blocks = _LONGEST_DELAY_BLOCKS + _BURST_BLOCKS
        self._played: deque[float] = deque(maxlen=blocks)
        self._heard: deque[float] = deque(maxlen=blocks)
        self._floor = NoiseFloor()
        self._waiting_dbfs = FLOOR_DBFS
        self._peak_dbfs = FLOOR_DBFS
        self._proven_dbfs = FLOOR_DBFS
        self._evidence = 0
        self._is_doubted = False

    @property
    def has_echo(self) -> bool:
        """Whether the microphone may hear the speaker."""
        return self._evidence < _EVIDENCE_BLOCKS

    @property
    def noise_dbfs(self) -> float:
        """The level of the room."""
        return _SILENT_DBFS if self._floor.dbfs is None else self._floor.dbfs

    def forget(self) -> None:
        """There may be an echo again."""
        self._evidence = 0
        self._proven_dbfs = FLOOR_DBFS
        self._is_doubted = False

    def doubt(self) -> None:
        """Look anew when the speaker begins to play the next time."""
        self._is_doubted = True

    def rest(self, level_dbfs: float, duration_ms: float) -> None:
        """Note what the microphone hears while nothing plays: the noise of the room."""
        self._floor.follow(level_dbfs, _FLOOR_RISE_DB_PER_MS * duration_ms)
        self._played.clear()
        self._heard.clear()
        self._waiting_dbfs = FLOOR_DBFS

    def far(self, level_dbfs: float) -> None:
        """Note the level of a block that is played."""
        self._waiting_dbfs = max(self._waiting_dbfs, level_dbfs)

    def near(self, level_dbfs: float) -> None:
        """Note the level of the block that was heard meanwhile, before anything is taken out."""
        played_dbfs, self._waiting_dbfs = self._waiting_dbfs, FLOOR_DBFS
        if played_dbfs >= _LOUD_DBFS:
            self._begin_to_play(played_dbfs)
        self._played.append(played_dbfs)
        self._heard.append(level_dbfs)
        if self._floor.dbfs is None:
            self._floor.follow(_SILENT_DBFS, 0.0)
        self._floor.follow(level_dbfs, 0.0)
        if len(self._played) == self._played.maxlen:
            self._judge()

    def _begin_to_play(self, level_dbfs: float) -> None:
        is_new = max(self._played, default=FLOOR_DBFS) < _LOUD_DBFS
        is_louder = not self.has_echo and level_dbfs > self._proven_dbfs + _LOUDER_DB
        if is_louder or (self._is_doubted and is_new):
            self.forget()
        self._peak_dbfs = max(level_dbfs, self._peak_dbfs - _PEAK_FALL_DB)

    def _judge(self) -> None:
        burst_dbfs = max(
            level for level, _ in zip(self._played, range(_BURST_BLOCKS), strict=False)
        )
        if burst_dbfs < max(_LOUD_DBFS, self._peak_dbfs - _LOUD_BELOW_PEAK_DB):
            return
        if self._floor.excess_db(max(self._heard)) <= _MARGIN_DB:
            self._evidence = min(_EVIDENCE_BLOCKS, self._evidence + 1)
            self._proven_dbfs = max(self._proven_dbfs, burst_dbfs)
        elif self.has_echo:
            self.forget()


class Verdict(enum.Enum):
    """What a comparison tells; UNCLEAR where there is nothing to be compared for a moment."""

    NONE = enum.auto()
    UNCLEAR = enum.auto()
    PERHAPS = enum.auto()
    ECHO = enum.auto()


class Likeness:
    """Compares what is heard with what was played just before."""

    def __init__(self) -> None:
        self._played = np.zeros(_FAR_SAMPLES, dtype=np.int16)
        self._heard = np.zeros(_NEAR_SAMPLES, dtype=np.int16)
        hertz = np.fft.rfftfreq(_SIZE, 1 / SPEECH_RATE_HZ)
        edge = np.hanning(2 * _TAPER_SAMPLES)
        self._taper = np.ones(_FAR_SAMPLES)
        self._taper[:_TAPER_SAMPLES] = edge[:_TAPER_SAMPLES]
        self._taper[-_TAPER_SAMPLES:] = edge[_TAPER_SAMPLES:]
        self._band = (hertz >= _LOWEST_HZ) & (hertz <= _HIGHEST_HZ)

    def far(self, samples: Samples) -> None:
        """Note samples at 16 kHz that are played."""
        self._played = np.concatenate((self._played, samples))[-_FAR_SAMPLES:]

    def near(self, samples: Samples) -> None:
        """Note samples at 16 kHz that were heard meanwhile."""
        self._heard = np.concatenate((self._heard, samples))[-_NEAR_SAMPLES:]

    def verdict(self, *, early: bool = False) -> Verdict:
        """Whether the last quarter second heard repeats something of the last 0.8 s played.

        It needs 96 ms of sound: the first periods of a voice resemble anything. Before that
        (`early`) only what resembles it very much is an echo.
        """
        likeness = self._likeness()
        if early:
            return Verdict.ECHO if likeness > _VERY_ALIKE else Verdict.NONE
        if likeness > _ALIKE:
            return Verdict.ECHO
        return Verdict.PERHAPS if likeness > _PERHAPS_ALIKE else Verdict.NONE

    def _likeness(self) -> float:
        """How far the best match stands out: an echo mostly over 11, another voice below 8."""
        if not self._played.any() or not self._heard.any():
            return 0.0
        played = np.fft.rfft(self._played * self._taper, _SIZE)
        loudness = np.abs(played)
        # Where next to nothing was played, whitening would compare rounding errors.
        compared = self._band & (loudness > _LEAST_SHARE * loudness.max())
        # A tone is alike at every delay.
        if compared.sum() < _LEAST_BAND * self._band.sum():
            return 0.0
        product = np.fft.rfft(self._heard, _SIZE) * np.conj(played)
        product *= compared / np.maximum(np.abs(product), 1e-9) ** _WHITENING
        back = np.fft.irfft(product)[-(_FAR_SAMPLES - _NEAR_SAMPLES) :]
        return float(np.abs(back).max() / max(np.sqrt(np.mean(back**2)), 1e-12))
