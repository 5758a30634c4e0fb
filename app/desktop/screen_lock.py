"""Whether the session says that it is locked. Blocking, for at most half a second."""

from __future__ import annotations

import jeepney
from jeepney.io.blocking import open_dbus_connection

_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
)
_ANSWER_S = 0.25


def is_locked(bus: str = "SESSION") -> bool:
    """What the desktop's screen saver says; False where there is none."""
    try:
        with open_dbus_connection(bus) as connection:
            return any(_is_active(connection, *saver) for saver in _SAVERS)
    except (OSError, KeyError, RuntimeError, StopIteration, ValueError):
        return False


def _is_active(connection: object, name: str, path: str) -> bool:
    address = jeepney.DBusAddress(path, bus_name=name, interface=name)
    message = jeepney.new_method_call(address, "GetActive")
    message.header.flags |= jeepney.MessageFlag.no_auto_start
    try:
        reply = connection.send_and_get_reply(message, timeout=_ANSWER_S)  # type: ignore[attr-defined]
    except TimeoutError:
        return False
    is_answer = reply.header.message_type is jeepney.MessageType.method_return
    return is_answer and bool(reply.body) and reply.body[0] is True
