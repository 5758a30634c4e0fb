from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncGenerator, Sequence

import pytest

from app.errors import AppError, Code
from app.events import ListedModel
from app.providers import registry as registry_module
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    Form,
    Hints,
    OnLivePartial,
    OnPartial,
    ToolSpec,
    Transcript,
)
from app.providers.kept_sound import KeptSound
from app.providers.registry import Factories, Registry, VoiceStyle
from app.providers.voice_session import OnWire, SessionSetup, VoiceSession
from app.secrets import FoundKey, KeyVault, Secret
from app.services import Service
from app.settings import Settings, changed
from audio.pcm import Clip

OPENAI = {"OPENAI_API_KEY": "sk-0123456789abcdef"}
LOCAL: dict[str, object] = {"server.base_url": "http://localhost:1/v1"}
ALL_SERVER: dict[str, object] = {
    "chat.source": "server",
    "transcription.source": "server",
    "speech.source": "server",
}


class Client:
    def __init__(self, base_url: str, key: Secret | None) -> None:
        self.base_url = base_url
        self.key = key.reveal() if key else None
        self.closed = 0

    async def aclose(self) -> None:
        self.closed += 1


class Provider:
    """Stands for all kinds; notes what it was made of."""

    def __init__(self, client: Client | None, *made_of: str) -> None:
        self.client = client
        self.made_of = made_of
        self.closed = 0

    @property
    def label(self) -> str:
        return "/".join(self.made_of)

    async def warm(self) -> None:
        raise AssertionError("the registry warms nothing")

    async def aclose(self) -> None:
        self.closed += 1

    async def transcribe(
        self, clip: Clip, hints: Hints, on_partial: OnPartial | None = None
    ) -> Transcript:
        raise AssertionError

    async def follow(
        self, sound: KeptSound, hints: Hints, on_partial: OnLivePartial | None = None
    ) -> Transcript:
        raise AssertionError

    def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        raise AssertionError

    def speak(self, text: str) -> AsyncGenerator[Clip, None]:
        raise AssertionError


