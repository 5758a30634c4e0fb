"""The settings and the keys, as the core changes and tells them. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import pydantic

from app import events
from app.errors import AppError, Code
from app.events import KeyPlace
from app.net.address import ServerAddress, host_of, parse_origin
from app.notices import NoticeBoard
from app.realtime_settings import Engine
from app.secrets import KeyVault, Secret
from app.services import Service
from app.settings import Settings, Source, changed
from app.settings_store import SettingsStore
from app.web.settings import BRAVE_HOST, SearchBy


class Preferences:
    """Current settings; a change is saved at once and told to everyone."""

    def __init__(
        self,
        store: SettingsStore,
        vault: KeyVault,
        notices: NoticeBoard,
        settings: Settings,
        publish: Callable[[events.Event], None],
    ) -> None:
        self.settings = settings
        self._store = store
        self._vault = vault
        self._notices = notices
        self._publish = publish

    def publish(self) -> None:
        """Tell the settings."""
        self._publish(events.SettingsChanged(self.settings))

    async def publish_keys(self) -> None:
        """Tell where the keys are, once the keyring says."""
        self._publish_keys()

    async def change(self, values: dict[str, object]) -> bool:
        """Apply and save; True when the engine must be started anew for it.

        Raises AppError for a value that is none; nothing is changed then.
        """
        try:
            new = changed(self.settings, values)
        except (KeyError, pydantic.ValidationError) as error:
            raise AppError(Code.USAGE, _reason(error)) from error
        old, self.settings = self.settings, new
        self._publish(events.SettingsChanged(new))
        if _addresses(new) != _addresses(old):
            self._publish_keys()
        try:
            await asyncio.to_thread(self._store.save, new)
        except AppError as error:
            self._notices.post(error)
        return new.audio != old.audio

    async def store_key(self, secret: Secret, host: str = "") -> None:
        """Keep the key of a server, or forget it when empty. Raises AppError.

        `host` is the server's address or origin; empty means the common server in the settings.
        """
        origin = host_of(host or self.settings.server.base_url)
        if secret:
            place = await self._vault.store(origin, secret)
            if place is KeyPlace.THIS_RUN:
                self._notices.post(AppError(Code.KEYRING_MISSING))
            self._notices.clear(Code.KEY_MISSING, Code.KEY_WRONG, Code.KEY_FOR_OTHER_HOST)
        else:
            await self._vault.forget(origin)
        self._publish_key(origin)

    def _publish_keys(self) -> None:
        """Tell of each server that a service uses or may use; a locked keyring delays only that."""
        for address in dict.fromkeys(_addresses(self.settings)):
            self._publish_key(address)

    def _publish_key(self, address: str) -> None:
        try:
            parsed = parse_origin(address)
            self._vault.tell(address, lambda place: self._on_key(parsed, place))
        except AppError as error:
            if address in _used_addresses(self.settings):
                self._notices.post(error)

    def _on_key(self, server: ServerAddress, place: KeyPlace) -> None:
        self._publish(events.KeyStatus(server.origin, place))
        if place is not KeyPlace.LOCKED or server.is_near:
            return  # A server nearby mostly needs no key; where it does, it says so.
        if any(_is_at(address, server) for address in _used_addresses(self.settings)):
            self._notices.post(AppError(Code.KEYRING_LOCKED))


def _addresses(settings: Settings) -> tuple[str, ...]:
    """The common server's, that of each service and of realtime, and the web search's, if any."""
    search = (BRAVE_HOST,) if settings.web.search is SearchBy.BRAVE else ()
    services = (settings.address_of(service) for service in Service)
    return (settings.server.base_url, *services, settings.realtime_address, *search)


def _used_addresses(settings: Settings) -> frozenset[str]:
    """Those that a service is sent to."""
    services = (
        settings.address_of(service)
        for service in Service
        if settings.source_of(service) is Source.SERVER
    )
    is_realtime = settings.realtime.engine is Engine.REALTIME
    return frozenset((*services, *([settings.realtime_address] if is_realtime else ())))


def _is_at(address: str, server: ServerAddress) -> bool:
    with contextlib.suppress(AppError):
        return host_of(address) == server.origin
    return False


def _reason(error: KeyError | pydantic.ValidationError) -> str:
    if isinstance(error, pydantic.ValidationError):
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        return f"{path}: {first['msg']}"
    return f"There is no setting named {error.args[0]}."
