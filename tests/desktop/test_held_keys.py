from __future__ import annotations

from app.desktop.held_keys import HeldKeys, HotkeyState
from app.desktop.hotkeys import HotkeyName, KeyEvent

D, E, C = HotkeyName.DICTATE, HotkeyName.EDIT_SELECTION, HotkeyName.CANCEL
SPACE, CTRL, ALT, RIGHT_CTRL, ESC, LETTER = 65, 37, 64, 105, 9, 54
CTRL_ALT = 0b1100
CHORD = HeldKeys(frozenset({SPACE}), CTRL_ALT, frozenset({CTRL, ALT}))
LONE = HeldKeys(frozenset({RIGHT_CTRL}), is_lone_modifier=True)
CANCEL = HeldKeys(frozenset({ESC}))


def state() -> HotkeyState:
    keys = HotkeyState()
    keys.rebind({D: CHORD, E: LONE, C: CANCEL}, 0.0)
    return keys


def went_down(name: HotkeyName, at_s: float) -> list[KeyEvent]:
    return [KeyEvent(name, pressed=True, at_s=at_s)]


def came_up(name: HotkeyName, at_s: float, *, mixed: bool = False) -> list[KeyEvent]:
    return [KeyEvent(name, pressed=False, at_s=at_s, mixed=mixed)]


def test_repeats_are_told_once() -> None:
    keys = state()
    assert keys.press(SPACE, CTRL_ALT, 1.0) == went_down(D, 1.0)
    assert keys.press(SPACE, CTRL_ALT, 1.1) == []
    assert keys.release(SPACE, 2.0) == came_up(D, 2.0)
    assert keys.release(SPACE, 2.1) == []
    assert not keys.needs_watch


def test_a_modifier_that_comes_up_first_ends_it_and_the_key_that_still_repeats_starts_nothing() -> (
    None
):
    keys = state()
    keys.press(SPACE, CTRL_ALT, 1.0)
    assert keys.release(CTRL, 2.0) == came_up(D, 2.0)
    assert keys.press(SPACE, CTRL_ALT, 2.1) == []
    assert keys.release(SPACE, 2.2) == []
    assert keys.press(SPACE, CTRL_ALT, 3.0) == went_down(D, 3.0)


def test_other_modifiers_are_another_chord() -> None:
    assert state().press(SPACE, CTRL_ALT | 1, 1.0) == []
    assert state().press(ESC, CTRL_ALT, 1.0) == []


def test_escape_counts_with_the_modifiers_of_the_chord_that_is_held() -> None:
    keys = state()
    keys.press(SPACE, CTRL_ALT, 1.0)
    assert keys.press(ESC, CTRL_ALT, 1.5) == went_down(C, 1.5)
    assert keys.release(ESC, 1.6) == came_up(C, 1.6)
    assert keys.release(SPACE, 2.0) == came_up(D, 2.0)


def test_a_lone_modifier_is_held_until_it_comes_up() -> None:
    keys = state()
    assert keys.press_anywhere(RIGHT_CTRL, 1.0) == went_down(E, 1.0)
    assert keys.press_anywhere(RIGHT_CTRL, 1.1) == []
    assert keys.release_anywhere(RIGHT_CTRL, 2.0) == came_up(E, 2.0)


def test_another_key_makes_a_lone_modifier_an_ordinary_shortcut() -> None:
    keys = state()
    keys.press_anywhere(RIGHT_CTRL, 1.0)
    assert keys.press_anywhere(LETTER, 1.2) == came_up(E, 1.2, mixed=True)
    assert keys.release_anywhere(LETTER, 1.3) == []
    assert keys.press_anywhere(RIGHT_CTRL, 1.35) == []
    assert keys.release_anywhere(RIGHT_CTRL, 1.4) == []
    assert keys.press_anywhere(RIGHT_CTRL, 2.0) == went_down(E, 2.0)


def test_ordinary_typing_is_nobodys_business() -> None:
    keys = state()
    assert keys.press_anywhere(LETTER, 1.0) == []
    assert keys.release_anywhere(LETTER, 1.1) == []
    assert not keys.needs_watch


def test_a_release_that_never_came_is_found_by_looking_at_the_keyboard() -> None:
    keys = state()
    keys.press(SPACE, CTRL_ALT, 1.0)
    keys.press_anywhere(RIGHT_CTRL, 1.0)
    assert keys.check({SPACE, RIGHT_CTRL}.__contains__, 2.0) == []
    assert keys.check({RIGHT_CTRL}.__contains__, 3.0) == came_up(D, 3.0)
    assert keys.check(frozenset().__contains__, 4.0) == came_up(E, 4.0)
    assert not keys.needs_watch


def test_binding_anew_keeps_what_is_held_and_releases_what_is_gone() -> None:
    keys = state()
    keys.press(SPACE, CTRL_ALT, 1.0)
    assert keys.rebind({D: CHORD}, 2.0) == []
    assert keys.rebind({D: LONE}, 3.0) == came_up(D, 3.0)
    keys.press_anywhere(RIGHT_CTRL, 4.0)
    assert keys.release_all(5.0) == came_up(D, 5.0)
