"""The Screenshot portal: what is asked, what is read, and what is left behind."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
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

from app.desktop.portal_screens import PortalScreens
from app.errors import AppError, Code
from app.shots.render import picture_of
from app.shots.shot import Rect
from tests.desktop.portal_desk import PATH, Bus
from tests.shots.pictures import encoded, lettered

pytestmark = pytest.mark.desk
PORTAL = "org.freedesktop.portal.Desktop"


class ScriptedDesktop:
    """Answers for the portal and for the screen saver, under both names."""

    def __init__(self, connection: DBusConnection, folder: Path) -> None:
        self._connection = connection
        self.file = folder / "Screenshot from today.png"
        self.response = 0
        self.shows_only_what_is_chosen = False
        self.asked: list[dict[str, Any]] = []
        self.is_locked = False
        self.has_portal = True
        self._serving = asyncio.create_task(self._serve())

    @classmethod
    @contextlib.asynccontextmanager
    async def on(cls, bus: Bus, folder: Path) -> AsyncIterator[ScriptedDesktop]:
        connection = await open_dbus_connection(bus.address)
        async with DBusRouter(connection) as router:
            for name in (PORTAL, "org.freedesktop.ScreenSaver"):
                await Proxy(message_bus, router).RequestName(name)
        made = cls(connection, folder)
        try:
            yield made
        finally:
            made._serving.cancel()
            await asyncio.wait([made._serving])
            await connection.close()

    async def _serve(self) -> None:
        while True:
            message = await self._connection.receive()
            if message.header.message_type is MessageType.method_call:
                await self._answer(message)

    async def _answer(self, call: Message) -> None:
        fields = call.header.fields
        member = fields[HeaderFields.member]
        if member == "GetActive":
            await self._connection.send(new_method_return(call, "b", (self.is_locked,)))
        elif member == "Screenshot" and self.has_portal:
            await self._take(call, fields[HeaderFields.sender])
        else:
            unknown = "org.freedesktop.DBus.Error.UnknownMethod"
            await self._connection.send(new_error(call, unknown, "s", ("no such method",)))

    async def _take(self, call: Message, sender: str) -> None:
        options = call.body[1]
        self.asked.append(options)
        token = options["handle_token"][1]
        handle = f"{PATH}/request/{sender[1:].replace('.', '_')}/{token}"
        await self._connection.send(new_method_return(call, "o", (handle,)))
        results = {}
        response = self.response
        if self.shows_only_what_is_chosen and not options["interactive"][1]:
            response = 2
        if response == 0:
            self.file.write_bytes(encoded(lettered()))
            results = {"uri": ("s", self.file.as_uri())}
        request = DBusAddress(handle, PORTAL, "org.freedesktop.portal.Request")
        await self._connection.send(new_signal(request, "Response", "ua{sv}", (response, results)))


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    with closing(Bus(tmp_path)) as made:
        yield made


@pytest.fixture
async def desktop(bus: Bus, tmp_path: Path) -> AsyncIterator[ScriptedDesktop]:
    folder = tmp_path / "Pictures"
    folder.mkdir()
    async with ScriptedDesktop.on(bus, folder) as made:
        yield made


async def test_everything_is_seen_and_no_file_stays(bus: Bus, desktop: ScriptedDesktop) -> None:
    screens = PortalScreens(bus.address)
    seen = await screens.look()
    assert (seen.knows_windows, seen.windows, seen.pointer) == (False, (), None)
    grab = await screens.grab(None)
    assert picture_of(grab.pixels).tobytes() == lettered().tobytes()
    assert grab.area == Rect(0, 0, 640, 400)
    assert desktop.asked[0]["interactive"] == ("b", False)
    assert not desktop.file.exists()


async def test_a_part_of_it(bus: Bus, desktop: ScriptedDesktop) -> None:
    grab = await PortalScreens(bus.address).grab(Rect(600, 380, 100, 100))
    assert grab.area == Rect(600, 380, 40, 20)
    assert picture_of(grab.pixels).tobytes() == lettered().crop((600, 380, 640, 400)).tobytes()


async def test_the_user_chooses_a_window(bus: Bus, desktop: ScriptedDesktop) -> None:
    assert await PortalScreens(bus.address).choose_window() is not None
    assert desktop.asked[0]["interactive"] == ("b", True)
    desktop.response = 1
    assert await PortalScreens(bus.address).choose_window() is None


@pytest.mark.parametrize("response", [1, 2])
async def test_a_desktop_that_says_no(bus: Bus, desktop: ScriptedDesktop, response: int) -> None:
    desktop.response = response
    with pytest.raises(AppError) as failed:
        await PortalScreens(bus.address).grab(None)
    assert failed.value.code is Code.SCREEN_REFUSED


async def test_a_desktop_that_shows_only_what_its_user_chooses(
    bus: Bus, desktop: ScriptedDesktop
) -> None:
    desktop.shows_only_what_is_chosen = True
    grab = await PortalScreens(bus.address).grab(Rect(600, 380, 100, 100))
    assert grab.chosen
    assert picture_of(grab.pixels).tobytes() == lettered().tobytes()
    assert [options["interactive"][1] for options in desktop.asked] == [False, True]


async def test_a_locked_desktop(bus: Bus, desktop: ScriptedDesktop) -> None:
    desktop.is_locked = True
    with pytest.raises(AppError) as failed:
        await PortalScreens(bus.address).look()
    assert failed.value.code is Code.SCREEN_LOCKED


async def test_a_desktop_without_such_a_portal(bus: Bus, desktop: ScriptedDesktop) -> None:
    desktop.has_portal = False
    with pytest.raises(AppError) as failed:
        await PortalScreens(bus.address).grab(None)
    assert failed.value.code is Code.SCREEN_MISSING
    assert "no portal" in failed.value.message


async def test_without_a_bus(tmp_path: Path) -> None:
    screens = PortalScreens(f"unix:path={tmp_path / 'none'}")
    with pytest.raises(AppError) as failed:
        await screens.grab(None)
    assert failed.value.code is Code.SCREEN_MISSING
