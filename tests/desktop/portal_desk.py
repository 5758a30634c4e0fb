"""Desktops for the GlobalShortcuts portal: a bus of their own, and who answers there.

`ScriptedPortal` is the portal itself. `Desktop` is what stands behind a real xdg-desktop-portal:
the interfaces are those of the portal's documentation, so what passes here is what it passes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Coroutine, Mapping
from pathlib import Path
from typing import Any

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.asyncio import DBusConnection, DBusRouter, Proxy, open_dbus_connection

from tests.desk.child import Child
from tests.desk.need import missing, need_programs
from tests.desk.waiting import wait_until

_FRONTENDS = (Path("/usr/libexec/xdg-desktop-portal"), Path("/usr/lib/xdg-desktop-portal"))
PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
IMPL = "org.freedesktop.impl.portal.GlobalShortcuts"
BACKEND_NAME = "org.freedesktop.impl.portal.desktop.desk"
_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={socket}</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""


class Bus:
    """A session bus without a single service."""

    def __init__(self, folder: Path) -> None:
        need_programs("dbus-daemon")
        self.folder = folder
        path = folder / "bus"
        self.address = f"unix:path={path}"
        config = folder / "bus.conf"
        config.write_text(_BUS.format(socket=path))
        self._daemon = Child(["dbus-daemon", f"--config-file={config}", "--nofork"], folder)
        wait_until(lambda: _listens(path), "the bus")

    def close(self) -> None:
        self._daemon.end()


class Service:
    """Answers calls on the bus. Each call and each shortcut that was asked for is noted."""

    name: str
    interface: str
    properties: Mapping[str, tuple[str, Any]] = {}

    def __init__(self, connection: DBusConnection) -> None:
        self._connection = connection
        self._tasks: set[asyncio.Task[None]] = set()
        self._own(self._serve())
        self.calls: list[str] = []
        self.asked: dict[str, dict[str, tuple[str, Any]]] = {}
        self.response = 0
        self.keys: dict[str, str] | None = None
        """What the user chooses, by shortcut; None gives each what it prefers."""
        self.answers = asyncio.Event()
        self.answers.set()
        self.session = ""

    @classmethod
    @contextlib.asynccontextmanager
    async def on(cls, bus: Bus) -> AsyncIterator[Any]:
        connection = await open_dbus_connection(bus.address)
        async with DBusRouter(connection) as router:
            await Proxy(message_bus, router).RequestName(cls.name)
        service = cls(connection)
        try:
            yield service
        finally:
            for task in service._tasks:
                task.cancel()
            await asyncio.gather(*service._tasks, return_exceptions=True)
            await connection.close()

    def _own(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def activate(self, shortcut: str) -> None:
        """The user presses its key."""
        await self._emit("Activated", "osta{sv}", self.session, shortcut, 1, {})

    async def deactivate(self, shortcut: str) -> None:
        """The user lets it go."""
        await self._emit("Deactivated", "osta{sv}", self.session, shortcut, 2, {})

    async def change(self, keys: dict[str, str]) -> None:
        """The user chooses other keys in the desktop's settings."""
        given = [(name, {"trigger_description": ("s", key)}) for name, key in keys.items()]
        await self._emit("ShortcutsChanged", "oa(sa{sv})", self.session, given)

    def granted(self) -> dict[str, tuple[str, Any]]:
        keys = {name: about["preferred_trigger"][1] for name, about in self.asked.items()}
        if self.keys is not None:
            keys = self.keys
        given = [(name, {"trigger_description": ("s", key)}) for name, key in keys.items()]
        return {"shortcuts": ("a(sa{sv})", given)}

    async def _emit(
        self, member: str, signature: str, *body: Any, path: str = PATH, interface: str = ""
    ) -> None:
        sender = DBusAddress(path, interface=interface or self.interface)
        await self._connection.send(new_signal(sender, member, signature, body))

    async def _serve(self) -> None:
        with contextlib.suppress(EOFError, OSError):  # the bus ended
            while True:
                message = await self._connection.receive()
                if message.header.message_type is MessageType.method_call:
                    self._own(self._answer(message))

    async def _answer(self, message: Message) -> None:
        fields = message.header.fields
        member = fields[HeaderFields.member]
        if fields.get(HeaderFields.interface) == "org.freedesktop.DBus.Properties":
            properties = {"version": ("u", 1), **self.properties}
            reply = new_method_return(message, "a{sv}", (properties,))
        elif (method := getattr(self, f"on_{member}", None)) is not None:
            self.calls.append(member)
            reply = await method(message, *message.body)
        else:
            unknown = "org.freedesktop.DBus.Error.UnknownMethod"
            reply = new_error(message, unknown, "s", (member,))
        await self._connection.send(reply)


