"""The whole API surface that Sayso uses, answered as OpenAI does. A server here is this, or worse.

What is heard is the number that is encoded in the sound; what is answered names that number.
"""

from __future__ import annotations

import enum
import io
import json
import re
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs, urlsplit

import av
import numpy as np

from audio.pcm import Clip
from tests.faults import responses
from tests.providers.openai.fault_server import DONE, Request, chat_event, event

SPEECH_RATE_HZ = 24_000
SPOKEN_MS = 300
_EVENT_STREAM = "text/event-stream"
_LEVEL = 100
"""Added to an utterance's number, so that its sound is never silence."""

Json = dict[str, Any]


class Service(enum.StrEnum):
    """What Sayso uses a server for."""

    TRANSCRIPTION = "transcription"
    CHAT = "chat"
    SPEECH = "speech"
    MODELS = "models"
    REALTIME = "realtime"


_SERVICES = {
    "/v1/audio/transcriptions": Service.TRANSCRIPTION,
    "/v1/chat/completions": Service.CHAT,
    "/v1/responses": Service.CHAT,
    "/v1/audio/speech": Service.SPEECH,
    "/v1/models": Service.MODELS,
    "/v1/realtime": Service.REALTIME,
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A response with status 200, in the pieces that it is sent in."""

    kind: str
    pieces: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model calls, once for each turn."""

    name: str
    arguments: str
    call_id: str = "call_1"


@dataclass(slots=True)
class Model:
    """What the server answers with. `calls` are made before the first answer of a turn.

    `hears` is the transcript of speech that does not say its number, `speaks` its sound.
    """

    hears: str = ""
    speaks: bytes = b""
    calls: Sequence[Call] = ()
    gone: frozenset[str] = frozenset()
    listed: Sequence[Json] = field(default_factory=list)


def service_of(request: Request) -> Service:
    """What a request is about."""
    return _SERVICES[request.path.partition("?")[0]]


def model_of(request: Request) -> str:
    """The model that a request names."""
    if service_of(request) is Service.TRANSCRIPTION:
        return form(request)["model"].decode()
    if request.body:
        return str(request.json()["model"])
    return "".join(parse_qs(urlsplit(request.path).query).get("model", ()))


def form(request: Request) -> dict[str, bytes]:
    """The fields of an upload."""
    kind = f"content-type: {request.headers['content-type']}\r\n\r\n".encode()
    parts = message_from_bytes(kind + request.body).get_payload()
    fields = {}
    for part in parts:
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        fields[str(name)] = part.get_payload(decode=True)  # type: ignore[union-attr]
    return fields  # type: ignore[return-value]


def sound_of(number: int, rate_hz: int, duration_ms: int) -> bytes:
    """An utterance that says its number: samples of one level, which no resampling changes."""
    samples = np.full(rate_hz * duration_ms // 1000, number + _LEVEL, dtype="<i2")
    return samples.tobytes()


def number_in(sound: bytes) -> int:
    """The number of an utterance, from its samples."""
    return int(np.median(np.frombuffer(sound, dtype="<i2"))) - _LEVEL


def sound_in(file: bytes) -> Clip:
    """What an upload holds, WAV or FLAC."""
    if file.startswith(b"fLaC"):
        with av.open(io.BytesIO(file), "r") as flac:
            pieces = [frame.to_ndarray().reshape(-1) for frame in flac.decode(audio=0)]
            return Clip(flac.streams.audio[0].rate, np.concatenate(pieces).tobytes())
    with wave.open(io.BytesIO(file)) as wav:
        return Clip(wav.getframerate(), wav.readframes(wav.getnframes()))


def said(number: int) -> str:
    """What is heard of an utterance."""
    return f"This is utterance number {number}."


def reply_to(text: str) -> str:
    """What is answered to a text: the last number in it."""
    found = re.findall(r"number (\d+)", text)
    return f"I have heard number {found[-1]}." if found else "I have heard you."


def answer(request: Request, model: Model) -> Answer:
    """The right answer to a request."""
    path = request.path.partition("?")[0]
    return _ANSWERS[path](request, model)


def _transcription(request: Request, model: Model) -> Answer:
    fields = form(request)
    sound = sound_in(fields["file"])
    text = model.hears or said(number_in(sound.data))
    seconds = round(sound.duration_ms / 1000, 2)
    usage = {"type": "duration", "seconds": seconds}
    if fields.get("stream") == b"true":
        words = text.split(" ")
        deltas = [f"{word} " for word in words[:-1]] + words[-1:]
        events = [event({"type": "transcript.text.delta", "delta": delta}) for delta in deltas]
        usage = {"type": "tokens", "input_tokens": 16, "output_tokens": 6, "total_tokens": 22}
        done = event({"type": "transcript.text.done", "text": text, "usage": usage})
        return Answer(_EVENT_STREAM, [*events, done])
    return Answer("application/json", [json.dumps({"text": text, "usage": usage}).encode()])


def _chat(request: Request, model: Model) -> Answer:
    messages = request.json()["messages"]
    question = [m["content"] for m in messages if m["role"] == "user"][-1]
    chunks = [chat_event({"role": "assistant", "content": ""})]
    if model.calls and messages[-1]["role"] != "tool":
        for index, call in enumerate(model.calls):
            function = {"name": call.name, "arguments": call.arguments}
            tool = {"index": index, "id": call.call_id, "type": "function", "function": function}
            chunks.append(chat_event({"tool_calls": [tool]}))
        chunks.append(chat_event({}, "tool_calls"))
    else:
        words = reply_to(_text_of(question)).split(" ")
        chunks += [chat_event({"content": word + " "}) for word in words[:-1]]
        chunks += [chat_event({"content": words[-1]}), chat_event({}, "stop")]
    usage = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}
    return Answer(_EVENT_STREAM, [*chunks, chat_event(usage=usage), DONE])


def _responses(request: Request, model: Model) -> Answer:
    body = request.json()
    name, items = body["model"], body["input"]
    items = [{"role": "user", "content": items}] if isinstance(items, str) else items
    if model.calls and items[-1].get("type") != "function_call_output":
        calls = [(call.name, call.arguments, call.call_id) for call in model.calls]
        return Answer(_EVENT_STREAM, responses.call_events(name, calls))
    question = [item["content"] for item in items if item.get("role") == "user"][-1]
    words = re.findall(r"\S+\s*", reply_to(_text_of(question)))
    return Answer(_EVENT_STREAM, responses.text_events(name, words))


def _text_of(content: Any) -> str:
    """The words of a message's content, in either API's form."""
    if isinstance(content, str):
        return content
    return " ".join(part.get("text", "") for part in content)


def _speech(request: Request, model: Model) -> Answer:
    times = np.arange(SPEECH_RATE_HZ * SPOKEN_MS // 1000) / SPEECH_RATE_HZ
    tone = (8000 * np.sin(2 * np.pi * 440 * times)).astype("<i2").tobytes()
    sound = model.speaks or tone
    return Answer("audio/pcm", [sound[at : at + 4001] for at in range(0, len(sound), 4001)])


def _models(request: Request, model: Model) -> Answer:
    return Answer(
        "application/json", [json.dumps({"object": "list", "data": list(model.listed)}).encode()]
    )


_ANSWERS: dict[str, Callable[[Request, Model], Answer]] = {
    "/v1/audio/transcriptions": _transcription,
    "/v1/chat/completions": _chat,
    "/v1/responses": _responses,
    "/v1/audio/speech": _speech,
    "/v1/models": _models,
}
