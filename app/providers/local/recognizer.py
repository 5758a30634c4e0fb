"""The built-in recognizer: a Transcriber over a worker process. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable

from app.errors import AppError, Code
from app.providers.base import Hints, OnPartial, Transcript
from app.providers.local.environment import child_environment
from app.providers.local.worker_frames import ANSWER, EXPECTATIONS, REQUEST
from audio.killing import kill
from audio.pcm import Clip, level_dbfs
from audio.resample import resample

RATE_HZ = 16_000
LANGUAGE = "en"
START_S = 30.0
LEAST_MS = 100
LEAST_DBFS = -65.0
"""Less is silence, in which the language model would hear words of its own."""

TRIES = 2
Ask = Callable[[int, bytes], Awaitable[str]]
"""The worker's answer to a kind of request and 16 kHz PCM."""

WORKER = "app.providers.local.recognizer_worker"

_log = logging.getLogger(__name__)


class WorkerGone(Exception):
    """The worker's pipe ended."""


class SphinxTranscriber:
    """Starts its worker at the first need, and anew when it dies."""

    label = "built in"

    def __init__(self) -> None:
        self._worker: asyncio.subprocess.Process | None = None
        self._one_at_a_time = asyncio.Lock()
        self._answering: set[asyncio.Task[str]] = set()

    async def warm(self) -> None:
        """Start the worker and wait until its model is loaded."""
        async with self._one_at_a_time:
            try:
                await self._ready()
            except (OSError, WorkerGone, TimeoutError) as error:
                _log.warning("the recognizer did not start: %s", error)

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        """The words in `clip`. Raises AppError; a language other than English is one."""
        if hints.language != LANGUAGE:
            raise AppError(Code.LANGUAGE_NOT_BUILT_IN, hints.language)
        if clip.duration_ms < LEAST_MS or level_dbfs(clip.samples()) < LEAST_DBFS:
            return Transcript("", self.label)
        pcm = (await asyncio.to_thread(resample, clip, RATE_HZ)).data
        kind = EXPECTATIONS.index(hints.expect)
        answering = asyncio.create_task(self._answer_to(kind, pcm), name="recognize")
        self._answering.add(answering)
        answering.add_done_callback(self._answered)
        # Who asked may lose interest; a worker that was left in the middle would have to be
        # started anew, which takes longer than to let it finish.
        return Transcript(await asyncio.shield(answering), self.label)

    @contextlib.asynccontextmanager
    async def worker(self) -> AsyncGenerator[Ask, None]:
        """The worker for one take that goes on; what is left in the middle ends with it.

        Raises OSError, WorkerGone or TimeoutError, as what it gives does.
        """
        async with self._one_at_a_time:
            await self._ready()
            done = False
            try:
                yield self._exchange
                done = True
            finally:
                if not done:
                    await self._end()

    async def aclose(self) -> None:
        """End the worker."""
        for answering in self._answering:
            answering.cancel()
        if self._answering:
            await asyncio.wait(self._answering)
        await self._end()

    def _answered(self, answering: asyncio.Task[str]) -> None:
        self._answering.discard(answering)
        if not answering.cancelled():
            answering.exception()  # Who asked may have gone; asyncio shall not complain of that.

    async def _answer_to(self, kind: int, pcm: bytes) -> str:
        async with self._one_at_a_time:
            for _ in range(TRIES):
                try:
                    return await self._ask(kind, pcm)
                except (OSError, WorkerGone, TimeoutError) as error:
                    _log.warning("the recognizer's process is gone: %s", error)
        raise AppError(Code.RECOGNIZER_FAILED)

    async def _exchange(self, kind: int, pcm: bytes) -> str:
        worker = await self._ready()
        assert worker.stdin is not None
        worker.stdin.write(REQUEST.pack(kind, len(pcm)) + pcm)
        await worker.stdin.drain()
        return await _answer(worker)

    async def _ask(self, kind: int, pcm: bytes) -> str:
        done = False
        try:
            answer = await self._exchange(kind, pcm)
            done = True
        finally:
            if not done:
                # A worker that was left in the middle would answer the next question with this one.
                await self._end()
        return answer

    async def _ready(self) -> asyncio.subprocess.Process:
        if self._worker is None:
            self._worker = await asyncio.create_subprocess_exec(
                sys.executable, "-m", WORKER,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env=child_environment(),
            )  # fmt: skip
            loaded = False
            try:
                async with asyncio.timeout(START_S):
                    await _answer(self._worker)
                loaded = True
            finally:
                if not loaded:
                    await self._end()
        return self._worker

    async def _end(self) -> None:
        worker, self._worker = self._worker, None
        if worker is not None:
            kill(worker)
            await worker.wait()


async def _answer(worker: asyncio.subprocess.Process) -> str:
    assert worker.stdout is not None
    try:
        (length,) = ANSWER.unpack(await worker.stdout.readexactly(ANSWER.size))
        return (await worker.stdout.readexactly(length)).decode()
    except asyncio.IncompleteReadError as error:
        raise WorkerGone("it ended") from error
