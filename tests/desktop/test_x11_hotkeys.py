from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from Xlib import X

from app.desktop.chords import ESCAPE, parse_chord
from app.desktop.hotkeys import BOUND, Bindings, BindState, HotkeyName, KeyEvent, Outcomes
from app.desktop.x11_hotkeys import X11Hotkeys
from tests.desk.child import Child
from tests.desk.need import need_programs
from tests.desk.screen import Screen
from tests.desktop.x11_keys import FocusedWindow, Keyboard, grabbed_elsewhere

pytestmark = pytest.mark.desk

D, E, C = HotkeyName.DICTATE, HotkeyName.EDIT_SELECTION, HotkeyName.CANCEL
CHORD = parse_chord("Ctrl+Alt+Space")
F9 = parse_chord("F9")
RIGHT_CTRL = parse_chord("Right Ctrl")
CTRL_ALT_SPACE = ("Control_L", "Alt_L", "space")
PRESS_AND_RELEASE = [(D, True), (D, False)]


@dataclass
class Desk:
    """Hotkeys on a screen of their own, with all that they told."""

    hotkeys: X11Hotkeys
    keyboard: Keyboard
    told: asyncio.Queue[KeyEvent] = field(default_factory=asyncio.Queue)
    changes: asyncio.Queue[Outcomes] = field(default_factory=asyncio.Queue)

    async def bind(self, bindings: Bindings) -> Outcomes:
        return await self.hotkeys.bind(bindings)

    async def next(self, count: int) -> list[tuple[HotkeyName, bool]]:
        return [(event.name, event.pressed) for event in await self.events(count)]

    async def events(self, count: int) -> list[KeyEvent]:
        async with asyncio.timeout(10):
            return [await self.told.get() for _ in range(count)]

    async def change(self) -> Outcomes:
        async with asyncio.timeout(15):
            return await self.changes.get()

    async def nothing_more(self) -> bool:
        """Every input until now was looked at, and told nothing."""
        await self.bind({HotkeyName.UNDO: parse_chord("F12")})
        return self.told.empty()


@pytest.fixture(scope="module")
def own_screen() -> Iterator[Screen]:
    need_programs("xset", "setxkbmap")
    with closing(Screen(640, 480)) as screen:
        yield screen


@pytest.fixture
async def desk(own_screen: Screen) -> AsyncIterator[Desk]:
    told: asyncio.Queue[KeyEvent] = asyncio.Queue()
    changes: asyncio.Queue[Outcomes] = asyncio.Queue()
    hotkeys = X11Hotkeys(own_screen.display, told.put_nowait, changes.put_nowait)
    with closing(Keyboard(own_screen)) as keyboard:
        yield Desk(hotkeys, keyboard, told, changes)
    await hotkeys.close()


@pytest.fixture
def window(own_screen: Screen) -> Iterator[FocusedWindow]:
    with closing(FocusedWindow(own_screen)) as focused:
        yield focused


async def test_a_press_and_a_release_are_told_and_the_window_gets_neither(
    desk: Desk, window: FocusedWindow
) -> None:
    assert await desk.bind({D: CHORD}) == {D: BOUND}
    desk.keyboard.tap(*CTRL_ALT_SPACE)
    assert await desk.next(2) == PRESS_AND_RELEASE
    desk.keyboard.tap("a")
    assert desk.keyboard.code("space") not in dict(window.wait_for(desk.keyboard.code("a")))


@pytest.mark.parametrize("chord", [F9, CHORD])
@pytest.mark.parametrize("locks", [("Num_Lock",), ("Caps_Lock",), ("Num_Lock", "Caps_Lock")])
async def test_locks_make_no_difference(desk: Desk, locks: tuple[str, ...], chord: object) -> None:
    await desk.bind({D: CHORD, E: F9})
    keys, name = (("F9",), E) if chord == F9 else (CTRL_ALT_SPACE, D)
    for lock in locks:
        desk.keyboard.tap(lock)
    try:
        desk.keyboard.tap(*keys)
        assert await desk.next(2) == [(name, True), (name, False)]
    finally:
        for lock in locks:
            desk.keyboard.tap(lock)


async def _press_many(desk: Desk, count: int, shortest_s: float, longest_s: float) -> None:
    desk.keyboard.repeat_quickly()
    await desk.bind({D: F9})
    chance = random.Random(4)
    for number in range(count):
        desk.keyboard.down("F9")
        await asyncio.sleep(shortest_s * (longest_s / shortest_s) ** chance.random())
        desk.keyboard.up("F9")
        if chance.random() < 0.3:
            await asyncio.sleep(0.02)
        assert await desk.next(2) == PRESS_AND_RELEASE, number
    assert await desk.nothing_more()


