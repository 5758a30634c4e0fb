"""An open websocket of the Realtime kind, read at once whatever its user does. Core loop."""

from __future__ import annotations

import asyncio
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from app.errors import AppError, Code
from app.providers.openai.errors import Peer
from app.providers.openai.realtime_link import library

OLDEST_S = 50 * 60.0
"""OpenAI ends a session after 60 minutes."""

_log = logging.getLogger(__name__)


class RealtimeSocket(ABC):
    """Kinds of it say what an event does. Pings are answered while its user is slow."""

    def __init__(self, connection: Any, peer: Peer, name: str) -> None:
        self._connection = connection
        self._peer = peer
        self._opened_at = asyncio.get_running_loop().time()
        self._receiving = asyncio.create_task(self._receive(), name=name)

    @property
    def is_open(self) -> bool:
        """Whether the other side has not closed it."""
        return not self._receiving.done()

    @property
    def is_old(self) -> bool:
        """Whether it should be replaced at the next quiet moment."""
        return asyncio.get_running_loop().time() - self._opened_at >= OLDEST_S

    async def send(self, event: Mapping[str, Any]) -> None:
        """Send an event. Raises AppError(SERVER_CUT_OFF)."""
        await self._send(json.dumps(event))

    async def aclose(self) -> None:
        """Close it; half a second at most."""
        await self._connection.close()
        self._receiving.cancel()
        await asyncio.wait([self._receiving])

    @abstractmethod
    async def _take(self, event: dict[str, Any], size: int) -> None:
        """An event came, this long as it was sent. Raises AppError where it ends the session."""

    @abstractmethod
    def _ended(self, closed: Any) -> None:
        """Nothing more will come. `closed` is the library's exception where it was closed."""

    def _garbage(self, size: int) -> None:
        """What came is no event. Raises AppError(SERVER_NOT_API) where that ends the session."""
        raise AppError(Code.SERVER_NOT_API, self._peer.host)

    async def _send(self, message: str) -> None:
        try:
            await self._connection.send(message)
        except library().exceptions.ConnectionClosed:
            raise AppError(Code.SERVER_CUT_OFF, self._peer.host) from None

    async def _receive(self) -> None:
        closed: Any = None
        try:
            while True:
                message = await self._connection.recv()
                event = _event(message)
                if event is None:
                    self._garbage(len(message))
                else:
                    await self._take(event, len(message))
        except library().exceptions.ConnectionClosed as error:
            closed = error
            _log.debug("%s closed the session: %s", self._peer.host, closed)
        except AppError as error:
            _log.debug("the session at %s ended: %r", self._peer.host, error)
        finally:
            self._ended(closed)


def _event(message: str | bytes) -> dict[str, Any] | None:
    """The object in a message; None for anything else."""
    try:
        event = json.loads(message)
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None
