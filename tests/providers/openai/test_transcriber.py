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
from app.providers.openai.transcriber import OpenAITranscriber
from audio.pcm import Clip, samples_for_ms
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import QUICK, served

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


MODELS: dict[str, dict[str, object]] = {
    "whisper-1": {"language": "de", "prompt": "Sayso, Größe", "response_format": "verbose_json"},
    "gpt-transcribe": {"languages": ["de"], "keywords": ["Sayso", "Größe"]},
    "gpt-4o-transcribe": {"language": "de", "prompt": "Sayso, Größe", "include": ["logprobs"]},
    "gpt-4o-mini-transcribe": {"language": "de", "prompt": "Sayso, Größe", "include": ["logprobs"]},
    "gpt-4o-transcribe-diarize": {"language": "de"},
    "whisper-large-v3": {"language": "de", "prompt": "Sayso, Größe"},
}
WITH_VOCABULARY = Hints("de", vocabulary=("Sayso", "Größe"))


@pytest.mark.parametrize("streams", [False, True])
@pytest.mark.parametrize("model", MODELS)
async def test_request_is_what_the_schema_says(model: str, streams: bool, oracle: Any) -> None:
    on_partial = print if streams else None
    async with served(HEARD) as (client, server):
        await OpenAITranscriber(client, model).transcribe(SOUND, WITH_VOCABULARY, on_partial)
        request = server.requests[0]
    fields = _form(request)
    told: dict[str, object] = {"stream": True} if fields.pop("stream", None) == "true" else {}
    assert oracle.check_request(request.method, request.path, {**fields, **told}) == []
    del fields["file"]
    assert fields == {"model": model, "response_format": "json", **MODELS[model]}
    assert bool(told) == (streams and model.startswith("gpt"))


async def test_translation_is_asked_of_a_model_that_has_it(oracle: Any) -> None:
    hints = Hints("de", translate=True)
    async with served(HEARD) as (client, server):
        for model in ("whisper-1", "gpt-transcribe"):
            await OpenAITranscriber(client, model).transcribe(SOUND, hints)
        first, second = server.requests
    assert (first.path, second.path) == ("/v1/audio/translations", "/v1/audio/transcriptions")
    fields = _form(first)
    assert oracle.check_request(first.method, first.path, fields) == []
    assert "language" not in fields


async def test_what_a_server_does_not_know_is_left_out_and_remembered() -> None:
    refusals = [
        ("include[]", {"error": {"message": "Unknown.", "param": "include"}}),
        ("language", {"detail": [{"loc": ["body", "language"], "msg": "extra"}]}),
        ("prompt", {"detail": "prompt is not supported"}),
    ]

    async def behave(exchange: faults.Exchange) -> None:
        sent = exchange.request.body
        for name, body in refusals:
            if f'name="{name}"'.encode() in sent:
                await faults.answer(400, json.dumps(body).encode())(exchange)
                return
        await HEARD(exchange)

    async with served(behave) as (client, server):
        transcriber = OpenAITranscriber(client, "gpt-4o-transcribe")
        assert (await transcriber.transcribe(SOUND, WITH_VOCABULARY)).text == "What is the time?"
        assert len(server.requests) == 4
        await transcriber.transcribe(SOUND, WITH_VOCABULARY)
        assert len(server.requests) == 5


async def test_languages_and_keywords_have_their_elders() -> None:
    async def behave(exchange: faults.Exchange) -> None:
        for name in ("languages", "keywords"):
            if f'name="{name}[]"'.encode() in exchange.request.body:
                await faults.error(400, f"Unrecognized argument: {name}")(exchange)
                return
        await HEARD(exchange)

    async with served(behave) as (client, server):
        await OpenAITranscriber(client, "gpt-transcribe").transcribe(SOUND, WITH_VOCABULARY)
        fields = _form(server.requests[-1])
    assert (fields["language"], fields["prompt"]) == ("de", "Sayso, Größe")


# --- streaming -----------------------------------------------------------------------------------


def _stream(*events: dict[str, Any], then: str = "end") -> faults.Behaviour:
    return faults.stream([faults.event(event) for event in events], then)


def _delta(text: str) -> dict[str, Any]:
    return {"type": "transcript.text.delta", "delta": text}


DONE = {
    "type": "transcript.text.done",
    "text": "What is the time?",
    "languages": [{"code": "en"}],
    "logprobs": [{"token": "What", "logprob": -0.5}, {"token": "?", "logprob": -0.5}],
}


async def test_partial_words_are_told_while_they_come() -> None:
    told: list[str] = []
    behaviour = _stream(_delta("What"), _delta(" is"), _delta(" teh"), DONE)
    async with served(behaviour) as (client, _):
        transcriber = OpenAITranscriber(client, "gpt-transcribe")
        transcript = await transcriber.transcribe(SOUND, Hints(), told.append)
    assert told == ["What", "What is", "What is teh"]
    assert (transcript.text, transcript.language) == ("What is the time?", "en")
    assert transcript.confidence == pytest.approx(0.6065, abs=0.001)


