"""What plays music and videos on this desktop (MPRIS on the session bus), and its buttons."""

from __future__ import annotations

import asyncio
import enum
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_PREFIX = "org.mpris.MediaPlayer2."
_PATH = "/org/mpris/MediaPlayer2"
_PLAYER = "org.mpris.MediaPlayer2.Player"
_ROOT = "org.mpris.MediaPlayer2"
_RELAYS = frozenset({f"{_PREFIX}playerctld"})
"""They speak for another player, which is on the bus itself."""
_CONNECT_S, _CALL_S, _DONE_S, _STEP_S = 2.0, 1.0, 2.0, 0.05
_ORDER = {"Playing": 0, "Paused": 1}


class Button(enum.StrEnum):
    """What a media key does."""

    PLAY = "play"
    PAUSE = "pause"
    TOGGLE = "toggle"
    NEXT = "next"
    PREVIOUS = "previous"
    STOP = "stop"


_MEMBERS = {
    Button.PLAY: "Play",
    Button.PAUSE: "Pause",
    Button.TOGGLE: "PlayPause",
    Button.NEXT: "Next",
    Button.PREVIOUS: "Previous",
    Button.STOP: "Stop",
}
_ABILITIES = {
    Button.PLAY: "CanPlay",
    Button.PAUSE: "CanPause",
    Button.NEXT: "CanGoNext",
    Button.PREVIOUS: "CanGoPrevious",
}


class PlayersUnknown(Exception):
    """There is no session bus, so nobody knows what plays."""


class NothingDone(Exception):
    """The button did nothing; the text says why."""


@dataclass(frozen=True, slots=True)
class Playing:
    """A player. `status` is "Playing", "Paused" or "Stopped", `track` the player's own id."""

    bus_name: str
    name: str
    status: str
    title: str = ""
    artist: str = ""
    track: str = ""


class Players:
    """Asks the bus anew each time."""

    def __init__(self, address: str = "SESSION") -> None:
        self._address = address

    async def current(self) -> Playing | None:
        """The one that plays, or else is paused; None where there is none.

        Raises PlayersUnknown.
        """
        return await asyncio.to_thread(self._current)

    async def press(self, button: Button) -> Playing:
        """Press a button of that one, and look what it did.

        Raises PlayersUnknown, and NothingDone.
        """
        return await asyncio.to_thread(self._press, button)

    def _current(self) -> Playing | None:
        with _Bus(self._address) as bus:
            return _first(bus)

    def _press(self, button: Button) -> Playing:
        with _Bus(self._address) as bus:
            before = _first(bus)
            if before is None:
                raise NothingDone("Nothing plays music or videos.")
            ability = _ABILITIES.get(button)
            if ability and not bus.get(before.bus_name, _PLAYER, ability, default=True):
                raise NothingDone(f"{before.name} cannot do that now.")
            if not bus.call(before.bus_name, _PLAYER, _MEMBERS[button]):
                raise NothingDone(f"{before.name} did not answer.")
            return _seen(bus, before, button)


def _seen(bus: _Bus, before: Playing, button: Button) -> Playing:
    deadline = time.monotonic() + _DONE_S
    while True:
        now = _described(bus, before.bus_name)
        if now is not None and _is_done(before, now, button):
            return now
        if time.monotonic() > deadline:
            raise NothingDone(f"{before.name} was asked, but nothing changed.")
        time.sleep(_STEP_S)


def _is_done(before: Playing, now: Playing, button: Button) -> bool:
    match button:
        case Button.PLAY:
            return now.status == "Playing"
        case Button.PAUSE | Button.STOP:
            return now.status != "Playing"
        case Button.TOGGLE:
            return now.status != before.status
        case Button.NEXT | Button.PREVIOUS:
            # Players go back to the start of the same track first, which cannot be seen here.
            same = (now.track, now.title) == (before.track, before.title)
            return not same or button is Button.PREVIOUS


def _first(bus: _Bus) -> Playing | None:
    found = [_described(bus, name) for name in bus.names()]
    players = [player for player in found if player is not None]
    return min(players, key=lambda player: _ORDER.get(player.status, 2), default=None)


def _described(bus: _Bus, bus_name: str) -> Playing | None:
    status = bus.get(bus_name, _PLAYER, "PlaybackStatus")
    if not isinstance(status, str):
        return None
    about: Mapping[str, Any] = bus.get(bus_name, _PLAYER, "Metadata") or {}
    artists = _value(about, "xesam:artist")
    return Playing(
        bus_name,
        str(bus.get(bus_name, _ROOT, "Identity") or bus_name.removeprefix(_PREFIX)),
        status,
        str(_value(about, "xesam:title") or ""),
        ", ".join(map(str, artists)) if isinstance(artists, list) else str(artists or ""),
        str(_value(about, "mpris:trackid") or ""),
    )


def _value(about: Mapping[str, Any], name: str) -> Any:
    return about[name][1] if name in about else None


class _Bus:
    """A connection for one question; what does not answer in time is as if it were not there."""

    def __init__(self, address: str) -> None:
        from jeepney.auth import AuthenticationError
        from jeepney.io.blocking import open_dbus_connection

        try:
            self._connection = open_dbus_connection(address, auth_timeout=_CONNECT_S)
        except (OSError, KeyError, RuntimeError, StopIteration, ValueError) as error:
            raise PlayersUnknown(str(error)) from error
        except AuthenticationError as error:
            raise PlayersUnknown(str(error)) from error

    def __enter__(self) -> _Bus:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def names(self) -> list[str]:
        """The players on the bus."""
        from jeepney import message_bus

        (names,) = self._sent(message_bus.ListNames()) or ([],)
        return sorted(name for name in names if name.startswith(_PREFIX) and name not in _RELAYS)

    def call(self, name: str, interface: str, member: str) -> bool:
        """Call a method without arguments; whether it was answered."""
        from jeepney import DBusAddress, new_method_call

        address = DBusAddress(_PATH, bus_name=name, interface=interface)
        return self._sent(new_method_call(address, member)) is not None

    def get(self, name: str, interface: str, member: str, *, default: Any = None) -> Any:
        """A property's value, `default` where there is none."""
        from jeepney import DBusAddress, Properties

        address = DBusAddress(_PATH, bus_name=name, interface=interface)
        answer = self._sent(Properties(address).get(member))
        return default if answer is None else answer[0][1]

    def _sent(self, message: Any) -> tuple[Any, ...] | None:
        from jeepney import MessageType

        try:
            reply = self._connection.send_and_get_reply(message, timeout=_CALL_S)
        except (TimeoutError, OSError):
            return None
        return None if reply.header.message_type is MessageType.error else tuple(reply.body)
