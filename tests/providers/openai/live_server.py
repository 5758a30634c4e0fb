"""A loopback server of transcription sessions, which misbehaves as it is told.

What is heard is the number that is encoded in the sound, as in `tests.faults.api`.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.faults.api import said
from tests.providers.openai.socket_server import Json, SocketServer

SESSION = {"type": "transcription", "object": "realtime.transcription_session", "id": "sess_1"}


_WINDOW = 1200
_DITHER = 6


def numbers_in(pcm: bytes) -> list[int]:
    """The numbers that are said in a sound at 24 kHz, in their order: tens, none twice in a row."""
    samples = np.frombuffer(pcm, dtype="<i2")
    windows = samples[: len(samples) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)
    levels = [np.median(window) for window in windows if np.ptp(window) <= _DITHER]
    found: list[int] = []
    for number in (10 * round((float(level) - 100) / 10) for level in levels):
        if number > 0 and (not found or found[-1] != number):
            found.append(number)
    return found


@dataclass(slots=True)
class Habits:
    """How the server differs from a good one.

    `cut_after` closes each connection of `cut_connections` after as many appends, `hold` keeps
    completed items back until that many wait and then tells them in reverse, `silent` completes
    nothing, `nameless` names no item when it acknowledges, `hears` is what it hears in place of
    numbers.
    """

    refuse: tuple[int, bytes] | None = None
    gone: frozenset[str] = frozenset()
    cut_after: int | None = None
    cut_connections: int = 1
    hold: int = 1
    silent: bool = False
    nameless: bool = False
    hears: str | None = None
    fails: Json | None = None


@dataclass(slots=True)
class _Session:
    connection: Any
    buffer: bytearray = field(default_factory=bytearray)
    appends: int = 0
    items: int = 0
    held: list[Json] = field(default_factory=list)


class LiveServer(SocketServer):
    """`committed` is the sound of each commit."""

    def __init__(self, habits: Habits | None = None) -> None:
        super().__init__()
        self.habits = habits or Habits()
        self.committed: list[bytes] = []

    @property
    def refuse(self) -> tuple[int, bytes] | None:  # type: ignore[override]
        """What its habits say."""
        return self.habits.refuse

    async def _begin(self, connection: Any) -> _Session:
        session = _Session(connection)
        await self._send(session, "session.created", session=SESSION)
        return session

    async def _send(self, to: _Session, kind: str, **fields: Any) -> None:
        event = {"type": kind, "event_id": f"event_{len(self.sent)}", **fields}
        self.sent.append(event)
        await to.connection.send(json.dumps(event))

    async def _take(self, session: _Session, event: Json) -> None:
        match event["type"]:
            case "session.update":
                await self._set_up(session, event)
            case "input_audio_buffer.append":
                await self._append(session, base64.b64decode(event["audio"]))
            case "input_audio_buffer.commit":
                await self._commit(session, event)
            case "input_audio_buffer.clear":
                session.buffer.clear()
                await self._send(session, "input_audio_buffer.cleared")

    async def _set_up(self, session: _Session, event: Json) -> None:
        model = event["session"]["audio"]["input"]["transcription"]["model"]
        if model in self.habits.gone:
            told = f"The model `{model}` does not exist or you do not have access to it."
            error: Json = {
                "type": "invalid_request_error",
                "code": "model_not_found",
                "message": told,
            }
            error |= {"param": None, "event_id": event["event_id"]}
            await self._send(session, "error", error=error)
            return
        await self._send(session, "session.updated", session=SESSION)

    async def _append(self, session: _Session, pcm: bytes) -> None:
        session.buffer += pcm
        session.appends += 1
        habits = self.habits
        if session.appends == habits.cut_after and len(self.handshakes) <= habits.cut_connections:
            session.connection.transport.abort()

    async def _commit(self, session: _Session, event: Json) -> None:
        pcm = bytes(session.buffer)
        session.buffer.clear()
        if len(pcm) < 4800:
            error: Json = {
                "type": "invalid_request_error",
                "code": "input_audio_buffer_commit_empty",
            }
            error |= {"message": "buffer too small", "param": None, "event_id": event["event_id"]}
            await self._send(session, "error", error=error)
            return
        self.committed.append(pcm)
        session.items += 1
        item = f"item_{len(self.handshakes)}_{session.items}"
        named = {} if self.habits.nameless else {"item_id": item, "previous_item_id": None}
        await self._send(session, "input_audio_buffer.committed", **named)
        numbers = numbers_in(pcm)
        text = " ".join(said(number) for number in numbers)
        session.held.append(
            {
                "item_id": item,
                "content_index": 0,
                "transcript": text if self.habits.hears is None else self.habits.hears,
                "usage": {"type": "duration", "seconds": len(pcm) / 48_000},
            }
        )
        if len(session.held) >= self.habits.hold and not self.habits.silent:
            for held in reversed(session.held):
                await self._complete(session, held)
            session.held.clear()

    async def _complete(self, session: _Session, held: Json) -> None:
        kind = "conversation.item.input_audio_transcription."
        place = {"item_id": held["item_id"], "content_index": 0}
        if self.habits.fails is not None:
            await self._send(session, f"{kind}failed", **place, error=self.habits.fails)
            return
        for word in held["transcript"].split(" "):
            await self._send(session, f"{kind}delta", **place, delta=f"{word} ")
        await self._send(session, f"{kind}completed", **held)
