"""The engine process as the core sees it: started, listened to, started again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.sessions.audio_port import AudioPort
from audio.client import EngineFailed, EngineGone
from audio.messages import Command, Event, Flush, Pcm, PlaybackFlushed

FLUSH_S = 0.5
RESTART_S = (0.0, 0.5, 2.0, 5.0)
"""Waits before each new start; the last one repeats."""

STEADY_S = 30.0
"""An engine that ran this long starts the waits anew."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class EngineUp:
    """The engine runs and is configured; it knows nothing of what was asked before."""


@dataclass(frozen=True, slots=True)
class EngineDown:
    """The engine is gone. `unexpected` unless a restart was asked for."""

    unexpected: bool
    detail: str


Delivery = Event | Pcm | EngineUp | EngineDown


class AudioLink:
    """Core thread. `run` is one task; what is sent while the engine is down is dropped."""

    def __init__(
        self, start: Callable[[], Awaitable[AudioPort]], deliver: Callable[[Delivery], None]
    ) -> None:
        self._start = start
        self._deliver = deliver
        self._port: AudioPort | None = None
        self._flushes: dict[str, asyncio.Future[int]] = {}
        self._restarting = False

    @property
    def up(self) -> bool:
        """Whether there is an engine to talk to."""
        return self._port is not None

    async def run(self) -> None:
        """Until cancelled; then the devices are released."""
        attempt = 0
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(RESTART_S[min(attempt, len(RESTART_S) - 1)])
            began = loop.time()
            detail = await self._run_once()
            expected, self._restarting = self._restarting, False
            steady = expected or loop.time() - began > STEADY_S
            attempt = 0 if steady else attempt + 1
            self._deliver(EngineDown(not expected, detail))

    async def _run_once(self) -> str:
        try:
            self._port = await self._start()
        except (EngineFailed, EngineGone, OSError) as error:
            _log.warning("the audio engine did not start: %s", error)
            return str(error)
        self._deliver(EngineUp())
        try:
            while True:
                self._on_event(await self._port.receive())
        except EngineGone as gone:
            return str(gone)
        finally:
            port, self._port = self._port, None
            for waiting in self._flushes.values():
                waiting.cancel()
            self._flushes.clear()
            await port.close()

    def _on_event(self, event: Event | Pcm) -> None:
        if isinstance(event, PlaybackFlushed):
            waiting = self._flushes.pop(event.stream_id, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(event.played_ms)
        else:
            self._deliver(event)

    async def send(self, message: Command) -> None:
        """Ask the engine for something."""
        if self._port is not None:
            with contextlib.suppress(EngineGone):
                await self._port.send(message)

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        """More sound for a stream; waits when the engine is far behind."""
        if self._port is not None:
            with contextlib.suppress(EngineGone):
                await self._port.send_pcm(stream_id, data)

    async def flush(self, stream_id: str) -> int | None:
        """Silence the stream; milliseconds that were heard, None when the engine cannot tell."""
        if self._port is None:
            return None
        waiting: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._flushes[stream_id] = waiting
        await self.send(Flush(stream_id))
        try:
            async with asyncio.timeout(FLUSH_S):
                return await waiting
        except TimeoutError:
            _log.warning("no answer to a flush within %s s", FLUSH_S)
            return None
        except asyncio.CancelledError:
            if waiting.cancelled() and not _being_cancelled():
                return None
            raise
        finally:
            self._flushes.pop(stream_id, None)

    async def restart(self) -> None:
        """Begin anew with what `start` makes of the settings now."""
        if self._port is not None:
            self._restarting = True
            await self._port.close()


def _being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
