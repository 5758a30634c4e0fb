"""The accessibility bus (AT-SPI over D-Bus): connecting, and calls that are bounded in time."""

from __future__ import annotations

import os
import time
from collections import deque
from typing import Any

import jeepney
from jeepney.io.blocking import DBusConnection, open_dbus_connection

REGISTRY = "org.a11y.atspi.Registry"
ROOT = "/org/a11y/atspi/accessible/root"
ACCESSIBLE = "org.a11y.atspi.Accessible"
TEXT = "org.a11y.atspi.Text"
EDITABLE_TEXT = "org.a11y.atspi.EditableText"

ROLE_PASSWORD, ROLE_TERMINAL, ROLE_TEXT, ROLE_ENTRY = 40, 60, 61, 79
ROLES_OF_WINDOWS = frozenset({2, 16, 23, 69, 75})
(STATE_ACTIVE, STATE_EDITABLE, STATE_FOCUSED) = (1, 7, 12)
(STATE_MULTI_LINE, STATE_SHOWING, STATE_SINGLE_LINE, STATE_READ_ONLY) = (17, 25, 26, 43)

_NO_AUTO_START = jeepney.MessageFlag.no_auto_start
_CONNECT_S = 0.5
_CALL_S = 0.25
_START_S = 5.0
_FOCUS_EVENTS = "object:state-changed:focused"

Reference = tuple[str, str]
"""An object: its program's name on the bus, and its path there."""


class BusTrouble(Exception):
    """The bus or a program on it did not answer, or said no."""


class AccessibilityBus:
    """A connection for one thread. Raises BusTrouble where there is no such bus."""

    def __init__(self, address: str | None = None) -> None:
        try:
            self._connection: DBusConnection = open_dbus_connection(address or _address())
        except (OSError, KeyError, RuntimeError, StopIteration, ValueError) as failure:
            raise BusTrouble(str(failure)) from failure
        self.socket = self._connection.sock
        self._events: deque[Any] = deque(maxlen=64)
        self._processes: dict[str, int] = {}
        self._focused: Reference | None = None
        self._listen()

    def call(
        self, to: Reference, interface: str, member: str, signature: str = "", *args: object
    ) -> tuple[Any, ...]:
        """Call a method and give the body of its answer. Raises BusTrouble."""
        message = _message(to, interface, member, signature, args)
        message.header.flags |= _NO_AUTO_START
        return self._sent(message, member, _CALL_S)

    def _sent(self, message: Any, member: str, within_s: float) -> tuple[Any, ...]:
        try:
            reply = self._connection.send_and_get_reply(message, timeout=within_s)
        except (TimeoutError, OSError) as failure:
            raise BusTrouble(f"{member}: {failure!r}") from failure
        if reply.header.message_type is jeepney.MessageType.error:
            raise BusTrouble(f"{member}: {reply.body}")
        return tuple(reply.body)

    def get(self, of: Reference, interface: str, name: str) -> Any:
        """A property's value. Raises BusTrouble."""
        body = self.call(of, "org.freedesktop.DBus.Properties", "Get", "ss", interface, name)
        return body[0][1]

    def states(self, of: Reference) -> int:
        """The states of an object, a bit for each."""
        low, high = self.call(of, ACCESSIBLE, "GetState")[0]
        return int(low) | int(high) << 32

    def process_of(self, name: str) -> int:
        """The process behind a name on the bus."""
        if name not in self._processes:
            bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
            body = self.call(bus, "org.freedesktop.DBus", "GetConnectionUnixProcessID", "s", name)
            self._processes[name] = int(body[0])
        return self._processes[name]

    def last_focused(self) -> Reference | None:
        """The object that last said it has the focus."""
        self.take_events()
        return self._focused

    def take_events(self) -> None:
        """Read what programs have told meanwhile. Raises BusTrouble if the bus has gone."""
        try:
            while True:
                self._connection.recv_messages(timeout=0)
        except TimeoutError:
            pass
        except OSError as failure:
            raise BusTrouble(str(failure)) from failure
        while self._events:
            self._note(self._events.popleft())

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _note(self, event: Any) -> None:
        fields = event.header.fields
        if event.body[0] == "focused" and event.body[1]:
            sender, path = jeepney.HeaderFields.sender, jeepney.HeaderFields.path
            self._focused = (fields[sender], fields[path])

    def _listen(self) -> None:
        rule = jeepney.MatchRule(
            type="signal", interface="org.a11y.atspi.Event.Object", member="StateChanged"
        )
        rule.add_arg_condition(0, "focused")
        self._connection.filter(rule, queue=self._events)
        bus = ("org.freedesktop.DBus", "/org/freedesktop/DBus")
        self.call(bus, "org.freedesktop.DBus", "AddMatch", "s", rule.serialise())
        registry = (REGISTRY, "/org/a11y/atspi/registry")
        # This one starts the registry, if no program has had a use for it yet.
        message = _message(registry, REGISTRY, "RegisterEvent", "s", (_FOCUS_EVENTS,))
        self._sent(message, "RegisterEvent", _START_S)


def _message(
    to: Reference, interface: str, member: str, signature: str, args: tuple[object, ...]
) -> Any:
    address = jeepney.DBusAddress(to[1], bus_name=to[0], interface=interface)
    return jeepney.new_method_call(address, member, signature or None, args)


def _address() -> str:
    """The bus's address; raises KeyError without a session bus, OSError if that is silent."""
    if address := os.environ.get("AT_SPI_BUS_ADDRESS", ""):
        return address
    asked = time.monotonic()
    with open_dbus_connection("SESSION") as session:
        where = jeepney.DBusAddress(
            "/org/a11y/bus", bus_name="org.a11y.Bus", interface="org.a11y.Bus"
        )
        message = jeepney.new_method_call(where, "GetAddress")
        message.header.flags |= _NO_AUTO_START
        left_s = _CONNECT_S - (time.monotonic() - asked)
        reply = session.send_and_get_reply(message, timeout=left_s)
    if reply.header.message_type is jeepney.MessageType.error or not reply.body[0]:
        raise OSError("no accessibility bus")
    return str(reply.body[0])
