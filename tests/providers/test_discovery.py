from __future__ import annotations

import datetime
import json

import pytest

from app.events import ListedModel
from app.providers.discovery import (
    ProbeAnswer,
    chosen_models,
    for_service,
    found_servers,
    models_in,
    offers,
)
from app.services import Service


def listed(*entries: object) -> bytes:
    return json.dumps({"object": "list", "data": list(entries)}).encode()


def answer(port: int, *models: ListedModel) -> ProbeAnswer:
    return ProbeAnswer(port, f"http://127.0.0.1:{port}/v1", models)


def test_models_are_read_with_what_is_said_of_them() -> None:
    body = listed(
        {"id": "a", "owned_by": "vllm", "shutdown_date": "2027-01-14"},
        {"id": "b", "task": "text-to-speech", "shutdown_date": None},
        {"id": "c", "owned_by": 5, "shutdown_date": "soon"},
    )
    assert models_in(body) == (
        ListedModel("a", "vllm", "", datetime.date(2027, 1, 14)),
        ListedModel("b", "", "text-to-speech"),
        ListedModel("c", "5"),
    )


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"{}", b'{"data": {}}', b'"data"', b"null", b"\xff", b"[" * 100_000],
)
def test_what_lists_no_models_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own kinds among them
        models_in(body)


def test_entries_without_a_name_are_left_out() -> None:
    assert models_in(listed({"id": ""}, {"id": 7}, "x", None, {"id": "ok"})) == (ListedModel("ok"),)


@pytest.mark.parametrize(
    ("found", "name", "preset", "services"),
    [
        (answer(11434, ListedModel("llama3.2", "library")), "Ollama", "ollama", (Service.CHAT,)),
        (answer(1234, ListedModel("qwen")), "LM Studio", "lm_studio", (Service.CHAT,)),
        (answer(8000, ListedModel("qwen", "vllm")), "vLLM", "vllm", (Service.CHAT,)),
        (
            answer(
                8000,
                ListedModel("w", task="automatic-speech-recognition"),
                ListedModel("k", task="text-to-speech"),
            ),
            "Speaches",
            "speaches",
            (Service.TRANSCRIPTION, Service.SPEECH),
        ),
        (
            answer(8000, ListedModel("w", task="automatic-speech-recognition")),
            "Speaches",
            "speaches",
            (Service.TRANSCRIPTION,),
        ),
        (answer(8000, ListedModel("mystery")), "Server on port 8000", "", (Service.CHAT,)),
        (answer(8080, ListedModel("m", "llamacpp")), "llama.cpp", "llama_cpp", (Service.CHAT,)),
        (answer(8080, ListedModel("m", "else")), "Server on port 8080", "", (Service.CHAT,)),
        (
            answer(8080, ListedModel("m", "else"), ListedModel("whisper-1")),
            "Server on port 8080",
            "",
            (Service.CHAT, Service.TRANSCRIPTION),
        ),
    ],
)
def test_a_server_is_recognised(
    found: ProbeAnswer, name: str, preset: str, services: tuple[Service, ...]
) -> None:
    (server,) = found_servers([found])
    assert (server.name, server.preset, server.services) == (name, preset, services)
    assert server.base_url == found.base_url


def test_servers_come_in_the_presets_order() -> None:
    ports = [8080, 1234, 11434]
    found = found_servers([answer(port, ListedModel("m")) for port in ports])
    assert [server.name for server in found] == ["Ollama", "LM Studio", "Server on port 8080"]


@pytest.mark.parametrize(
    ("model", "service"),
    [
        ("gpt-4o", Service.CHAT),
        ("gpt-6-luna", Service.CHAT),
        ("llama3.2:3b", Service.CHAT),
        ("openai/gpt-oss-20b", Service.CHAT),
        ("gpt-4o-mini-transcribe", Service.TRANSCRIPTION),
        ("whisper-large-v3-turbo", Service.TRANSCRIPTION),
        ("Systran/faster-distil-whisper-small.en", Service.TRANSCRIPTION),
        ("gpt-4o-mini-tts", Service.SPEECH),
        ("speaches-ai/Kokoro-82M-v1.0-ONNX", Service.SPEECH),
        ("nomic-embed-text", None),
        ("omni-moderation-latest", None),
        ("gpt-image-2.5-flare", None),
    ],
)
def test_a_name_tells_the_job(model: str, service: Service | None) -> None:
    told = [one for one in Service if offers(ListedModel(model), one)]
    assert told == ([service] if service is not None else [])


def test_what_a_server_says_goes_before_the_name() -> None:
    model = ListedModel("whisper-speaks", task="text-to-speech")
    assert offers(model, Service.SPEECH)
    assert not offers(model, Service.TRANSCRIPTION)


def test_where_no_name_tells_all_are_offered() -> None:
    models = (ListedModel("deployment-a"), ListedModel("deployment-b"))
    assert for_service(models, Service.TRANSCRIPTION) == models
    assert for_service((*models, ListedModel("whisper-1")), Service.TRANSCRIPTION) == (
        ListedModel("whisper-1"),
    )


def test_a_model_is_chosen_for_each_job() -> None:
    (ollama,) = found_servers([answer(11434, ListedModel("nomic-embed-text"), ListedModel("q"))])
    assert chosen_models(ollama) == {Service.CHAT: "q"}
    models = [
        ListedModel("own", task="automatic-speech-recognition"),
        ListedModel("speaches-ai/Kokoro-82M-v1.0-ONNX", task="text-to-speech"),
    ]
    (speaches,) = found_servers([answer(8000, *models)])
    assert chosen_models(speaches) == {
        Service.TRANSCRIPTION: "own",
        Service.SPEECH: "speaches-ai/Kokoro-82M-v1.0-ONNX",
    }


def test_a_server_that_wants_a_key_is_found_as_such() -> None:
    (server,) = found_servers([ProbeAnswer(4000, "http://127.0.0.1:4000/v1", (), needs_key=True)])
    assert (server.name, server.needs_key) == ("LiteLLM", True)
    assert server.services == tuple(Service)
    assert set(chosen_models(server).values()) == {""}
