"""The built-in recognizer while somebody speaks: a LiveTranscriber over the same worker process.

A take has the worker for itself until it ends. Core thread.
"""

from __future__ import annotations

import asyncio
import logging

from app.errors import AppError, Code
from app.providers.base import Expect, Hints, OnLivePartial, Partial, Transcript
from app.providers.kept_sound import KeptSound
from app.providers.local.recognizer import (
    LANGUAGE,
    LEAST_MS,
    RATE_HZ,
    SphinxTranscriber,
    WorkerGone,
)
from app.providers.local.worker_frames import SURE_UP_TO_HERE, Live
from audio.pcm import SAMPLE_BYTES, Clip, samples_for_ms
from audio.resample import Resampler

_LONGEST_STEP_MS = 500
_SHORTEST_STEP_MS = 100

_log = logging.getLogger(__name__)


class SphinxLiveTranscriber:
    """Uses the worker of a SphinxTranscriber, which belongs to the caller."""

    def __init__(self, transcriber: SphinxTranscriber) -> None:
        self._transcriber = transcriber
        self._following: set[asyncio.Task[str]] = set()

    @property
    def label(self) -> str:
        """That of the recognizer."""
        return self._transcriber.label

    async def warm(self) -> None:
        """Start the worker and load its model."""
        await self._transcriber.warm()

    async def follow(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None = None
    ) -> Transcript:
        """The words of `sound`. Raises AppError; a language other than English is one."""
        if hints.language != LANGUAGE:
            raise AppError(Code.LANGUAGE_NOT_BUILT_IN, hints.language)
        if not await sound.beyond(samples_for_ms(sound.rate_hz, LEAST_MS) * SAMPLE_BYTES - 1):
            return Transcript("", self.label)
        take = _Take(self._transcriber, sound, on_partial)
        following = asyncio.create_task(take.run(), name="recognize while speaking")
        self._following.add(following)
        following.add_done_callback(self._followed)
        try:
            # Who cancels does not wait until the worker is ready for the next take.
            return Transcript(await asyncio.shield(following), self.label)
        except asyncio.CancelledError:
            take.abandon()
            raise
        except (OSError, WorkerGone, TimeoutError) as error:
            _log.warning("the recognizer's process is gone: %s", error)
            await sound.until_ended()
            whole = Hints(hints.language, Expect.FREE_TEXT, hints.vocabulary)
            return await self._transcriber.transcribe(await sound.clip(), whole)

    async def aclose(self) -> None:
        """Leave what goes on; the worker is its transcriber's."""
        for following in self._following:
            following.cancel()
        if self._following:
            await asyncio.wait(self._following)

    def _followed(self, following: asyncio.Task[str]) -> None:
        self._following.discard(following)
        if not following.cancelled():
            following.exception()  # Who asked may have gone; asyncio shall not complain of that.


class _Take:
    """One take at the worker."""

    def __init__(
        self, transcriber: SphinxTranscriber, sound: KeptSound, on_partial: OnLivePartial | None
    ) -> None:
        self._transcriber = transcriber
        self._sound = sound
        self._on_partial = on_partial
        self._abandoned = asyncio.Event()

    def abandon(self) -> None:
        """Nobody wants the words any more."""
        self._on_partial = None
        self._abandoned.set()

    async def run(self) -> str:
        """The words. Raises OSError, WorkerGone or TimeoutError."""
        async with self._transcriber.worker() as ask:
            resampler = Resampler(self._sound.rate_hz, RATE_HZ)
            step = self._bytes(_LONGEST_STEP_MS)
            at = 0
            while await self._more(at):
                piece = Clip(self._sound.rate_hz, await self._sound.read(at, at + step))
                at += len(piece.data)
                pcm = resampler.process(piece.samples()).tobytes()
                self._tell(await ask(Live.HEAR, pcm))
            if self._abandoned.is_set():
                return await ask(Live.DROP, b"")
            rest = resampler.process(Clip(RATE_HZ, b"").samples(), last=True).tobytes()
            if rest:
                await ask(Live.HEAR, rest)
            return await ask(Live.FINISH, b"")

    async def _more(self, at: int) -> bool:
        """Wait for enough to be worth a step, or for the end; False when it is over."""
        enough = at + self._bytes(_SHORTEST_STEP_MS) - 1
        growing = asyncio.ensure_future(self._sound.beyond(enough))
        leaving = asyncio.ensure_future(self._abandoned.wait())
        try:
            await asyncio.wait((growing, leaving), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (growing, leaving):
                task.cancel()
            await asyncio.wait((growing, leaving))
        return not self._abandoned.is_set() and self._sound.length_bytes > at

    def _tell(self, answer: str) -> None:
        if self._on_partial is not None:
            sure, _, perhaps = answer.partition(SURE_UP_TO_HERE)
            if text := f"{sure} {perhaps}".strip():
                self._on_partial(Partial(text, len(sure)))

    def _bytes(self, duration_ms: int) -> int:
        return samples_for_ms(self._sound.rate_hz, duration_ms) * SAMPLE_BYTES
