from __future__ import annotations

import asyncio
import queue
import sys

import pytest

from app.desktop.chords import ESCAPE, KEYS, Chord, parse_chord
from app.desktop.hotkeys import BOUND, BindState, HotkeyName, KeyEvent
from app.desktop.windows_hotkeys import AnyKey, Registration, WindowsHotkeys
from app.desktop.windows_keyboard import HookedKey, WindowsKeyboard, hooked
from app.desktop.windows_keys import held_keys

D, E, C = HotkeyName.DICTATE, HotkeyName.EDIT_SELECTION, HotkeyName.CANCEL
CHORD, RIGHT_CTRL = parse_chord("Ctrl+Alt+Space"), parse_chord("Right Ctrl")
ALT, CTRL = 1, 2
SPACE, ESC, MENU, CONTROL, RCONTROL = 0x20, 0x1B, 0x12, 0x11, 0xA3


class Windows:
    """Keys as Windows has them: a table of hotkeys, and who is down."""

    def __init__(self) -> None:
        self.hotkeys: dict[int, tuple[int, int]] = {}
        self.refusals: dict[tuple[int, int], Registration] = {}
        self.hooked = False
        self.may_hook = True
        self.down: set[int] = set()
        self._arrived: queue.Queue[int | AnyKey | None] = queue.Queue()

    def register(self, number: int, modifiers: int, code: int) -> Registration:
        assert (modifiers, code) not in self.hotkeys.values()
        said = self.refusals.get((modifiers, code), Registration.DONE)
        if said is Registration.DONE:
            self.hotkeys[number] = (modifiers, code)
        return said

    def unregister(self, number: int) -> None:
        del self.hotkeys[number]

    def hook(self, on: bool) -> bool:
        self.hooked = on and self.may_hook
        return self.hooked or not on

    def is_down(self, code: int) -> bool:
        return code in self.down

    def wait(self, timeout_ms: int | None) -> list[int | AnyKey]:
        try:
            one = self._arrived.get(timeout=None if timeout_ms is None else timeout_ms / 1000)
        except queue.Empty:
            return []
        return [] if one is None else [one]

    def wake(self) -> None:
        self._arrived.put(None)

    def press(self, modifiers: int, code: int, *down: int) -> None:
        self.down |= {code, *down}
        numbers = [n for n, hotkey in self.hotkeys.items() if hotkey == (modifiers, code)]
        self._arrived.put(numbers[0])

    def key(self, code: int, pressed: bool) -> None:
        assert self.hooked
        (self.down.add if pressed else self.down.discard)(code)
        self._arrived.put(AnyKey(code, pressed))


class Desk:
    def __init__(self) -> None:
        self.windows = Windows()
        self.told: asyncio.Queue[KeyEvent] = asyncio.Queue()
        self.hotkeys = WindowsHotkeys(self.told.put_nowait, lambda _: None, lambda: self.windows)

    async def next(self) -> tuple[HotkeyName, bool, bool]:
        async with asyncio.timeout(30):
            event = await self.told.get()
        return event.name, event.pressed, event.mixed


async def test_a_hotkey_is_held_until_its_key_comes_up() -> None:
    desk = Desk()
    assert await desk.hotkeys.bind({D: CHORD}) == {D: BOUND}
    desk.windows.press(CTRL | ALT, SPACE, CONTROL, MENU)
    assert await desk.next() == (D, True, False)
    desk.windows.down.discard(SPACE)
    assert await desk.next() == (D, False, False)
    desk.windows.press(CTRL | ALT, SPACE, CONTROL, MENU)
    assert await desk.next() == (D, True, False)
    desk.windows.down.discard(CONTROL)
    assert await desk.next() == (D, False, False)
    await desk.hotkeys.close()
    assert desk.windows.hotkeys == {}


async def test_taken_and_refused_are_told_apart() -> None:
    desk = Desk()
    desk.windows.refusals = {
        (CTRL | ALT, SPACE): Registration.TAKEN,
        (0, 0x7B): Registration.REFUSED,
    }
    outcomes = await desk.hotkeys.bind({D: CHORD, E: parse_chord("F12"), C: ESCAPE})
    assert outcomes[D].state is BindState.TAKEN
    assert "Windows keeps F12 for itself" in outcomes[E].reason
    assert outcomes[C] == BOUND
    await desk.hotkeys.close()


async def test_escape_is_registered_with_the_modifiers_of_what_is_held_and_only_while_bound() -> (
    None
):
    desk = Desk()
    await desk.hotkeys.bind({D: CHORD, C: ESCAPE})
    desk.windows.press(CTRL | ALT, SPACE, CONTROL, MENU)
    assert await desk.next() == (D, True, False)
    desk.windows.press(CTRL | ALT, ESC)
    assert await desk.next() == (C, True, False)
    await desk.hotkeys.bind({D: CHORD})
    assert list(desk.windows.hotkeys.values()) == [(CTRL | ALT, SPACE)]
    assert await desk.next() == (C, False, False)
    await desk.hotkeys.close()
    assert await desk.next() == (D, False, False)


async def test_a_lone_modifier_is_heard_by_the_hook_and_mixes() -> None:
    desk = Desk()
    assert await desk.hotkeys.bind({D: RIGHT_CTRL}) == {D: BOUND}
    desk.windows.key(RCONTROL, True)
    assert await desk.next() == (D, True, False)
    desk.windows.key(ord("C"), True)
    assert await desk.next() == (D, False, True)
    desk.windows.key(RCONTROL, False)
    assert await desk.hotkeys.bind({D: CHORD}) == {D: BOUND}
    assert not desk.windows.hooked
    desk.windows.may_hook = False
    outcome = (await desk.hotkeys.bind({D: RIGHT_CTRL}))[D]
    assert outcome.state is BindState.UNSUPPORTED
    await desk.hotkeys.close()


@pytest.mark.parametrize(
    ("text", "code", "modifiers"),
    [("Ctrl+Alt+D", ord("D"), 3), ("F9", 0x78, 0), ("F24", 0x87, 0), ("Super+Shift+1", 0x31, 12)],
)
def test_a_chord_in_virtual_keys(text: str, code: int, modifiers: int) -> None:
    held = held_keys(parse_chord(text))
    assert (list(held.codes), held.modifiers) == ([code], modifiers)


def test_every_key_has_a_number_of_its_own() -> None:
    codes = [held_keys(Chord(key)).codes for key in KEYS]
    assert len(set(codes)) == len(KEYS)


def test_the_hook_tells_fingers_from_the_ctrl_that_altgr_invents() -> None:
    assert hooked(0x100, HookedKey(code=RCONTROL)) == AnyKey(RCONTROL, True)
    assert hooked(0x105, HookedKey(code=0xA5)) == AnyKey(0xA5, False)
    assert hooked(0x104, HookedKey(code=0xA2, scan=0x21D)) is None
    assert hooked(0x200, HookedKey(code=1)) is None


@pytest.mark.skipif(sys.platform == "win32", reason="there it is real")
def test_elsewhere_there_is_no_such_keyboard() -> None:
    with pytest.raises(OSError, match="not Windows"):
        WindowsKeyboard()
