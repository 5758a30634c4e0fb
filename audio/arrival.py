"""What is kept of sound before it means anything, and whether any comes. Pure."""

from __future__ import annotations

import enum

from audio.messages import SPEECH_RATE_HZ

_SILENT_MS = 1000


class Preroll:
    """The last moment of sound, for the take that may begin now."""

    def __init__(self, duration_ms: int) -> None:
        self._limit = SPEECH_RATE_HZ * duration_ms // 1000 * 2
        self._data = bytearray()

    def add(self, data: bytes) -> None:
        """Note what was heard, and forget what is too old."""
        self._data += data
        if len(self._data) > self._limit:
            del self._data[: len(self._data) - self._limit]

    def take(self) -> bytes:
        """All of it, once."""
        data = bytes(self._data)
        self._data.clear()
        return data


class Silence(enum.Enum):
    """What a second of digital silence, or sound after it, says about a microphone."""

    BLOCKED = "blocked"
    CLEARED = "cleared"


class SilenceWatch:
    """A system that blocks a microphone often gives zeros from it instead of an error."""

    def __init__(self) -> None:
        self._silent_ms = 0.0
        self._has_sound = False

    def feed(self, data: bytes, duration_ms: float) -> Silence | None:
        """News, if `data` brings any."""
        if self._has_sound:
            return None
        was_blocked = self._silent_ms >= _SILENT_MS
        if data.count(0) != len(data):
            self._has_sound = True
            return Silence.CLEARED if was_blocked else None
        self._silent_ms += duration_ms
        return Silence.BLOCKED if self._silent_ms >= _SILENT_MS and not was_blocked else None
