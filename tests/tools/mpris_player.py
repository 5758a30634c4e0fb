"""A player on a session bus, as MPRIS asks for it: it plays three songs of its own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from jeepney import HeaderFields, Message, MessageType, message_bus, new_error, new_method_return
from jeepney.io.asyncio import DBusConnection, open_dbus_connection

PLAYER = "org.mpris.MediaPlayer2.Player"
SONGS = (("One", "The Ones"), ("Two", "The Twos"), ("Three", "The Threes"))


class StubPlayer:
    """`deaf` answers and does nothing; `mute` never answers."""

    def __init__(self, identity: str, status: str) -> None:
        self.identity = identity
        self.status = status
        self.song = 0
        self.deaf = False
        self.mute = False
        self.calls: list[str] = []

    def handle(self, member: str) -> None:
        """A button of the player."""
        self.calls.append(member)
        if self.deaf:
            return
        match member:
            case "Play":
                self.status = "Playing"
            case "Pause" | "Stop":
                self.status = "Paused" if member == "Pause" else "Stopped"
            case "PlayPause":
                self.status = "Paused" if self.status == "Playing" else "Playing"
            case "Next":
                self.song += 1
            case "Previous":
                self.song -= 1

    def value(self, name: str) -> tuple[str, Any] | None:
        """A property."""
        title, artist = SONGS[self.song]
        return {
            "Identity": ("s", self.identity),
            "PlaybackStatus": ("s", self.status),
            "CanGoNext": ("b", self.song < len(SONGS) - 1),
            "CanGoPrevious": ("b", self.song > 0),
            "Metadata": (
                "a{sv}",
                {
                    "mpris:trackid": ("o", f"/song/{self.song}"),
                    "xesam:title": ("s", title),
                    "xesam:artist": ("as", [artist]),
                },
            ),
        }.get(name)


@contextlib.asynccontextmanager
async def playing(
    address: str, name: str, identity: str, status: str = "Playing"
) -> AsyncIterator[StubPlayer]:
    """A player on the bus, under the name `name`."""
    connection = await open_dbus_connection(address)
    player = StubPlayer(identity, status)
    serving = asyncio.create_task(_serve(connection, player))
    await connection.send(message_bus.RequestName(f"org.mpris.MediaPlayer2.{name}"))
    while not player.calls:
        await asyncio.sleep(0)
        await asyncio.wait([serving], timeout=0.01)
    player.calls.clear()
    try:
        yield player
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        await connection.close()


async def _serve(connection: DBusConnection, player: StubPlayer) -> None:
    while True:
        message = await connection.receive()
        fields = message.header.fields
        if message.header.message_type is MessageType.method_return:
            player.calls.append("owned")
        if message.header.message_type is not MessageType.method_call or player.mute:
            continue
        await connection.send(_answer(message, str(fields[HeaderFields.member]), player))


def _answer(message: Message, member: str, player: StubPlayer) -> Message:
    if message.header.fields.get(HeaderFields.interface) == PLAYER:
        player.handle(member)
        return new_method_return(message)
    value = player.value(message.body[1]) if member == "Get" else None
    if value is None:
        return new_error(message, "org.freedesktop.DBus.Error.UnknownProperty")
    return new_method_return(message, "v", (value,))
