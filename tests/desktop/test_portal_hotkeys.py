from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from jeepney import Message, new_error, new_method_return

from app.desktop.chords import ESCAPE, KEYS, Chord, parse_chord
from app.desktop.hotkeys import BindOutcome, BindState, HotkeyName, KeyEvent, Outcomes
from app.desktop.portal_hotkeys import _NO_KEY, PortalHotkeys
from app.desktop.portal_triggers import readable, trigger
from tests.desktop.portal_desk import Bus, ScriptedPortal, real_portal

pytestmark = pytest.mark.desk

D, E, C = HotkeyName.DICTATE, HotkeyName.EDIT_SELECTION, HotkeyName.CANCEL
CHORD, F9 = parse_chord("Ctrl+Alt+Space"), parse_chord("F9")


def bound(key: str) -> BindOutcome:
    return BindOutcome(BindState.BOUND, trigger=key)


@dataclass
class Client:
    """The hotkeys, with all that they told."""

    address: str
    told: asyncio.Queue[KeyEvent] = field(default_factory=asyncio.Queue)
    changes: asyncio.Queue[Outcomes] = field(default_factory=asyncio.Queue)

    def __post_init__(self) -> None:
        self.hotkeys = PortalHotkeys(self.told.put_nowait, self.changes.put_nowait, self.address)

    async def next(self) -> tuple[HotkeyName, bool]:
        async with asyncio.timeout(30):
            event = await self.told.get()
        return event.name, event.pressed

    async def change(self) -> Outcomes:
        async with asyncio.timeout(30):
            return await self.changes.get()


@pytest.fixture
def bus() -> Iterator[Bus]:
    with tempfile.TemporaryDirectory(prefix="sayso-bus-") as folder:
        with closing(Bus(Path(folder))) as running:
            yield running


@pytest.fixture
async def client(bus: Bus) -> AsyncIterator[Client]:
    made = Client(bus.address)
    yield made
    await made.hotkeys.close()


