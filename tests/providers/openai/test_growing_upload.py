"""Uploads that begin before their sound has ended, and servers that take none."""

from __future__ import annotations

import asyncio
import contextlib
import io
import wave
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.providers.base import Hints, Partial, Transcript
from app.providers.kept_sound import KeptSound
from app.providers.openai import live_transcriber
from app.providers.openai.growing_upload import fields_of, form_head, streamed_wav_header
from app.providers.openai.live_transcriber import OpenAILiveTranscriber
from app.providers.openai.transcriber import OpenAITranscriber
from tests.faults.api import Service, form, said, sound_of
from tests.faults.behaviours import half, status
from tests.faults.server import ApiServer
from tests.providers.openai.connection import PATIENT, connected

RATE_HZ = 16_000
SOUND = sound_of(3000, RATE_HZ, 1500)
HINTS = Hints("de", vocabulary=("Sayso", "Größe"))


class Stage:
    def __init__(self, api: ApiServer, transcriber: OpenAILiveTranscriber) -> None:
        self.api = api
        self.transcriber = transcriber
        self.told: list[Partial] = []

    @property
    def chunked(self) -> list[bool]:
        """Of each upload, whether it came in chunks."""
        asked = self.api.asked(Service.TRANSCRIPTION)
        return [request.headers.get("transfer-encoding") == "chunked" for request in asked]

    async def hear(self, pcm: bytes = SOUND, hints: Hints = HINTS) -> Transcript:
        sound = KeptSound(RATE_HZ)
        following = asyncio.create_task(self.transcriber.follow(sound, hints, self.told.append))
        for at in range(0, len(pcm), 3200):
            sound.feed(pcm[at : at + 3200])
            await asyncio.sleep(0)
        sound.end()
        return await following


@contextlib.asynccontextmanager
async def stage(model: str = "gpt-transcribe") -> AsyncIterator[Stage]:
    async with ApiServer() as api, connected(api.base_url, PATIENT) as client:
        transcriber = OpenAILiveTranscriber(client, "", OpenAITranscriber(client, model))
        try:
            yield Stage(api, transcriber)
        finally:
            await transcriber.aclose()


async def test_the_upload_begins_with_the_take() -> None:
    async with stage() as s:
        sound = KeptSound(RATE_HZ)
        following = asyncio.create_task(s.transcriber.follow(sound, HINTS))
        sound.feed(SOUND[:6400])
        await s.api.until(lambda: s.api.begun == 1)
        assert s.api.requests == []
        sound.feed(SOUND[6400:])
        sound.end()
        assert (await following).text == said(3000)


@pytest.mark.parametrize("model", ["gpt-transcribe", "gpt-4o-transcribe", "whisper-1", "other"])
async def test_the_form_is_what_an_upload_of_a_file_would_hold(model: str, oracle: Any) -> None:
    async with stage(model) as s:
        assert (await s.hear()).text == said(3000)
        plain = OpenAITranscriber(s.transcriber._client, model)
        clip_sound = KeptSound(RATE_HZ)
        clip_sound.feed(SOUND)
        await plain.transcribe(await clip_sound.clip(), HINTS, lambda _: None)
        grown, whole = s.api.asked(Service.TRANSCRIPTION)
        assert s.chunked == [True, False]
    fields, expected = form(grown), form(whole)
    file, whole_file = fields.pop("file"), expected.pop("file")
    assert fields == expected
    with wave.open(io.BytesIO(file)) as grown_wav, wave.open(io.BytesIO(whole_file)) as whole_wav:
        assert grown_wav.getframerate() == RATE_HZ
        assert grown_wav.readframes(10**9) == whole_wav.readframes(10**9) == SOUND
    told = fields_of(model, HINTS, streams=False, without=frozenset())
    body = {**told, "file": ("speech.wav", file, "audio/wav")}
    assert oracle.check_request("POST", "/audio/transcriptions", body) == []


async def test_words_are_told_where_the_answer_comes_in_parts() -> None:
    async with stage() as s:
        await s.hear()
        assert [partial.text for partial in s.told][:2] == ["This", "This is"]
        assert s.told[-1] == Partial(said(3000), len(said(3000)))


@pytest.mark.parametrize("refusal", [411, 400])
async def test_a_server_that_takes_no_chunks_is_remembered(refusal: int) -> None:
    async with stage() as s:
        s.api.inject(Service.TRANSCRIPTION, status(refusal), numbers=[1])
        for _ in range(3):
            assert (await s.hear()).text == said(3000)
        assert s.chunked == [True, False, False, False]


async def test_a_cut_upload_is_sent_again_and_chunks_are_tried_again() -> None:
    async with stage() as s:
        s.api.inject(Service.TRANSCRIPTION, half("reset"), numbers=[1])
        for _ in range(2):
            assert (await s.hear()).text == said(3000)
        assert s.chunked == [True, False, True]


async def test_a_long_take_is_cut_at_its_pauses_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(live_transcriber, "GROWING_S", (0.5, 60.0))
    numbers = (3000, 5000, 7000)
    pause = bytes(2 * RATE_HZ)
    async with stage() as s:
        text = (await s.hear(pause.join(sound_of(n, RATE_HZ, 3000) for n in numbers))).text
        assert len(s.chunked) == 3
    assert text == " ".join(said(number) for number in numbers)


async def test_a_cancelled_take_ends_its_upload() -> None:
    async with stage() as s:
        sound = KeptSound(RATE_HZ)
        following = asyncio.create_task(s.transcriber.follow(sound, HINTS))
        sound.feed(SOUND)
        await s.api.until(lambda: s.api.begun == 1)
        following.cancel()
        await asyncio.wait([following])
        assert following.cancelled()
        assert s.api.requests == []
        assert (await s.hear()).text == said(3000)


def test_a_form_holds_lists_and_truths_as_the_library_writes_them() -> None:
    head = form_head({"model": "m", "keywords": ["a", "b"], "stream": True}, "xyz").decode()
    assert head.count('name="keywords[]"') == 2
    assert 'name="stream"\r\n\r\ntrue\r\n' in head
    assert head.startswith("--xyz\r\n")
    assert head.endswith("Content-Type: audio/wav\r\n\r\n")


def test_the_header_is_read_as_a_sound_of_unknown_length() -> None:
    with wave.open(io.BytesIO(streamed_wav_header(16_000) + SOUND)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16_000, 1, 2)
        assert file.readframes(file.getnframes()) == SOUND
