"""Makes the three current providers from settings and keys, and keeps them until these change.

Concrete classes come in through `Factories`. Core thread.
"""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from app.errors import AppError, Code
from app.net.address import OPENAI_HOST, host_of
from app.providers.base import ChatModel, Speech, Transcriber
from app.providers.catalogue import ModelRole, default_model, default_voice
from app.secrets import KeyVault, Secret
from app.settings import Settings, Source


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
class Factories(Generic[C]):
    """How each kind of provider is made.

    `client` takes address and key, `built_in_speech` a language (ISO 639-1), the server's kinds a
    client and a model, `server_speech` also a voice.
    """

    client: Callable[[str, Secret | None], C]
    built_in_transcriber: Callable[[], Transcriber]
    built_in_chat_model: Callable[[], ChatModel]
    built_in_speech: Callable[[str], Speech]
    server_transcriber: Callable[[C, str], Transcriber]
    server_chat_model: Callable[[C, str], ChatModel]
    server_speech: Callable[[C, str, str], Speech]


@dataclass(frozen=True, slots=True)
class _Server:
    """What tells one connection from another."""

    base_url: str
    key: Secret


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What tells one provider from another; `server` is None for what is built in."""

    server: _Server | None
    model: str = ""
    voice: str = ""
    language: str = ""


@dataclass(slots=True)
class _Slot(Generic[P]):
    """The current provider of one role."""

    wanted: _Wanted | None = None
    provider: P | None = None


def _today() -> datetime.date:
    return datetime.datetime.now(datetime.UTC).date()


class Registry:
    """The current providers. A replaced one is closed, and a connection with its last user."""

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
        self._clients: dict[_Server, Client] = {}
        self._changing = asyncio.Lock()

    async def transcriber(self, settings: Settings) -> Transcriber:
        """Who turns speech into words. Raises AppError; KEY_MISSING for OpenAI without a key."""
        chosen = settings.transcription
        wanted = await self._wanted(settings, chosen.source, ModelRole.TRANSCRIPTION, chosen.model)
        return await self._current(self._transcriber, wanted, self._new_transcriber)

    async def chat_model(self, settings: Settings) -> ChatModel:
        """Who answers. Raises AppError as `transcriber` does."""
        chosen = settings.chat
        wanted = await self._wanted(settings, chosen.source, ModelRole.CHAT, chosen.model)
        return await self._current(self._chat_model, wanted, self._new_chat_model)

    async def speech(self, settings: Settings) -> Speech:
        """Who speaks. Raises AppError as `transcriber` does."""
        chosen = settings.speech
        wanted = await self._wanted(
            settings,
            chosen.source,
            ModelRole.SPEECH,
            chosen.model,
            settings.transcription.language,
            chosen.voice,
        )
        return await self._current(self._speech, wanted, self._new_speech)

    async def aclose(self) -> None:
        """Close all providers and connections."""
        async with self._changing:
            await _empty(self._transcriber)
            await _empty(self._chat_model)
            await _empty(self._speech)
            await self._close_unused()

    async def _wanted(
        self,
        settings: Settings,
        source: Source,
        role: ModelRole,
        model: str,
        language: str = "",
        voice: str = "",
    ) -> _Wanted:
        if source is Source.BUILT_IN:
            return _Wanted(None, language=language)
        base_url = settings.server.base_url
        host = host_of(base_url)
        found = await self._vault.find(host)
        if not found.secret and host == OPENAI_HOST:
            raise AppError(Code.KEY_MISSING, host)
        return _Wanted(
            _Server(base_url, found.secret),
            model or default_model(role, self._today()),
            (voice or default_voice()) if role is ModelRole.SPEECH else "",
        )

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

    def _new_chat_model(self, wanted: _Wanted) -> ChatModel:
        if wanted.server is None:
            return self._make.built_in_chat_model()
        return self._make.server_chat_model(self._client(wanted.server), wanted.model)

    def _new_speech(self, wanted: _Wanted) -> Speech:
        if wanted.server is None:
            return self._make.built_in_speech(wanted.language)
        return self._make.server_speech(self._client(wanted.server), wanted.model, wanted.voice)

    def _client(self, server: _Server) -> Client:
        if server not in self._clients:
            self._clients[server] = self._make.client(server.base_url, server.key or None)
        return self._clients[server]

    async def _close_unused(self) -> None:
        slots = (self._transcriber, self._chat_model, self._speech)
        used = {slot.wanted.server for slot in slots if slot.wanted is not None}
        for server in [server for server in self._clients if server not in used]:
            await self._clients.pop(server).aclose()


async def _empty(slot: _Slot[P]) -> None:
    provider, slot.wanted, slot.provider = slot.provider, None, None
    if provider is not None:
        await provider.aclose()
