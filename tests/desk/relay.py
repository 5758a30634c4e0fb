"""A TCP relay between the app and a server that makes the line between them worse."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

_PIECE_BYTES = 1448
"""What fits into one packet on most lines."""
_HOLE_STEP_S = 0.02


@dataclass(frozen=True, slots=True)
class Line:
    """How the line is, each way. `slice_bytes` cuts what is sent into pieces of at most that size.

    A black hole delivers nothing until it ends, as when packets are lost and sent again; a line
    that is down ends every new connection.
    """

    bytes_per_s: float | None = None
    delay_s: float = 0.0
    slice_bytes: int = _PIECE_BYTES
    black_hole: bool = False
    down: bool = False


FINE = Line()
SLOW = Line(bytes_per_s=8_000, delay_s=0.4)
"""64 kbit/s and 400 ms, each way."""


class Relay:
    """Listens on loopback and passes on to one server. The line can be changed at any time."""

    def __init__(self, port: int, line: Line = FINE) -> None:
        """`port` is the server's, on loopback."""
        self.line = line
        self.passed_bytes = 0
        self._to = port
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def cut(self) -> None:
        """Reset all connections, as a line does that goes away."""
        for writer in list(self._writers):
            raw = writer.get_extra_info("socket")
            with contextlib.suppress(OSError):
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()

    def go_down(self) -> None:
        """Cut all connections and take no new one."""
        self.become(down=True)
        self.cut()

    def become(self, **changes: Any) -> None:
        """Change the line; what is on its way keeps the old delay."""
        self.line = replace(self.line, **changes)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        onward: asyncio.StreamWriter | None = None
        try:
            if self.line.down:
                return
            from_server, onward = await asyncio.open_connection("127.0.0.1", self._to)
            self._writers.add(onward)
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, onward))
                both.create_task(self._pass_on(from_server, writer))
        except* (OSError, asyncio.CancelledError):
            pass
        finally:
            for end in (writer, onward):
                if end is not None:
                    self._writers.discard(end)
                    end.transport.abort()
            self._tasks.discard(task)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way: pieces leave at the line's rate, and arrive its delay later."""
        clock = asyncio.get_running_loop().time
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        async with asyncio.TaskGroup() as way:
            way.create_task(_deliver(under_way, writer))
            free_at = clock()
            while data := await reader.read(self.line.slice_bytes):
                while self.line.black_hole:
                    await asyncio.sleep(_HOLE_STEP_S)
                line = self.line
                if line.bytes_per_s is not None:
                    free_at = max(free_at, clock()) + len(data) / line.bytes_per_s
                    await asyncio.sleep(free_at - clock())
                self.passed_bytes += len(data)
                under_way.put_nowait((clock() + line.delay_s, data))
            under_way.put_nowait((clock() + self.line.delay_s, b""))


async def _deliver(
    under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
) -> None:
    """Write each piece when its time has come; an empty one is the end."""
    clock = asyncio.get_running_loop().time
    while True:
        at, data = await under_way.get()
        await asyncio.sleep(at - clock())
        if not data:
            if writer.can_write_eof():
                writer.write_eof()
            return
        writer.write(data)
        await writer.drain()


class InThread:
    """Runs servers on a loop of their own, for tests that wait in another way.

    `enter` gives what an async context manager gives; `call` runs something on that loop.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = contextlib.AsyncExitStack()

    def enter(self, context: contextlib.AbstractAsyncContextManager[Any]) -> Any:
        """Enter on the loop; left with this one."""
        return self.run(self._stack.enter_async_context(context))

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """The result of `work`, run on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30.0)

    def call(self, action: Callable[[], object]) -> None:
        """Do something on the loop, soon."""
        self._loop.call_soon_threadsafe(action)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.run(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10.0)
        self._loop.close()
