"""The sound of one dictation, from its first piece to its recording in the history. Core loop."""

from __future__ import annotations

import asyncio

from app.providers.kept_sound import KeptSound, ReadTake
from audio.messages import SPEECH_RATE_HZ


class DictationSound:
    """What the microphone gave so far, and how it ended.

    Only its last minute is in memory: the rest is read again from the engine's recording.
    """

    def __init__(self, read_again: ReadTake) -> None:
        self.kept = KeptSound(SPEECH_RATE_HZ, read_again)
        self.ended = asyncio.Event()
        self.duration_ms = 0
        self.voiced_ms = 0

    def feed(self, pcm: bytes) -> None:
        """More of it."""
        self.kept.feed(pcm)

    def end(self, duration_ms: int, voiced_ms: int) -> None:
        """There is no more."""
        self.duration_ms, self.voiced_ms = duration_ms, voiced_ms
        self.ended.set()

    def end_early(self) -> None:
        """Nobody says how it ended: all of it may hold words."""
        length_ms = round(self.kept.duration_s * 1000)
        self.end(length_ms, length_ms)
