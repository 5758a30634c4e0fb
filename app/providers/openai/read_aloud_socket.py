"""One websocket to `/realtime` for reading texts aloud. Its faults become AppErrors here.

Lives on the core loop. The socket is drained at once whatever its user does, so that pings are
answered while a listener is slow.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import Mapping
from typing import Any, Self

from app.errors import AppError, Code
from app.providers.openai import loose
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import Peer
from app.providers.openai.read_aloud_protocol import (
    Reading,
    cancel_request,
    read_request,
    session_update,
)
from app.providers.openai.realtime_link import KeepAlive, connect, library

OLDEST_S = 50 * 60.0
"""OpenAI ends a session after 60 minutes."""

PING_EVERY_S, PONG_WITHIN_S, CLOSE_WITHIN_S = 2.0, 3.0, 0.5
_log = logging.getLogger(__name__)


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
        alive = KeepAlive(PING_EVERY_S, PONG_WITHIN_S, CLOSE_WITHIN_S)
        patience_s = client.policies.speech.deadlines.connect_s
        connection = await connect(client, {"model": model}, peer, alive, patience_s)
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
        except library().exceptions.ConnectionClosed:
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host) from None

    async def _receive(self) -> None:
        try:
            while True:
                await self._dispatch(await self._connection.recv())
        except library().exceptions.ConnectionClosed as closed:
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
