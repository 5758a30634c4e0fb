"""A loopback server of Realtime sockets: what comes, what goes, and who is connected."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Self

_log = logging.getLogger("tests.socket_server")
# What a server writes down is not the product's; it has the headers, too.
_log.addFilter(lambda record: False)

Json = dict[str, Any]


def connection_closed() -> Any:
    """What `websockets` raises when the other side is gone."""
    from websockets.exceptions import (  # type: ignore[import-not-found, unused-ignore]
        ConnectionClosed,
    )

    return ConnectionClosed


class SocketServer(ABC):
    """Serves on 127.0.0.1 as long as it is entered. Kinds of it say what a session does."""

    refuse: tuple[int, bytes] | None = None
    location = ""

    def __init__(self) -> None:
        self.received: list[Json] = []
        self.sent: list[Json] = []
        self.handshakes: list[Any] = []
        self.open: list[Any] = []
        self._changed = asyncio.Condition()

    @abstractmethod
    async def _begin(self, connection: Any) -> Any:
        """Greet a client; what `_take` is given for each of its events."""

    @abstractmethod
    async def _take(self, session: Any, event: Json) -> None:
        """An event of a client."""

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def kinds(self) -> list[str]:
        """The types of the events that came."""
        return [event["type"] for event in self.received]

    async def until(self, condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
        """Wait until `condition` holds; it is looked at whenever something came or went."""
        async with asyncio.timeout(timeout_s), self._changed:
            await self._changed.wait_for(condition)

    async def __aenter__(self) -> Self:
        from websockets.asyncio.server import (  # type: ignore[import-not-found, unused-ignore]
            serve,
        )

        self._server = await serve(
            self._talk,
            "127.0.0.1",
            0,
            process_request=self._greet,
            close_timeout=0.2,
            logger=_log,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        await self._server.wait_closed()

    def _greet(self, connection: Any, request: Any) -> Any:
        self.handshakes.append(request)
        if self.refuse is None:
            return None
        status, body = self.refuse
        response = connection.respond(status, body.decode())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        if self.location:
            response.headers["Location"] = self.location
        return response

    async def _talk(self, connection: Any) -> None:
        self.open.append(connection)
        with contextlib.suppress(connection_closed()):
            session = await self._begin(connection)
            async for message in connection:
                event = json.loads(message)
                self.received.append(event)
                await self._take(session, event)
                await self._tell()
        self.open.remove(connection)
        await self._tell()

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
