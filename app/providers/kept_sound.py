"""The sound of a take while it grows, kept until its words are known. Core loop."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from audio.pcm import SAMPLE_BYTES, Clip

ReadTake = Callable[[int, int], Awaitable[bytes]]
"""The take's PCM from one byte to another, from wherever it is recorded. Raises AppError."""

TAIL_S = 60


class KeptSound:
    """Grows by `feed` until `end`; anyone may read any part of it, as often as needed.

    With `read_again` only the last minute stays in memory, and older parts are read there;
    without it all of it does (115 MB for an hour at 16 kHz).
    """

    def __init__(self, rate_hz: int, read_again: ReadTake | None = None) -> None:
        self.rate_hz = rate_hz
        self.length_bytes = 0
        self.ended = False
        self._read_again = read_again
        self._lets_go = read_again is not None
        self._pieces: deque[bytes] = deque()
        self._tail_begins = 0
        self._tail_bytes = rate_hz * SAMPLE_BYTES * TAIL_S
        self._changed = asyncio.Event()

    @classmethod
    def of(cls, clip: Clip) -> KeptSound:
        """A sound that has ended."""
        sound = cls(clip.rate_hz)
        sound.feed(clip.data)
        sound.end()
        return sound

    @property
    def duration_s(self) -> float:
        """Length so far."""
        return self.length_bytes / SAMPLE_BYTES / self.rate_hz

    @property
    def held_bytes(self) -> int:
        """How much of it is in memory."""
        return self.length_bytes - self._tail_begins

    def feed(self, pcm: bytes) -> None:
        """Append whole samples. Never waits; what comes after the end is left out."""
        if self.ended or not pcm:
            return
        self._pieces.append(pcm)
        self.length_bytes += len(pcm)
        if self._lets_go:
            while self.held_bytes - len(self._pieces[0]) >= self._tail_bytes:
                self._tail_begins += len(self._pieces.popleft())
        self._tell()

    def hold_all(self) -> None:
        """Keep all that comes from now on: it is not recorded anywhere else any more."""
        self._lets_go = False

    def end(self) -> None:
        """Nothing more comes."""
        self.ended = True
        self._tell()

    async def beyond(self, at: int) -> bool:
        """Wait until there is more than `at` bytes; False when it ended before."""
        while self.length_bytes <= at:
            if self.ended:
                return False
            await self._changed.wait()
        return True

    async def until_ended(self) -> None:
        """Wait for the end."""
        while not self.ended:
            await self._changed.wait()

    async def read(self, begin: int, end: int) -> bytes:
        """From one byte to another, at most what there is. Raises AppError of `read_again`."""
        end = min(end, self.length_bytes)
        if begin >= end:
            return b""
        if begin >= self._tail_begins or self._read_again is None:
            return self._of_tail(begin, end)
        middle = min(end, self._tail_begins)
        older = await self._read_again(begin, middle)
        # Meanwhile the tail may have moved on.
        return older if middle == end else older + await self.read(middle, end)

    async def clip(self, begin: int = 0, end: int | None = None) -> Clip:
        """A part of it, or all that there is. Raises AppError of `read_again`."""
        return Clip(self.rate_hz, await self.read(begin, self.length_bytes if end is None else end))

    def _of_tail(self, begin: int, end: int) -> bytes:
        found, at = [], self.length_bytes
        for piece in reversed(self._pieces):
            at -= len(piece)
            if at < end:
                found.append(piece[max(0, begin - at) : end - at])
            if at <= begin:
                break
        return b"".join(reversed(found))

    def _tell(self) -> None:
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()
