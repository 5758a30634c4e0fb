"""What presses of a key mean: hold to talk, tap to toggle, or both by the length of the press.

A fold over values: no clock, no thread. Every input gives the next state and at most one action.
"""

from __future__ import annotations

import dataclasses
import enum
from dataclasses import dataclass

from app.desktop.hotkeys import HotkeyName, KeyEvent
from app.dictation.request import DictationRequest

_TALKING = (HotkeyName.DICTATE, HotkeyName.EDIT_SELECTION)


class PressStyle(enum.StrEnum):
    """How the talk keys are used."""

    HOLD = "hold"
    TOGGLE = "toggle"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class PressRules:
    """`hold_ms`: with `BOTH`, a press of at least this length is a hold, a shorter one a tap.

    `double_tap_ms`: a second press this soon after the one that began does not finish, because
    nothing was said yet and a bouncing or habitual double tap is one tap.
    """

    style: PressStyle = PressStyle.BOTH
    hold_ms: int = 350
    double_tap_ms: int = 300


class Deed(enum.Enum):
    """What is to be done."""

    START = enum.auto()
    FINISH = enum.auto()
    CANCEL = enum.auto()


@dataclass(frozen=True, slots=True)
class Action:
    """`name` is the talk key that it belongs to."""

    deed: Deed
    name: HotkeyName


@dataclass(frozen=True, slots=True)
class Press:
    """Where things stand. `active` is the talk key that runs, None when nothing does.

    `held` says that its release may still finish it; `began_s` is when it was started by a key,
    None when it was started from elsewhere.
    """

    active: HotkeyName | None = None
    held: bool = False
    began_s: float | None = None


IDLE = Press()
"""Also the state to go on from when a dictation ends by itself: a late release does nothing."""


def on_key(press: Press, event: KeyEvent, rules: PressRules) -> tuple[Press, Action | None]:
    """The state after a key went down or came up, and what it asks for."""
    if event.name is HotkeyName.CANCEL:
        return _end(press, Deed.CANCEL) if event.pressed else (press, None)
    if event.name not in _TALKING:
        return press, None
    if press.active is None:
        return _begin(event, rules) if event.pressed else (press, None)
    if press.active is not event.name:
        return press, None
    return _down(press, event, rules) if event.pressed else _up(press, event, rules)


def on_request(press: Press, request: DictationRequest) -> tuple[Press, Action | None]:
    """The same for what was asked from elsewhere: a compositor's own key, a button."""
    if press.active is None:
        if request in (DictationRequest.START, DictationRequest.TOGGLE):
            return Press(HotkeyName.DICTATE), Action(Deed.START, HotkeyName.DICTATE)
        return press, None
    if request is DictationRequest.START:
        return press, None
    deed = Deed.CANCEL if request is DictationRequest.CANCEL else Deed.FINISH
    return _end(press, deed)


def _begin(event: KeyEvent, rules: PressRules) -> tuple[Press, Action | None]:
    held = rules.style is not PressStyle.TOGGLE
    return Press(event.name, held, event.at_s), Action(Deed.START, event.name)


def _down(press: Press, event: KeyEvent, rules: PressRules) -> tuple[Press, Action | None]:
    if press.held:
        return press, None  # its release was lost: the next one finishes
    if press.began_s is not None and event.at_s - press.began_s < rules.double_tap_ms / 1000:
        return press, None
    return _end(press, Deed.FINISH)


def _up(press: Press, event: KeyEvent, rules: PressRules) -> tuple[Press, Action | None]:
    if event.mixed:
        return _end(press, Deed.CANCEL)
    if not press.held:
        return press, None
    if rules.style is PressStyle.BOTH and _is_tap(press, event, rules):
        return dataclasses.replace(press, held=False), None
    return _end(press, Deed.FINISH)


def _is_tap(press: Press, event: KeyEvent, rules: PressRules) -> bool:
    assert press.began_s is not None
    return event.at_s - press.began_s < rules.hold_ms / 1000


def _end(press: Press, deed: Deed) -> tuple[Press, Action | None]:
    if press.active is None:
        return press, None
    return IDLE, Action(deed, press.active)
