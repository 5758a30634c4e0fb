from __future__ import annotations

import datetime

import pytest

from app.errors import AppError, Code
from app.providers.base import Hints
from app.providers.fallback import FallbackState
from app.providers.lineups import Lineups, stand_ins
from app.providers.registry import Registry
from app.providers.scripted import ScriptedTranscriber
from app.secrets import KeyVault
from app.services import Service
from app.settings import Settings, changed
from audio.pcm import Clip
from tests.providers.transcribing import transcribing

TODAY = datetime.date(2026, 11, 21)
SOUND = Clip(16_000, bytes(3200))
LOCAL = "http://localhost:1/v1"


def _settings(fallback: str, **values: object) -> Settings:
    paths = {name.replace("__", "."): value for name, value in values.items()}
    return changed(Settings(), {"general.fallback": fallback, **paths})


def _who(settings: Settings, service: Service = Service.CHAT) -> list[str]:
    return [
        variant.source_of(service).value
        if variant.source_of(service).value == "built_in"
        else f"{variant.address_of(service)} {variant.model_of(service)}".strip()
        for variant in stand_ins(settings, service, TODAY)
    ]


@pytest.mark.parametrize("fallback", ["off", "built_in", "any"])
def test_for_what_is_built_in_nobody_stands_in(fallback: str) -> None:
    settings = _settings(fallback)
    assert stand_ins(settings, Service.CHAT, TODAY) == [settings]


def test_off_and_built_in() -> None:
    assert _who(_settings("off", chat__source="server", server__base_url=LOCAL)) == [LOCAL]
    settings = _settings("built_in", chat__source="server", server__base_url=LOCAL)
    assert _who(settings) == [LOCAL, "built_in"]


def test_any_asks_the_next_model_then_other_servers_then_what_is_built_in() -> None:
    settings = _settings(
        "any",
        chat__source="server",
        chat__model="gpt-4o",
        speech__source="server",
        speech__base_url=LOCAL,
        speech__model="kokoro",
        transcription__base_url="http://unused:1/v1",
    )
    openai = settings.server.base_url
    who = _who(settings)
    assert (who[0], who[2:]) == (f"{openai} gpt-4o", [LOCAL, "built_in"])
    assert who[1].startswith(f"{openai} gpt-")
    assert _who(settings, Service.SPEECH) == [f"{LOCAL} kokoro", openai, "built_in"]


def test_an_address_that_is_none_has_no_next_model() -> None:
    settings = _settings("any", chat__source="server", server__base_url="nonsense")
    assert _who(settings) == ["nonsense", "built_in"]


class Told:
    """A watcher that notes what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def on_fallback(self, service: Service, chosen: str, now: str, error: AppError) -> None:
        self.lines.append(f"{chosen} -> {now}")

    def on_return(self, service: Service, chosen: str) -> None:
        self.lines.append(f"back to {chosen}")

    def on_failure(self, server: str, error: AppError) -> None:
        self.lines.append(f"{server} failed")

    def on_success(self, server: str) -> None:
        self.lines.append(f"{server} works")


def _registry(far: ScriptedTranscriber, near: ScriptedTranscriber) -> Registry:
    return Registry(KeyVault({}), transcribing(near, far), lambda: TODAY)


async def test_a_lineup_is_made_of_the_settings_and_keeps_what_it_learned() -> None:
    told = Told()
    far = ScriptedTranscriber(AppError(Code.SERVER_UNREACHABLE, "localhost:1"))
    near = ScriptedTranscriber("one", "two", "three")
    lineups = Lineups(
        lambda: _registry(far, near),
        FallbackState(lambda: 0.0, told),
        lambda: TODAY,
    )
    settings = _settings("built_in", transcription__source="server", server__base_url=LOCAL)
    for words in ("one", "two"):
        transcriber = await lineups.transcriber(settings)
        assert (await transcriber.transcribe(SOUND, Hints())).text == words
    assert told.lines == [
        "http://localhost:1 failed",
        "localhost:1 -> The built-in recognizer",
    ]
    here = await lineups.transcriber(_settings("built_in"))
    assert (await here.transcribe(SOUND, Hints())).text == "three"
    await lineups.aclose()


async def test_a_missing_key_is_told_at_once() -> None:
    lineups = Lineups(
        lambda: _registry(ScriptedTranscriber(), ScriptedTranscriber()),
        FallbackState(lambda: 0.0, Told()),
    )
    with pytest.raises(AppError) as caught:
        await lineups.transcriber(_settings("built_in", transcription__source="server"))
    assert caught.value.code in (Code.KEY_MISSING, Code.KEYRING_LOCKED)
    await lineups.aclose()
