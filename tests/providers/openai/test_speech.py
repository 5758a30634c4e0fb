from __future__ import annotations

import io
import json
import wave
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.errors import AppError, Code
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.voice_text import parts
from audio.pcm import Clip
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import TIRELESS, served

SOUND = bytes(range(256)) * 20
LONGEST_INPUT = 4096


def _wav(rate_hz: int) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(SOUND)
    return buffer.getvalue()


def _sound(kind: str | None, *pieces: bytes) -> faults.Behaviour:
    return faults.stream(pieces, content_type=kind)


@pytest.mark.parametrize("kind", ["audio/pcm", "audio/mpeg", "application/octet-stream", None])
async def test_sound_comes_in_whole_samples(kind: str | None) -> None:
    async with served(_sound(kind, SOUND[:101], SOUND[101:1000], SOUND[1000:])) as (client, _):
        clips = [clip async for clip in OpenAISpeech(client, "m", "alloy").speak("Hello.")]
    assert b"".join(clip.data for clip in clips) == SOUND
    assert all(isinstance(clip, Clip) and len(clip.data) % 2 == 0 for clip in clips)
    assert {clip.rate_hz for clip in clips} == {24_000}


async def test_first_sound_is_given_before_the_rest_is_made() -> None:
    async with served(faults.stream([SOUND], "hang", "audio/pcm")) as (client, server):
        clips = OpenAISpeech(client, "m", "alloy").speak("Hello.")
        assert (await anext(clips)).data == SOUND
        await clips.aclose()
        await server.until(lambda: server.ended == 1)


async def test_what_came_before_a_cut_is_given() -> None:
    async with served(faults.stream([SOUND], "reset", "audio/pcm"), TIRELESS) as (client, server):
        clips = OpenAISpeech(client, "m", "alloy").speak("Hello.")
        assert (await anext(clips)).data == SOUND
        with pytest.raises(AppError) as caught:
            await anext(clips)
        assert caught.value.code is Code.SERVER_CUT_OFF
        assert len(server.requests) == 1


async def test_request_is_what_the_schema_says(oracle: Any) -> None:
    async with served(_sound("audio/pcm", SOUND)) as (client, server):
        speech = OpenAISpeech(client, "gpt-4o-mini-tts", "marin")
        [_ async for _ in speech.speak("Hello, Größe 漢!")]
        request = server.requests[0]
    assert oracle.check_request(request.method, request.path, request.json()) == []
    assert request.json()["response_format"] == "pcm"
    assert request.json()["input"] == "Hello, Größe 漢!"


async def test_long_text_is_sent_in_parts_and_in_order() -> None:
    text = "word " * 2000
    async with served(_sound("audio/pcm", SOUND)) as (client, server):
        [_ async for _ in OpenAISpeech(client, "m", "alloy").speak(text)]
        inputs = [request.json()["input"] for request in server.requests]
    assert len(inputs) == 3
    assert all(len(part) <= LONGEST_INPUT for part in inputs)
    assert " ".join(inputs) == text.strip()


async def test_blank_text_is_not_sent() -> None:
    async with served(_sound("audio/pcm", SOUND)) as (client, server):
        assert [clip async for clip in OpenAISpeech(client, "m", "alloy").speak(" \n")] == []
        assert server.requests == []


@pytest.mark.parametrize(
    ("model", "kept"), [("gpt-4o-mini-tts", True), ("tts-1", False), ("kokoro", True)]
)
async def test_speed_and_instructions_are_asked_of_who_takes_them(
    model: str, kept: bool, oracle: Any
) -> None:
    async with served(_sound("audio/pcm", SOUND)) as (client, server):
        speech = OpenAISpeech(client, model, "marin", speed=9.0, instructions="Whisper.")
        [_ async for _ in speech.speak("Hello.")]
        request = server.requests[0]
    assert oracle.check_request(request.method, request.path, request.json()) == []
    assert request.json()["speed"] == 4.0
    assert request.json().get("instructions") == ("Whisper." if kept else None)


async def test_an_option_that_is_refused_is_left_out_and_remembered() -> None:
    refusals = {
        "instructions": {"error": {"message": "Unknown.", "param": "instructions"}},
        "speed": {"detail": [{"loc": ["body", "speed"], "msg": "extra fields not permitted"}]},
        "response_format": {"error": {"message": "response_format must be one of [wav]"}},
    }

    async def behave(exchange: faults.Exchange) -> None:
        sent = exchange.request.json()
        for name, body in refusals.items():
            if name in sent and sent[name] != "wav":
                await faults.answer(400, json.dumps(body).encode())(exchange)
                return
        await _sound("audio/wav", _wav(22_050))(exchange)

    async with served(behave) as (client, server):
        speech = OpenAISpeech(client, "m", "alloy", speed=1.2, instructions="Whisper.")
        clips = [clip async for clip in speech.speak("Hello.")]
        assert len(server.requests) == 4
        [_ async for _ in speech.speak("Hello again.")]
        assert len(server.requests) == 5
    assert b"".join(clip.data for clip in clips) == SOUND
    assert {clip.rate_hz for clip in clips} == {22_050}


async def test_a_refusal_that_names_nothing_is_final() -> None:
    async with served(faults.error(400, "no")) as (client, server):
        with pytest.raises(AppError) as caught:
            [_ async for _ in OpenAISpeech(client, "m", "alloy", speed=2.0).speak("Hello.")]
        assert caught.value.code is Code.REQUEST_REFUSED
        assert len(server.requests) == 1


async def test_a_rate_in_the_header_is_the_rate() -> None:
    async with served(_sound("audio/pcm; rate=16000", SOUND)) as (client, _):
        clips = [clip async for clip in OpenAISpeech(client, "m", "alloy").speak("Hello.")]
    assert {clip.rate_hz for clip in clips} == {16_000}


def test_long_text_is_cut_after_a_sentence_where_there_is_one() -> None:
    assert parts("One two three. Four five six.", 22) == ["One two three.", "Four five six."]
    assert parts("One. Two three four five six", 22) == ["One. Two three four", "five six"]


@given(st.text(), st.integers(1, 20))
def test_parts_lose_only_blanks(text: str, longest: int) -> None:
    found = parts(text, longest)
    assert all(part and len(part) <= longest for part in found)
    assert "".join("".join(found).split()) == "".join(text.split())


async def test_a_model_that_is_gone_hands_over_with_the_abilities_of_the_next() -> None:
    gone = faults.error(404, "no such model", code="model_not_found")
    async with served(faults.in_turn(gone, _sound("audio/pcm", SOUND))) as (client, server):
        speech = OpenAISpeech(client, "gpt-4o-mini-tts", "alloy", instructions="Whisper.")
        clips = [clip async for clip in speech.speak("Hello.")]
        asked = [json.loads(request.body) for request in server.requests]
    assert b"".join(clip.data for clip in clips) == SOUND
    assert [body["model"] for body in asked] == ["gpt-4o-mini-tts", "tts-1"]
    assert ["instructions" in body for body in asked] == [True, False]
    assert speech.label == "tts-1"


async def test_when_all_models_are_gone_another_kind_of_voice_is_named() -> None:
    gone = faults.error(404, "no such model", code="model_not_found")
    async with served(gone) as (client, _):
        speech = OpenAISpeech(client, "gpt-4o-mini-tts", "alloy")
        with pytest.raises(AppError):
            [clip async for clip in speech.speak("Hello.")]
        assert speech.crosses_to is not None
        assert speech.crosses_to.model == "gpt-realtime-2.1-mini"