class ScriptedPortal(Service):
    """The portal, as far as its documentation says."""

    name = "org.freedesktop.portal.Desktop"
    interface = SHORTCUTS

    async def on_CreateSession(self, message: Message, options: dict[str, Any]) -> Message:
        token = options["session_handle_token"][1]
        self.session = f"{PATH}/session/{_sender(message)}/{token}"
        return self._later(message, options, {"session_handle": ("s", self.session)})

    async def on_BindShortcuts(
        self, message: Message, session: str, shortcuts: list[Any], _: str, options: dict[str, Any]
    ) -> Message:
        assert session == self.session
        self.asked = dict(shortcuts)
        return self._later(message, options, self.granted())

    async def close_session(self) -> None:
        interface = "org.freedesktop.portal.Session"
        await self._emit("Closed", "a{sv}", {}, path=self.session, interface=interface)

    def _later(self, message: Message, options: dict[str, Any], results: Any) -> Message:
        request = f"{PATH}/request/{_sender(message)}/{options['handle_token'][1]}"

        async def respond() -> None:
            await self.answers.wait()
            interface = "org.freedesktop.portal.Request"
            body = (self.response, results)
            await self._emit("Response", "ua{sv}", *body, path=request, interface=interface)

        self._own(respond())
        return new_method_return(message, "o", (request,))


class Desktop(Service):
    """A desktop behind the real portal."""

    name = BACKEND_NAME
    interface = IMPL

    async def on_CreateSession(
        self, message: Message, _: str, session: str, __: str, ___: dict[str, Any]
    ) -> Message:
        self.session = session
        return new_method_return(message, "ua{sv}", (0, {}))

    async def on_BindShortcuts(
        self, message: Message, _: str, session: str, shortcuts: list[Any], *__: Any
    ) -> Message:
        assert session == self.session
        self.asked = dict(shortcuts)
        await self.answers.wait()
        return new_method_return(message, "ua{sv}", (self.response, self.granted()))

    async def on_Close(self, message: Message) -> Message:
        return new_method_return(message)

    async def close_session(self) -> None:
        interface = "org.freedesktop.impl.portal.Session"
        await self._emit("Closed", "", path=self.session, interface=interface)


@contextlib.asynccontextmanager
async def real_portal(bus: Bus, behind: type[Service] = Desktop) -> AsyncIterator[Any]:
    """xdg-desktop-portal with a desktop of ours behind it. Skips the test where it is missing."""
    frontend = next((path for path in _FRONTENDS if path.is_file()), None)
    if frontend is None:
        missing("not installed: xdg-desktop-portal")
    (bus.folder / "desk.portal").write_text(
        f"[portal]\nDBusName={BACKEND_NAME}\nInterfaces={behind.interface};\nUseIn=desk\n"
    )
    (bus.folder / "desk-portals.conf").write_text("[preferred]\ndefault=desk\n")
    environment = {
        **os.environ,
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "XDG_DESKTOP_PORTAL_DIR": str(bus.folder),
        "XDG_CURRENT_DESKTOP": "desk",
        "XDG_RUNTIME_DIR": str(bus.folder),
        "HOME": str(bus.folder),
    }
    async with behind.on(bus) as desktop:
        with Child([str(frontend), "--verbose"], bus.folder, environment=environment) as portal:
            await asyncio.to_thread(_wait_for_portal, bus, portal)
            yield desktop


def _wait_for_portal(bus: Bus, portal: Child) -> None:
    wait_until(lambda: _has_owner(bus) or not portal.alive, "the portal", timeout_s=30)
    if not portal.alive:
        missing(f"xdg-desktop-portal does not start here: {portal.log}")


def _has_owner(bus: Bus) -> bool:
    from jeepney.io.blocking import Proxy as Calls, open_dbus_connection as connect

    with connect(bus.address) as connection:
        (has,) = Calls(message_bus, connection).NameHasOwner(ScriptedPortal.name)
    return bool(has)


def _listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as link:
        return link.connect_ex(str(path)) == 0


def _sender(message: Message) -> str:
    return str(message.header.fields[HeaderFields.sender])[1:].replace(".", "_")
