from __future__ import annotations

from importlib.resources import files

import pytest

from app.net.address import parse_address
from app.providers.discovery import local_ports
from app.providers.presets import (
    PLACEHOLDER,
    KeyNeed,
    Preset,
    default_model_at,
    default_voice_at,
    is_same_server,
    preset_at,
    presets,
)
from app.services import Service

EXPECTED = {"openai", "azure", "groq", "together", "ollama", "lm_studio", "llama_cpp", "vllm",
            "litellm", "speaches"}  # fmt: skip


def test_all_are_there() -> None:
    assert set(presets()) == EXPECTED


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_is_whole(name: str) -> None:
    preset = presets()[name]
    address = parse_address(preset.base_url.replace(PLACEHOLDER, "mine"))
    assert address.path.endswith("/v1")
    assert preset.services
    assert set(preset.models) <= set(preset.services)
    assert bool(preset.voice) <= (Service.SPEECH in preset.services)
    if preset.port:
        assert (address.host, address.port) == ("localhost", preset.port)
        assert preset.key is not KeyNeed.NEEDED
    else:
        assert address.scheme == "https"
        assert preset.key is KeyNeed.NEEDED
        assert preset.key_page.startswith("https://")


def test_names_are_told_apart() -> None:
    names = [preset.name for preset in presets().values()]
    assert len(names) == len(set(names))
    shared = [preset for preset in presets().values() if preset.port == 8000]
    offered = [service for preset in shared for service in preset.services]
    assert len(offered) == len(set(offered))


@pytest.mark.parametrize(
    ("address", "service", "name"),
    [
        ("https://api.openai.com/v1", Service.CHAT, "openai"),
        ("https://api.openai.com/v1/", None, "openai"),
        ("HTTPS://API.OPENAI.COM:443/v1", None, "openai"),
        ("http://127.0.0.1:11434/v1", Service.CHAT, "ollama"),
        ("http://localhost:8000/v1", Service.CHAT, "vllm"),
        ("http://localhost:8000/v1", Service.SPEECH, "speaches"),
        ("https://mine.openai.azure.com/openai/v1", Service.CHAT, "azure"),
        ("https://openai.azure.com.example/openai/v1", Service.CHAT, ""),
        ("https://api.openai.com.example/v1", Service.CHAT, ""),
        ("http://box.lan:11434/v1", Service.CHAT, ""),
        ("nonsense", None, ""),
    ],
)
def test_an_address_tells_the_preset(address: str, service: Service | None, name: str) -> None:
    assert preset_at(address, service) == name


def test_models_and_voices_by_address() -> None:
    groq = "https://api.groq.com/openai/v1"
    assert default_model_at(groq, Service.TRANSCRIPTION) == "whisper-large-v3-turbo"
    assert default_model_at(groq, Service.CHAT) == ""
    assert default_model_at("http://localhost:8000/v1", Service.SPEECH).endswith("ONNX")
    assert default_voice_at("http://localhost:8000/v1") == "af_heart"
    assert default_voice_at(groq) == ""


def test_names_of_this_computer_are_one_place() -> None:
    assert is_same_server("http://localhost:1234/v1", "http://127.0.0.1:1234/v1/")
    assert not is_same_server("http://localhost:1234/v1", "http://localhost:1235/v1")
    assert not is_same_server("", "")


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValueError, match="extra"):
        Preset.model_validate(
            {"name": "x", "base_url": "x", "services": ["chat"], "key": "none", "surprise": 1}
        )


def test_local_ports_are_asked_once_each() -> None:
    assert local_ports() == (11434, 1234, 8080, 8000, 4000)


def test_the_help_lists_every_server_as_it_is() -> None:
    page = files("resources").joinpath("help", "servers.md").read_text(encoding="utf-8")
    rows = {line.split("|")[1].strip(): line for line in page.splitlines() if "`http" in line}
    assert set(rows) == {preset.name for preset in presets().values()}
    jobs = {Service.CHAT: "answers", Service.TRANSCRIPTION: "recognition", Service.SPEECH: "voice"}
    for preset in presets().values():
        _, name, does, _, address, _ = (cell.strip() for cell in rows[preset.name].split("|"))
        assert address == f"`{preset.base_url}`", name
        assert does == ", ".join(jobs[service] for service in preset.services), name