class VoiceProvider(Provider):
    def watch(self, on_wire: OnWire | None) -> None:
        raise AssertionError

    async def connect(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> VoiceSession:
        raise AssertionError


def _said(style: VoiceStyle) -> tuple[str, ...]:
    extra = (str(style.speed), style.instructions) if style.speed != 1 else ()
    return (style.voice, *extra)


async def _models(client: Client) -> tuple[ListedModel, ...]:
    assert not client.closed
    return (ListedModel(f"{client.base_url} {client.key}"),)


def _factories() -> Factories[Client]:
    return Factories(
        client=Client,
        built_in_transcriber=lambda: Provider(None, "built in"),
        built_in_chat_model=lambda: Provider(None, "built in"),
        built_in_speech=lambda language: Provider(None, "built in", language),
        server_transcriber=lambda client, model: Provider(client, model),
        server_chat_model=lambda client, model: Provider(client, "completions", model),
        openai_chat_model=lambda client, model: Provider(client, "responses", model),
        server_speech=lambda client, model, style: Provider(client, model, *_said(style)),
        read_aloud_speech=lambda client, model, style: Provider(
            client, "aloud", model, *_said(style)
        ),
        models=_models,
        built_in_live=lambda over: Provider(None, "live", over.label),
        server_live=lambda client, model, over: Provider(client, "live", model, over.label),
        voice_model=lambda client, model, words: VoiceProvider(client, "voice", model, *words),
    )


def _registry(environ: dict[str, str], today: str = "2026-11-21") -> Registry:
    return Registry(KeyVault(environ), _factories(), lambda: datetime.date.fromisoformat(today))


async def _three(registry: Registry, settings: Settings) -> list[Provider]:
    found = [
        await registry.transcriber(settings),
        await registry.chat_model(settings),
        await registry.speech(settings),
    ]
    assert all(isinstance(provider, Provider) for provider in found)
    return found  # type: ignore[return-value]


async def test_built_in_needs_no_key_and_no_server() -> None:
    settings = changed(Settings(), {"transcription.language": "de", "server.base_url": "nonsense"})
    providers = await _three(_registry({}), settings)
    assert [provider.label for provider in providers] == ["built in", "built in", "built in/de"]


async def test_providers_of_one_server_share_its_client() -> None:
    registry = _registry(OPENAI)
    providers = await _three(registry, changed(Settings(), ALL_SERVER))
    assert [provider.label for provider in providers] == [
        "gpt-transcribe",
        "responses/gpt-4o",
        "gpt-4o-mini-tts/alloy",
    ]
    client = providers[0].client
    assert client is not None
    assert all(provider.client is client for provider in providers)
    assert (client.base_url, client.key) == ("https://api.openai.com/v1", OPENAI["OPENAI_API_KEY"])
    await registry.aclose()
    assert [provider.closed for provider in providers] == [1, 1, 1]
    assert client.closed == 1


async def test_defaults_follow_the_date_and_choices_stay() -> None:
    settings = changed(Settings(), ALL_SERVER)
    registry = _registry(OPENAI, "2027-02-01")
    assert (await registry.chat_model(settings)).label == "responses/gpt-6-luna"
    chosen = changed(settings, {"chat.model": "gpt-4o", "speech.voice": "marin"})
    assert (await registry.chat_model(chosen)).label == "responses/gpt-4o"
    assert (await registry.speech(chosen)).label == "aloud/gpt-realtime-2.1-mini/marin"


async def test_openai_without_a_key_says_what_is_missing() -> None:
    with pytest.raises(AppError) as caught:
        await _registry({}).chat_model(changed(Settings(), ALL_SERVER))
    assert (caught.value.code, caught.value.detail) == (Code.KEY_MISSING, "api.openai.com")


async def test_a_compatible_server_needs_none_and_gets_not_that_of_openai() -> None:
    provider = await _registry(OPENAI).chat_model(changed(Settings(), ALL_SERVER | LOCAL))
    assert isinstance(provider, Provider)
    assert provider.client is not None
    assert provider.client.key is None


async def test_a_bad_address_is_refused() -> None:
    settings = changed(Settings(), ALL_SERVER | {"server.base_url": "localhost"})
    settings = changed(settings, {"server.base_url": "localhost with blanks"})
    with pytest.raises(AppError) as caught:
        await _registry(OPENAI).chat_model(settings)
    assert caught.value.code is Code.SERVER_ADDRESS_INVALID


async def test_the_same_settings_give_the_same_provider() -> None:
    registry = _registry(OPENAI)
    settings = changed(Settings(), ALL_SERVER)
    first, *others = await asyncio.gather(*(registry.chat_model(settings) for _ in range(5)))
    assert all(other is first for other in others)
    unrelated = changed(settings, {"audio.hangover_ms": 900, "speech.voice": "marin"})
    assert await registry.chat_model(unrelated) is first


@pytest.mark.parametrize(
    "change",
    [
        {"chat.model": "gpt-6-luna"},
        {"chat.source": "built_in"},
        LOCAL,
    ],
)
async def test_a_change_replaces_and_closes(change: dict[str, object]) -> None:
    registry = _registry(OPENAI)
    settings = changed(Settings(), {"chat.source": "server"})
    old = await registry.chat_model(settings)
    new = await registry.chat_model(changed(settings, change))
    assert isinstance(old, Provider)
    assert isinstance(new, Provider)
    assert old is not new
    assert (old.closed, new.closed) == (1, 0)
    assert old.client is not None
    assert old.client.closed == (0 if new.client is old.client else 1)


async def test_a_client_outlives_one_of_its_two_users() -> None:
    registry = _registry(OPENAI)
    settings = changed(Settings(), ALL_SERVER)
    chat = await registry.chat_model(settings)
    await registry.speech(settings)
    await registry.chat_model(changed(settings, {"chat.source": "built_in"}))
    assert isinstance(chat, Provider)
    assert chat.client is not None
    assert chat.client.closed == 0
    await registry.speech(changed(settings, {"speech.source": "built_in"}))
    assert chat.client.closed == 1


async def test_a_new_key_makes_a_new_client() -> None:
    environ = dict(OPENAI)
    registry = _registry(environ)
    settings = changed(Settings(), ALL_SERVER)
    old = await registry.chat_model(settings)
    environ["OPENAI_API_KEY"] = "sk-another-0123456789"
    new = await registry.chat_model(settings)
    assert isinstance(old, Provider)
    assert isinstance(new, Provider)
    assert old.client is not None
    assert new.client is not None
    assert (old.client.closed, new.client.key) == (1, "sk-another-0123456789")


GROQ = "https://api.groq.com/openai/v1"
OLLAMA = "http://127.0.0.1:11434/v1"


async def test_each_service_goes_to_its_own_server() -> None:
    settings = changed(
        Settings(),
        ALL_SERVER | {"chat.base_url": OLLAMA, "transcription.base_url": GROQ, "chat.model": "l"},
    )
    hears, answers, speaks = await _three(_registry(OPENAI), settings)
    assert [each.client.base_url for each in (hears, answers, speaks) if each.client] == [
        GROQ, OLLAMA, "https://api.openai.com/v1",
    ]  # fmt: skip
    assert [each.client.key for each in (hears, answers, speaks) if each.client] == [
        None, None, OPENAI["OPENAI_API_KEY"],
    ]  # fmt: skip
    assert hears.label == "whisper-large-v3-turbo"
    assert answers.label == "completions/l"


async def test_services_at_one_address_share_a_client_however_it_is_written() -> None:
    settings = changed(
        Settings(),
        ALL_SERVER | {"chat.base_url": f"{OLLAMA}/", "server.base_url": OLLAMA},
    )
    hears, answers, _ = await _three(_registry({}), settings)
    assert hears.client is answers.client


async def test_a_service_that_moves_leaves_the_shared_client_to_the_others() -> None:
    registry = _registry(OPENAI)
    settings = changed(Settings(), ALL_SERVER)
    hears, _, _ = await _three(registry, settings)
    await registry.chat_model(changed(settings, {"chat.base_url": OLLAMA}))
    assert hears.client is not None
    assert hears.client.closed == 0


@pytest.mark.parametrize(
    ("day", "chosen", "label"),
    [
        ("2026-11-21", "", "gpt-4o-mini-tts/alloy"),
        ("2026-11-21", "gpt-realtime-2.1", "aloud/gpt-realtime-2.1/alloy"),
        ("2027-01-06", "", "aloud/gpt-realtime-2.1-mini/alloy"),
        ("2027-01-06", "tts-1", "aloud/gpt-realtime-2.1-mini/alloy"),
    ],
)
async def test_realtime_models_read_aloud(day: str, chosen: str, label: str) -> None:
    settings = changed(Settings(), ALL_SERVER | {"speech.model": chosen})
    assert (await _registry(OPENAI, day).speech(settings)).label == label


async def test_a_compatible_server_keeps_the_names_it_was_asked_by() -> None:
    settings = changed(Settings(), ALL_SERVER | LOCAL)
    registry = _registry({}, "2027-06-01")
    assert (await registry.speech(settings)).label == "gpt-4o-mini-tts/alloy"
    assert (await registry.chat_model(settings)).label.startswith("completions/")


async def test_how_a_voice_speaks_comes_from_the_settings() -> None:
    manner = {"speech.speed": 1.5, "speech.instructions": "calm"}
    settings = changed(Settings(), ALL_SERVER | manner)
    registry = _registry(OPENAI)
    first = await registry.speech(settings)
    assert first.label == "gpt-4o-mini-tts/alloy/1.5/calm"
    assert await registry.speech(changed(settings, {"speech.speed": 1.0})) is not first


async def test_a_preset_names_model_and_voice() -> None:
    settings = changed(Settings(), ALL_SERVER | {"speech.base_url": "http://localhost:8000/v1"})
    label = (await _registry({}).speech(settings)).label
    assert label == "speaches-ai/Kokoro-82M-v1.0-ONNX/af_heart"


async def test_models_are_listed_over_the_service_s_own_client() -> None:
    registry = _registry(OPENAI)
    settings = changed(Settings(), ALL_SERVER | {"chat.base_url": OLLAMA})
    (alone,) = await registry.models(settings, Service.CHAT)
    assert alone.id == f"{OLLAMA} None"
    speaks = await registry.speech(settings)
    (shared,) = await registry.models(settings, Service.SPEECH)
    assert shared.id.endswith(OPENAI["OPENAI_API_KEY"])
    assert isinstance(speaks, Provider)
    assert speaks.client is not None
    assert speaks.client.closed == 0


class LockedVault(KeyVault):
    """A vault whose keyring waits for its user for good."""

    def __init__(self) -> None:
        super().__init__({})
        self.waits = asyncio.Event()

    async def find(self, host: str) -> FoundKey:
        await self.waits.wait()
        raise AssertionError


async def test_a_server_nearby_does_not_wait_for_a_locked_keyring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry_module, "_KEYRING_WITHIN_S", 0.01)
    registry = Registry(LockedVault(), _factories())
    settings = changed(Settings(), ALL_SERVER | {"server.base_url": OLLAMA})
    for base_url in (OLLAMA, "http://192.168.1.4:8000/v1", "http://box.lan/v1"):
        near = changed(settings, {"server.base_url": base_url})
        provider = await registry.chat_model(near)
        assert isinstance(provider, Provider)
        assert provider.client is not None
        assert provider.client.key is None
    far = asyncio.ensure_future(registry.chat_model(changed(settings, {"chat.base_url": GROQ})))
    await asyncio.wait([far], timeout=0.05)
    assert not far.done()
    far.cancel()
    await asyncio.wait([far])
    await registry.aclose()


