"""A GPT-Live session as two streams. Pure: no clock, no socket.

Written from the published events and recorded exchanges; never run against the real service.

The model hears and speaks all the time and decides itself when. It knows no turns, so turns and
responses are made here: of commits, of what is audible, and of the time that the owner tells.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatRole, ToolSpec
from app.providers.openai import loose
from app.providers.openai.gpt_live_replies import LiveReplies
from app.providers.openai.gpt_live_words import LiveWords
from app.providers.openai.realtime_protocol import PCM, RATE_HZ, Json, cause_of, sound_of
from app.providers.openai.realtime_protocol_setup import realtime_voice
from app.providers.openai.realtime_protocol_wire import Frame, Judge, Standing
from app.providers.voice_session import Refused, SessionReady, SessionSetup, TimeBilled
from audio.pcm import SAMPLE_BYTES, samples_for_ms

SETUP_ID = "setup"
MOST_MESSAGES = 128
MOST_HISTORY_CHARACTERS = 20_000
"""About 8,000 tokens are taken."""

_MOST_NOTE_CHARACTERS = 1_500
_NO_TIME = 2**40
_SLACK_MS = 200
_BILLED_MS = 15_000
_PIECE_MS = 100
_BYTES_PER_MS = RATE_HZ * SAMPLE_BYTES // 1000
_APPEND = "session.input_audio.append"
_ROLES = {ChatRole.SYSTEM: "developer", ChatRole.USER: "user", ChatRole.ASSISTANT: "assistant"}


class GptLiveExchange(Standing):
    """One session. `backend_model` does what it delegates, with the tools."""

    def __init__(self, judge: Judge, model: str, backend_model: str) -> None:
        super().__init__(judge)
        self._model = model
        self._backend_model = backend_model
        self._setup = SessionSetup("")
        self._words = LiveWords(self.wire)
        self._replies = LiveReplies(self.wire)
        self._sent_bytes = 0
        self._billed_ms = 0
        self._results = 0

    @property
    def is_due(self) -> bool:
        """Whether the server owes an answer."""
        return self._replies.is_due

    # What is asked

    def set_up(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> None:
        """Start it. All but the tools is fixed from then on."""
        self._setup = setup
        voice = {"output": {"voice": realtime_voice(setup.voice)}} if setup.voice else {}
        session: Json = {
            "model": self._model,
            "instructions": setup.instructions,
            "audio": {"format": PCM, **voice},
            "delegation": self._delegation(setup),
        }
        if told := list(initial_items(history)):
            session["input"] = told
        self.wire.send({"type": "session.start", "event_id": SETUP_ID, "session": session})

    def leave_out_refused(self) -> bool:
        """There is nothing that it could do without."""
        return False

    def begin(self) -> None:
        """It has started."""
        if not self.is_ready:
            self.is_ready = True
            self.wire.tell(SessionReady())

    def update(self, setup: SessionSetup) -> None:
        """Change the tools; the rest cannot be changed."""
        if setup.tools != self._setup.tools:
            tools = [_tool(tool) for tool in setup.tools]
            delegation = {"type": "responses", "responses": {"tools": tools}}
            self._send("session.update", "update", session={"delegation": delegation})
        self._setup = setup

    def append(self, pcm: bytes) -> None:
        """More of the user's sound."""
        for at in range(0, len(pcm), RATE_HZ * SAMPLE_BYTES):
            self._append(pcm[at : at + RATE_HZ * SAMPLE_BYTES])

    def clear(self) -> None:
        """What was sent has been heard."""

    def commit(self) -> str:
        """The sound so far is a turn."""
        return self._words.commit(self._sent_bytes // _BYTES_PER_MS)

    def add(self, messages: Sequence[ChatMessage]) -> None:
        """Results of tools go to the backend, texts become notes. There are no pictures."""
        for message in messages:
            if message.role is ChatRole.TOOL:
                self._results += 1
                item = {"type": "function_call_output", "call_id": message.call_id}
                self._send("response.item.create", "add", item=item | {"output": message.text})
                continue
            if message.images:
                error = AppError(Code.PICTURES_NOT_SEEN, self._model)
                self.wire.tell(Refused(self.wire.new_id("add"), error))
            if message.text:
                self._note(f"{message.role.value}: {message.text}")

    def respond(self, instructions: str = "", *, aside: bool = False) -> str:
        """Expect a response. Only the work that waits for results is asked to go on."""
        ref = self.wire.new_id("respond")
        if aside:
            self.wire.tell(Refused(ref, AppError(Code.REQUEST_REFUSED, self._model)))
            return ref
        if instructions:
            self._note(instructions)
        if self._results:
            self._results = 0
            self.wire.send({"type": "response.create", "event_id": ref})
        self._replies.expect(ref)
        return ref

    def cancel(self, response_id: str = "") -> None:
        """Tell no more of a response. The model itself stops when it is spoken over."""
        self._replies.cancel(response_id)

    def truncate(self, item_id: str, heard_ms: int) -> None:
        """The model goes by its own clock."""

    def delete(self, item_id: str) -> None:
        """Words of this item are of no interest; the model keeps what it heard."""
        self._words.forget(item_id)

    def tick(self, elapsed_ms: float) -> None:
        """So much time has passed since it started: fill the pauses, end what has ended."""
        while self.is_ready and self._billed_ms <= elapsed_ms:
            # Beforehand: what is told after its end is heard by nobody.
            self._billed_ms += _BILLED_MS
            self.wire.tell(TimeBilled(_BILLED_MS))
        missing_ms = elapsed_ms - self._sent_bytes / _BYTES_PER_MS
        while self.is_ready and missing_ms >= _SLACK_MS:
            self._append(bytes(samples_for_ms(RATE_HZ, _PIECE_MS) * SAMPLE_BYTES))
            missing_ms -= _PIECE_MS
        self._words.tick(elapsed_ms)
        self._replies.tick(elapsed_ms)

    # What is told

    def take(self, event: Mapping[str, Any]) -> None:
        """An event of the server's."""
        match loose.text(event, "type"):
            case "session.started":
                expires_at = loose.number(loose.record(event, "session"), "expires_at") or 0
                self.expires_at = expires_at if 0 < expires_at < _NO_TIME else 0
                self.begin()
            case "session.input_transcript.delta":
                self._words.more(loose.text(event, "delta"), loose.number(event, "start_ms") or 0)
            case "session.output_transcript.delta":
                self._replies.text(loose.text(event, "delta"))
            case "session.output_audio.delta":
                self._replies.sound(sound_of(event) or b"")
            case "response.event":
                self._of_backend(loose.record(event, "event"))
            case "session.closed":
                self._closed(loose.text(event, "reason"))
            case "error":
                self._error(event)

    def _of_backend(self, event: Mapping[str, Any]) -> None:
        item = loose.record(event, "item")
        is_done = loose.text(event, "type") == "response.output_item.done"
        if is_done and loose.text(item, "type") == "function_call":
            self._replies.call(item)

    def _closed(self, reason: str) -> None:
        if reason == "expired":
            self.expired = True
        elif reason == "content":
            self.last_error = AppError(Code.CONTENT_REFUSED, self._model)
        elif reason == "connection_lost":
            self.last_error = AppError(Code.SERVER_CUT_OFF, self._model)

    def _error(self, event: Mapping[str, Any]) -> None:
        error = loose.record(event, "error")
        about = loose.text(error, "client_event_id") or loose.text(event, "client_event_id")
        if not error:
            return
        if about == SETUP_ID or not self.is_ready:
            self.setup_error = error
            return
        judged = self.wire.judge(error)
        if cause_of(about) == "respond":
            self._replies.refused(about)
        if not about:
            self.last_error = judged
        self.wire.tell(Refused(about, judged))

    # Within

    def _append(self, pcm: bytes) -> None:
        self._sent_bytes += len(pcm)
        sound = base64.b64encode(pcm).decode()
        self.wire.out.append(Frame(_APPEND, f'{{"type":"{_APPEND}","audio":"{sound}"}}'))

    def _note(self, text: str) -> None:
        for at in range(0, len(text), _MOST_NOTE_CHARACTERS):
            piece = text[at : at + _MOST_NOTE_CHARACTERS]
            self._send("session.instructions.append", "add", delegation_id=None, content=piece)

    def _send(self, kind: str, cause: str, **fields: Any) -> None:
        self.wire.send({"type": kind, "event_id": self.wire.new_id(cause), **fields})

    def _delegation(self, setup: SessionSetup) -> Json:
        backend = {
            "model": self._backend_model,
            "instructions": setup.instructions,
            "tools": [_tool(tool) for tool in setup.tools],
            "parallel_tool_calls": True,
        }
        return {"type": "responses", "responses": backend}


def initial_items(history: Sequence[ChatMessage]) -> Iterator[Json]:
    """What was said so far, as much of its end as is taken: texts alone."""
    kept: list[ChatMessage] = []
    left = MOST_HISTORY_CHARACTERS
    for message in reversed(history):
        left -= len(message.text)
        if left < 0 or len(kept) == MOST_MESSAGES:
            break
        if message.text and message.role in _ROLES:
            kept.append(message)
    for message in reversed(kept):
        kind = "output_text" if message.role is ChatRole.ASSISTANT else "input_text"
        content = [{"type": kind, "text": message.text}]
        yield {"type": "message", "role": _ROLES[message.role], "content": content}


def close_text() -> str:
    """Ends a session in order."""
    return json.dumps({"type": "session.close", "event_id": "close"})


def _tool(tool: ToolSpec) -> Json:
    return {
        "type": "function",
        "name": tool.name,
        "description": tool.description,
        "parameters": dict(tool.parameters),
        "strict": tool.is_strict,
    }
