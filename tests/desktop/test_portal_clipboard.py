"""The clipboard of a RemoteDesktop session, at a portal that hands out real pipes."""

from __future__ import annotations

import array
import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from jeepney import Message, message_bus, new_method_return

from app.desktop.bus_link import BusLink
from app.desktop.clipboard_board import Selection
from app.desktop.remote_desktop_portal import RemoteDesktopKeys
from app.desktop.wayland_clipboard import WaylandClipboard
from app.desktop.wayland_connection import WaylandError
from app.desktop.wayland_pipes import read_all
from app.desktop.writing import ClipboardNotSaved
from tests.desktop.portal_desk import Bus
from tests.desktop.remote_desktop_desk import RemoteDesktop, bus

__all__ = ["bus"]

pytestmark = pytest.mark.desk

INTERFACE = "org.freedesktop.portal.Clipboard"
TEXT = "text/plain;charset=utf-8"
PICTURE = bytes(range(256)) * 1_000
CLIPBOARD = [Selection.CLIPBOARD]


class FdLink(BusLink):
    """Also hands descriptors over."""

    async def send(self, message: Message, serial: int | None = None) -> None:
        fds = array.array("i")
        data = message.serialise(serial or self.serial(), fds=fds)
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)] if fds else []
        assert self._link.sendmsg([data], rights) == len(data)
        for fd in fds:
            os.close(fd)


class Clipboard(RemoteDesktop):
    """The portal of a desktop with a clipboard, as far as its documentation says."""

    clipboard = True

    def __init__(self, connection: Any) -> None:
        super().__init__(connection)
        self.content: dict[str, bytes] = {}
        """What another program has there."""
        self.is_ours = False
        self.types: list[str] = []
        self.readers: dict[int, asyncio.Future[int]] = {}
        self.done: dict[int, asyncio.Future[bool]] = {}

    @classmethod
    @contextlib.asynccontextmanager
    async def on(cls, bus: Bus) -> AsyncIterator[Any]:
        link = await FdLink.open(bus.address)
        await link.send(message_bus.RequestName(cls.name))
        service = cls(link)
        try:
            yield service
        finally:
            for task in service._tasks:
                task.cancel()
            await asyncio.gather(*service._tasks, return_exceptions=True)
            link.close()

    async def on_RequestClipboard(self, message: Message, session: str, _: Any) -> Message:
        assert session == self.session
        return new_method_return(message)

    async def on_Start(
        self, message: Message, session: str, parent: str, options: dict[str, Any]
    ) -> Message:
        assert self.calls[-3:] == ["RequestClipboard", "SelectDevices", "Start"]
        await self.tell_owner()
        return await super().on_Start(message, session, parent, options)

    async def on_SetSelection(
        self, message: Message, session: str, options: dict[str, Any]
    ) -> Message:
        assert session == self.session
        self.is_ours, self.types = True, list(options["mime_types"][1])
        await self.tell_owner()
        return new_method_return(message)

    async def on_SelectionRead(self, message: Message, session: str, name: str) -> Message:
        assert session == self.session
        assert not self.is_ours
        reading, writing = os.pipe()
        self._own(asyncio.to_thread(_write, writing, self.content[name]))
        return new_method_return(message, "h", (reading,))

    async def on_SelectionWrite(self, message: Message, session: str, serial: int) -> Message:
        assert session == self.session
        reading, writing = os.pipe()
        self.readers[serial].set_result(reading)
        return new_method_return(message, "h", (writing,))

    async def on_SelectionWriteDone(
        self, message: Message, session: str, serial: int, success: bool
    ) -> Message:
        assert session == self.session
        self.done[serial].set_result(success)
        return new_method_return(message)

    async def copy(self, content: dict[str, bytes]) -> None:
        """Another program copies."""
        self.content, self.types, self.is_ours = content, list(content), False
        await self.tell_owner()

    async def paste(self, name: str) -> bytes:
        """Another program reads what we have there."""
        assert self.is_ours
        serial = len(self.readers)
        loop = asyncio.get_running_loop()
        self.readers[serial], self.done[serial] = loop.create_future(), loop.create_future()
        body = (self.session, name, serial)
        await self._emit("SelectionTransfer", "osu", *body, interface=INTERFACE)
        data = await read_all(await self.readers[serial], 1 << 30)
        assert await self.done[serial]
        return data

    async def tell_owner(self) -> None:
        about = {
            "mime_types": ("(as)", (self.types,)),
            "session_is_owner": ("b", self.is_ours),
        }
        await self._emit(
            "SelectionOwnerChanged", "oa{sv}", self.session, about, interface=INTERFACE
        )


