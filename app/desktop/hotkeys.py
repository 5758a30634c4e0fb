"""Keys that work in whichever program has the keyboard: the seam that every system fills."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from app.desktop.chords import Chord


class HotkeyName(enum.StrEnum):
    """What a hotkey is for."""

    DICTATE = "dictate"
    EDIT_SELECTION = "edit_selection"
    INSERT_AGAIN = "insert_again"
    INSERT_RAW = "insert_raw"
    UNDO = "undo"
    CANCEL = "cancel"
    SHOW_REGION = "show_region"
    SHOW_WINDOW = "show_window"
    SHOW_SCREEN = "show_screen"


class BindState(enum.Enum):
    """Whether a hotkey works."""

    BOUND = enum.auto()
    TAKEN = enum.auto()
    UNKNOWN_KEY = enum.auto()
    UNSUPPORTED = enum.auto()
    LOST = enum.auto()
    """The system does not answer; it is tried again."""
    ASKING = enum.auto()
    """The desktop asks its user; the answer is told later."""


@dataclass(frozen=True, slots=True)
class BindOutcome:
    """What became of a wish. `reason` is a sentence, empty when bound.

    `trigger` is what the system uses instead of the chord, in its own words; empty when the same.
    """

    state: BindState
    reason: str = ""
    trigger: str = ""


BOUND = BindOutcome(BindState.BOUND)
Bindings = Mapping[HotkeyName, Chord]
Outcomes = Mapping[HotkeyName, BindOutcome]


@dataclass(frozen=True, slots=True)
class KeyEvent:
    """A hotkey went down or came up, `at_s` on the monotonic clock.

    `mixed` with a release: another key was pressed while a lone modifier was held, so it was meant
    as a shortcut of another program; its real release is not told any more.
    """

    name: HotkeyName
    pressed: bool
    at_s: float
    mixed: bool = False


OnKey = Callable[[KeyEvent], None]
OnOutcomes = Callable[[Outcomes], None]


class Hotkeys(Protocol):
    """Made with `on_key` and `on_outcomes`, which are called on the loop of the first `bind`."""

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Make these the hotkeys, all others go; an outcome for each. At any time, also while held.

        What changes later by itself (a layout, a lost connection) is told by `on_outcomes`.
        """
        ...

    async def close(self) -> None:
        """Give all keys back. A key that is held is released first."""
        ...


def twice(bindings: Bindings) -> dict[HotkeyName, BindOutcome]:
    """The outcomes of those whose chord another hotkey before them has."""
    first: dict[Chord, HotkeyName] = {}
    found: dict[HotkeyName, BindOutcome] = {}
    for name, chord in bindings.items():
        if first.setdefault(chord, name) is not name:
            words = first[chord].replace("_", " ")
            reason = f"{chord} is already Sayso's key for “{words}”."
            found[name] = BindOutcome(BindState.TAKEN, reason)
    return found


def taken(chord: Chord) -> BindOutcome:
    """Another program has the chord."""
    return BindOutcome(BindState.TAKEN, f"Another program already uses {chord}. Choose another.")


def unknown_key(chord: Chord) -> BindOutcome:
    """The keyboard has no such key."""
    return BindOutcome(BindState.UNKNOWN_KEY, f"This keyboard's layout has no key for {chord}.")
