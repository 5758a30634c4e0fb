from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.dictation.press import (
    IDLE,
    Action,
    Deed,
    Press,
    PressRules,
    PressStyle,
    on_key,
    on_request,
)
from app.dictation.request import DictationRequest

D, E, C = HotkeyName.DICTATE, HotkeyName.EDIT_SELECTION, HotkeyName.CANCEL
START, FINISH, CANCEL = Deed.START, Deed.FINISH, Deed.CANCEL
HOLD, TOGGLE, BOTH = (PressRules(style) for style in PressStyle)


def down(at_s: float, name: HotkeyName = D) -> KeyEvent:
    return KeyEvent(name, pressed=True, at_s=at_s)


def up(at_s: float, name: HotkeyName = D, *, mixed: bool = False) -> KeyEvent:
    return KeyEvent(name, pressed=False, at_s=at_s, mixed=mixed)


def play(rules: PressRules, *inputs: KeyEvent | DictationRequest) -> list[tuple[int, Deed]]:
    """The deeds, each with the number of the input that caused it."""
    press, deeds = IDLE, []
    for number, given_ in enumerate(inputs):
        if isinstance(given_, KeyEvent):
            press, action = on_key(press, given_, rules)
        else:
            press, action = on_request(press, given_)
        if action is not None:
            deeds.append((number, action.deed))
    return deeds


@pytest.mark.parametrize("held_s", [0.02, 0.349, 0.35, 10.0])
def test_hold_to_talk_starts_at_the_press_and_finishes_at_the_release(held_s: float) -> None:
    assert play(HOLD, down(5.0), up(5.0 + held_s)) == [(0, START), (1, FINISH)]


def test_tap_to_toggle_finishes_at_the_next_press() -> None:
    taps = (down(0.0), up(9.0), down(10.0), up(10.1), down(11.0))
    assert play(TOGGLE, *taps) == [(0, START), (2, FINISH), (4, START)]


def test_one_key_for_both_goes_by_the_length_of_the_press() -> None:
    assert play(BOTH, down(0.0), up(0.35)) == [(0, START), (1, FINISH)]
    tapped = (down(0.0), up(0.349), down(60.0), up(65.0), down(70.0))
    assert play(BOTH, *tapped) == [(0, START), (2, FINISH), (4, START)]


@pytest.mark.parametrize("rules", [TOGGLE, BOTH])
def test_a_double_tap_is_one_tap(rules: PressRules) -> None:
    taps = (down(0.0), up(0.05), down(0.2), up(0.25), down(5.0))
    assert play(rules, *taps) == [(0, START), (4, FINISH)]


def test_two_quick_presses_that_are_held_are_two_takes() -> None:
    presses = (down(0.0), up(0.1), down(0.2), up(0.3))
    assert play(HOLD, *presses) == [(0, START), (1, FINISH), (2, START), (3, FINISH)]


@pytest.mark.parametrize("rules", [HOLD, TOGGLE, BOTH])
def test_escape_cancels_and_what_follows_begins_anew(rules: PressRules) -> None:
    inputs = (down(0.0), down(1.0, C), up(1.1, C), up(2.0), down(3.0))
    assert play(rules, *inputs) == [(0, START), (1, CANCEL), (4, START)]
    assert play(rules, down(0.0, C), up(0.1, C)) == []


@pytest.mark.parametrize("rules", [HOLD, TOGGLE, BOTH])
def test_a_shortcut_with_a_lone_modifier_cancels(rules: PressRules) -> None:
    assert play(rules, down(0.0), up(0.2, mixed=True)) == [(0, START), (1, CANCEL)]


def test_a_second_talk_key_changes_nothing_while_the_first_is_active() -> None:
    inputs = (down(0.0), down(1.0, E), up(2.0, E), up(3.0))
    assert play(HOLD, *inputs) == [(0, START), (3, FINISH)]
    assert on_key(IDLE, down(0.0, E), HOLD)[1] == Action(START, E)


def test_a_repeated_press_and_other_hotkeys_do_nothing() -> None:
    again = down(0.5, HotkeyName.INSERT_AGAIN)
    assert play(HOLD, down(0.0), down(0.1), again, down(2.0), up(3.0)) == [(0, START), (4, FINISH)]


@pytest.mark.parametrize(
    ("request_", "when_idle", "when_active"),
    [
        (DictationRequest.TOGGLE, START, FINISH),
        (DictationRequest.START, START, None),
        (DictationRequest.STOP, None, FINISH),
        (DictationRequest.CANCEL, None, CANCEL),
    ],
)
def test_a_request_from_elsewhere(
    request_: DictationRequest, when_idle: Deed | None, when_active: Deed | None
) -> None:
    assert play(HOLD, request_) == ([(0, when_idle)] if when_idle else [])
    ended = play(HOLD, down(0.0), request_)[1:]
    assert ended == ([(1, when_active)] if when_active else [])


@pytest.mark.parametrize("rules", [HOLD, TOGGLE, BOTH])
def test_the_key_finishes_what_was_started_from_elsewhere(rules: PressRules) -> None:
    toggle = DictationRequest.TOGGLE
    assert play(rules, toggle, down(0.01), up(0.02)) == [(0, START), (1, FINISH)]


_inputs = st.lists(
    st.tuples(
        st.sampled_from([*DictationRequest, "down", "up", "mixed", "escape"]),
        st.floats(0.001, 2.0),
    ),
    max_size=40,
)


@given(st.sampled_from([HOLD, TOGGLE, BOTH]), _inputs)
def test_starts_and_ends_alternate_whatever_is_pressed(
    rules: PressRules, inputs: list[tuple[str, float]]
) -> None:
    press, at_s, deeds = Press(), 0.0, []
    events = {"down": down, "up": up, "mixed": lambda at: up(at, mixed=True)}
    for what, later_s in inputs:
        at_s += later_s
        if isinstance(what, DictationRequest):
            press, action = on_request(press, what)
        else:
            event = events[what](at_s) if what in events else down(at_s, C)
            press, action = on_key(press, event, rules)
        if action is not None:
            deeds.append(action.deed)
    assert all(deed is START for deed in deeds[::2])
    assert START not in deeds[1::2]
    assert (press.active is not None) == (len(deeds) % 2 == 1)