def _write(fd: int, data: bytes) -> None:
    with open(fd, "wb") as file:
        file.write(data)


@pytest.fixture
async def portal(bus: Bus) -> AsyncIterator[Clipboard]:
    async with Clipboard.on(bus) as service:
        yield service


@pytest.fixture
async def keys(bus: Bus, tmp_path: Path) -> AsyncIterator[RemoteDesktopKeys]:
    made = RemoteDesktopKeys(tmp_path / "token", bus.address)
    made.wants_clipboard = True
    yield made
    await made.close()


async def begun(keys: RemoteDesktopKeys) -> WaylandClipboard:
    assert await keys.ready()
    assert keys.board is not None
    return WaylandClipboard(keys.board)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


async def test_a_text_is_lent_and_what_was_there_is_given_back(
    portal: Clipboard, keys: RemoteDesktopKeys
) -> None:
    portal.content = {"image/png": PICTURE, TEXT: b"before"}
    portal.types = list(portal.content)
    clipboard = await begun(keys)
    readings = await clipboard.lend("Grüße", CLIPBOARD, os.getpid())
    assert TEXT in portal.types
    assert await portal.paste(TEXT) == "Grüße".encode()
    assert [reading.by_target for reading in readings.done] == [None]
    clipboard.give_back()
    await clipboard.close()
    assert portal.types == ["image/png", TEXT]
    assert await portal.paste("image/png") == PICTURE


async def test_what_somebody_copies_meanwhile_stays(
    portal: Clipboard, keys: RemoteDesktopKeys
) -> None:
    clipboard = await begun(keys)
    changes = clipboard.changes()
    await clipboard.lend("ours", CLIPBOARD, None)
    await portal.copy({TEXT: b"theirs"})
    await until(lambda: clipboard.changes() == changes + 2)
    clipboard.give_back()
    await clipboard.close()
    assert not portal.is_ours
    assert await clipboard.text() == "theirs"


async def test_an_empty_clipboard_is_empty_again_and_can_be_lent_again(
    portal: Clipboard, keys: RemoteDesktopKeys
) -> None:
    clipboard = await begun(keys)
    for text in ("one", "two"):
        await clipboard.lend(text, CLIPBOARD, None)
        assert await portal.paste(TEXT) == text.encode()
        clipboard.give_back()
        await clipboard.save()
        assert await portal.paste(TEXT) == b""
    assert await clipboard.text() is None


async def test_a_form_that_is_not_there_is_refused_to_its_reader(
    portal: Clipboard, keys: RemoteDesktopKeys
) -> None:
    clipboard = await begun(keys)
    await clipboard.lend("text", CLIPBOARD, None)
    with pytest.raises(AssertionError):
        await portal.paste("image/png")


async def test_without_the_users_yes_there_is_no_clipboard(
    portal: Clipboard, keys: RemoteDesktopKeys
) -> None:
    portal.clipboard = False
    assert await keys.ready()
    assert keys.board is None


async def test_it_ends_with_its_session(portal: Clipboard, keys: RemoteDesktopKeys) -> None:
    await begun(keys)
    await portal.close_session()
    await until(lambda: keys.board is None)


async def test_a_portal_that_goes_away_holds_the_text(bus: Bus, keys: RemoteDesktopKeys) -> None:
    async with Clipboard.on(bus) as portal:
        portal.content, portal.types = {TEXT: b"before"}, [TEXT]
        clipboard = await begun(keys)
    await until(lambda: keys.board is None)
    with pytest.raises((WaylandError, ClipboardNotSaved)):
        await clipboard.lend("text", CLIPBOARD, None)
