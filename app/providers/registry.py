"""Makes the current providers from settings and keys, and keeps them until these change.

Concrete classes come in through `Factories`. Core thread.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Protocol, TypeVar

from app.errors import AppError, Code
from app.events import ListedModel
from app.net.address import OPENAI_HOST, ServerAddress, parse_address
from app.providers.base import ChatModel, LiveTranscriber, Speech, Transcriber
from app.providers.catalogue import (
    ModelRole,
    default_model,
    default_voice,
    facts,
    preferred_models,
)
from app.providers.presets import default_model_at, default_voice_at
from app.providers.voice_session import VoiceModel
from app.secrets import KeyVault, Secret
from app.services import Service
from app.settings import Settings, Source

_KEYRING_WITHIN_S = 0.5
"""A server nearby mostly needs no key, and is not kept waiting for a locked keyring."""


class Client(Protocol):
    """A connection to a server, shared by the providers that use it."""

    async def aclose(self) -> None:
        """Close it."""
        ...


class _Provider(Protocol):
    async def aclose(self) -> None: ...


C = TypeVar("C", bound=Client)
P = TypeVar("P", bound=_Provider)


@dataclass(frozen=True, slots=True)
class VoiceStyle:
    """How a server's voice speaks: its name, 1 for its own pace, and in words how it sounds."""

    voice: str
    speed: float = 1.0
    instructions: str = ""


@dataclass(frozen=True, slots=True)
class Factories(Generic[C]):
    """How each kind of provider is made.

    `client` takes address and key, `built_in_speech` a language (ISO 639-1), the server's kinds a
    client and a model, the voices also a style. `openai_chat_model` is for OpenAI's own host,
    `read_aloud_speech` for Realtime models. `models` asks a server what it offers. The live ones
    are given the transcriber that they fall back on, and on a server the model of a transcription
    session, empty where there is none. `voice_model` is for speech to speech, and is told which
    models may transcribe the user, the best first.
    """

    client: Callable[[str, Secret | None], C]
    built_in_transcriber: Callable[[], Transcriber]
    built_in_chat_model: Callable[[], ChatModel]
    built_in_speech: Callable[[str], Speech]
    server_transcriber: Callable[[C, str], Transcriber]
    server_chat_model: Callable[[C, str], ChatModel]
    openai_chat_model: Callable[[C, str], ChatModel]
    server_speech: Callable[[C, str, VoiceStyle], Speech]
    read_aloud_speech: Callable[[C, str, VoiceStyle], Speech]
    models: Callable[[C], Awaitable[Sequence[ListedModel]]]
    built_in_live: Callable[[Transcriber], LiveTranscriber]
    server_live: Callable[[C, str, Transcriber], LiveTranscriber]
    voice_model: Callable[[C, str, tuple[str, ...]], VoiceModel]


