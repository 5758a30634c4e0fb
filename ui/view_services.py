"""What is known of services: keys, servers found, models listed, tests. Pure: no Qt, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app import events
from app.errors import AppError
from app.services import Service

if TYPE_CHECKING:
    from app.settings import Settings


@dataclass(frozen=True, slots=True)
class ServicesView:
    """One entry for each host, each service's list of models, and each service's latest test.

    `voice_testing` and `voice_tested` are of realtime.
    """

    keys: tuple[events.KeyStatus, ...] = ()
    found: tuple[events.FoundServer, ...] = ()
    listed: tuple[events.ModelsListed, ...] = ()
    testing: frozenset[Service] = frozenset()
    tested: tuple[events.ServiceTested, ...] = ()
    voice_testing: bool = False
    voice_tested: events.RealtimeTested | None = None

    def key_of(self, address: str) -> events.KeyStatus | None:
        """Where the key for this address is; None while that is not known."""
        from app.net.address import host_of  # not needed before a page asks

        try:
            host = host_of(address)
        except AppError:
            return None
        return next((status for status in self.keys if status.host == host), None)

    def models_of(self, service: Service, address: str) -> events.ModelsListed | None:
        """What the server at this address was last told to offer for a service."""
        listed = (entry for entry in self.listed if entry.service is service)
        return next((entry for entry in listed if entry.base_url == address), None)

    def test_of(self, service: Service) -> events.ServiceTested | None:
        """How the latest test ended, as long as the service is still set up as it was."""
        return next((result for result in self.tested if result.service is service), None)


def reduce(view: ServicesView, event: events.Event) -> ServicesView:
    """What is known after `event`; the same view where it is about something else."""
    match event:
        case events.KeyStatus(host):
            others = tuple(status for status in view.keys if status.host != host)
            return replace(view, keys=(*others, event))
        case events.ServersFound(servers):
            return replace(view, found=servers)
        case events.ModelsListed(service):
            others_listed = tuple(entry for entry in view.listed if entry.service is not service)
            return replace(view, listed=(*others_listed, event))
        case events.ServiceTestStarted(service):
            return replace(
                view, testing=view.testing | {service}, tested=_without(view.tested, {service})
            )
        case events.ServiceTested(service, _, summary):
            ended = view.testing - {service}
            kept = _without(view.tested, {service})
            return replace(view, testing=ended, tested=(*kept, event) if summary else kept)
        case events.RealtimeTestStarted():
            return replace(view, voice_testing=True, voice_tested=None)
        case events.RealtimeTested():
            return replace(view, voice_testing=False, voice_tested=event if event.summary else None)
        case _:
            return view


def after_change(view: ServicesView, old: Settings | None, new: Settings) -> ServicesView:
    """Without the tests of services that are set up in another way now."""
    if old is None:
        return view
    if view.voice_tested is not None and (old.realtime, old.realtime_address) != (
        new.realtime,
        new.realtime_address,
    ):
        view = replace(view, voice_tested=None)
    if not view.tested:
        return view
    others = {service for service in Service if _set_up(old, service) != _set_up(new, service)}
    return replace(view, tested=_without(view.tested, others)) if others else view


def _set_up(settings: Settings, service: Service) -> tuple[object, ...]:
    return settings.address_of(service), getattr(settings, service.value)


def _without(
    tested: tuple[events.ServiceTested, ...], services: set[Service]
) -> tuple[events.ServiceTested, ...]:
    return tuple(result for result in tested if result.service not in services)
