"""The RemoteDesktop portal on a session bus of its own."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from jeepney import HeaderFields, Message, new_method_return
from jeepney.io.asyncio import DBusConnection

from tests.desktop.portal_desk import BACKEND_NAME, PATH, Bus, Service


class RemoteDesktop(Service):
    """The RemoteDesktop portal, as far as its documentation says."""

    name = "org.freedesktop.portal.Desktop"
    interface = "org.freedesktop.portal.RemoteDesktop"
    token = 0
    questions = 0
    devices = 1
    restored = ""
    clipboard = False

    def __init__(self, connection: DBusConnection) -> None:
        super().__init__(connection)
        self.pressed: list[tuple[int, int]] = []
        self.on_key: Callable[[int, int], Awaitable[None]] = _nothing

    async def on_CreateSession(self, message: Message, options: dict[str, Any]) -> Message:
        token = options["session_handle_token"][1]
        self.session = f"{PATH}/session/{_sender(message)}/{token}"
        self.pressed = []
        return self._later(message, options, 0, {"session_handle": ("s", self.session)})

    async def on_SelectDevices(
        self, message: Message, session: str, options: dict[str, Any]
    ) -> Message:
        assert session == self.session
        assert options["types"] == ("u", 1)
        assert options["persist_mode"] == ("u", 2)
        self.restored = options.get("restore_token", ("s", ""))[1]
        return self._later(message, options, 0, {})

    async def on_Start(
        self, message: Message, session: str, _: str, options: dict[str, Any]
    ) -> Message:
        assert session == self.session
        if self.restored != f"token {self.token}":
            self.questions += 1
        self.token += 1
        given = ("s", f"token {self.token}")
        results: dict[str, Any] = {"devices": ("u", self.devices), "restore_token": given}
        if self.clipboard:
            results["clipboard_enabled"] = ("b", True)
        return self._later(message, options, self.response, results)

    async def on_NotifyKeyboardKeysym(
        self, message: Message, session: str, _: dict[str, Any], key: int, state: int
    ) -> Message:
        assert session == self.session
        self.pressed.append((key, state))
        await self.on_key(key, state)
        return new_method_return(message)

    async def close_session(self) -> None:
        interface = "org.freedesktop.portal.Session"
        await self._emit("Closed", "a{sv}", {}, path=self.session, interface=interface)

    def _later(
        self, message: Message, options: dict[str, Any], code: int, results: dict[str, Any]
    ) -> Message:
        request = f"{PATH}/request/{_sender(message)}/{options['handle_token'][1]}"

        async def respond() -> None:
            await self.answers.wait()
            interface = "org.freedesktop.portal.Request"
            await self._emit("Response", "ua{sv}", code, results, path=request, interface=interface)

        self._own(respond())
        return new_method_return(message, "o", (request,))


class DesktopBehind(Service):
    """A desktop behind the real portal, which lets programs press keys."""

    name = BACKEND_NAME
    interface = "org.freedesktop.impl.portal.RemoteDesktop"
    properties: Mapping[str, tuple[str, Any]] = {"AvailableDeviceTypes": ("u", 1)}

    def __init__(self, connection: DBusConnection) -> None:
        super().__init__(connection)
        self.pressed: list[tuple[int, int]] = []

    async def on_CreateSession(self, message: Message, _: str, session: str, *__: Any) -> Message:
        self.session = session
        return new_method_return(message, "ua{sv}", (0, {}))

    async def on_SelectDevices(self, message: Message, _: str, session: str, *__: Any) -> Message:
        assert session == self.session
        return new_method_return(message, "ua{sv}", (0, {}))

    async def on_Start(self, message: Message, _: str, session: str, *__: Any) -> Message:
        assert session == self.session
        return new_method_return(message, "ua{sv}", (self.response, {"devices": ("u", 1)}))

    async def on_NotifyKeyboardKeysym(
        self, message: Message, session: str, _: dict[str, Any], key: int, state: int
    ) -> Message:
        assert session == self.session
        self.pressed.append((key, state))
        return new_method_return(message)

    async def on_Close(self, message: Message) -> Message:
        return new_method_return(message)


async def _nothing(_key: int, _state: int) -> None:
    """Nobody has a keyboard here."""


def _sender(message: Message) -> str:
    return str(message.header.fields[HeaderFields.sender])[1:].replace(".", "_")


@pytest.fixture
def bus() -> Iterator[Bus]:
    with tempfile.TemporaryDirectory(prefix="sayso-bus-") as folder:
        with closing(Bus(Path(folder))) as running:
            yield running


@pytest.fixture
async def portal(bus: Bus) -> AsyncIterator[RemoteDesktop]:
    async with RemoteDesktop.on(bus) as service:
        yield service
