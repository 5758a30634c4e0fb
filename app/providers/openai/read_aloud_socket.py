"""One websocket to `/realtime` for reading texts aloud. Its faults become AppErrors here.

Lives on the core loop. The socket is drained at once whatever its user does, so that pings are
answered while a listener is slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import ssl
import urllib.parse
from collections.abc import Mapping
from typing import Any, Self

from app.errors import AppError, Code
from app.net.reach import proxy_of
from app.providers.openai import loose
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import Peer, translate
from app.providers.openai.read_aloud_protocol import (
    Reading,
    cancel_request,
    read_request,
    session_update,
)

OLDEST_S = 50 * 60.0
"""OpenAI ends a session after 60 minutes."""

PING_EVERY_S, PONG_WITHIN_S, CLOSE_WITHIN_S = 2.0, 3.0, 0.5
_LONGEST_MESSAGE_BYTES = 16 * 1024 * 1024
_log = logging.getLogger(__name__)
_wire_log = logging.getLogger(f"{__name__}.wire")
# At DEBUG the library writes down headers, the key among them.
_wire_log.addFilter(lambda record: record.levelno > logging.DEBUG)


class ReadAloudSocket:
    """An open session. One reading at a time; an abandoned one is cancelled when it begins."""

    def __init__(self, connection: Any, peer: Peer) -> None:
        self._connection = connection
        self._peer = peer
        self._opened_at = asyncio.get_running_loop().time()
        self._reading: Reading | None = None
        self._events: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        self._abandoned: set[str] = set()
        self._receiving = asyncio.create_task(self._receive(), name="read aloud")

    @classmethod
    async def open(cls, client: OpenAIClient, model: str, voice: str, speed: float) -> Self:
        """Connect and set the session up. Raises AppError."""
        peer = client.peer(model)
        library = await asyncio.to_thread(_library)
        try:
            connection = await _connect(client, model)
        except (OSError, ValueError, library.exceptions.WebSocketException) as error:
            _log.debug("%s refused a session", peer.host, exc_info=error)
            raise _translated(error, peer) from None
        socket = cls(connection, peer)
        try:
            await socket._send(session_update(voice, speed))
        except BaseException:
            await socket.aclose()
            raise
        return socket

    @property
    def usable(self) -> bool:
        """Whether a further reading can begin here."""
        age_s = asyncio.get_running_loop().time() - self._opened_at
        return not self._receiving.done() and age_s < OLDEST_S

    async def begin(self, text: str, request_id: str) -> Reading:
        """Ask for `text`. Raises AppError(SERVER_CUT_OFF)."""
        self._events = asyncio.Queue()
        self._reading = Reading(text, request_id)
        await self._send(read_request(text, request_id))
        return self._reading

    async def event(self) -> Mapping[str, Any]:
        """The next event of the reading. Raises AppError(SERVER_CUT_OFF) when the socket closed."""
        if self._receiving.done() and self._events.empty():
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host)
        if (event := await self._events.get()) is None:
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host)
        return event

    async def leave(self, reading: Reading) -> None:
        """Nobody waits for the rest of the reading."""
        self._reading = None
        with contextlib.suppress(AppError):
            if reading.begun_id:
                await self._send(cancel_request(reading.begun_id, f"cancel-{reading.request_id}"))
            elif reading.end is None:
                self._abandoned.add(reading.request_id)

    async def aclose(self) -> None:
        """Close it; half a second at most."""
        await self._connection.close()
        self._receiving.cancel()
        await asyncio.wait([self._receiving])

    async def _send(self, event: Mapping[str, Any]) -> None:
        try:
            await self._connection.send(json.dumps(event))
        except _library().exceptions.ConnectionClosed:
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host) from None

    async def _receive(self) -> None:
        try:
            while True:
                await self._dispatch(await self._connection.recv())
        except _library().exceptions.ConnectionClosed as closed:
            _log.debug("%s closed the session: %s", self._peer.host, closed)
        except AppError as error:
            _log.debug("the session ended: %r", error)
        finally:
            self._events.put_nowait(None)

    async def _dispatch(self, message: str | bytes) -> None:
        try:
            event = json.loads(message)
        except ValueError:
            raise AppError(Code.SERVER_NOT_API, self._peer.host) from None
        kind = loose.text(event, "type")
        if kind == "response.created":
            response = loose.record(event, "response")
            told = loose.text(loose.record(response, "metadata"), "reading")
            if told in self._abandoned:
                self._abandoned.discard(told)
                await self._send(cancel_request(loose.text(response, "id"), f"cancel-{told}"))
                return
        reading = self._reading
        if reading is None or not isinstance(event, dict):
            return
        if kind not in ("error", "response.created") or reading.is_for(event):
            self._events.put_nowait(event)


async def _connect(client: OpenAIClient, model: str) -> Any:
    address = client.address
    encrypted = address.scheme == "https"
    url = address.url.replace("http", "ws", 1)
    attempt = _library().asyncio.client.connect(
        f"{url}/realtime?{urllib.parse.urlencode({'model': model})}",
        additional_headers=client.authorization(),
        proxy=proxy_of(address) or None,
        ssl=await asyncio.to_thread(_certificates) if encrypted else None,
        compression=None,
        open_timeout=client.policies.speech.deadlines.connect_s,
        ping_interval=PING_EVERY_S,
        ping_timeout=PONG_WITHIN_S,
        close_timeout=CLOSE_WITHIN_S,
        max_size=_LONGEST_MESSAGE_BYTES,
        logger=_wire_log,
    )
    # The library would follow a redirect to any host, with the key.
    attempt.process_redirect = lambda error: error
    return await attempt


def _library() -> Any:
    """The websocket library, loaded on first use."""
    import websockets.asyncio.client  # type: ignore[import-not-found, unused-ignore]
    import websockets.exceptions  # type: ignore[import-not-found, unused-ignore]

    return websockets


def _certificates() -> ssl.SSLContext:
    import httpx2

    return httpx2.create_ssl_context()


def _translated(error: Exception, peer: Peer) -> AppError:
    """The AppError for a session that was refused."""
    known = _library().exceptions
    if isinstance(error, known.InvalidStatus):
        return _of_status(error.response, peer)
    if isinstance(error, known.ProxyError):
        return AppError(Code.PROXY_REFUSED, peer.host)
    if isinstance(error, known.InvalidHandshake | known.InvalidURI):
        cut = isinstance(error.__cause__, EOFError | ConnectionError)
        return AppError(Code.SERVER_CUT_OFF if cut else Code.SERVER_NOT_API, peer.host)
    return translate(error, peer)


def _of_status(response: Any, peer: Peer) -> AppError:
    import httpx2
    import openai

    answer = httpx2.Response(
        response.status_code,
        headers=list(response.headers.raw_items()),
        content=bytes(response.body or b""),
        request=httpx2.Request("GET", f"https://{peer.host}/realtime"),
    )
    try:
        body = json.loads(answer.content)
    except ValueError:
        body = None
    told = loose.record(body, "error") or body
    return translate(openai.APIStatusError("refused", response=answer, body=told), peer)
