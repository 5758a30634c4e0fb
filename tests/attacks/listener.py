"""Where stolen words would arrive: a loopback server that must hear nothing."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator


class Listener:
    """Counts who connects, and keeps what they said first."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.port = 0

    async def on_connection(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Take the first words and hang up."""
        with contextlib.suppress(TimeoutError, OSError):
            async with asyncio.timeout(2):
                self.heard.append(await reader.read(65_536))
        writer.close()


@contextlib.asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A listener on a port of its own."""
    listener = Listener()
    server = await asyncio.start_server(listener.on_connection, "127.0.0.1", 0)
    listener.port = server.sockets[0].getsockname()[1]
    try:
        yield listener
    finally:
        server.close()
        await server.wait_closed()