@pytest.fixture(params=[ScriptedPortal.on, real_portal], ids=["scripted", "real"])
async def desktop(bus: Bus, request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    async with request.param(bus) as answering:
        yield answering


async def test_the_desktop_is_asked_and_its_keys_are_told(client: Client, desktop: Any) -> None:
    assert await client.hotkeys.bind({D: CHORD}) == {D: bound("CTRL+ALT+space")}
    assert desktop.asked["dictate"]["description"] == ("s", "Dictate")
    await desktop.activate("dictate")
    assert await client.next() == (D, True)
    await desktop.activate("dictate")  # repeated while it is down
    await desktop.deactivate("dictate")
    assert await client.next() == (D, False)
    await desktop.deactivate("dictate")
    await desktop.activate("dictate")
    assert await client.next() == (D, True)
    await client.hotkeys.close()
    assert await client.next() == (D, False)


async def test_the_key_that_the_user_chose_is_told_now_and_later(
    client: Client, desktop: Any
) -> None:
    desktop.keys = {"dictate": "Meta+H"}
    outcomes = await client.hotkeys.bind({D: CHORD, E: F9})
    assert outcomes[D] == bound("Meta+H")
    assert outcomes[E].state is BindState.UNSUPPORTED
    assert "gave this no key" in outcomes[E].reason
    await desktop.change({"dictate": "Meta+J", "edit_selection": "F8"})
    assert await client.change() == {D: bound("Meta+J"), E: bound("F8")}


async def test_the_user_is_not_asked_again_for_the_key_that_cancels(
    client: Client, desktop: Any
) -> None:
    await client.hotkeys.bind({D: CHORD})
    outcomes = await client.hotkeys.bind({D: CHORD, C: ESCAPE})
    assert outcomes[D] == bound("CTRL+ALT+space")
    assert "sayso dictate --cancel" in outcomes[C].reason
    assert await client.hotkeys.bind({D: CHORD}) == {D: bound("CTRL+ALT+space")}
    assert desktop.calls.count("BindShortcuts") == 1


async def test_another_chord_is_another_session(client: Client, desktop: Any) -> None:
    await client.hotkeys.bind({D: CHORD})
    before = desktop.session
    assert await client.hotkeys.bind({D: F9}) == {D: bound("F9")}
    assert desktop.session != before
    await desktop.activate("dictate")
    assert await client.next() == (D, True)


async def test_a_user_who_declines_is_asked_again_only_when_the_same_is_wanted_twice(
    client: Client, desktop: Any
) -> None:
    desktop.response = 1
    outcome = (await client.hotkeys.bind({D: CHORD}))[D]
    assert outcome.state is BindState.UNSUPPORTED
    assert "sayso dictate --toggle" in outcome.reason
    asked = len(desktop.calls)
    await client.hotkeys.bind({D: CHORD, C: ESCAPE})
    assert len(desktop.calls) == asked
    desktop.response = 0
    assert (await client.hotkeys.bind({D: CHORD, C: ESCAPE}))[D] == bound("CTRL+ALT+space")


class Gnome(ScriptedPortal):
    """GNOME 48 answers that it failed, also with what its user has granted."""

    async def on_BindShortcuts(self, message: Message, *body: Any) -> Message:
        self.response = 2
        return await super().on_BindShortcuts(message, *body)


async def test_what_gnome_grants_and_calls_failed_is_bound(client: Client, bus: Bus) -> None:
    async with Gnome.on(bus) as portal:
        portal.keys = {"dictate": "Press <Control><Alt>space"}
        assert await client.hotkeys.bind({D: CHORD, E: F9}) == {
            D: bound("Ctrl+Alt+Space"),
            E: _NO_KEY,
        }
        await portal.activate("dictate")
        assert await client.next() == (D, True)


@pytest.mark.parametrize(
    ("description", "shown"),
    [
        ("Press <Control><Alt>d", "Ctrl+Alt+D"),
        ("Press <Shift><Super>Prior", "Shift+Super+Page Up"),
        ("<Primary>F9", "Ctrl+F9"),
        ("CTRL+ALT+space", "CTRL+ALT+space"),
        ("Meta+D, D", "Meta+D, D"),
        ("", ""),
    ],
)
def test_keys_are_shown_as_people_write_them(description: str, shown: str) -> None:
    assert readable(description) == shown


class Registering(ScriptedPortal):
    """A portal that wants to know who asks, and learns of a new desktop entry late."""

    unknown = 0

    async def on_Register(self, message: Message, app_id: str, _: dict[str, Any]) -> Message:
        self.app_id = app_id
        if self.unknown:
            self.unknown -= 1
            error = "org.freedesktop.portal.Error.Failed"
            return new_error(message, error, "s", (f"App info not found for '{app_id}'",))
        return new_method_return(message)


async def test_the_portal_is_told_who_asks_before_anything_else(client: Client, bus: Bus) -> None:
    async with Registering.on(bus) as portal:
        portal.unknown = 2
        assert await client.hotkeys.bind({D: CHORD}) == {D: bound("CTRL+ALT+space")}
        assert portal.calls == ["Register"] * 3 + ["CreateSession", "BindShortcuts"]
        # GNOME lends hotkeys to such ids alone.
        assert portal.app_id.count(".") >= 2


async def test_while_the_user_thinks_nobody_waits(
    client: Client, desktop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desktop.portal_hotkeys._ANSWER_S", 0.01)
    desktop.answers.clear()
    assert (await client.hotkeys.bind({D: CHORD}))[D].state is BindState.ASKING
    assert (await client.hotkeys.bind({D: CHORD, C: ESCAPE}))[D].state is BindState.ASKING
    desktop.answers.set()
    assert (await client.change())[D] == bound("CTRL+ALT+space")


async def test_a_session_that_the_desktop_ends_is_told_and_not_begun_again(
    client: Client, desktop: Any
) -> None:
    await client.hotkeys.bind({D: CHORD})
    await desktop.activate("dictate")
    assert await client.next() == (D, True)
    await desktop.close_session()
    assert "took the hotkeys back" in (await client.change())[D].reason
    assert await client.next() == (D, False)


async def test_a_portal_that_starts_again_is_asked_again(bus: Bus, client: Client) -> None:
    async with ScriptedPortal.on(bus):
        await client.hotkeys.bind({D: CHORD})
    assert (await client.change())[D].state is BindState.LOST
    async with ScriptedPortal.on(bus):
        outcome = (await client.change())[D]
        while outcome.state is not BindState.BOUND:  # it may be looked for before it is back
            outcome = (await client.hotkeys.bind({D: CHORD}))[D]


async def test_without_a_portal_the_command_for_the_desktops_own_key_is_named(
    client: Client,
) -> None:
    outcomes = await client.hotkeys.bind({D: CHORD, E: F9})
    assert {outcome.state for outcome in outcomes.values()} == {BindState.UNSUPPORTED}
    assert "`sayso dictate --toggle`" in outcomes[D].reason


@pytest.mark.parametrize("address", ["unix:path=/nonexistent/bus", "tcp:host=localhost", "SESSION"])
async def test_without_a_bus_as_well(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    hotkeys = PortalHotkeys(lambda _: None, lambda _: None, address)
    assert "`sayso dictate --toggle`" in (await hotkeys.bind({D: CHORD}))[D].reason
    await hotkeys.close()


async def test_a_bus_that_ends_releases_what_is_held(bus: Bus) -> None:
    client = Client(bus.address)
    async with ScriptedPortal.on(bus) as desktop:
        await client.hotkeys.bind({D: CHORD})
        await desktop.activate("dictate")
        assert await client.next() == (D, True)
        await asyncio.to_thread(bus.close)
        assert await client.next() == (D, False)
    await client.hotkeys.close()


@pytest.mark.parametrize(
    ("chord", "expected"),
    [
        (CHORD, "CTRL+ALT+space"),
        (parse_chord("Super+Shift+D"), "SHIFT+LOGO+d"),
        (parse_chord("Right Ctrl"), "Control_R"),
        (F9, "F9"),
    ],
)
def test_chords_in_the_words_of_the_specification(chord: Chord, expected: str) -> None:
    assert trigger(chord) == expected


@pytest.mark.parametrize("key", KEYS)
def test_every_key_is_the_name_of_a_keysym(key: str) -> None:
    from Xlib import XK

    assert XK.string_to_keysym(trigger(Chord(key))) != 0
