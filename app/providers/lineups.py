"""Who stands in for whom, as the settings say: makes the lineups of `fallback`. Core thread.

`stand_ins` decides and is pure. Every rank has a registry of its own, because a registry keeps one
provider of each service.
"""

from __future__ import annotations

import datetime
from collections.abc import Awaitable, Callable, Sequence

from app.errors import AppError
from app.net.address import parse_address
from app.providers.base import ChatModel, Speech, Transcriber
from app.providers.catalogue import ModelRole, facts, preferred_models
from app.providers.fallback import (
    Candidate,
    FallbackChatModel,
    FallbackSpeech,
    FallbackState,
    FallbackTranscriber,
    Lineup,
    P,
)
from app.providers.live_take import LiveDictation
from app.providers.registry import Registry
from app.services import Service
from app.settings import Fallback, Settings, Source, changed

_BUILT_IN = {
    Service.CHAT: "The built-in assistant",
    Service.TRANSCRIPTION: "The built-in recognizer",
    Service.SPEECH: "The built-in voice",
}


def stand_ins(settings: Settings, service: Service, today: datetime.date) -> Sequence[Settings]:
    """The settings as they are, then as each that may stand in for this service would have them.

    OpenAI's next model comes first, then the servers of the other services, then what is built in.
    """
    mode = settings.general.fallback
    if settings.source_of(service) is Source.BUILT_IN or mode is Fallback.OFF:
        return [settings]
    variants = [settings]
    if mode is Fallback.ANY:
        variants += _next_model(settings, service, today)
        variants += _other_servers(settings, service)
    return [*variants, changed(settings, {f"{service}.source": Source.BUILT_IN})]


def _next_model(settings: Settings, service: Service, today: datetime.date) -> Sequence[Settings]:
    if not _is_openai(settings.address_of(service)):
        return []
    preferred = preferred_models(ModelRole(service.value))
    living = [model for model in preferred if not facts(model).is_retired(today)]
    chosen = settings.model_of(service) or next(iter(living), "")
    others = [model for model in living if model != chosen]
    return [changed(settings, {f"{service}.model": model}) for model in others[:1]]


def _other_servers(settings: Settings, service: Service) -> Sequence[Settings]:
    mine = settings.address_of(service)
    others = [
        settings.address_of(other)
        for other in Service
        if settings.source_of(other) is Source.SERVER and settings.address_of(other) != mine
    ]
    return [
        changed(settings, {f"{service}.base_url": address, f"{service}.model": ""})
        for address in dict.fromkeys(others)
    ]


def _is_openai(base_url: str) -> bool:
    try:
        return parse_address(base_url).is_openai
    except AppError:
        return False


class Lineups:
    """Providers that fall back. `make_registry` makes the registry of each rank."""

    def __init__(
        self,
        make_registry: Callable[[], Registry],
        state: FallbackState,
        today: Callable[[], datetime.date] = datetime.date.today,
    ) -> None:
        self._registries = [make_registry()]
        self._make_registry = make_registry
        self._state = state
        self._today = today
        self._settings: Settings | None = None
        self._variants: dict[Service, Sequence[Settings]] = {}

    @property
    def registry(self) -> Registry:
        """That of the first rank: the providers that the user chose."""
        return self._registries[0]

    async def transcriber(self, settings: Settings) -> Transcriber:
        """Who turns speech into words. Raises AppError when nobody can be had."""
        lineup = self._lineup(settings, Service.TRANSCRIPTION, Registry.transcriber)
        return FallbackTranscriber(lineup, await lineup.label())

    async def live_transcriber(self, settings: Settings) -> LiveDictation:
        """Who turns speech into words while it goes on, for dictation.

        Raises AppError when nobody can be had.
        """
        lineup = self._lineup(settings, Service.TRANSCRIPTION, Registry.live_transcriber)
        return LiveDictation(lineup, await lineup.label())

    async def chat_model(self, settings: Settings) -> ChatModel:
        """Who answers. Raises AppError when nobody can be had."""
        lineup = self._lineup(settings, Service.CHAT, Registry.chat_model)
        return FallbackChatModel(lineup, await lineup.label())

    async def speech(self, settings: Settings) -> Speech:
        """Who speaks. Raises AppError when nobody can be had."""
        lineup = self._lineup(settings, Service.SPEECH, Registry.speech)
        return FallbackSpeech(lineup, await lineup.label())

    async def aclose(self) -> None:
        """Release all of them."""
        for registry in self._registries:
            await registry.aclose()

    def _lineup(
        self,
        settings: Settings,
        service: Service,
        get: Callable[[Registry, Settings], Awaitable[P]],
    ) -> Lineup[P]:
        variants = self._stand_ins(settings, service)
        while len(self._registries) < len(variants):
            self._registries.append(self._make_registry())
        candidates = [
            _candidate(registry, variant, service, get)
            for registry, variant in zip(self._registries, variants, strict=False)
        ]
        keys_too = settings.general.fallback is Fallback.ANY
        return Lineup(service, candidates, self._state, keys_too)

    def _stand_ins(self, settings: Settings, service: Service) -> Sequence[Settings]:
        """As `stand_ins`, until the settings are others: making them takes a millisecond."""
        if settings is not self._settings:
            self._settings = settings
            self._variants.clear()
        if service not in self._variants:
            self._variants[service] = stand_ins(settings, service, self._today())
        return self._variants[service]


def _candidate(
    registry: Registry,
    settings: Settings,
    service: Service,
    get: Callable[[Registry, Settings], Awaitable[P]],
) -> Candidate[P]:
    async def provider() -> P:
        return await get(registry, settings)

    if settings.source_of(service) is Source.BUILT_IN:
        return Candidate(_BUILT_IN[service], "", "", provider)
    base_url, model = settings.address_of(service), settings.model_of(service)
    try:
        address = parse_address(base_url)
    except AppError:
        return Candidate(base_url, "", model, provider)
    name = "OpenAI" if address.is_openai else address.label
    return Candidate(model or name, address.origin, model, provider)
