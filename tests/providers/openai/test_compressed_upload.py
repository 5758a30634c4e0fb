"""Uploads to servers that are far away: the same sound in half the bytes, WAV where refused."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator

import pytest

from app.errors import AppError, Code
from app.net.address import ServerAddress
from app.providers.base import Hints
from app.providers.openai.client import OpenAIClient
from app.providers.openai.transcriber import OpenAITranscriber
from app.providers.openai.upload import upload_of
from tests.desk.speech import say
from tests.faults.api import form, sound_in
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import PATIENT

HEARD = faults.answer(200, json.dumps({"text": "What time is it?"}).encode())


@contextlib.asynccontextmanager
async def served(
    behaviour: faults.Behaviour,
) -> AsyncIterator[tuple[OpenAIClient, faults.FaultServer]]:
    """A server of this behaviour, and a client without a key, which would not go to far ones."""
    async with faults.FaultServer(behaviour) as server:
        client = OpenAIClient(server.base_url, None, PATIENT)
        try:
            yield client, server
        finally:
            await client.aclose()


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ServerAddress, "is_near", property(lambda self: False))


@pytest.mark.usefixtures("far")
async def test_a_far_server_is_sent_flac_and_hears_the_same_sound() -> None:
    clip = say("what time is it")
    async with served(HEARD) as (client, server):
        transcript = await OpenAITranscriber(client, "gpt-transcribe").transcribe(clip, Hints())
        (request,) = server.requests
    assert transcript.text == "What time is it?"
    assert b'filename="speech.flac"' in request.body
    assert sound_in(form(request)["file"]) == clip
    assert len(request.body) < 0.65 * len(clip.data)


async def test_a_near_server_is_sent_wav() -> None:
    async with served(HEARD) as (client, server):
        clip = say("what time is it")
        await OpenAITranscriber(client, "gpt-transcribe").transcribe(clip, Hints())
        assert b'filename="speech.wav"' in server.requests[0].body


REFUSALS = {
    "openai": (400, "Invalid file format. Supported formats: ['wav', 'mp3']"),
    "decoder": (400, "Audio file might be corrupted or unsupported"),
    "ffmpeg": (500, "FFmpeg conversion failed."),
    "soundfile": (422, "could not decode the upload"),
}


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("refusal", REFUSALS)
async def test_a_server_that_reads_wav_alone_is_sent_wav_from_then_on(refusal: str) -> None:
    async def hear(exchange: faults.Exchange) -> None:
        is_wav = form(exchange.request)["file"].startswith(b"RIFF")
        await (HEARD if is_wav else faults.error(*REFUSALS[refusal]))(exchange)

    clip = say("what time is it")
    async with served(hear) as (client, server):
        transcriber = OpenAITranscriber(client, "some-model")
        for _ in range(2):
            assert (await transcriber.transcribe(clip, Hints())).text == "What time is it?"
        kinds = [form(request)["file"][:4] for request in server.requests]
    assert kinds == [b"fLaC", b"RIFF", b"RIFF"]


@pytest.mark.usefixtures("far")
async def test_other_refusals_are_not_asked_twice() -> None:
    refusal = faults.error(404, "The model `m` does not exist", code="model_not_found")
    async with served(refusal) as (client, server):
        with pytest.raises(AppError) as raised:
            await OpenAITranscriber(client, "m").transcribe(say("what time is it"), Hints())
        assert raised.value.code is Code.MODEL_UNKNOWN
        assert len(server.requests) == 1


def test_only_the_far_get_both_forms() -> None:
    clip = say("what time is it")
    near, far = upload_of(clip, far=False), upload_of(clip, far=True)
    assert (near.flac, near.wav) == (b"", far.wav)
    assert far.file(frozenset({"flac"})) == near.file(frozenset())
