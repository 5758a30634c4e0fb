"""Server events of the Realtime API, and an exchange to feed them to."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Sequence
from typing import Any

from app.errors import AppError
from app.providers.base import ChatMessage
from app.providers.openai.errors import Peer, event_error
from app.providers.openai.realtime_protocol_exchange import Exchange
from app.providers.voice_session import SessionSetup, VoiceEvent

Json = dict[str, Any]
SETUP = SessionSetup("Be brief.")
SOUND = bytes(range(1, 241)) * 20  # 100 ms
PEER = Peer("localhost", model="gpt-realtime-2.1")
_numbers = itertools.count()


def event(kind: str, **fields: Any) -> Json:
    """An event with an id of its own."""
    return {"type": kind, "event_id": f"event_{next(_numbers)}", **fields}


def created(response_id: str, ref: str = "") -> Json:
    metadata = {"ref": ref} if ref else None
    response = {"id": response_id, "object": "realtime.response", "status": "in_progress"}
    return event("response.created", response=response | {"output": [], "metadata": metadata})


def done(response_id: str, status: str = "completed", **fields: Any) -> Json:
    response = {"id": response_id, "object": "realtime.response", "status": status}
    return event("response.done", response=response | {"output": [], **fields})


def sound(response_id: str, item_id: str = "item_1", pcm: bytes = SOUND) -> Json:
    delta = base64.b64encode(pcm).decode()
    place = {"item_id": item_id, "output_index": 0, "content_index": 0}
    return event("response.output_audio.delta", response_id=response_id, delta=delta, **place)


def text(response_id: str, words: str, item_id: str = "item_1") -> Json:
    place = {"item_id": item_id, "output_index": 0, "content_index": 0}
    kind = "response.output_audio_transcript.delta"
    return event(kind, response_id=response_id, delta=words, **place)


def call_item(item_id: str, name: str = "get_weather", status: str = "completed") -> Json:
    item = {"id": item_id, "type": "function_call", "status": status, "name": name}
    return item | {"call_id": f"call_{item_id}", "arguments": '{"city":"Paris"}'}


def error(event_id: str | None = None, code: str | None = None, message: str = "no") -> Json:
    told = {"type": "invalid_request_error", "code": code, "message": message, "param": None}
    return event("error", error=told | {"event_id": event_id})


class Stand:
    """An exchange that is set up, with what it sent and told kept apart."""

    def __init__(
        self,
        setup: SessionSetup = SETUP,
        history: Sequence[ChatMessage] = (),
        words_models: Sequence[str] = ("gpt-transcribe",),
        *,
        prunes: bool = False,
    ) -> None:
        self.exchange = Exchange(_judge, words_models, prunes=prunes)
        self.exchange.set_up(setup, history)
        self.exchange.take(event("session.created", session={"type": "realtime"}))
        self.exchange.take(event("session.updated", session={"type": "realtime"}))
        self.first = self.sent()
        self.told()

    def sent(self) -> list[Json]:
        """What was sent since this was asked."""
        frames = list(self.exchange.wire.out)
        self.exchange.wire.out.clear()
        return [json.loads(frame.text) for frame in frames]

    def told(self) -> list[VoiceEvent]:
        """What was told since this was asked."""
        events = list(self.exchange.wire.told)
        self.exchange.wire.told.clear()
        return events

    def take(self, *events: Json) -> list[VoiceEvent]:
        """What these events tell."""
        for one in events:
            self.exchange.take(one)
        return self.told()

    def kinds(self) -> list[str]:
        """The types of what was sent since this was asked."""
        return [one["type"] for one in self.sent()]


def _judge(told: Any) -> AppError:
    return event_error(told, PEER)
