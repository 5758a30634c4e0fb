from __future__ import annotations

import email
import email.policy
import io
import json
import wave
from typing import Any

import pytest

from app.errors import AppError, Code
from app.providers.base import Hints, Transcript
from app.providers.openai.client import OpenAIClient
from app.providers.openai.transcriber import (
    LARGEST_UPLOAD_BYTES,
    OpenAITranscriber,
    wav_bytes,
)
from audio.pcm import Clip
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import served

SOUND = Clip(16_000, bytes(range(256)) * 64)
HEARD = faults.answer(200, json.dumps({"text": " What is the time? "}).encode())


def _form(request: faults.Request) -> dict[str, Any]:
    """The fields of an upload; a file is a tuple of name, content and type."""
    head = f"Content-Type: {request.headers['content-type']}\r\n\r\n".encode()
    message = email.message_from_bytes(head + request.body, policy=email.policy.HTTP)
    fields: dict[str, Any] = {}
    for part in message.iter_parts():
        name = str(part.get_param("name", header="content-disposition"))
        value: Any = part.get_payload(decode=True)
        if part.get_filename():
            value = (part.get_filename(), value, part.get_content_type())
        else:
            value = value.decode()
        if name.endswith("[]"):
            fields.setdefault(name[:-2], []).append(value)
        else:
            fields[name] = value
    return fields


async def test_upload_is_the_take_and_the_answer_its_words() -> None:
    async with served(HEARD) as (client, server):
        transcript = await OpenAITranscriber(client, "whisper-1").transcribe(SOUND, Hints("de"))
        fields = _form(server.requests[0])
    assert transcript == Transcript("What is the time?", "whisper-1")
    name, content, kind = fields["file"]
    assert (name, kind) == ("speech.wav", "audio/wav")
    with wave.open(io.BytesIO(content)) as file:
        assert (file.getframerate(), file.getnchannels()) == (16_000, 1)
        assert file.readframes(file.getnframes()) == SOUND.data
    assert (fields["language"], fields["model"]) == ("de", "whisper-1")


@pytest.mark.parametrize("model", ["whisper-1", "gpt-transcribe", "gpt-4o-transcribe"])
async def test_request_is_what_the_schema_says(model: str, oracle: Any) -> None:
    hints = Hints("en", vocabulary=("Sayso", "Größe"))
    async with served(HEARD) as (client, server):
        await OpenAITranscriber(client, model).transcribe(SOUND, hints)
        request = server.requests[0]
    fields = _form(request)
    assert oracle.check_request(request.method, request.path, fields) == []
    if model == "gpt-transcribe":
        assert fields["keywords"] == ["Sayso", "Größe"]
    else:
        assert fields["prompt"] == "Sayso, Größe"


@pytest.mark.parametrize("samples", [0, 1, 1599])
async def test_less_than_a_tenth_of_a_second_is_not_sent(samples: int) -> None:
    async with served(HEARD) as (client, server):
        clip = Clip(16_000, bytes(2 * samples))
        transcript = await OpenAITranscriber(client, "m").transcribe(clip, Hints())
        assert transcript == Transcript("", "m")
        assert server.requests == []


async def test_a_take_above_the_limit_is_refused_before_it_is_sent() -> None:
    client = OpenAIClient("http://localhost:1/v1")
    clip = Clip(48_000, bytes(LARGEST_UPLOAD_BYTES))
    assert len(wav_bytes(clip)) > LARGEST_UPLOAD_BYTES
    with pytest.raises(AppError) as caught:
        await OpenAITranscriber(client, "m").transcribe(clip, Hints())
    assert caught.value.code is Code.TAKE_TOO_LONG


async def test_no_words_is_an_empty_transcript() -> None:
    async with served(faults.answer(200, b'{"text": ""}')) as (client, _):
        assert (await OpenAITranscriber(client, "m").transcribe(SOUND, Hints())).text == ""
