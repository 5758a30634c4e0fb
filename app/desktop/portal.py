"""A client of the desktop portals on the session bus: calls, requests that are answered later,
and signals. Core thread; nothing here blocks.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jeepney import DBusAddress, MatchRule, Message, MessageType, message_bus, new_method_call
from jeepney.auth import AuthenticationError
from jeepney.low_level import HeaderFields

from app.desktop.bus_link import BusLink, close_fds
from app.identity import APP_ID

PORTAL = "org.freedesktop.portal.Desktop"
DESKTOP_PATH = "/org/freedesktop/portal/desktop"
_REQUEST = "org.freedesktop.portal.Request"
_BUS = "org.freedesktop.DBus"
_CALL_S = 10.0
_REGISTRY = "org.freedesktop.host.portal.Registry"
_NOT_YET = "App info not found"
"""A desktop entry that was just written is found a moment later."""
_INTRODUCTIONS = 5
_INTRODUCED_S = 0.1


class PortalError(Exception):
    """A call failed; `name` is the D-Bus error's, or empty when the bus went away."""

    def __init__(self, name: str, message: str = "") -> None:
        self.name = name
        super().__init__(message or name or "the session bus went away")


@dataclass(frozen=True, slots=True)
class Signal:
    """A signal of a portal, with its arguments."""

    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


class Portal:
    """Open it with `open`; `lost` is set when the bus or the portal's process ends."""

    def __init__(self, link: BusLink, on_signal: Callable[[Signal], None]) -> None:
        self._link = link
        self._on_signal = on_signal
        self._replies: dict[int, asyncio.Future[Message]] = {}
        self._responses: dict[str, asyncio.Future[tuple[int, dict[str, Any]]]] = {}
        self.lost = asyncio.Event()
        self._receiver = asyncio.create_task(self._receive(), name="portal")

    @classmethod
    async def open(cls, bus: str, on_signal: Callable[[Signal], None]) -> Portal:
        """`bus` is "SESSION" or the address of one. Raises PortalError where there is no bus."""
        try:
            async with asyncio.timeout(_CALL_S):
                link = await BusLink.open(bus)
        except (OSError, EOFError, LookupError, RuntimeError, AuthenticationError) as error:
            raise PortalError("", f"no session bus: {error}") from error
        portal = cls(link, on_signal)
        owner = MatchRule(type="signal", sender=_BUS, interface=_BUS, member="NameOwnerChanged")
        owner.add_arg_condition(0, PORTAL)
        signals = MatchRule(type="signal", sender=PORTAL, path_namespace=DESKTOP_PATH)
        try:
            for rule in (owner, signals):
                await portal._reply_to(message_bus.AddMatch(rule))
            await portal._introduce()
        except BaseException:
            await portal.close()
            raise
        return portal

    async def close(self) -> None:
        """Leave the bus; what this client began at the portal ends with it."""
        self._receiver.cancel()
        try:
            await asyncio.wait([self._receiver])
        finally:
            self._link.close()

    async def call(
        self, interface: str, member: str, signature: str = "", *body: Any, path: str = DESKTOP_PATH
    ) -> tuple[Any, ...]:
        """Call a method. Raises PortalError."""
        address = DBusAddress(path, bus_name=PORTAL, interface=interface)
        message = new_method_call(address, member, signature or None, body)
        reply = await self._reply_to(message)
        return tuple(reply.body)

    async def request(
        self,
        interface: str,
        member: str,
        signature: str,
        *body: Any,
        options: dict[str, tuple[str, Any]] | None = None,
    ) -> tuple[int, dict[str, Any]]:
        """Call a method that a person may have to answer; the response code and its results.

        The options are its last argument. Waits as long as it takes. Raises PortalError.
        """
        token = new_token()
        handle = f"{DESKTOP_PATH}/request/{self.sender}/{token}"
        answer: asyncio.Future[tuple[int, dict[str, Any]]] = asyncio.Future()
        self._responses[handle] = answer
        try:
            last = {**(options or {}), "handle_token": ("s", token)}
            (real,) = await self.call(interface, member, signature, *body, last)
            self._responses[real] = answer  # older portals chose their own
            return await answer
        except asyncio.CancelledError:
            await self._withdraw(handle)
            raise
        finally:
            for path in [path for path, one in self._responses.items() if one is answer]:
                del self._responses[path]

    @property
    def sender(self) -> str:
        """This client, as a part of object paths."""
        return str(self._link.unique_name)[1:].replace(".", "_")

    async def _introduce(self) -> None:
        """Say which program this is, where the portal can be told; the first call has to."""
        for _ in range(_INTRODUCTIONS):
            try:
                await self.call(_REGISTRY, "Register", "sa{sv}", APP_ID, {})
                return
            except PortalError as error:
                if _NOT_YET not in str(error):
                    return
            await asyncio.sleep(_INTRODUCED_S)

    async def _withdraw(self, handle: str) -> None:
        address = DBusAddress(handle, bus_name=PORTAL, interface=_REQUEST)
        with contextlib.suppress(OSError):
            await self._link.send(new_method_call(address, "Close"))

    async def _reply_to(self, message: Message) -> Message:
        serial = self._link.serial()
        future: asyncio.Future[Message] = asyncio.Future()
        self._replies[serial] = future
        try:
            async with asyncio.timeout(_CALL_S):
                if self.lost.is_set():
                    raise PortalError("")
                await self._link.send(message, serial)
                reply = await future
        except (OSError, TimeoutError) as error:
            raise PortalError("", f"the session bus is silent: {error}") from error
        finally:
            del self._replies[serial]
        if reply.header.message_type is MessageType.error:
            name = reply.header.fields.get(HeaderFields.error_name, "")
            raise PortalError(name, " ".join(map(str, reply.body)))
        return reply

    async def _receive(self) -> None:
        try:
            while True:
                self._dispatch(await self._link.receive())
        except (OSError, EOFError):
            self._lose()

    def _dispatch(self, message: Message) -> None:
        fields = message.header.fields
        kind = message.header.message_type
        if kind in (MessageType.method_return, MessageType.error):
            waiting = self._replies.get(fields.get(HeaderFields.reply_serial, -1))
            if waiting is not None and not waiting.done():
                waiting.set_result(message)
            else:
                close_fds(message.body)
        elif kind is MessageType.signal:
            self._on_message(
                Signal(
                    fields[HeaderFields.path],
                    fields[HeaderFields.interface],
                    fields[HeaderFields.member],
                    tuple(message.body),
                )
            )

    def _on_message(self, signal: Signal) -> None:
        if signal.interface == _BUS:
            if signal.member == "NameOwnerChanged" and signal.body[1]:
                self._lose()
        elif signal.interface == _REQUEST and signal.member == "Response":
            answer = self._responses.get(signal.path)
            if answer is not None and not answer.done():
                answer.set_result((signal.body[0], signal.body[1]))
        else:
            self._on_signal(signal)

    def _lose(self) -> None:
        self.lost.set()
        for waiting in (*self._replies.values(), *self._responses.values()):
            if not waiting.done():
                waiting.set_exception(PortalError(""))


def new_token() -> str:
    """A name for a request or a session that nobody can guess."""
    return f"sayso_{secrets.token_hex(8)}"
