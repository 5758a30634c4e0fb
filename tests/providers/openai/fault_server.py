"""A loopback HTTP server that misbehaves as it is told. One behaviour answers every request."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self

HTML = b"<!DOCTYPE html><html><body>Sign in to the guest network</body></html>"


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The decoded body."""
        return json.loads(self.body)


class Exchange:
    """One request and the connection it came on; a behaviour answers with it."""

    def __init__(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.request = request
        self._reader = reader
        self._writer = writer

    @property
    def peer_port(self) -> int:
        """The client's end of the connection."""
        port: int = self._writer.get_extra_info("peername")[1]
        return port

    async def raw(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._writer.write(data)
        await self._writer.drain()

    async def head(self, status: int, content_type: str | None, **headers: str) -> None:
        """Send a head whose body comes in chunks."""
        lines = [f"HTTP/1.1 {status} Some reason", "transfer-encoding: chunked"]
        if content_type is not None:
            lines.append(f"content-type: {content_type}")
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join([*lines, "", ""]).encode())

    async def chunk(self, data: bytes) -> None:
        """Send one piece of a body; an empty one would end it."""
        if data:
            await self.raw(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end(self) -> None:
        """Finish a body as it should be."""
        await self.raw(b"0\r\n\r\n")

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        raw = self._writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def pass_on(self, port: int) -> None:
        """Let another server on loopback answer, and take all that follows on the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        request = self.request
        lines = [f"{request.method} {request.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in request.headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + request.body)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(_copy(self._reader, writer))
                both.create_task(_copy(reader, self._writer))
        except* ConnectionError:
            pass
        finally:
            writer.transport.abort()
        raise ConnectionError

    async def hang(self) -> None:
        """Do nothing until the client goes away."""
        while await self._reader.read(4096):
            pass


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One way, to its end, which is then the end of the other way too."""
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()
    raise ConnectionError


Behaviour = Callable[[Exchange], Awaitable[None]]


class FaultServer:
    """Serves on 127.0.0.1 as long as it is entered."""

    def __init__(
        self, behaviour: Behaviour, tls: ssl.SSLContext | None = None, port: int = 0
    ) -> None:
        self.behaviour = behaviour
        self.port = port
        self.requests: list[Request] = []
        self.begun = 0
        """Requests whose head came; `requests` are those that came as a whole."""
        self.ended = 0
        self._tls = tls
        self._changed = asyncio.Condition()
        self._connections: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/v1"

    async def until(self, condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
        """Wait until `condition` holds; it is looked at whenever a request begins or ends."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(condition)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        handshakes = [task for task in asyncio.all_tasks() if "_accept_connection" in repr(task)]
        await asyncio.gather(*self._connections, *handshakes, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while (request := await _read_request(reader, self._on_head)) is not None:
                self.requests.append(request)
                await self._tell()
                await self.behaviour(Exchange(request, reader, writer))
                self.ended += 1
                await self._tell()
        except (ConnectionError, EOFError, ssl.SSLError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.transport.abort()

    async def _on_head(self) -> None:
        self.begun += 1
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def _read_request(
    reader: asyncio.StreamReader, on_head: Callable[[], Awaitable[None]]
) -> Request | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    method, path, _ = first.split(" ", 2)
    pairs = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    await on_head()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    if headers.get("transfer-encoding") == "chunked":
        body = await _read_chunks(reader)
    return Request(method, path, headers, body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int(await reader.readuntil(b"\r\n"), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


# --- behaviours ----------------------------------------------------------------------------------


def answer(
    status: int, body: bytes, content_type: str | None = "application/json", **headers: str
) -> Behaviour:
    """A whole response."""

    async def behave(exchange: Exchange) -> None:
        await exchange.head(status, content_type, **headers)
        await exchange.chunk(body)
        await exchange.end()

    return behave


def error(status: int, message: str, *, code: str | None = None, **headers: str) -> Behaviour:
    """An error as OpenAI puts it."""
    body = {"error": {"message": message, "type": "some_error", "param": None, "code": code}}
    return answer(status, json.dumps(body).encode(), **headers)


def stream(
    pieces: Iterable[bytes],
    then: str = "end",
    content_type: str | None = "text/event-stream",
) -> Behaviour:
    """A response in pieces; afterwards "end", "close", "reset", "hang" or "drip" (comments)."""

    async def behave(exchange: Exchange) -> None:
        await exchange.head(200, content_type)
        for piece in pieces:
            await exchange.chunk(piece)
        if then == "end":
            await exchange.end()
        elif then == "hang":
            await exchange.hang()
        elif then == "reset":
            await asyncio.sleep(0.02)  # a reset overtakes data that was not read yet
            exchange.reset()
        elif then == "drip":
            while True:
                await exchange.chunk(b": still here\n\n")
                await asyncio.sleep(0.02)
        else:
            raise ConnectionError

    return behave


def in_turn(*behaviours: Behaviour) -> Behaviour:
    """One for each request, in this order."""
    left = iter(behaviours)

    async def behave(exchange: Exchange) -> None:
        await next(left)(exchange)

    return behave


async def close_unanswered(exchange: Exchange) -> None:
    """Take the request and close."""
    raise ConnectionError


async def reset_unanswered(exchange: Exchange) -> None:
    """Take the request and reset."""
    exchange.reset()
    raise ConnectionError


async def hang(exchange: Exchange) -> None:
    """Take the request and say nothing."""
    await exchange.hang()


async def not_http(exchange: Exchange) -> None:
    """Answer in another protocol."""
    await exchange.raw(b"220 ready\r\n\r\n")
    await exchange.hang()


def event(data: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + (data if isinstance(data, bytes) else json.dumps(data).encode()) + b"\n\n"


DONE = event(b"[DONE]")


def chat_event(
    delta: dict[str, Any] | None = None, finish: str | None = None, usage: Any = None
) -> bytes:
    """One chunk of a chat completion; without `delta` it has no choices."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return event({**chunk, "choices": choices, "usage": usage})


def chat(*texts: str, finish: str | None = "stop") -> list[bytes]:
    """The chunks of a whole reply."""
    chunks = [chat_event({"role": "assistant", "content": ""})]
    chunks += [chat_event({"content": text}) for text in texts]
    if finish is not None:
        chunks += [
            chat_event({}, finish),
            chat_event(usage={"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}),
            DONE,
        ]
    return chunks
