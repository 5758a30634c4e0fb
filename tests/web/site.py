"""A web server on loopback that says exactly what a test tells it, and a scripted name server."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence

from app.web.connect import Way

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"


def page(body: str, head: bytes = OK) -> bytes:
    """A whole answer."""
    data = body.encode()
    return head + f"Content-Length: {len(data)}\r\n\r\n".encode() + data


def moved(to: str, status: int = 302) -> bytes:
    """An answer that leads elsewhere."""
    return f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()


class Site:
    """Each path has its answer; `hangs` never ends. `heads` are the requests that came."""

    def __init__(self, answers: dict[str, bytes], context: ssl.SSLContext | None = None) -> None:
        self.answers = answers
        self.heads: list[str] = []
        self.hangs = False
        self.began = asyncio.Event()
        self._context = context
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Site:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self._context)
        host, port = self._server.sockets[0].getsockname()
        self.port: int = port
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for _ in range(9):
            await asyncio.sleep(0)  # a handshake that failed ends within some turns of the loop

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            path = head.split(" ")[1].partition("?")[0]
            writer.write(self.answers.get(path, b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))
            await writer.drain()
            self.began.set()
            if self.hangs:
                await asyncio.Event().wait()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()


class Names:
    """Each look-up of a name takes the next of its answers; the last one stays."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(each) for name, each in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        answers = self._answers.get(host)
        if not answers:
            raise OSError("no such name")
        return answers.pop(0) if len(answers) > 1 else answers[0]


def way(
    names: Names,
    trust: Callable[[], ssl.SSLContext] = ssl.create_default_context,
    proxy: str = "",
    is_allowed: Callable[[str], bool] = lambda _: True,
) -> Way:
    """A way on which loopback is allowed, for tests alone."""
    return Way(names, is_allowed, lambda _: proxy, trust)
