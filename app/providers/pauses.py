"""Where a sound that still grows may be cut without harm to a word. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from audio.pcm import FLOOR_DBFS, Samples, level_dbfs, samples_for_ms

_FRAME_MS = 20
_REMEMBERED_FRAMES = 500
_THRESHOLD_FRAMES = 25
_LEAST_LOUD_FRAMES = 5
_FLOOR_PERCENTILE = 10
_ABOVE_FLOOR_DB = 8.0
_SPEECH_PERCENTILE = 90
_BELOW_SPEECH_DB = 14.0
_ALWAYS_QUIET_DBFS = -60.0


@dataclass(frozen=True, slots=True)
class Cutting:
    """Cut in a pause of `pause_ms` once a part lasts `least_s`.

    From `most_s` on a gap of `gap_ms` will do, and at `longest_s` no pause is waited for.
    """

    least_s: float
    most_s: float
    longest_s: float
    pause_ms: int = 400
    gap_ms: int = 120


class PauseFinder:
    """Takes a sound in pieces of any length and tells where a part of it should end.

    Silence alone is no part: it is left to the next one. Quiet is what is hardly louder than the
    quietest tenth of the last ten seconds, or far below their loudest tenth.
    """

    def __init__(self, rate_hz: int, cutting: Cutting) -> None:
        self._cutting = cutting
        self._frame = max(1, samples_for_ms(rate_hz, _FRAME_MS))
        self._rest: Samples = np.zeros(0, dtype=np.int16)
        self._levels: deque[float] = deque(maxlen=_REMEMBERED_FRAMES)
        self._frames = self._part_frames = self._quiet_frames = self._loud_frames = 0
        self._quiet_below = FLOOR_DBFS

    def feed(self, samples: Samples) -> list[int]:
        """Take more; the positions, in samples from the beginning, at which parts end."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) // self._frame * self._frame
        self._rest = sound[whole:]
        levels = (level_dbfs(frame) for frame in sound[:whole].reshape(-1, self._frame))
        return [self._frames * self._frame for level in levels if self._take(level)]

    def _take(self, level: float) -> bool:
        self._levels.append(level)
        self._frames += 1
        self._part_frames += 1
        if level <= self._threshold():
            self._quiet_frames += 1
        else:
            self._quiet_frames, self._loud_frames = 0, self._loud_frames + 1
        if not self._is_cut():
            return False
        self._part_frames = self._quiet_frames = self._loud_frames = 0
        return True

    def _is_cut(self) -> bool:
        lasts_s = self._part_frames * _FRAME_MS / 1000
        quiet_ms = self._quiet_frames * _FRAME_MS
        cutting = self._cutting
        if lasts_s < cutting.least_s:
            return False
        wanted_ms = cutting.pause_ms if lasts_s < cutting.most_s else cutting.gap_ms
        pauses = quiet_ms >= wanted_ms and self._loud_frames >= _LEAST_LOUD_FRAMES
        return pauses or lasts_s >= cutting.longest_s

    def _threshold(self) -> float:
        """Looked at twice a second: what is quiet changes slowly, and percentiles take time."""
        if self._frames % _THRESHOLD_FRAMES == 1:
            low, high = np.percentile(self._levels, (_FLOOR_PERCENTILE, _SPEECH_PERCENTILE))
            quiet = min(low + _ABOVE_FLOOR_DB, high - _BELOW_SPEECH_DB)
            self._quiet_below = max(_ALWAYS_QUIET_DBFS, float(quiet))
        return self._quiet_below
