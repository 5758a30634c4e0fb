"""One connection to the Realtime server: its session, its buffer and its conversation."""

from __future__ import annotations

import asyncio
import base64
import itertools
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from tests.providers.openai.socket_server import Json
from tests.voice_server.conversation import Conversation, Item
from tests.voice_server.ear import SERVER_RATE_HZ, Detector
from tests.voice_server.response import Response

if TYPE_CHECKING:
    from tests.voice_server.server import VoiceServer

_SHORTEST_BYTES = SERVER_RATE_HZ // 10 * 2
_TRANSCRIPT = "conversation.item.input_audio_transcription."


class Talk:
    """Answers the events of a client."""

    def __init__(self, server: VoiceServer, connection: Any, number: int) -> None:
        self.server = server
        self.connection = connection
        self.number = number
        self.conversation = Conversation()
        self.response: Response | None = None
        self.is_silent = False
        self.held: list[Json] = []
        self.before: Json | None = None
        self.committed: list[bytes] = []
        self._ids = itertools.count(1)
        self._buffer = bytearray()
        self._detector: Detector | None = None
        self._next_item = self.new_id("item")
        lasts_until = int(time.time() + server.lasts_s)
        detection = {"type": "server_vad", "silence_duration_ms": 500, "threshold": 0.5}
        detection |= {"create_response": True, "interrupt_response": True}
        self.session: Json = {
            "type": "realtime",
            "object": "realtime.session",
            "id": f"sess_{number}",
            "model": "gpt-realtime-2.1",
            "output_modalities": ["audio"],
            "instructions": "",
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "expires_at": lasts_until,
            "audio": {
                "input": {"turn_detection": detection, "transcription": None},
                "output": {"voice": "alloy", "speed": 1.0},
            },
        }
        self._set_detector()

    def new_id(self, kind: str) -> str:
        """A new name."""
        return f"{kind}_{self.number}_{next(self._ids)}"

    def session_json(self) -> Json:
        """The session as it is now."""
        return self.session

    async def send(self, kind: str, **fields: Any) -> None:
        """Tell the client."""
        event = {"type": kind, "event_id": self.new_id("event"), **fields}
        await self.server.emit(self, event)

    async def error(self, asked: Json, code: str, message: str) -> None:
        """What was asked cannot be done."""
        told: Json = {"type": "invalid_request_error", "code": code, "message": message}
        told |= {"param": None, "event_id": asked.get("event_id")}
        await self.send("error", error=told)

    async def take(self, event: Json) -> None:
        """An event of the client."""
        answers: dict[str, Callable[[Json], Awaitable[None]]] = {
            "session.update": self._update,
            "input_audio_buffer.append": self._append,
            "input_audio_buffer.commit": self._commit,
            "input_audio_buffer.clear": self._clear,
            "conversation.item.create": self._create,
            "conversation.item.delete": self._delete,
            "conversation.item.truncate": self._truncate,
            "conversation.item.retrieve": self._retrieve,
            "response.create": self._respond,
            "response.cancel": self._cancel,
        }
        answer = answers.get(event["type"])
        if answer is None:
            await self.error(event, "invalid_event", f"Unknown event {event['type']}.")
            return
        await answer(event)

    # The session

    async def _update(self, event: Json) -> None:
        _merge(self.session, event["session"])
        self._set_detector()
        await self.send("session.updated", session=self.session_json())

    def _set_detector(self) -> None:
        detection = self._detection
        silence_ms = (detection or {}).get("silence_duration_ms") or 500
        self._detector = Detector(silence_ms) if detection else None

    @property
    def _detection(self) -> Json | None:
        found: Json | None = self.session["audio"]["input"].get("turn_detection")
        return found

    # Sound

    async def _append(self, event: Json) -> None:
        pcm = base64.b64decode(event["audio"])
        self._buffer += pcm
        detection = self._detection
        if self._detector is None or detection is None:
            return
        for turned in self._detector.hear(pcm):
            if turned.on:
                await self._heard("started", audio_start_ms=turned.at_ms)
                if detection.get("interrupt_response", True) and self.response is not None:
                    self.response.cancel("turn_detected")
            else:
                await self._heard("stopped", audio_end_ms=turned.at_ms)
                await self._keep()
                if detection.get("create_response", True):
                    self.begin({})

    async def _heard(self, what: str, **at: int) -> None:
        self.server.note(f"speech_{what}")
        await self.send(f"input_audio_buffer.speech_{what}", item_id=self._next_item, **at)

    async def _commit(self, event: Json) -> None:
        if len(self._buffer) < _SHORTEST_BYTES:
            told = "Error committing input audio buffer: buffer too small."
            await self.error(event, "input_audio_buffer_commit_empty", told)
            return
        await self._keep()

    async def _clear(self, _event: Json) -> None:
        self._buffer.clear()
        await self.send("input_audio_buffer.cleared")

    async def _keep(self) -> None:
        pcm, item_id = bytes(self._buffer), self._next_item
        self._buffer.clear()
        self._next_item = self.new_id("item")
        self.committed.append(pcm)
        item = Item(item_id, role="user", sound_ms=len(pcm) / 2 / SERVER_RATE_HZ * 1000)
        self.conversation.add(item)
        before = self.conversation.before(item)
        await self.send("input_audio_buffer.committed", previous_item_id=before, item_id=item_id)
        await self.tell_item(item, "added")
        await self.tell_item(item, "done")
        item.text = self.server.habits.hears(pcm)
        if self.session["audio"]["input"].get("transcription"):
            self.server.spawn(self._transcribe(item))

    async def _transcribe(self, item: Item) -> None:
        await asyncio.sleep(self.server.delays.words_s)
        place: Json = {"item_id": item.id, "content_index": 0}
        match self.server.habits.words:
            case "never":
                return
            case "failed":
                error = {"type": "transcription_error", "code": "audio_unintelligible"}
                error |= {"message": "The audio could not be transcribed."}
                await self.send(f"{_TRANSCRIPT}failed", **place, error=error)
                return
        for word in item.text.split(" "):
            await self.send(f"{_TRANSCRIPT}delta", **place, delta=f"{word} ")
        usage = {"type": "duration", "seconds": round(item.sound_ms / 1000, 2)}
        await self.send(f"{_TRANSCRIPT}completed", **place, transcript=item.text, usage=usage)

    # The conversation

    async def tell_item(self, item: Item, what: str) -> None:
        """An item was added, or is done."""
        before = self.conversation.before(item)
        await self.send(f"conversation.item.{what}", previous_item_id=before, item=item.as_json())

    async def _create(self, event: Json) -> None:
        given = event["item"]
        item_id = given.get("id") or self.new_id("item")
        if self.conversation.find(item_id) is not None:
            await self.error(event, "item_create_duplicate_id", f"{item_id} exists already.")
            return
        item = Item(item_id, kind=given["type"], role=given.get("role", ""))
        if item.kind == "message":
            for part in given["content"]:
                item.text += part.get("text", "") or part.get("transcript", "")
                item.images += [part["image_url"]] if part["type"] == "input_image" else []
        else:
            left_out = ("id", "type", "object", "status")
            item.call = {k: v for k, v in given.items() if k not in left_out}
        self.conversation.add(item, event.get("previous_item_id"))
        await self.tell_item(item, "added")
        await self.tell_item(item, "done")

    async def _delete(self, event: Json) -> None:
        item = self.conversation.find(event["item_id"])
        if item is None:
            await self._no_item(event, "delete")
            return
        self.conversation.delete(item)
        await self.send("conversation.item.deleted", item_id=item.id)

    async def _truncate(self, event: Json) -> None:
        item, heard_ms = self.conversation.find(event["item_id"]), event["audio_end_ms"]
        if item is None or item.role != "assistant":
            await self._no_item(event, "truncate")
            return
        if heard_ms > item.sound_ms:
            told = f"Audio content of {item.sound_ms:.0f}ms is already shorter than {heard_ms}ms"
            await self.error(event, "invalid_value", told)
            return
        self.conversation.truncate(item, heard_ms)
        self.server.note("truncated", item_id=item.id, heard_ms=heard_ms)
        place = {"item_id": item.id, "content_index": 0}
        await self.send("conversation.item.truncated", **place, audio_end_ms=heard_ms)

    async def _retrieve(self, event: Json) -> None:
        item = self.conversation.find(event["item_id"])
        if item is None:
            await self._no_item(event, "retrieve")
            return
        await self.send("conversation.item.retrieved", item=item.as_json())

    async def _no_item(self, event: Json, what: str) -> None:
        told = f"Error {what[:-1]}ing item: the item with id '{event['item_id']}' does not exist."
        await self.error(event, f"item_{what}_invalid_item_id", told)

    # Responses

    async def _respond(self, event: Json) -> None:
        habits, asked = self.server.habits, event.get("response") or {}
        if habits.refuse_next:
            habits.refuse_next -= 1
            refusal = {"param": None, "event_id": event.get("event_id"), **habits.refusal}
            await self.send("error", error=refusal)
            return
        if habits.mute_next:
            habits.mute_next -= 1
            return
        if self.response is not None and asked.get("conversation") != "none":
            told = "Conversation already has an active response in progress"
            await self.error(event, "conversation_already_has_active_response", told)
            return
        self.begin(asked)

    def begin(self, asked: Json) -> None:
        """Answer."""
        response = Response(self, asked)
        if asked.get("conversation") != "none":
            self.response = response
        response.start()

    async def _cancel(self, event: Json) -> None:
        if self.response is None:
            told = "Cancellation failed: no active response found"
            await self.error(event, "response_cancel_not_active", told)
            return
        self.response.cancel("client_cancelled")


def _merge(into: Json, given: Json) -> None:
    """Only what is present changes."""
    for name, value in given.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict) and name != "truncation":
            _merge(into[name], value)
        else:
            into[name] = value