@pytest.mark.parametrize(
    ("more", "label"),
    [
        ({}, "live/gpt-live-transcribe/gpt-transcribe"),
        ({"transcription.model": "whisper-1"}, "live//whisper-1"),
        (
            {"transcription.model": "gpt-realtime-whisper"},
            "live/gpt-realtime-whisper/gpt-transcribe",
        ),
        ({**LOCAL, "transcription.model": "x"}, "live//x"),
        (
            {**LOCAL, "transcription.model": "gpt-live-transcribe"},
            "live/gpt-live-transcribe/gpt-transcribe",
        ),
        ({"transcription.source": "built_in"}, "live/built in"),
    ],
)
async def test_live_transcription_is_by_the_model_and_its_server(
    more: dict[str, object], label: str
) -> None:
    registry = _registry(OPENAI)
    settings = changed(Settings(), {"transcription.source": "server", **more})
    assert (await registry.live_transcriber(settings)).label == label


async def test_a_live_transcriber_is_kept_as_long_as_what_it_falls_back_on() -> None:
    registry = _registry(OPENAI)
    one = changed(Settings(), {"transcription.source": "server"})
    other = changed(one, {"transcription.model": "whisper-1"})
    first = await registry.live_transcriber(one)
    assert await registry.live_transcriber(one) is first
    await registry.transcriber(other)
    assert await registry.live_transcriber(one) is not first
    assert isinstance(first, Provider)
    assert first.closed == 1
    last = await registry.live_transcriber(one)
    await registry.aclose()
    assert isinstance(last, Provider)
    assert last.closed == 1


