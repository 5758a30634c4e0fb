from __future__ import annotations

import asyncio
import queue
import sys

import pytest

from app.desktop.chords import ESCAPE, KEYS, Chord, parse_chord
from app.desktop.hotkeys import BOUND, BindState, HotkeyName, KeyEvent, Outcomes
from app.desktop.macos_hotkeys import Kind, MacHotkeys, OnTap, TapKeys
from app.desktop.macos_keys import held_keys
from app.desktop.macos_tap import MacTap, kind_of

D, E, C = HotkeyName.DICTATE, HotkeyName.EDIT_SELECTION, HotkeyName.CANCEL
CHORD, RIGHT_CTRL = parse_chord("Ctrl+Alt+Space"), parse_chord("Right Ctrl")
SPACE, ESC, LETTER, LEFT_CTRL, RCTRL = 49, 53, 8, 59, 62
CTRL_ALT = 0x40000 | 0x80000
CAPS_LOCK = 0x10000


def tap_keys() -> TapKeys:
    keys = TapKeys()
    keys.bind({D: CHORD, E: RIGHT_CTRL, C: ESCAPE}, 0.0)
    return keys


def take(
    keys: TapKeys, kind: Kind, code: int, flags: int = 0
) -> tuple[bool, list[tuple[HotkeyName, bool, bool]]]:
    kept, events = keys.take(kind, code, flags, 1.0)
    return kept, [(event.name, event.pressed, event.mixed) for event in events]


def test_a_hotkey_and_its_repeats_stay_with_us() -> None:
    keys = tap_keys()
    assert take(keys, Kind.DOWN, SPACE, CTRL_ALT | CAPS_LOCK) == (True, [(D, True, False)])
    assert take(keys, Kind.REPEAT, SPACE, CTRL_ALT) == (True, [])
    assert take(keys, Kind.UP, SPACE, CTRL_ALT) == (True, [(D, False, False)])


def test_every_other_key_goes_on() -> None:
    keys = tap_keys()
    for kind in (Kind.DOWN, Kind.REPEAT, Kind.UP):
        assert take(keys, kind, LETTER) == (False, [])
        assert take(keys, kind, SPACE, 0x40000) == (False, [])


def test_a_modifier_that_comes_up_first_is_the_release_and_the_key_still_stays() -> None:
    keys = tap_keys()
    take(keys, Kind.DOWN, SPACE, CTRL_ALT)
    assert take(keys, Kind.FLAGS, LEFT_CTRL, 0x80000) == (False, [(D, False, False)])
    assert take(keys, Kind.REPEAT, SPACE, 0x80000) == (True, [])
    assert take(keys, Kind.UP, SPACE, 0x80000) == (True, [])


def test_right_ctrl_alone_and_with_a_letter() -> None:
    keys = tap_keys()
    assert take(keys, Kind.FLAGS, RCTRL, 0x40000 | 0x2000) == (False, [(E, True, False)])
    assert take(keys, Kind.FLAGS, RCTRL) == (False, [(E, False, False)])
    take(keys, Kind.FLAGS, RCTRL, 0x40000 | 0x2000)
    assert take(keys, Kind.DOWN, LETTER, 0x40000 | 0x2000) == (False, [(E, False, True)])
    assert take(keys, Kind.FLAGS, RCTRL) == (False, [])


class Tap:
    """A tap whose permission and keys a test decides on."""

    def __init__(self) -> None:
        self.allowed = True
        self.on_event: OnTap | None = None
        self.is_open = False
        self.keys: queue.Queue[tuple[Kind, int, int] | None] = queue.Queue()

    def open(self, on_event: OnTap) -> bool:
        self.on_event = on_event
        self.is_open = self.allowed
        return self.allowed

    def run(self, timeout_s: float) -> None:
        try:
            key = self.keys.get(timeout=timeout_s)
        except queue.Empty:
            return
        if key is not None:
            assert self.on_event is not None
            self.on_event(*key)

    def is_down(self, code: int) -> bool:
        return True

    def wake(self) -> None:
        self.keys.put(None)

    def close(self) -> None:
        self.is_open = False


async def test_keys_are_told_until_the_end() -> None:
    tap = Tap()
    told: asyncio.Queue[KeyEvent] = asyncio.Queue()
    hotkeys = MacHotkeys(told.put_nowait, lambda _: None, lambda: tap)
    assert await hotkeys.bind({D: CHORD}) == {D: BOUND}
    tap.keys.put((Kind.DOWN, SPACE, CTRL_ALT))
    async with asyncio.timeout(30):
        assert (await told.get()).pressed
        await hotkeys.close()
        assert not (await told.get()).pressed
    assert not tap.is_open


async def test_the_permission_is_asked_for_in_words_and_noticed_when_it_is_given() -> None:
    tap = Tap()
    tap.allowed = False
    changes: asyncio.Queue[Outcomes] = asyncio.Queue()
    hotkeys = MacHotkeys(lambda _: None, changes.put_nowait, lambda: tap)
    outcome = (await hotkeys.bind({D: CHORD}))[D]
    assert outcome.state is BindState.UNSUPPORTED
    assert "Privacy & Security, Accessibility" in outcome.reason
    tap.allowed = True
    async with asyncio.timeout(30):
        assert await changes.get() == {D: BOUND}
    await hotkeys.close()


def test_a_key_that_no_mac_has_is_unknown() -> None:
    outcomes, _ = TapKeys().bind({D: Chord("Pause")}, 0.0)
    assert outcomes[D].state is BindState.UNKNOWN_KEY


def test_codes_are_each_keys_own() -> None:
    found = [held for key in KEYS if (held := held_keys(Chord(key))) is not None]
    assert len({held.codes for held in found}) == len(found)
    letters = [held_keys(Chord(key)) for key in "AVBT0"]
    assert [held.codes for held in letters if held] == [{0}, {9}, {11}, {17}, {29}]


def test_kinds_of_events() -> None:
    assert [kind_of(10, False), kind_of(10, True), kind_of(11, False), kind_of(12, False)] == [
        Kind.DOWN,
        Kind.REPEAT,
        Kind.UP,
        Kind.FLAGS,
    ]
    assert kind_of(5, False) is None


@pytest.mark.skipif(sys.platform == "darwin", reason="there it is real")
def test_elsewhere_there_is_no_such_tap() -> None:
    with pytest.raises(OSError, match="ApplicationServices"):
        MacTap()
