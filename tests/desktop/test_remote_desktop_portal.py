from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.desktop.paste_keys import Press, PressFailed
from app.desktop.remote_desktop_portal import RemoteDesktopKeys
from tests.desk.waiting import wait_until
from tests.desktop.portal_desk import Bus, real_portal
from tests.desktop.remote_desktop_desk import DesktopBehind, RemoteDesktop, bus, portal

__all__ = ["bus", "portal"]

pytestmark = pytest.mark.desk

CONTROL, SHIFT, INSERT = 0xFFE3, 0xFFE1, 0xFF63


@pytest.fixture
async def keys(bus: Bus, tmp_path: Path) -> AsyncIterator[RemoteDesktopKeys]:
    made = RemoteDesktopKeys(tmp_path / "token", bus.address)
    yield made
    await made.close()


async def test_keys_go_down_and_up_in_order(portal: RemoteDesktop, keys: RemoteDesktopKeys) -> None:
    assert await keys.ready()
    await keys.press(Press.SHIFT_INSERT)
    await keys.press(Press.CTRL_V)
    v = ord("v")
    assert portal.pressed[:4] == [(SHIFT, 1), (INSERT, 1), (INSERT, 0), (SHIFT, 0)]
    assert portal.pressed[4:] == [(CONTROL, 1), (v, 1), (v, 0), (CONTROL, 0)]


async def test_the_user_is_asked_once(bus: Bus, portal: RemoteDesktop, tmp_path: Path) -> None:
    for _ in range(3):
        keys = RemoteDesktopKeys(tmp_path / "token", bus.address)
        assert await keys.ready()
        assert await keys.ready()
        await keys.close()
    assert portal.questions == 1
    assert (tmp_path / "token").stat().st_mode & 0o777 == 0o600


async def test_an_open_question_does_not_keep_anybody_waiting(
    portal: RemoteDesktop, keys: RemoteDesktopKeys
) -> None:
    portal.answers.clear()
    assert not await keys.ready()
    assert portal.calls == ["CreateSession"]
    portal.answers.set()
    async with asyncio.timeout(30):
        while not await keys.ready():
            pass
    assert portal.calls.count("CreateSession") == 1


async def test_a_no_holds(portal: RemoteDesktop, keys: RemoteDesktopKeys) -> None:
    portal.response = 1
    assert not await keys.ready()
    assert not await keys.ready()
    assert portal.calls.count("Start") == 1
    with pytest.raises(PressFailed):
        await keys.press(Press.CTRL_V)


async def test_a_session_without_a_keyboard_is_of_no_use(
    portal: RemoteDesktop, keys: RemoteDesktopKeys
) -> None:
    portal.devices = 2
    assert not await keys.ready()


async def test_a_session_that_the_user_ends_stays_ended(
    portal: RemoteDesktop, keys: RemoteDesktopKeys
) -> None:
    assert await keys.ready()
    await portal.close_session()
    await asyncio.to_thread(wait_until, lambda: not keys._session, "the end of the session")
    assert not await keys.ready()
    assert portal.calls.count("CreateSession") == 1


async def test_without_a_portal_there_are_no_keys(bus: Bus, tmp_path: Path) -> None:
    for address in (bus.address, f"unix:path={tmp_path}/none"):
        keys = RemoteDesktopKeys(tmp_path / "token", address)
        assert not await keys.ready()
        assert not await keys.ready()
        await keys.close()


async def test_keys_through_a_real_portal(bus: Bus, keys: RemoteDesktopKeys) -> None:
    async with real_portal(bus, DesktopBehind) as desktop:
        assert await keys.ready()
        await keys.press(Press.SHIFT_INSERT)
        expected = [(SHIFT, 1), (INSERT, 1), (INSERT, 0), (SHIFT, 0)]
        await asyncio.to_thread(wait_until, lambda: desktop.pressed == expected, "the keys")


async def test_a_no_to_a_real_portal(bus: Bus, keys: RemoteDesktopKeys) -> None:
    async with real_portal(bus, DesktopBehind) as desktop:
        desktop.response = 1
        assert not await keys.ready()
        assert not desktop.pressed
