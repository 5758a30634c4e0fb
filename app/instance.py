"""One Sayso at a time: a lock, and a socket through which later starts reach the first."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from app import summons
from app.dictation.request import DICTATE, DictationRequest
from app.summons import ASK

if TYPE_CHECKING:  # the window does not wait for it
    import asyncio

_log = logging.getLogger(__name__)
_SHOW = "show"
Tell = Callable[[Mapping[str, object]], Awaitable[None]]
_ANSWER_S = 1.0


class Instance:
    """Held from `acquire` until the process ends, however it ends."""

    def __init__(self, runtime_dir: Path) -> None:
        self._lock_path = runtime_dir / "sayso.lock"
        self._socket_path = Path(summons.socket_path(str(runtime_dir)))
        self._lock: int | None = None

    def acquire(self) -> bool:
        """True when no other Sayso of this user runs. Raises OSError."""
        handle = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if not _lock(handle):
            os.close(handle)
            return False
        self._lock = handle
        return True

    def is_running(self) -> bool:
        """Whether another Sayso of this user runs, perhaps without answering yet."""
        try:
            handle = os.open(self._lock_path, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            return not _lock(handle)
        finally:
            os.close(handle)

    def ask_to_show(self) -> bool:
        """Ask the running one for its window; False when it does not answer."""
        return summons.ask(str(self._socket_path), _SHOW) == summons.DONE

    async def serve(
        self,
        on_show: Callable[[], None],
        on_dictate: Callable[[DictationRequest], None] | None = None,
        on_ask: Callable[[str, Tell], Awaitable[None]] | None = None,
    ) -> None:
        """Answer later starts, until cancelled. Core thread; needs the lock.

        `on_ask` is given each line that asks a question, and what tells the answer.
        """
        import asyncio

        if not hasattr(asyncio, "start_unix_server"):
            return

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(OSError, TimeoutError, ValueError):
                async with asyncio.timeout(_ANSWER_S):
                    line = (await reader.readline()).decode(errors="replace").rstrip("\n")
                if on_ask is not None and line.startswith(ASK):
                    await _until_gone(on_ask(line, lambda told: _tell(writer, told)), reader)
                else:
                    done = _take(line, on_show, on_dictate)
                    writer.write(summons.DONE if done else summons.REFUSED)
                    async with asyncio.timeout(_ANSWER_S):
                        await writer.drain()
            writer.close()

        self._socket_path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(answer, str(self._socket_path))
        self._socket_path.chmod(0o600)
        try:
            async with server:
                await server.serve_forever()
        finally:
            self._socket_path.unlink(missing_ok=True)


async def _until_gone(answering: Awaitable[None], reader: asyncio.StreamReader) -> None:
    """Answer for as long as somebody listens: who gave up waits for no picture any more."""
    import asyncio

    answer = asyncio.ensure_future(answering)
    gone = asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            answer.result()
    finally:
        for task in (answer, gone):
            task.cancel()
        await asyncio.gather(answer, gone, return_exceptions=True)


async def _tell(writer: asyncio.StreamWriter, told: Mapping[str, object]) -> None:
    writer.write(json.dumps(told).encode() + b"\n")
    await writer.drain()


def _take(
    line: str,
    on_show: Callable[[], None],
    on_dictate: Callable[[DictationRequest], None] | None,
) -> bool:
    """Do what a later start asks for; False when it is nothing that we know."""
    request = line.removeprefix(DICTATE)
    if line == _SHOW:
        on_show()
    elif on_dictate is not None and line != request and request in set(DictationRequest):
        on_dictate(DictationRequest(request))
    else:
        return False
    return True


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
