"""Takes on their way from sound to text. A recording leaves the disk only here.

Sound of a take is held in memory while it is spoken and is in the engine's journal at the same
time; the journal's folder is removed once the text is safe, and kept otherwise.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path

from app.errors import AppError, Code
from audio import journal
from audio.messages import SPEECH_RATE_HZ
from audio.pcm import Clip

_FAILED = journal.TakeState.FAILED
_log = logging.getLogger(__name__)


class TakeShelf:
    """Core thread; the disk is touched in the default executor."""

    def __init__(self, journal_root: Path) -> None:
        self._root = journal_root
        self._sound: dict[str, bytearray] = {}
        self._rest: dict[str, tuple[str, ...]] = {}

    def begin(self, take_id: str) -> None:
        """A take starts."""
        self._sound[take_id] = bytearray()

    def append(self, take_id: str, data: bytes) -> None:
        """More of it; sound of a take that is over is ignored."""
        if (sound := self._sound.get(take_id)) is not None:
            sound += data

    def clip(self, take_id: str) -> Clip:
        """All of the take so far, 16 kHz."""
        return Clip(SPEECH_RATE_HZ, bytes(self._sound.get(take_id, b"")))

    def join(self, take_id: str, later_id: str) -> None:
        """Both are one utterance: what becomes of the first becomes of the later one, too."""
        self._rest[take_id] = (*self._rest.get(take_id, ()), later_id)

    async def done(self, take_id: str) -> None:
        """Its text is safe, or it held no words: the recording goes."""
        for part in (take_id, *self._rest.pop(take_id, ())):
            self._sound.pop(part, None)
            await self._on_disk(journal.remove, part, self._root / part)

    async def keep(self, take_id: str) -> bool:
        """It could not be turned into text: the recording stays; False when it is not on disk."""
        are_marked = []
        for part in (take_id, *self._rest.get(take_id, ())):
            self._sound.pop(part, None)
            folder = self._root / part
            are_marked.append(await self._on_disk(journal.mark, part, folder, _FAILED))
        return all(are_marked)

    def forget(self, take_id: str) -> None:
        """Its sound in memory goes; the journal's folder stays."""
        self._sound.pop(take_id, None)

    async def kept(self) -> tuple[journal.Take, ...]:
        """Takes that no running Sayso is recording and that never became text, oldest first."""
        return await asyncio.to_thread(journal.unfinished, self._root)

    async def sound(self, take_id: str) -> Clip:
        """The sound of a kept take, as far as it reached the disk. Raises OSError."""
        parts = (take_id, *self._rest.get(take_id, ()))
        clips = [await asyncio.to_thread(journal.read, self._root / part) for part in parts]
        return Clip(clips[0].rate_hz, b"".join(clip.data for clip in clips))

    async def read(self, take_id: str, begin: int, end: int) -> bytes:
        """PCM of a take that is being recorded. Raises AppError(TAKE_UNREADABLE)."""
        try:
            return await asyncio.to_thread(journal.read_part, self._root / take_id, begin, end)
        except OSError as error:
            raise AppError(Code.TAKE_UNREADABLE, str(error)) from error

    async def load(self, take: journal.Take) -> Clip:
        """The sound of a kept take, as far as it reached the disk."""
        return await asyncio.to_thread(journal.read, take.path)

    async def _on_disk(
        self, action: Callable[..., object], take_id: str, *arguments: object
    ) -> bool:
        """Do it where there is a recording; whether that worked."""
        if not await asyncio.to_thread((self._root / take_id).is_dir):
            return False
        try:
            await asyncio.to_thread(action, *arguments)
        except OSError as error:
            _log.warning("take %s: the journal refused: %s", take_id, error)
            return False
        return True
