"""A server that is a program: its pipes as the streams of a session. Core thread.

What it writes is bounded: long lines and floods end it, and what is no message is left out.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import signal
from asyncio import subprocess
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

from app.extensions.processes import reap, signal_group

MAX_LINE_BYTES = 4_000_000
MAX_LINES_A_SECOND = 500
_UNHEARD = ("notifications/message", "notifications/resources/updated")
_STDERR_BYTES = 2_000
_GRACE_S = 0.5
_KILL = 9


class ServerTrouble(Exception):
    """It cannot be used; the text says why in a sentence without an end."""


class Program:
    """A running server program. `on_end` is called once when it is no longer of use."""

    def __init__(
        self, process: subprocess.Process, incoming: Any, outgoing: Any, on_end: Callable[[], None]
    ) -> None:
        self._process = process
        self._incoming = incoming
        self._outgoing = outgoing
        self._on_end = on_end
        self._errors = bytearray()
        self._tasks: list[asyncio.Task[None]] = []
        self.trouble = ""

    @property
    def last_words(self) -> str:
        """The end of what it wrote to its standard error, on one line."""
        text = bytes(self._errors).decode("utf-8", "replace").strip()
        return text.splitlines()[-1][-200:] if text else ""

    def begin(self) -> None:
        """Pass messages on from now on."""
        work = (self._read(), self._write(), self._listen())
        self._tasks = [asyncio.create_task(each, name="tool server") for each in work]

    async def _read(self) -> None:
        assert self._process.stdout is not None
        rate = _Rate(asyncio.get_running_loop().time)
        try:
            while line := await self._process.stdout.readline():
                rate.count()
                if (message := _message(line)) is not None:
                    await self._incoming.send(message)
        except ValueError:
            self.trouble = "it wrote a line that is too long"
        except _TooMuch:
            self.trouble = "it wrote too much at once"
        finally:
            await self._incoming.aclose()
            self._on_end()

    async def _write(self) -> None:
        assert self._process.stdin is not None
        try:
            async for sent in self._outgoing:
                text = sent.message.model_dump_json(by_alias=True, exclude_unset=True)
                self._process.stdin.write(text.encode() + b"\n")
                await self._process.stdin.drain()
        except ConnectionError:
            self._on_end()

    async def _listen(self) -> None:
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(4096):
            self._errors += piece
            del self._errors[:-_STDERR_BYTES]

    async def end(self) -> None:
        """Ask it to go by closing its input, then end its whole group."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        waiting = asyncio.ensure_future(self._process.wait())
        await asyncio.wait([waiting], timeout=_GRACE_S)
        signal_group(self._process, signal.SIGTERM)
        await asyncio.wait([waiting], timeout=_GRACE_S)
        signal_group(self._process, _KILL)
        for task in (waiting, *self._tasks):
            task.cancel()
        await asyncio.wait([waiting, *self._tasks])
        await reap(self._process)


@contextlib.asynccontextmanager
async def run_program(
    command: Sequence[str], environment: Mapping[str, str], on_end: Callable[[], None]
) -> AsyncIterator[tuple[Any, Any, Program]]:
    """Start it; gives the session's streams. Raises ServerTrouble where it cannot be started."""
    import anyio

    process = await _start(command, environment)
    into_session, incoming = anyio.create_memory_object_stream[Any](0)
    outgoing, from_session = anyio.create_memory_object_stream[Any](0)
    program = Program(process, into_session, from_session, on_end)
    program.begin()
    try:
        yield incoming, outgoing, program
    finally:
        for stream in (incoming, outgoing, into_session, from_session):
            stream.close()
        ending = asyncio.create_task(program.end(), name=f"end of {command[0]}")
        try:
            await asyncio.shield(ending)
        finally:
            await asyncio.wait([ending])


async def _start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Process:
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise ServerTrouble(f"the program {command[0]} was not found")
    try:
        return await asyncio.create_subprocess_exec(
            program, *command[1:],
            env=dict(environment),
            cwd=environment.get("HOME") or None,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            limit=MAX_LINE_BYTES,
            start_new_session=True,
        )  # fmt: skip
    except (OSError, ValueError) as error:
        raise ServerTrouble(f"{command[0]} could not be started: {error}") from None


def _message(line: bytes) -> Any:
    """A message as a session takes it; None for what nobody listens to and what is no message."""
    from mcp.shared.message import SessionMessage
    from mcp_types import jsonrpc_message_adapter

    try:
        message = jsonrpc_message_adapter.validate_json(line, by_name=False)
    except ValueError:
        return None
    return None if getattr(message, "method", "") in _UNHEARD else SessionMessage(message)


class _TooMuch(Exception):
    pass


class _Rate:
    """Raises _TooMuch when there are too many lines in a second."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._since_s = now()
        self._lines = 0

    def count(self) -> None:
        now_s = self._now()
        if now_s - self._since_s >= 1.0:
            self._since_s, self._lines = now_s, 0
        self._lines += 1
        if self._lines > MAX_LINES_A_SECOND:
            raise _TooMuch
