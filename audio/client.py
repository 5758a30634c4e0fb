"""The app's end of the audio engine: starts the process, talks to it. Runs on the core thread."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import subprocess
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from typing import cast

from audio import launch, wire
from audio.launch import LaunchedEngine, engine_environment
from audio.messages import Command, Configure, EchoMode, Event, Pcm, Ready, Shutdown

_READY_TIMEOUT_S = 15.0
_SHUTDOWN_S = 3.0
_TERMINATE_S = 1.0
_PIECE_BYTES = 64_000
_NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)

_log = logging.getLogger(__name__)


class EngineFailed(Exception):
    """The engine could not be started. The text is for the log."""


class EngineGone(Exception):
    """The engine's process has ended with `returncode`; below zero it is the signal's number."""

    def __init__(self, returncode: int) -> None:
        self.returncode = returncode
        super().__init__(f"the audio engine ended with {returncode}")


class EngineClient:
    """One running engine. `close` it in any case, after EngineGone, too."""

    def __init__(self, process: Process | LaunchedEngine) -> None:
        self.ready = Ready(process.pid, EchoMode.OFF, "")
        self._process = process
        self._messages: asyncio.Queue[Event | Pcm | None] = asyncio.Queue()
        self._reading = asyncio.create_task(self._read(), name="engine messages")

    @classmethod
    async def start(
        cls,
        configure: Configure,
        *,
        environment: Mapping[str, str] | None = None,
        log: int | None = None,
    ) -> EngineClient:
        """Start an engine and wait until it is ready. Raises EngineFailed.

        Without an `environment` of its own it is the one that was launched early, unless that was
        told to work otherwise. Of the environment it gets what sound needs. `log` is a file
        descriptor for its messages; without one they go to this process's stderr.
        """
        launched = await launch.launched() if environment is None else None
        if launched is not None and launched.told not in (None, configure):
            await cls(launched).close()
            launched = None
        client = cls(launched or await _process(environment, log))
        is_told = launched is not None and launched.told is not None
        await client._get_ready(None if is_told else configure)
        return client

    async def _get_ready(self, configure: Configure | None) -> None:
        """`configure` is what it has not been told yet. Raises EngineFailed."""
        try:
            async with asyncio.timeout(_READY_TIMEOUT_S):
                if configure is not None:
                    await self.send(configure)
                self.ready = await self._receive_ready()
        except (EngineGone, EngineFailed, TimeoutError) as error:
            await self._end(0.0)
            raise EngineFailed(str(error) or "the audio engine does not answer") from error
        except asyncio.CancelledError:
            await self._end(0.0)
            raise

    async def send(self, message: Command) -> None:
        """Send a command. Raises EngineGone."""
        await self._write(wire.encode(message))

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        """Send PCM of a stream that `Play` has announced; waits while too much is on its way.

        Raises EngineGone.
        """
        for start in range(0, len(data), _PIECE_BYTES):
            await self._write(wire.encode(Pcm(stream_id, data[start : start + _PIECE_BYTES])))

    async def receive(self) -> Event | Pcm:
        """The next message; nothing is lost when this is cancelled.

        Raises EngineGone when all is received and the process has ended.
        """
        message = await self._messages.get()
        if message is None:
            self._messages.put_nowait(None)
            raise EngineGone(await self._process.wait())
        return message

    async def close(self) -> None:
        """Ask the engine to finish its take and end; insist if it does not."""
        with contextlib.suppress(EngineGone):
            await self.send(Shutdown())
        await self._end(_SHUTDOWN_S)

    async def _receive_ready(self) -> Ready:
        message = await self.receive()
        if not isinstance(message, Ready):
            raise EngineFailed(f"the engine began with {type(message).__name__}")
        return message

    async def _read(self) -> None:
        """Take the engine's messages as they come, so that it never has to wait for this side."""
        reader = self._process.stdout
        assert reader is not None
        try:
            while True:
                length, kind = wire.header(await reader.readexactly(wire.HEADER_BYTES))
                message = wire.decode(kind, await reader.readexactly(length))
                self._messages.put_nowait(cast(Event | Pcm, message))
        except wire.WireError as error:
            _log.error("the audio engine talks nonsense: %s", error)
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        except (asyncio.IncompleteReadError, ConnectionError) as error:
            _log.debug("the audio engine's messages end: %r", error)
        finally:
            self._messages.put_nowait(None)

    async def _write(self, frame: bytes) -> None:
        writer = self._process.stdin
        assert writer is not None
        if writer.is_closing():
            raise EngineGone(await self._process.wait())
        try:
            writer.write(frame)
            await writer.drain()
        except ConnectionError:
            raise EngineGone(await self._process.wait()) from None

    async def _end(self, patience_s: float) -> None:
        process = self._process
        assert process.stdin is not None
        process.stdin.close()
        # Not asyncio.timeout: before Python 3.11.4 it takes a cancel that is being cleaned up after
        # for one from outside.
        ending = asyncio.create_task(process.wait(), name="engine's end")
        for patience, insist in ((patience_s, process.terminate), (_TERMINATE_S, process.kill)):
            done, _ = await asyncio.wait([ending], timeout=patience)
            if not done:
                with contextlib.suppress(ProcessLookupError):
                    insist()
        await ending
        await self._reading


async def _process(environment: Mapping[str, str] | None, log: int | None) -> Process:
    try:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            launch.ENGINE_MODULE,
            stdin=PIPE,
            stdout=PIPE,
            stderr=log,
            env=engine_environment(os.environ if environment is None else environment),
            start_new_session=True,
            creationflags=_NO_WINDOW,
        )
    except OSError as error:
        raise EngineFailed(f"the audio engine cannot be started: {error}") from error
