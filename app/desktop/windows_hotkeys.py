"""Hotkeys on Windows: RegisterHotKey tells presses, the keyboard's state tells releases.

A lone modifier is listened to by a low-level hook, which is there only while one is bound.
"""

from __future__ import annotations

import contextlib
import enum
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.desktop.held_keys import HeldKeys, HotkeyState
from app.desktop.hotkey_thread import HotkeyThread
from app.desktop.hotkeys import (
    BOUND,
    Bindings,
    BindOutcome,
    BindState,
    HotkeyName,
    KeyEvent,
    OnKey,
    OnOutcomes,
    Outcomes,
    taken,
    twice,
)
from app.desktop.windows_keys import MODIFIER_KEYS, held_keys

_LOOK_MS = 10
"""How often a held hotkey's key is looked at: Windows tells no release of it."""
_NO_HOOK = BindOutcome(
    BindState.UNSUPPORTED, "Windows does not let Sayso hear a modifier key alone. Choose another."
)


class Registration(enum.Enum):
    """What Windows says to a hotkey."""

    DONE = enum.auto()
    TAKEN = enum.auto()
    REFUSED = enum.auto()


@dataclass(frozen=True, slots=True)
class AnyKey:
    """A key of the keyboard, from the hook; repeats are presses."""

    code: int
    pressed: bool


class Keyboard(Protocol):
    """What is used of Windows, by one thread; `wake` is for any."""

    def register(self, number: int, modifiers: int, code: int) -> Registration:
        """Take a hotkey, which `wait` then tells by its number."""
        ...

    def unregister(self, number: int) -> None:
        """Give a hotkey back."""
        ...

    def hook(self, on: bool) -> bool:
        """Have `wait` tell every key, or no longer; False when Windows refuses."""
        ...

    def is_down(self, code: int) -> bool:
        """Whether a virtual key is down now."""
        ...

    def wait(self, timeout_ms: int | None) -> list[int | AnyKey]:
        """Pressed hotkeys by number, and keys, as soon as there are any or `wake` was called."""
        ...

    def wake(self) -> None:
        """End the wait."""
        ...


def _windows() -> Keyboard:
    from app.desktop.windows_keyboard import WindowsKeyboard

    return WindowsKeyboard()


class WindowsHotkeys:
    """Fills `Hotkeys`."""

    def __init__(
        self,
        on_key: OnKey,
        on_outcomes: OnOutcomes,
        keyboard: Callable[[], Keyboard] = _windows,
    ) -> None:
        """`keyboard` is made now, and used by the hotkeys' thread."""
        self._keyboard = keyboard()
        wake = self._keyboard.wake
        self._thread = HotkeyThread("Windows hotkeys", self._run, wake, on_key, on_outcomes)

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Make these the hotkeys, all others go; an outcome for each."""
        return await self._thread.bind(bindings)

    async def close(self) -> None:
        """Give all keys back. A key that is held is released first."""
        await self._thread.close()

    def _run(self) -> None:
        session = Registrations(self._keyboard)
        with contextlib.ExitStack() as end:
            end.callback(session.bind, {})
            end.callback(lambda: self._thread.tell(session.state.release_all(time.monotonic())))
            while not self._thread.closing:
                self._thread.grant(self._bind_with(session))
                found = self._keyboard.wait(_LOOK_MS if session.state.needs_watch else None)
                now_s = time.monotonic()
                for one in found:
                    self._thread.tell(session.take(one, now_s))
                self._thread.tell(session.look(now_s))

    def _bind_with(self, session: Registrations) -> Callable[[Bindings], Outcomes]:
        def bind(bindings: Bindings) -> Outcomes:
            outcomes = session.bind(bindings)
            self._thread.tell(session.state.rebind(session.found, time.monotonic()))
            return outcomes

        return bind


class Registrations:
    """The hotkeys of one thread."""

    def __init__(self, keyboard: Keyboard) -> None:
        self._keyboard = keyboard
        self._registered: dict[tuple[int, int], int] = {}
        self._numbers: dict[int, tuple[int, int]] = {}
        self._next = 1
        self.state = HotkeyState()
        self.found: dict[HotkeyName, HeldKeys] = {}

    def bind(self, bindings: Bindings) -> Outcomes:
        """Register what is new, and give back what is gone."""
        outcomes: dict[HotkeyName, BindOutcome] = twice(bindings)
        keys = {name: held_keys(chord) for name, chord in bindings.items() if name not in outcomes}
        wanted = {name: list(_registrations(name, keys)) for name in keys}
        keep = {one for several in wanted.values() for one in several}
        for one in [one for one in self._registered if one not in keep]:
            number = self._registered.pop(one)
            del self._numbers[number]
            self._keyboard.unregister(number)
        hears = self._keyboard.hook(any(held.is_lone_modifier for held in keys.values()))
        for name, held in keys.items():
            if held.is_lone_modifier:
                outcomes[name] = BOUND if hears else _NO_HOOK
            else:
                said = [self._register(one) for one in wanted[name]]
                outcomes[name] = _outcome(said[0], bindings, name)
        self.found = {name: held for name, held in keys.items() if outcomes[name] is BOUND}
        return {name: outcomes[name] for name in bindings}

    def take(self, one: int | AnyKey, at_s: float) -> Iterator[KeyEvent]:
        """What a message of Windows means."""
        if isinstance(one, AnyKey):
            tell = self.state.press_anywhere if one.pressed else self.state.release_anywhere
            yield from tell(one.code, at_s)
        elif one in self._numbers:
            modifiers, code = self._numbers[one]
            yield from self.state.press(code, modifiers, at_s)

    def look(self, at_s: float) -> Iterator[KeyEvent]:
        """What came up since the last look."""
        if not self.state.needs_watch:
            return
        for codes in MODIFIER_KEYS.values():
            if not any(map(self._keyboard.is_down, codes)):
                yield from self.state.release(codes[0], at_s)
        yield from self.state.check(self._keyboard.is_down, at_s)

    def _register(self, one: tuple[int, int]) -> Registration:
        if one in self._registered:
            return Registration.DONE
        modifiers, code = one
        said = self._keyboard.register(self._next, modifiers, code)
        if said is Registration.DONE:
            self._registered[one] = self._next
            self._numbers[self._next] = one
            self._next += 1
        return said


def _registrations(name: HotkeyName, keys: dict[HotkeyName, HeldKeys]) -> Iterator[tuple[int, int]]:
    """Modifiers and virtual key; what cancels works with the modifiers of held chords too."""
    held = keys[name]
    if held.is_lone_modifier:
        return
    (code,) = held.codes
    yield held.modifiers, code
    if name is HotkeyName.CANCEL:
        others = {other.modifiers for other in keys.values()} - {held.modifiers}
        yield from ((modifiers, code) for modifiers in sorted(others))


def _outcome(said: Registration, bindings: Bindings, name: HotkeyName) -> BindOutcome:
    match said:
        case Registration.DONE:
            return BOUND
        case Registration.TAKEN:
            return taken(bindings[name])
        case Registration.REFUSED:
            reason = f"Windows keeps {bindings[name]} for itself. Choose another."
            return BindOutcome(BindState.UNSUPPORTED, reason)
