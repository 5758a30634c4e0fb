"""The server's own detector of voices, and the utterances that it knows: pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SERVER_RATE_HZ = 24_000
FRAME_MS = 50
NUMBERS = 30
"""How many utterances are told apart; their numbers repeat after that."""

_WINDOW_MS = 20
_LOUD = 0.01
_ONSET_MS = 60
_STEP = 20
_PER_NUMBER = 1000


def utterance(number: int, rate_hz: int, duration_ms: int) -> bytes:
    """An utterance whose every frame of 50 ms says its number and its place.

    Levels that no resampling changes; numbers repeat after 30, at most 1.6 s are told apart.
    """
    frames = np.arange(rate_hz * duration_ms // 1000) // (rate_hz * FRAME_MS // 1000)
    levels = _PER_NUMBER * (number % NUMBERS + 1) + _STEP * frames
    return levels.astype("<i2").tobytes()


def frames_in(pcm: bytes) -> dict[int, set[int]]:
    """The utterances in a sound at 24 kHz: their number (from 0 to 29), and which frames of it."""
    levels = np.frombuffer(pcm, dtype="<i2").astype(np.int64)
    levels = levels[levels >= _PER_NUMBER - _STEP // 2] + _STEP // 2
    places = levels // _STEP
    found: dict[int, set[int]] = {}
    half = SERVER_RATE_HZ * FRAME_MS // 2000
    for place, count in zip(*np.unique(places, return_counts=True), strict=True):
        if count >= half:
            number, frame = divmod(int(place), _PER_NUMBER // _STEP)
            found.setdefault(number - 1, set()).add(frame)
    return found


@dataclass(frozen=True, slots=True)
class Turned:
    """The detector changed its mind: somebody speaks, or has stopped, at this place in ms."""

    on: bool
    at_ms: int


class Detector:
    """Voice by loudness, in windows of 20 ms."""

    def __init__(self, silence_ms: int) -> None:
        self.silence_ms = silence_ms
        self._rest = b""
        self._at_ms = 0
        self._voiced_ms = 0
        self._silent_ms = 0
        self._speaking = False

    def hear(self, pcm: bytes) -> list[Turned]:
        """More of the sound; what it means."""
        data = self._rest + pcm
        size = SERVER_RATE_HZ * _WINDOW_MS // 1000 * 2
        count = len(data) // size
        self._rest = data[count * size :]
        windows = np.frombuffer(data[: count * size], dtype="<i2").reshape(count, -1) / 32768
        return [turn for window in windows if (turn := self._window(float(np.std(window))))]

    def _window(self, loudness: float) -> Turned | None:
        self._at_ms += _WINDOW_MS
        if loudness >= _LOUD:
            self._voiced_ms, self._silent_ms = self._voiced_ms + _WINDOW_MS, 0
        else:
            self._silent_ms += _WINDOW_MS
            self._voiced_ms = self._voiced_ms if self._speaking else 0
        if not self._speaking and self._voiced_ms >= _ONSET_MS:
            self._speaking = True
            return Turned(True, self._at_ms)
        if self._speaking and self._silent_ms >= self.silence_ms:
            self._speaking, self._voiced_ms = False, 0
            return Turned(False, self._at_ms)
        return None
