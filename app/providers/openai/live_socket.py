"""Warm websockets for Realtime transcription sessions. Core loop.

One session is kept open between takes for a while; a take that begins without one opens its own
while its sound is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Any, Self

from app.errors import AppError, Code
from app.providers.base import Hints
from app.providers.openai import loose
from app.providers.openai.client import OpenAIClient
from app.providers.openai.errors import Peer, told_error
from app.providers.openai.live_protocol import CLEAR, session_update
from app.providers.openai.realtime_link import KeepAlive, connect
from app.providers.openai.realtime_protocol import SETUP_ID, UPDATED, append, kind_of
from app.providers.openai.realtime_socket import RealtimeSocket
from app.providers.succession import Succession

IDLE_S = 180.0
ALIVE = KeepAlive(ping_every_s=5.0, pong_within_s=15.0, close_within_s=0.5)
"""A pong may wait behind the sound on a slow line."""


class LiveSocket(RealtimeSocket):
    """An open session."""

    def __init__(self, connection: Any, peer: Peer, model: str) -> None:
        self.model = model
        self._appended = 0
        self._events: asyncio.Queue[Mapping[str, Any] | None] = asyncio.Queue()
        super().__init__(connection, peer, "live transcription")

    @classmethod
    async def open(cls, client: OpenAIClient, model: str, hints: Hints) -> Self:
        """Connect and set the session up. Raises AppError."""
        peer = client.peer(model)
        deadlines = client.policies.transcription.deadlines
        query = {"intent": "transcription"}
        socket = cls(await connect(client, query, peer, ALIVE, deadlines.connect_s), peer, model)
        try:
            await socket.set_up(hints, deadlines.connect_s)
        except BaseException:
            await socket.aclose()
            raise
        return socket

    async def set_up(self, hints: Hints, within_s: float) -> None:
        """Tell what will be spoken, and wait until that was accepted. Raises AppError."""
        await self.send(session_update(self.model, hints))
        clock = asyncio.get_running_loop().time
        ends_at = clock() + within_s
        while True:
            event = await self.event(ends_at - clock())
            if event is None:
                raise AppError(Code.SERVER_SILENT, self._peer.host)
            if kind_of(event) == UPDATED:
                return
            error = loose.record(event, "error")
            if error and loose.text(error, "event_id") in ("", SETUP_ID):
                raise self.failure(error)

    def failure(self, error: Mapping[str, Any]) -> AppError:
        """The AppError for an error that the session told."""
        return told_error(error, self._peer)

    async def append(self, pcm: bytes) -> None:
        """Send sound at 24 kHz. Raises AppError."""
        self._appended += 1
        await self._send(append(pcm, f"append-{self._appended}"))

    async def event(self, within_s: float) -> Mapping[str, Any] | None:
        """The next event; None when none comes in time. Raises AppError when it was closed."""
        try:
            async with asyncio.timeout(max(within_s, 0.0)) as limit:
                event = await self._events.get()
        except TimeoutError:
            if not limit.expired():
                raise
            return None
        if event is None:
            self._events.put_nowait(None)
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host)
        return event

    async def _take(self, event: dict[str, Any], size: int) -> None:
        self._events.put_nowait(event)

    def _ended(self, closed: Any) -> None:
        self._events.put_nowait(None)


class LiveSockets:
    """The sessions of one server: at most one that waits, and those in use."""

    def __init__(self, client: OpenAIClient, succession: Succession) -> None:
        self._client = client
        self._succession = succession
        self._waiting: LiveSocket | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._opening = asyncio.Lock()

    async def warm(self, hints: Hints) -> None:
        """Have a session wait. Raises AppError."""
        async with self._opening:
            if self._waiting is None or not self._fit(self._waiting):
                self._replace(await self._open(hints))

    async def take(self, hints: Hints) -> LiveSocket:
        """A session for one take. Raises AppError."""
        async with self._opening:
            socket, self._waiting = self._waiting, None
            if socket is not None and self._fit(socket):
                with contextlib.suppress(AppError):
                    await socket.set_up(hints, self._patience_s)
                    return socket
            if socket is not None:
                self.close(socket)
        return await self._open(hints)

    async def give_back(self, socket: LiveSocket) -> None:
        """A take is over and all of its words came."""
        with contextlib.suppress(AppError):
            await socket.send(CLEAR)
        self._replace(socket)

    def close(self, socket: LiveSocket) -> None:
        """Close a session; nobody waits for it."""
        task = asyncio.create_task(socket.aclose(), name="close live transcription")
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def aclose(self) -> None:
        """Close all of them; half a second at most."""
        self._replace(None)
        if self._closing:
            await asyncio.wait(self._closing)

    @property
    def _patience_s(self) -> float:
        return self._client.policies.transcription.deadlines.connect_s

    async def _open(self, hints: Hints) -> LiveSocket:
        return await self._succession.call(
            lambda model: LiveSocket.open(self._client, model, hints)
        )

    def _fit(self, socket: LiveSocket) -> bool:
        return socket.is_open and not socket.is_old and socket.model == self._succession.model

    def _replace(self, socket: LiveSocket | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting is not None:
            self.close(self._waiting)
        self._waiting = socket
        if socket is not None:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(IDLE_S, self._replace, None)
