"""The providers one can choose from, and which of them the settings amount to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.events import FoundServer
from app.providers.discovery import chosen_models
from app.providers.presets import (
    KeyNeed,
    Preset,
    built_in_values,
    is_same_server,
    preset_at,
    presets,
    server_values,
)
from app.services import Service
from app.settings import Settings, Source

_ALL = frozenset(Service)
_OPENAI = "openai"


@dataclass(frozen=True, slots=True)
class Offer:
    """One provider. `base_url` is empty for what is built in and for a server yet to be named."""

    id: str
    title: str
    base_url: str = ""
    services: frozenset[Service] = _ALL
    key: KeyNeed = KeyNeed.NONE
    key_page: str = ""
    note: str = ""
    models: Mapping[Service, str] = field(default_factory=dict)
    needs_address: bool = False

    @property
    def is_server(self) -> bool:
        """Whether it is anything but built in."""
        return self is not BUILT_IN

    def values(
        self, services: Iterable[Service], *, common: bool, base_url: str = ""
    ) -> dict[str, object]:
        """The settings that choose it; what it does not do is built in.

        `common` makes its address that of all services. `base_url` is what its user entered.
        """
        wanted = set(services)
        if not self.is_server:
            return built_in_values(sorted(wanted))
        does = [service for service in Service if service in wanted & self.services]
        rest = [service for service in Service if service in wanted - self.services]
        address = base_url or self.base_url
        return {
            **server_values(address, self.models, does, common=common),
            **built_in_values(rest),
        }


BUILT_IN = Offer("built_in", "Built in")
OTHER = Offer("other", "Another server…", key=KeyNeed.OPTIONAL, needs_address=True)


def offers(found: Sequence[FoundServer] = ()) -> tuple[Offer, ...]:
    """All of them: built in, OpenAI, what was found here, other names, and any other server."""
    named = {name: _of_preset(name, preset) for name, preset in presets().items()}
    here = [_of_found(server) for server in found]
    there = {server.preset for server in found}
    rest = [offer for name, offer in named.items() if name != _OPENAI and name not in there]
    return (BUILT_IN, named[_OPENAI], *here, *rest, OTHER)


def chosen_for(settings: Settings, service: Service, among: Sequence[Offer]) -> Offer:
    """The provider of one service."""
    if settings.source_of(service) is Source.BUILT_IN:
        return BUILT_IN
    address = settings.address_of(service)
    fits = [offer for offer in among if is_same_server(offer.base_url, address)]
    if fits:
        return next((offer for offer in fits if service in offer.services), fits[0])
    by_name = preset_at(address, service)
    return next((offer for offer in among if offer.id == by_name), OTHER)


def chosen_for_all(settings: Settings, among: Sequence[Offer]) -> Offer | None:
    """The one provider that does all it can, with the rest built in; None for a mixture."""
    chosen = {service: chosen_for(settings, service, among) for service in Service}
    addresses = {settings.address_of(service) for service in Service if chosen[service].is_server}
    if len(addresses) > 1:
        return None
    servers = {offer.id: offer for offer in chosen.values() if offer.is_server}
    if not servers:
        return BUILT_IN
    (offer, *others) = servers.values()
    does = {service for service, one in chosen.items() if one.is_server}
    return offer if not others and does == offer.services else None


def usable(found: Sequence[FoundServer]) -> tuple[FoundServer, ...]:
    """Those that can be used at once, without a key."""
    return tuple(server for server in found if not server.needs_key)


def values_of_found(found: Sequence[FoundServer]) -> dict[str, object]:
    """The settings that give each service to the first server here that offers it."""
    here = [_of_found(server) for server in found]
    if len(here) == 1:
        return here[0].values(Service, common=True)
    values: dict[str, object] = {}
    for service in Service:
        offer = next((one for one in here if service in one.services), BUILT_IN)
        values |= offer.values((service,), common=False)
    return values


def who_does_what(found: Sequence[FoundServer]) -> str:
    """In words, what `values_of_found` would do."""
    jobs = {Service.CHAT: "answers", Service.TRANSCRIPTION: "recognises", Service.SPEECH: "speaks"}
    does: dict[str, list[str]] = {}
    for service in Service:
        name = next((one.name for one in found if service in one.services), "")
        if name:
            does.setdefault(name, []).append(jobs[service])
    said = "; ".join(f"{name} {' and '.join(verbs)}" for name, verbs in does.items())
    rest = len(Service) - sum(map(len, does.values()))
    return f"{said}; the rest is built in." if rest else f"{said}."


def _of_preset(name: str, preset: Preset) -> Offer:
    return Offer(
        name,
        preset.name,
        preset.base_url,
        frozenset(preset.services),
        preset.key,
        preset.key_page,
        preset.note,
        needs_address=preset.has_placeholder,
    )


def _of_found(server: FoundServer) -> Offer:
    known = presets().get(server.preset)
    key = known.key if known is not None else KeyNeed.OPTIONAL
    return Offer(
        f"found:{server.base_url}",
        f"{server.name}, found here",
        server.base_url,
        frozenset(server.services),
        KeyNeed.NEEDED if server.needs_key else key,
        note=_what_it_has(server),
        models=chosen_models(server),
    )


def _what_it_has(server: FoundServer) -> str:
    if server.needs_key:
        return "It runs on this computer and asks for a key."
    count = len(server.models)
    many = "1 model" if count == 1 else f"{count} models"
    return f"It runs on this computer and offers {many}." if count else ""
