"""A loopback Realtime server that reads aloud, and misbehaves as it is told."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Awaitable, Callable
from typing import Any

from tests.providers.openai.socket_server import Json, SocketServer, connection_closed

SESSION = {
    "type": "realtime",
    "object": "realtime.session",
    "id": "sess_1",
    "model": "gpt-realtime-2.1-mini",
    "output_modalities": ["audio"],
}


class Talk:
    """One connection, and what a script does with it."""

    def __init__(self, server: RealtimeServer, connection: Any) -> None:
        self._server = server
        self.connection = connection
        self._count = 0

    async def send(self, kind: str, **fields: Any) -> None:
        """Send an event."""
        self._count += 1
        event = {"type": kind, "event_id": f"event_{self._count}", **fields}
        self._server.sent.append(event)
        await self.connection.send(json.dumps(event))

    async def created(self, request: dict[str, Any], response_id: str) -> None:
        """A response begins."""
        metadata = request["response"]["metadata"]
        response = {"object": "realtime.response", "id": response_id, "output": []}
        await self.send(
            "response.created",
            response={**response, "status": "in_progress", "metadata": metadata},
        )

    async def say(self, response_id: str, words: str, sound: bytes = b"") -> None:
        """More of a transcript, and the sound beside it."""
        part = {"response_id": response_id, "item_id": "i", "output_index": 0, "content_index": 0}
        if words:
            await self.send("response.output_audio_transcript.delta", delta=words, **part)
        if sound:
            encoded = base64.b64encode(sound).decode()
            await self.send("response.output_audio.delta", delta=encoded, **part)

    async def done(self, response_id: str, status: str = "completed", **details: Any) -> None:
        """A response ends."""
        response = {"object": "realtime.response", "id": response_id, "output": []}
        told = {"status_details": details} if details else {}
        await self.send("response.done", response={**response, "status": status, **told})

    async def error(self, **error: Any) -> None:
        """Something was wrong."""
        await self.send("error", error={"message": "no", **error})


Script = Callable[[Talk, dict[str, Any], str], Awaitable[None]]
"""Answers a request with a response of this id."""


class RealtimeServer(SocketServer):
    """Every request is answered by `script`."""

    def __init__(self, script: Script, *, refuse: tuple[int, bytes] | None = None) -> None:
        super().__init__()
        self.script = script
        self.refuse = refuse
        self._answering: set[asyncio.Task[None]] = set()

    async def __aexit__(self, *_: object) -> None:
        for task in self._answering:
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)
        await super().__aexit__()

    async def _begin(self, connection: Any) -> Talk:
        talk = Talk(self, connection)
        await talk.send("session.created", session=SESSION)
        return talk

    async def _take(self, talk: Talk, event: Json) -> None:
        if event["type"] == "session.update":
            await talk.send("session.updated", session=SESSION)
        if event["type"] == "response.create":
            self._answer(talk, event)

    def _answer(self, talk: Talk, event: dict[str, Any]) -> None:
        number = self.kinds.count("response.create")
        task = asyncio.create_task(self._run(talk, event, f"resp_{number}"))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _run(self, talk: Talk, event: dict[str, Any], response_id: str) -> None:
        with contextlib.suppress(connection_closed()):
            await self.script(talk, event, response_id)


def text_of(request: dict[str, Any]) -> str:
    """What should be read."""
    text: str = request["response"]["input"][0]["content"][0]["text"]
    return text


def saying(words: str | None, sound: bytes) -> Script:
    """Reads `words`, or else what it was given, a word at a time with a share of the sound."""

    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        await talk.created(request, response_id)
        said = text_of(request) if words is None else words
        parts = said.split(" ")
        share = len(sound) // len(parts) + 1
        for number, word in enumerate(parts):
            piece = sound[number * share : (number + 1) * share]
            await talk.say(response_id, word + " ", piece)
        part = {"response_id": response_id, "item_id": "i", "output_index": 0, "content_index": 0}
        await talk.send("response.output_audio_transcript.done", transcript=said, **part)
        await talk.done(response_id)

    return script