async def test_the_voice_model_is_on_its_own_server_with_its_own_key() -> None:
    registry = _registry(OPENAI)
    settings = changed(Settings(), ALL_SERVER)
    chat = await registry.chat_model(settings)
    voice = await registry.voice_model(settings)
    assert isinstance(chat, Provider)
    assert isinstance(voice, VoiceProvider)
    assert voice.client is chat.client
    assert voice.label == "voice/gpt-realtime-2.1-mini/gpt-transcribe/gpt-4o-transcribe"
    elsewhere: dict[str, object] = {
        "realtime.base_url": "http://localhost:1/v1",
        "realtime.model": "mine",
    }
    moved = await registry.voice_model(changed(settings, elsewhere))
    assert isinstance(moved, VoiceProvider)
    assert moved.client is not None
    assert (moved.client.base_url, moved.client.key) == ("http://localhost:1/v1", None)
    assert moved.label.startswith("voice/mine/")
    assert voice.closed == 1
    await registry.aclose()
    assert moved.closed == 1


async def test_the_model_that_transcribes_beside_a_voice_is_the_chosen_one_on_its_server() -> None:
    registry = _registry(OPENAI)
    chosen = changed(Settings(), {**ALL_SERVER, "transcription.model": "whisper-1"})
    assert "voice/gpt-realtime-2.1-mini/whisper-1/" in (await registry.voice_model(chosen)).label
    streaming = changed(chosen, {"transcription.model": "gpt-live-transcribe"})
    assert "live" not in (await registry.voice_model(streaming)).label
    await registry.aclose()


async def test_a_voice_model_of_openai_needs_a_key() -> None:
    with pytest.raises(AppError) as caught:
        await _registry({}).voice_model(Settings())
    assert caught.value.code is Code.KEY_MISSING