async def test_a_server_that_ignores_streaming_is_understood() -> None:
    told: list[str] = []
    async with served(HEARD) as (client, _):
        transcriber = OpenAITranscriber(client, "gpt-transcribe")
        transcript = await transcriber.transcribe(SOUND, Hints(), told.append)
    assert (transcript.text, told) == ("What is the time?", [])


@pytest.mark.parametrize(
    ("behaviour", "code", "calls"),
    [
        (_stream(_delta("What")), Code.SERVER_CUT_OFF, 3),
        (_stream(_delta("What"), then="reset"), Code.SERVER_CUT_OFF, 3),
        (_stream(), Code.SERVER_CUT_OFF, 3),
        (_stream(_delta("What"), then="hang"), Code.SERVER_SILENT, None),
        (faults.stream([b"data: {no\n\n"]), Code.SERVER_NOT_API, 1),
        (_stream({"type": "error", "error": {"code": "server_error"}}), Code.SERVER_ERROR, 3),
        (_stream({"error": {"code": "insufficient_quota"}}), Code.QUOTA_SPENT, 1),
    ],
)
async def test_a_faulty_stream_becomes_one_app_error(
    behaviour: faults.Behaviour, code: Code, calls: int | None
) -> None:
    async with served(behaviour, QUICK) as (client, server):
        with pytest.raises(AppError) as caught:
            await OpenAITranscriber(client, "gpt-transcribe").transcribe(SOUND, Hints(), print)
        assert caught.value.code is code
        assert calls is None or len(server.requests) == calls


# --- long takes and silence ----------------------------------------------------------------------


async def test_a_long_take_is_sent_in_pieces_and_joined() -> None:
    lengths, texts = [], iter(["one two three", "Two three four", "five"])

    async def behave(exchange: faults.Exchange) -> None:
        with wave.open(io.BytesIO(_form(exchange.request)["file"][1])) as file:
            lengths.append(file.getnframes())
        deltas = _stream(_delta("a"), {"type": "transcript.text.done", "text": next(texts)})
        await deltas(exchange)

    told: list[str] = []
    clip = Clip(100, bytes(range(1, 251)) * 2800)
    async with served(behave) as (client, _):
        transcriber = OpenAITranscriber(client, "gpt-transcribe")
        transcript = await transcriber.transcribe(clip, Hints(), told.append)
    assert sum(lengths) == 350_000
    assert max(lengths) <= samples_for_ms(100, 1_400_000)
    assert transcript.text == "one two three four five"
    assert told == ["a", "one two three a", "one two three four a"]


async def test_a_failing_piece_fails_the_take() -> None:
    answers = iter([HEARD, faults.error(400, "no")])

    async def behave(exchange: faults.Exchange) -> None:
        await next(answers)(exchange)

    async with served(behave) as (client, _):
        clip = Clip(100, bytes(2 * 150_000))
        with pytest.raises(AppError) as caught:
            await OpenAITranscriber(client, "gpt-transcribe").transcribe(clip, Hints())
    assert caught.value.code is Code.REQUEST_REFUSED


@pytest.mark.parametrize(("level", "text"), [(0, ""), (8000, "Thank you.")])
async def test_words_from_silence_are_left_out(level: int, text: str) -> None:
    clip = Clip(16_000, level.to_bytes(2, "little") * 16_000)
    async with served(faults.answer(200, b'{"text": "Thank you."}')) as (client, _):
        transcript = await OpenAITranscriber(client, "gpt-transcribe").transcribe(clip, Hints())
    assert (transcript.text, transcript.dropped) == (text, "" if text else "Thank you.")


@pytest.mark.parametrize("samples", [0, 1, 1599])
async def test_less_than_a_tenth_of_a_second_is_not_sent(samples: int) -> None:
    async with served(HEARD) as (client, server):
        clip = Clip(16_000, bytes(2 * samples))
        transcript = await OpenAITranscriber(client, "m").transcribe(clip, Hints())
        assert transcript == Transcript("", "m")
        assert server.requests == []


async def test_no_words_is_an_empty_transcript() -> None:
    async with served(faults.answer(200, b'{"text": ""}')) as (client, _):
        assert (await OpenAITranscriber(client, "m").transcribe(SOUND, Hints())).text == ""


async def test_a_model_that_is_gone_hands_over_and_is_not_asked_again() -> None:
    told: list[tuple[str, str]] = []
    gone = faults.error(404, "no such model", code="model_not_found")
    async with served(faults.in_turn(gone, HEARD, HEARD)) as (client, server):
        transcriber = OpenAITranscriber(
            client, "whisper-1", lambda old, new: told.append((old, new))
        )
        first = await transcriber.transcribe(SOUND, Hints())
        await transcriber.transcribe(SOUND, Hints())
        asked = [_form(request)["model"] for request in server.requests]
    assert asked == ["whisper-1", "gpt-transcribe", "gpt-transcribe"]
    assert first.by == "gpt-transcribe"
    assert told == [("whisper-1", "gpt-transcribe")]
