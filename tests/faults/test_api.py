"""The server of these tests answers as the published schema says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.providers.openai.upload import wav_bytes
from audio.pcm import Clip
from tests.faults import responses
from tests.faults.api import Call, Model, answer, number_in, said, sound_of
from tests.providers.openai.conftest import oracle  # noqa: F401
from tests.providers.openai.fault_server import Request

_CALLS = Model(calls=(Call("set_timer", '{"seconds": 60}'),))
_BOUNDARY = "a-boundary"
_JSON = {"content-type": "application/json"}


def _post(path: str, body: object) -> Request:
    return Request("POST", path, _JSON, json.dumps(body).encode())


def _upload(**fields: str) -> Request:
    sound = wav_bytes(Clip(16_000, sound_of(7, 16_000, 500)))
    parts = [b'name="file"; filename="a.wav"\r\ncontent-type: audio/wav\r\n\r\n' + sound]
    parts += [f'name="{name}"\r\n\r\n{value}'.encode() for name, value in fields.items()]
    opening = f"--{_BOUNDARY}\r\ncontent-disposition: form-data; ".encode()
    body = b"".join(opening + part + b"\r\n" for part in parts) + f"--{_BOUNDARY}--\r\n".encode()
    headers = {"content-type": f"multipart/form-data; boundary={_BOUNDARY}"}
    return Request("POST", "/v1/audio/transcriptions", headers, body)


def _events(pieces: Sequence[bytes]) -> list[Any]:
    lines = b"".join(pieces).decode().splitlines()
    data = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return [json.loads(entry) for entry in data if entry != "[DONE]"]


_CHAT = {"model": "m", "stream": True, "messages": [{"role": "user", "content": "number 7"}]}
_ANSWERS = {
    "chat": (_post("/v1/chat/completions", _CHAT), "CreateChatCompletionStreamResponse"),
    "reply": (_post("/v1/responses", {"model": "m", "input": "number 7"}), "ResponseStreamEvent"),
    "transcript": (_upload(model="gpt-transcribe"), "CreateTranscriptionResponseJson"),
    "streamed transcript": (
        _upload(model="gpt-transcribe", stream="true"),
        "CreateTranscriptionResponseStreamEvent",
    ),
    "models": (Request("GET", "/v1/models", {}, b""), "ListModelsResponse"),
}


@pytest.mark.parametrize("model", [Model(), _CALLS], ids=["text", "calls"])
@pytest.mark.parametrize("name", _ANSWERS)
def test_answers_are_as_the_schema_says(name: str, model: Model, oracle: Any) -> None:  # noqa: F811
    request, schema = _ANSWERS[name]
    whole = answer(request, model)
    streamed = whole.kind == "text/event-stream"
    bodies = _events(whole.pieces) if streamed else [json.loads(b"".join(whole.pieces))]
    assert bodies
    assert [problem for body in bodies for problem in _problems(oracle, schema, body)] == []


@pytest.mark.parametrize(
    "pieces",
    [
        responses.incomplete("m", "content_filter"),
        responses.incomplete("m", "max_output_tokens"),
        responses.failed("m", "server_error", "no"),
    ],
)
def test_replies_that_fail_are_as_the_schema_says(
    pieces: list[bytes],
    oracle: Any,  # noqa: F811
) -> None:
    problems = [_problems(oracle, "ResponseStreamEvent", event) for event in _events(pieces)]
    assert [problem for found in problems for problem in found] == []


def test_an_utterance_says_its_number() -> None:
    assert number_in(sound_of(12, 16_000, 100)) == 12
    heard = answer(_upload(model="gpt-transcribe"), Model())
    assert json.loads(heard.pieces[0])["text"] == said(7)


def _problems(judge: Any, schema: str, body: Any) -> list[str]:
    schemas = judge._spec()["components"]["schemas"]
    name = next((name for name in _branches(schemas, schema) if _fits(schemas[name], body)), schema)
    found: list[str] = judge._violations({"$ref": f"#/components/schemas/{name}"}, body)
    return found


def _branches(schemas: Any, name: str) -> list[str]:
    """The alternatives of a union by name, so that a problem is told of the one that was meant."""
    return [branch["$ref"].rpartition("/")[2] for branch in schemas[name].get("anyOf", ())]


def _fits(schema: Any, body: Any) -> bool:
    return body["type"] in schema["properties"]["type"]["enum"]
