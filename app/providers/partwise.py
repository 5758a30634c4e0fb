"""A take transcribed in parts that end at its pauses, while it goes on. Core loop.

How one part is transcribed is another's business: `TranscribePart` gets it while it grows.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncGenerator, Awaitable, Callable

from app.providers.base import OnLivePartial, OnPartial, Partial, Transcript
from app.providers.kept_sound import KeptSound
from app.providers.pauses import Cutting, PauseFinder
from audio.pcm import SAMPLE_BYTES, Clip, samples_for_ms

_STEP_MS = 100

Join = Callable[[list[str]], str]


class Part:
    """A part of a sound, from `begin` on, that grows until its end is known."""

    def __init__(self, sound: KeptSound, begin: int) -> None:
        self.begin = begin
        self.end = begin
        self.is_whole = False
        self._sound = sound
        self._changed = asyncio.Event()

    @property
    def rate_hz(self) -> int:
        """That of the sound."""
        return self._sound.rate_hz

    def grow(self, end: int, *, whole: bool = False) -> None:
        """It goes up to `end`, and no further if it is whole."""
        self.end, self.is_whole = end, whole
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def clip(self) -> Clip:
        """All of it, once it is whole. Raises AppError."""
        while not self.is_whole:
            await self._changed.wait()
        return await self._sound.clip(self.begin, self.end)

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """Its PCM, as it comes, from the beginning. Raises AppError."""
        at = self.begin
        most = samples_for_ms(self.rate_hz, 10 * _STEP_MS) * SAMPLE_BYTES
        while True:
            while at < self.end:
                piece = await self._sound.read(at, min(self.end, at + most))
                yield piece
                at += len(piece)
            if self.is_whole:
                return
            await self._changed.wait()


TranscribePart = Callable[[Part, OnPartial | None], Awaitable[Transcript]]
"""The words of one part, begun when the part begins. Raises AppError."""


class Partwise:
    """Follows one sound from `begin` on. Used once."""

    def __init__(
        self,
        sound: KeptSound,
        cutting: Cutting,
        transcribe: TranscribePart,
        join: Join,
        on_partial: OnLivePartial | None = None,
        begin: int = 0,
    ) -> None:
        self._sound = sound
        self._transcribe = transcribe
        self._join = join
        self._on_partial = on_partial
        self._begin = begin
        self._pauses = PauseFinder(sound.rate_hz, cutting)
        self._tasks: list[asyncio.Task[Transcript]] = []
        self._texts: list[str] = []
        self._sure: list[bool] = []

    async def run(self) -> list[Transcript]:
        """What was heard of each part, in their order. Raises AppError when one of them fails."""
        try:
            await self._cut()
            return [await task for task in self._tasks]
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.wait(self._tasks)

    async def _cut(self) -> None:
        """Begin a part at each pause, until the sound ends or a part fails."""
        sound, at = self._sound, self._begin
        step = samples_for_ms(sound.rate_hz, _STEP_MS) * SAMPLE_BYTES
        part: Part | None = None
        while await sound.beyond(at):
            part = part or self._new_part(at)
            piece = Clip(sound.rate_hz, await sound.read(at, at + step))
            at += len(piece.data)
            # A part is much longer than a step, so there is one cut in it at most.
            cuts = self._pauses.feed(piece.samples())
            if cuts:
                position = self._begin + cuts[0] * SAMPLE_BYTES
                part.grow(position, whole=True)
                part = self._new_part(position) if position < at else None
            if part is not None:
                part.grow(at)
            for task in self._tasks:
                if task.done():
                    task.result()
        if part is not None:
            part.grow(at, whole=True)

    def _new_part(self, begin: int) -> Part:
        part, number = Part(self._sound, begin), len(self._tasks)
        self._texts.append("")
        self._sure.append(False)
        task = asyncio.create_task(self._words(part, number), name="transcribe a part")
        self._tasks.append(task)
        return part

    async def _words(self, part: Part, number: int) -> Transcript:
        told = None if self._on_partial is None else functools.partial(self._tell, number)
        transcript = await self._transcribe(part, told)
        self._sure[number] = True
        if told is not None:
            told(transcript.text)
        return transcript

    def _tell(self, number: int, text: str) -> None:
        """A part says something; once it is sure, all that it will say."""
        assert self._on_partial is not None
        self._texts[number] = text
        sure = [*self._sure, False].index(False)
        stable = self._join(self._texts[:sure])
        self._on_partial(Partial(self._join(self._texts), len(stable)))
