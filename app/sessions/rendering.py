"""One piece of a reply on its way to become sound, ahead of its turn to be played."""

from __future__ import annotations

import asyncio
import contextlib
import logging

from app.conversation.sentences import Piece
from app.errors import AppError
from app.providers.base import Speech
from audio.pcm import SAMPLE_BYTES, Clip

_CLIPS_AHEAD = 128
_MS_PER_CHARACTER = 60
"""Length of a piece that is still being synthesised, until it is known."""

_log = logging.getLogger(__name__)


class Rendering:
    """Core thread. Synthesis begins at once; `aclose` ends it.

    `begun` is set at the first sound, or at the end where there is none.
    """

    def __init__(self, speech: Speech, piece: Piece) -> None:
        self.piece = piece
        self.begun = asyncio.Event()
        self._speech = speech
        self._received_ms = 0.0
        self._room = asyncio.Semaphore(_CLIPS_AHEAD)
        self._clips: asyncio.Queue[Clip | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name="render a piece")

    async def next(self) -> Clip | None:
        """The next clip, or None after the last one. Raises AppError after what came before it."""
        clip = await self._clips.get()
        if clip is None:
            await self._task
        else:
            self._room.release()
        return clip

    def length_ms(self) -> float:
        """How long the piece lasts: as far as it is known, or else as long as is likely."""
        if self._task.done():
            return self._received_ms
        return max(self._received_ms, self.likely_ms)

    @property
    def likely_ms(self) -> float:
        """How long it takes to say such a text."""
        return _MS_PER_CHARACTER * len(self.piece.text)

    async def aclose(self) -> None:
        """End the synthesis, whatever is left of it."""
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled() and (error := self._task.exception()) is not None:
            level = logging.DEBUG if isinstance(error, AppError) else logging.ERROR
            _log.log(level, "a piece of speech failed", exc_info=error)

    async def _run(self) -> None:
        try:
            async with contextlib.aclosing(self._speech.speak(self.piece.text)) as clips:
                async for clip in clips:
                    await self._room.acquire()
                    self._received_ms += len(clip.data) * 1000 / SAMPLE_BYTES / clip.rate_hz
                    self._clips.put_nowait(clip)
                    self.begun.set()
        finally:
            self._clips.put_nowait(None)
            self.begun.set()
