"""One websocket to `/realtime` for reading texts aloud. Core loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Self

from app.errors import AppError, Code
from app.providers.openai import loose
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import Peer
from app.providers.openai.read_aloud_protocol import Reading, read_request, session_update
from app.providers.openai.realtime_link import KeepAlive, connect
from app.providers.openai.realtime_protocol import response_cancel
from app.providers.openai.realtime_socket import RealtimeSocket

ALIVE = KeepAlive(ping_every_s=2.0, pong_within_s=3.0, close_within_s=0.5)


class ReadAloudSocket(RealtimeSocket):
    """An open session. One reading at a time; an abandoned one is cancelled when it begins."""

    def __init__(self, connection: Any, peer: Peer) -> None:
        self._reading: Reading | None = None
        self._events: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        self._abandoned: set[str] = set()
        super().__init__(connection, peer, "read aloud")

    @classmethod
    async def open(cls, client: OpenAIClient, model: str, voice: str, speed: float) -> Self:
        """Connect and set the session up. Raises AppError."""
        peer = client.peer(model)
        patience_s = client.policies.speech.deadlines.connect_s
        connection = await connect(client, {"model": model}, peer, ALIVE, patience_s)
        socket = cls(connection, peer)
        try:
            await socket.send(session_update(voice, speed))
        except BaseException:
            await socket.aclose()
            raise
        return socket

    @property
    def is_usable(self) -> bool:
        """Whether a further reading can begin here."""
        return self.is_open and not self.is_old

    async def begin(self, text: str, request_id: str) -> Reading:
        """Ask for `text`. Raises AppError(SERVER_CUT_OFF)."""
        self._events = asyncio.Queue()
        self._reading = Reading(text, request_id)
        await self.send(read_request(text, request_id))
        return self._reading

    async def event(self) -> Mapping[str, Any]:
        """The next event of the reading. Raises AppError(SERVER_CUT_OFF) when the socket closed."""
        if not self.is_open and self._events.empty():
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host)
        if (event := await self._events.get()) is None:
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host)
        return event

    async def leave(self, reading: Reading) -> None:
        """Nobody waits for the rest of the reading."""
        self._reading = None
        with contextlib.suppress(AppError):
            if reading.begun_id:
                cancel_id = f"cancel-{reading.request_id}"
                await self.send(response_cancel(cancel_id, reading.begun_id))
            elif reading.end is None:
                self._abandoned.add(reading.request_id)

    def _ended(self, closed: Any) -> None:
        self._events.put_nowait(None)

    async def _take(self, event: dict[str, Any], size: int) -> None:
        kind = loose.text(event, "type")
        if kind == "response.created":
            response = loose.record(event, "response")
            told = loose.text(loose.record(response, "metadata"), "reading")
            if told in self._abandoned:
                self._abandoned.discard(told)
                await self.send(response_cancel(f"cancel-{told}", loose.text(response, "id")))
                return
        reading = self._reading
        if reading is None:
            return
        if kind not in ("error", "response.created") or reading.is_for(event):
            self._events.put_nowait(event)