async def test_500_presses_that_repeat_are_500_presses(desk: Desk) -> None:
    await _press_many(desk, 500, 0.002, 0.15)


async def test_a_server_that_tells_releases_of_a_held_key_is_seen_through(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.desktop.x11_xkb._DETECTABLE_REPEAT", 0)
    await _press_many(desk, 100, 0.002, 0.15)


@pytest.mark.soak
async def test_500_presses_of_20_ms_to_10_s(desk: Desk) -> None:
    await _press_many(desk, 500, 0.02, 10.0)


async def test_presses_that_follow_at_once_are_told_in_order(desk: Desk) -> None:
    await desk.bind({D: CHORD})
    desk.keyboard.down("Control_L", "Alt_L")
    for _ in range(50):
        desk.keyboard.tap("space")
    desk.keyboard.up("Alt_L", "Control_L")
    assert await desk.next(100) == PRESS_AND_RELEASE * 50
    assert await desk.nothing_more()


async def test_a_modifier_that_comes_up_first_is_the_release(desk: Desk) -> None:
    desk.keyboard.repeat_quickly()
    await desk.bind({D: CHORD})
    for first in ("Control_L", "Alt_L"):
        desk.keyboard.down(*CTRL_ALT_SPACE)
        desk.keyboard.up(first)
        assert await desk.next(2) == PRESS_AND_RELEASE
        desk.keyboard.up(*(key for key in reversed(CTRL_ALT_SPACE) if key != first))
    assert await desk.nothing_more()


async def test_a_key_of_another_program_is_reported_as_taken_until_it_is_free(
    desk: Desk, own_screen: Screen
) -> None:
    with grabbed_elsewhere(own_screen, "space", X.ControlMask | X.Mod1Mask):
        outcome = (await desk.bind({D: CHORD, E: F9}))[D]
        assert outcome.state is BindState.TAKEN
        assert "already uses Ctrl+Alt+Space" in outcome.reason
        desk.keyboard.tap("F9")
        assert await desk.next(2) == [(E, True), (E, False)]
    assert (await desk.bind({D: CHORD}))[D] == BOUND


async def test_one_chord_is_one_hotkey(desk: Desk) -> None:
    outcomes = await desk.bind({D: F9, E: F9})
    assert outcomes[D] == BOUND
    assert outcomes[E].state is BindState.TAKEN


async def test_escape_is_ours_only_while_it_is_bound(desk: Desk, window: FocusedWindow) -> None:
    escape = desk.keyboard.code("Escape")
    await desk.bind({D: CHORD, C: ESCAPE})
    desk.keyboard.tap("Escape")
    assert await desk.next(2) == [(C, True), (C, False)]
    await desk.bind({D: CHORD})
    desk.keyboard.tap("Escape")
    assert window.wait_for(escape) == [(escape, 0)]
    assert desk.told.empty()


async def test_escape_is_heard_while_a_chord_is_held(desk: Desk) -> None:
    await desk.bind({D: CHORD, C: ESCAPE})
    desk.keyboard.down(*CTRL_ALT_SPACE)
    desk.keyboard.tap("Escape")
    assert await desk.next(3) == [(D, True), (C, True), (C, False)]
    desk.keyboard.up(*reversed(CTRL_ALT_SPACE))
    assert await desk.next(1) == [(D, False)]


async def test_binding_another_key_while_one_is_held_does_not_release_it(desk: Desk) -> None:
    await desk.bind({D: F9})
    desk.keyboard.down("F9")
    await desk.bind({D: F9, C: ESCAPE})
    assert await desk.next(1) == [(D, True)]
    assert desk.told.empty()
    desk.keyboard.up("F9")
    assert await desk.next(1) == [(D, False)]


async def test_right_ctrl_alone_is_held_and_with_a_letter_it_still_copies(
    desk: Desk, window: FocusedWindow
) -> None:
    await desk.bind({D: RIGHT_CTRL})
    desk.keyboard.tap("Control_R")
    assert await desk.next(2) == PRESS_AND_RELEASE
    desk.keyboard.tap("Control_R", "c")
    _, released = await desk.events(2)
    assert (released.pressed, released.mixed) == (False, True)
    letter = desk.keyboard.code("c")
    assert (letter, X.ControlMask) in window.wait_for(letter)
    assert desk.told.empty()


async def test_a_hold_outlasts_many_looks_at_the_keyboard(desk: Desk) -> None:
    await desk.bind({D: RIGHT_CTRL, E: F9})
    desk.keyboard.down("Control_R")
    await asyncio.sleep(1.2)  # more than two looks
    assert await desk.next(1) == [(D, True)]
    assert desk.told.empty()
    desk.keyboard.up("Control_R")
    assert await desk.next(1) == [(D, False)]


async def _until_heard(desk: Desk, *keys: str | int) -> None:
    """Press until it is heard: when a new layout has been taken in, nobody is told."""
    bindings = {D: parse_chord("Ctrl+Alt+Z")}
    for _ in range(200):
        desk.keyboard.tap(*keys)
        await desk.bind(bindings)
        if not desk.told.empty():
            assert await desk.next(2) == PRESS_AND_RELEASE
            while not desk.told.empty():  # An earlier tap may have been taken in with this one.
                assert await desk.next(2) == PRESS_AND_RELEASE
            return
        await asyncio.sleep(0.02)
    pytest.fail("the new layout was never taken in")


async def test_a_hotkey_moves_with_the_layout(desk: Desk) -> None:
    z, y = desk.keyboard.code("z"), desk.keyboard.code("y")
    await desk.bind({D: parse_chord("Ctrl+Alt+Z")})
    desk.keyboard.tap("Control_L", "Alt_L", z)
    assert await desk.next(2) == PRESS_AND_RELEASE
    try:
        desk.keyboard.lay_out("de")
        await _until_heard(desk, "Control_L", "Alt_L", y)
        desk.keyboard.lay_out("ru")
        await _until_heard(desk, "Control_L", "Alt_L", z)
        desk.keyboard.lay_out("us,ru", "-option", "grp:caps_toggle")
        desk.keyboard.tap("Caps_Lock")
        await _until_heard(desk, "Control_L", "Alt_L", z)
        desk.keyboard.tap("Caps_Lock")
    finally:
        desk.keyboard.lay_out("us", "-option", "")


async def test_a_key_that_the_keyboard_loses_and_gets_again_is_told(desk: Desk) -> None:
    pause = desk.keyboard.code("Pause")
    assert await desk.bind({D: parse_chord("Pause"), E: F9}) == {D: BOUND, E: BOUND}
    desk.keyboard.change_key(pause, [0] * 7)
    outcome = (await desk.change())[D]
    assert outcome.state is BindState.UNKNOWN_KEY
    assert "no key for Pause" in outcome.reason
    desk.keyboard.change_key(pause, [0xFF13] * 7)
    assert await desk.change() == {D: BOUND, E: BOUND}
    desk.keyboard.tap(pause)
    assert await desk.next(2) == PRESS_AND_RELEASE


async def test_a_press_is_heard_while_the_map_changes(desk: Desk) -> None:
    pause = desk.keyboard.code("Pause")
    await desk.bind({D: F9})
    for number in range(20):
        desk.keyboard.change_key(pause, [0xFF13 if number % 2 else 0xFF67] * 7)
        desk.keyboard.tap("F9")
        assert await desk.next(2) == PRESS_AND_RELEASE


async def test_after_the_end_the_keys_are_everybodys(desk: Desk, window: FocusedWindow) -> None:
    await desk.bind({D: F9})
    desk.keyboard.down("F9")
    assert await desk.next(1) == [(D, True)]
    await desk.hotkeys.close()
    assert await desk.next(1) == [(D, False)]
    desk.keyboard.up("F9")
    desk.keyboard.tap("F9")
    window.wait_for(desk.keyboard.code("F9"))


async def test_a_lost_server_is_told_and_its_return_too() -> None:
    first = Screen(640, 480)
    told: asyncio.Queue[KeyEvent] = asyncio.Queue()
    changes: asyncio.Queue[Outcomes] = asyncio.Queue()
    hotkeys = X11Hotkeys(first.display, told.put_nowait, changes.put_nowait)
    desk = Desk(hotkeys, Keyboard(first), told, changes)
    try:
        assert await desk.bind({D: F9}) == {D: BOUND}
        desk.keyboard.down("F9")
        assert await desk.next(1) == [(D, True)]
        await asyncio.to_thread(first.close)
        assert await desk.next(1) == [(D, False)]
        assert (await desk.change())[D].state is BindState.LOST
        assert (await desk.bind({D: CHORD, E: F9}))[D].state is BindState.LOST
        with Child(["Xvfb", first.display, "-nolisten", "tcp"], first.folder):
            assert await desk.change() == {D: BOUND, E: BOUND}
            await hotkeys.close()
    finally:
        await hotkeys.close()
        desk.keyboard.close()
        first.close()


async def test_without_a_server_the_reason_is_told() -> None:
    hotkeys = X11Hotkeys(":9999", lambda _: None, lambda _: None)
    outcome = (await hotkeys.bind({D: F9}))[D]
    assert outcome.state is BindState.LOST
    assert outcome.reason == "The X server does not answer. The hotkeys wait for it."
    await hotkeys.close()
