"""A compositor that lends programs nothing: what becomes of a text, and what its user is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.desktop import wayland_wire as wire
from app.desktop.choose_insertion import insertion_for
from app.desktop.copying import CopyInserter
from app.desktop.insertion import Reason, Verdict
from app.desktop.wayland_connection import WaylandConnection, WaylandError
from app.desktop.wayland_desk import WaylandDesk, best_type
from app.desktop.wayland_focus import WaylandFocus
from app.desktop.wayland_insertion import WaylandInserter
from app.dictation.outcomes import told
from tests.desktop.wayland_desk import NoKeys

TEXT = "Grüße, 漢字 👍🏽"


class BareCompositor:
    """It has a seat, and nothing for programs without a window."""

    def __init__(self, folder: Path) -> None:
        self.environment = {"XDG_RUNTIME_DIR": str(folder), "WAYLAND_DISPLAY": "wayland-9"}
        self.path = folder / "wayland-9"
        self.links: list[asyncio.Transport] = []

    def end(self) -> None:
        for link in self.links:
            link.close()


class Link(asyncio.Protocol):
    """One program's connection to it."""

    def __init__(self, links: list[asyncio.Transport]) -> None:
        self._links = links
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._links.append(transport)

    def data_received(self, data: bytes) -> None:
        requests, self._left = wire.split(self._left + data)
        for one in requests:
            if one.object_id == 1:
                made = wire.numbers(one.body, 1)[0]
                done = wire.request(made, 0, "u", 1)
                seat = wire.request(made, 0, "usu", 1, "wl_seat", 7)
                self._links[-1].write(seat if one.opcode == 1 else done)


@pytest.fixture
async def compositor(tmp_path: Path) -> AsyncIterator[BareCompositor]:
    made = BareCompositor(tmp_path)
    loop = asyncio.get_running_loop()
    server = await loop.create_unix_server(lambda: Link(made.links), made.path)
    yield made
    made.end()
    server.close()
    await server.wait_closed()


def inserter_on(compositor: BareCompositor, copier: CopyInserter) -> WaylandInserter:
    desk = WaylandDesk({**compositor.environment, "PATH": ""}, NoKeys())
    desk.copier = copier
    return WaylandInserter(WaylandFocus(None, None), None, desk)


async def test_the_text_is_on_the_clipboard_and_its_user_is_told(
    compositor: BareCompositor, tmp_path: Path
) -> None:
    copied = tmp_path / "copied"
    inserter = inserter_on(compositor, CopyInserter(["tee", str(copied)]))
    await inserter.prepare()
    receipt = await inserter.insert(TEXT, None)
    assert copied.read_text() == TEXT
    assert (receipt.verdict, receipt.remaining) == (Verdict.COPIED, TEXT)
    sentence = "Not inserted. It is on the clipboard: paste it where you want it."
    assert told(receipt).message == sentence
    await inserter.close()


async def test_the_text_waits_where_nothing_can_be_copied(compositor: BareCompositor) -> None:
    inserter = inserter_on(compositor, CopyInserter(()))
    receipt = await inserter.insert(TEXT, None)
    assert (receipt.verdict, receipt.remaining) == (Verdict.HELD, TEXT)
    assert "The text waits." in told(receipt).message
    assert (await inserter.undo(receipt)).reason is Reason.CHANGED_SINCE
    assert await inserter.selected_text(None) is None
    await inserter.close()


async def test_a_compositor_that_ends_is_noticed(compositor: BareCompositor) -> None:
    lost = asyncio.Event()
    connection = await WaylandConnection.open(compositor.environment, lost.set)
    compositor.end()
    await asyncio.wait_for(lost.wait(), 30)
    with pytest.raises(WaylandError):
        await connection.round_trip()
    connection.close()


async def test_there_may_be_no_compositor(tmp_path: Path) -> None:
    with pytest.raises(WaylandError):
        await WaylandConnection.open({"XDG_RUNTIME_DIR": str(tmp_path)})


def test_what_one_program_serves_is_what_says_most() -> None:
    assert best_type({"text/plain": b"", "image/png": b""}) == "image/png"
    assert best_type({"text/html": b"", "UTF8_STRING": b""}) == "UTF8_STRING"
    assert best_type({"application/x-own": b""}) == "application/x-own"


async def test_a_wayland_session_gets_its_own_inserter() -> None:
    focus, inserter = insertion_for({"WAYLAND_DISPLAY": "wayland-9", "DISPLAY": ":0"}, "linux")
    assert (type(focus), type(inserter)) == (WaylandFocus, WaylandInserter)
    await inserter.close()
