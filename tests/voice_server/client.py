"""The barest client of a Realtime server: sends events, keeps what comes."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

from tests.providers.openai.socket_server import Json
from tests.voice_server.ear import SERVER_RATE_HZ
from tests.voice_server.server import VoiceServer


class Client:
    """`came` is all that was told so far."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.came: list[Json] = []

    async def send(self, kind: str, **fields: Any) -> None:
        """Ask."""
        await self.socket.send(json.dumps({"type": kind, "event_id": f"{kind} asked", **fields}))

    async def until(self, kind: str) -> Json:
        """Read up to an event of this kind."""
        async with asyncio.timeout(30):
            while True:
                event: Json = json.loads(await self.socket.recv())
                self.came.append(event)
                if event["type"] == kind:
                    return event

    async def first(self, kind: str) -> Json:
        """The first event of this kind, also if it came before."""
        return self.of(kind)[0] if self.of(kind) else await self.until(kind)

    async def set_up(self, **session: Any) -> None:
        """Turn by turn, with words."""
        heard = {"turn_detection": None, "transcription": {"model": "gpt-transcribe"}}
        settings: Json = {"type": "realtime", "audio": {"input": heard}, **session}
        await self.send("session.update", session=settings)
        await self.until("session.updated")

    async def append(self, pcm: bytes, piece_ms: int = 100) -> None:
        """More sound, in pieces."""
        size = SERVER_RATE_HZ * piece_ms // 1000 * 2
        for at in range(0, len(pcm), size):
            encoded = base64.b64encode(pcm[at : at + size]).decode()
            await self.send("input_audio_buffer.append", audio=encoded)

    async def say(self, pcm: bytes) -> Json:
        """A whole turn, up to the end of its response."""
        await self.append(pcm)
        await self.send("input_audio_buffer.commit")
        await self.send("response.create")
        return await self.until("response.done")

    def of(self, kind: str) -> list[Json]:
        """The events of a kind so far."""
        return [event for event in self.came if event["type"] == kind]


@contextlib.asynccontextmanager
async def connected(server: VoiceServer) -> AsyncIterator[Client]:
    """A client of a server, after its greeting."""
    from websockets.asyncio.client import connect  # type: ignore[import-not-found, unused-ignore]

    url = f"ws://127.0.0.1:{server.port}/v1/realtime?model=gpt-realtime-2.1"
    async with connect(url, close_timeout=0.2, max_size=None) as socket:
        client = Client(socket)
        await client.until("session.created")
        yield client
