"""The settings and the key, as the core changes and tells them. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pydantic

from app import events
from app.errors import AppError, Code
from app.events import KeyPlace
from app.net.address import host_of
from app.notices import NoticeBoard
from app.secrets import KeyVault, Secret
from app.settings import Settings, changed
from app.settings_store import SettingsStore


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

    async def publish_all(self) -> None:
        """Tell the settings and where the key is."""
        self._publish(events.SettingsChanged(self.settings))
        await self._publish_key()

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
        if new.server != old.server:
            await self._publish_key()
        try:
            await asyncio.to_thread(self._store.save, new)
        except AppError as error:
            self._notices.post(error)
        return new.audio != old.audio

    async def store_key(self, secret: Secret) -> None:
        """Keep the key for the server in the settings, or forget it when empty."""
        host = host_of(self.settings.server.base_url)
        if secret:
            place = await self._vault.store(host, secret)
            if place is KeyPlace.THIS_RUN:
                self._notices.post(AppError(Code.KEYRING_MISSING))
            self._notices.clear(Code.KEY_MISSING, Code.KEY_WRONG, Code.KEY_FOR_OTHER_HOST)
        else:
            await self._vault.forget(host)
        await self._publish_key()

    async def _publish_key(self) -> None:
        try:
            host = host_of(self.settings.server.base_url)
            found = await self._vault.find(host)
        except AppError as error:
            self._notices.post(error)
            self._publish(events.KeyStatus("", KeyPlace.NONE))
        else:
            self._publish(events.KeyStatus(host, found.place))


def _reason(error: KeyError | pydantic.ValidationError) -> str:
    if isinstance(error, pydantic.ValidationError):
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"])
        return f"{path}: {first['msg']}"
    return f"There is no setting named {error.args[0]}."