@dataclass(frozen=True, slots=True)
class _Server:
    """What tells one connection from another."""

    address: ServerAddress
    key: Secret


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What tells one provider from another; `server` is None for what is built in."""

    server: _Server | None
    model: str = ""
    style: VoiceStyle | None = None
    language: str = ""
    session_model: str = ""
    words_models: tuple[str, ...] = ()


@dataclass(slots=True)
class _Slot(Generic[P]):
    """The current provider of one role."""

    wanted: _Wanted | None = None
    provider: P | None = None


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


class Registry:
    """The current providers. A replaced one is closed, and a connection with its last user.

    Services on one server share its connection.
    """

    def __init__(
        self,
        vault: KeyVault,
        factories: Factories[C],
        today: Callable[[], datetime.date] = _today,
    ) -> None:
        self._vault = vault
        self._make: Factories[Any] = factories
        self._today = today
        self._transcriber: _Slot[Transcriber] = _Slot()
        self._chat_model: _Slot[ChatModel] = _Slot()
        self._speech: _Slot[Speech] = _Slot()
        self._live: _Slot[LiveTranscriber] = _Slot()
        self._live_over: Transcriber | None = None
        self._voice: _Slot[VoiceModel] = _Slot()
        self._clients: dict[_Server, Client] = {}
        self._changing = asyncio.Lock()

    async def transcriber(self, settings: Settings) -> Transcriber:
        """Who turns speech into words. Raises AppError; KEY_MISSING for OpenAI without a key."""
        wanted = await self._wanted(settings, Service.TRANSCRIPTION)
        return await self._current(self._transcriber, wanted, self._new_transcriber)

    async def live_transcriber(self, settings: Settings) -> LiveTranscriber:
        """Who turns speech into words while it goes on. Raises AppError as `transcriber` does."""
        transcriber = await self.transcriber(settings)
        wanted = await self._wanted(settings, Service.TRANSCRIPTION)
        wanted = replace(wanted, session_model=self._session_model(settings, wanted))
        if transcriber is not self._live_over:
            async with self._changing:
                await _empty(self._live)
            self._live_over = transcriber
        return await self._current(self._live, wanted, self._new_live)

    async def chat_model(self, settings: Settings) -> ChatModel:
        """Who answers. Raises AppError as `transcriber` does."""
        wanted = await self._wanted(settings, Service.CHAT)
        return await self._current(self._chat_model, wanted, self._new_chat_model)

    async def speech(self, settings: Settings) -> Speech:
        """Who speaks. Raises AppError as `transcriber` does."""
        wanted = await self._wanted(settings, Service.SPEECH)
        return await self._current(self._speech, wanted, self._new_speech)

    async def voice_model(self, settings: Settings) -> VoiceModel:
        """Who hears and speaks over one connection. Raises AppError as `transcriber` does."""
        server = await self._server(settings.realtime_address)
        model = self.voice_model_in_use(settings)
        words = self._words_models(settings, server.address)
        wanted = _Wanted(server, model, words_models=words)
        return await self._current(self._voice, wanted, self._new_voice)

    async def models(self, settings: Settings, service: Service) -> Sequence[ListedModel]:
        """What the server of a service says it offers. Raises AppError."""
        return await self._listed(settings.address_of(service))

    async def voice_models(self, settings: Settings) -> Sequence[ListedModel]:
        """What the server of speech to speech says it offers. Raises AppError."""
        return await self._listed(settings.realtime_address)

    async def _listed(self, base_url: str) -> Sequence[ListedModel]:
        server = await self._server(base_url)
        client = self._clients.get(server)
        if client is not None:
            return await self._make.models(client)
        client = self._make.client(server.address.url, server.key or None)
        try:
            return await self._make.models(client)
        finally:
            await client.aclose()

    def model_in_use(self, settings: Settings, service: Service) -> str:
        """The model that a server is asked for. Raises AppError(SERVER_ADDRESS_INVALID)."""
        return self._model(settings, service, parse_address(settings.address_of(service)))

    def voice_model_in_use(self, settings: Settings) -> str:
        """The model that is asked for speech to speech."""
        return settings.realtime.model or default_model(ModelRole.REALTIME, self._today())

    async def aclose(self) -> None:
        """Close all providers and connections."""
        async with self._changing:
            await _empty(self._voice)
            await _empty(self._live)
            await _empty(self._transcriber)
            await _empty(self._chat_model)
            await _empty(self._speech)
            await self._close_unused()

    async def _wanted(self, settings: Settings, service: Service) -> _Wanted:
        if settings.source_of(service) is Source.BUILT_IN:
            is_speech = service is Service.SPEECH
            return _Wanted(None, language=settings.transcription.language if is_speech else "")
        server = await self._server(settings.address_of(service))
        model = self._model(settings, service, server.address)
        if service is not Service.SPEECH:
            return _Wanted(server, model)
        chosen = settings.speech
        voice = chosen.voice or default_voice_at(server.address.url) or default_voice()
        return _Wanted(server, model, VoiceStyle(voice, chosen.speed, chosen.instructions))

    async def _server(self, base_url: str) -> _Server:
        address = parse_address(base_url)
        if address.is_near:
            found = await self._vault.find_soon(address.origin, _KEYRING_WITHIN_S)
        else:
            found = await self._vault.find(address.origin)
        if not found.secret and address.is_openai:
            raise AppError(Code.KEY_MISSING, OPENAI_HOST)
        return _Server(address, found.secret)

    def _model(self, settings: Settings, service: Service, address: ServerAddress) -> str:
        """The chosen model or the best that is known; not one for transcription sessions.

        A voice that OpenAI has retired speaks by another way, so its successor takes its place
        here; elsewhere retired names stay in use.
        """
        chosen = settings.model_of(service) or default_model_at(address.url, service)
        model = chosen or default_model(ModelRole(service.value), self._today())
        if service is Service.TRANSCRIPTION and facts(model).role is ModelRole.DICTATION:
            return default_model(ModelRole.TRANSCRIPTION, self._today())
        if service is Service.SPEECH and address.is_openai:
            known = facts(model)
            return known.successor or model if known.is_retired(self._today()) else model
        return model

    async def _current(self, slot: _Slot[P], wanted: _Wanted, make: Callable[[_Wanted], P]) -> P:
        async with self._changing:
            if slot.provider is not None and slot.wanted == wanted:
                return slot.provider
            provider = make(wanted)
            await _empty(slot)
            slot.wanted, slot.provider = wanted, provider
            await self._close_unused()
            return provider

    def _new_transcriber(self, wanted: _Wanted) -> Transcriber:
        if wanted.server is None:
            return self._make.built_in_transcriber()
        return self._make.server_transcriber(self._client(wanted.server), wanted.model)

    def _session_model(self, settings: Settings, wanted: _Wanted) -> str:
        """The model for transcription sessions: the chosen one, or OpenAI's if none is chosen."""
        chosen = settings.model_of(Service.TRANSCRIPTION)
        if wanted.server is None or facts(chosen).role is ModelRole.DICTATION:
            return chosen if wanted.server is not None else ""
        is_open = not chosen and wanted.server.address.is_openai
        return default_model(ModelRole.DICTATION, self._today()) if is_open else ""

    def _new_live(self, wanted: _Wanted) -> LiveTranscriber:
        assert self._live_over is not None
        if wanted.server is None:
            return self._make.built_in_live(self._live_over)
        client = self._client(wanted.server)
        return self._make.server_live(client, wanted.session_model, self._live_over)

    def _words_models(self, settings: Settings, address: ServerAddress) -> tuple[str, ...]:
        """Who may transcribe the user beside a voice model on this server."""
        here = parse_address(settings.address_of(Service.TRANSCRIPTION)) == address
        chosen = settings.model_of(Service.TRANSCRIPTION) if here else ""
        named = default_model_at(address.url, Service.TRANSCRIPTION)
        known = [
            model
            for model in preferred_models(ModelRole.TRANSCRIPTION)
            if not (address.is_openai and facts(model).is_retired(self._today()))
        ]
        first = chosen if facts(chosen).role is not ModelRole.DICTATION else ""
        return tuple(dict.fromkeys(model for model in (first, named, *known[:2]) if model))

    def _new_voice(self, wanted: _Wanted) -> VoiceModel:
        assert wanted.server is not None
        return self._make.voice_model(
            self._client(wanted.server), wanted.model, wanted.words_models
        )

    def _new_chat_model(self, wanted: _Wanted) -> ChatModel:
        if wanted.server is None:
            return self._make.built_in_chat_model()
        is_openai = wanted.server.address.is_openai
        make = self._make.openai_chat_model if is_openai else self._make.server_chat_model
        return make(self._client(wanted.server), wanted.model)

    def _new_speech(self, wanted: _Wanted) -> Speech:
        if wanted.server is None or wanted.style is None:
            return self._make.built_in_speech(wanted.language)
        reads = _is_realtime(wanted.model)
        make = self._make.read_aloud_speech if reads else self._make.server_speech
        return make(self._client(wanted.server), wanted.model, wanted.style)

    def _client(self, server: _Server) -> Client:
        if server not in self._clients:
            self._clients[server] = self._make.client(server.address.url, server.key or None)
        return self._clients[server]

    async def _close_unused(self) -> None:
        slots = (self._transcriber, self._live, self._chat_model, self._speech, self._voice)
        used = {slot.wanted.server for slot in slots if slot.wanted is not None}
        for server in [server for server in self._clients if server not in used]:
            await self._clients.pop(server).aclose()


def _is_realtime(model: str) -> bool:
    """Whether a model is spoken to over the Realtime API alone."""
    return facts(model).role is ModelRole.REALTIME


async def _empty(slot: _Slot[P]) -> None:
    provider, slot.wanted, slot.provider = slot.provider, None, None
    if provider is not None:
        await provider.aclose()
