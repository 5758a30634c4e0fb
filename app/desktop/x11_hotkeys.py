"""Hotkeys on X11: keys grabbed at the server, on a thread of their own.

A key of ours does not reach the program with the focus. A lone modifier is only listened to,
because a grab would take the shortcuts that it is part of away from every program.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Callable, Iterable

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
    unknown_key,
)
from app.desktop.x11_keyboard import (
    AnyKey,
    Grab,
    GrabbedKey,
    KeyboardUnavailable,
    MapChanged,
    X11Keyboard,
)
from app.desktop.x11_keymap import X11Keymap

_WATCH_S = 0.5
_RETRY_S = 1.0
_NO_RAW_KEYS = BindOutcome(
    BindState.UNSUPPORTED, "This X server cannot tell a modifier key alone. Choose another key."
)


class X11Hotkeys:
    """Fills `Hotkeys`. A lost X server is told as `LOST` and tried again every second."""

    def __init__(self, display_name: str, on_key: OnKey, on_outcomes: OnOutcomes) -> None:
        """`display_name` is what DISPLAY holds. Nothing happens before the first `bind`."""
        self._display_name = display_name
        self._wake_read, self._wake_write = os.pipe()
        self._is_open = True
        self._thread = HotkeyThread("X11 hotkeys", self._run, self._wake, on_key, on_outcomes)

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Make these the hotkeys, all others go; an outcome for each."""
        return await self._thread.bind(bindings)

    async def close(self) -> None:
        """Give all keys back. A key that is held is released first."""
        if self._is_open:
            self._is_open = False
            await self._thread.close()
            os.close(self._wake_read)
            os.close(self._wake_write)

    def _wake(self) -> None:
        os.write(self._wake_write, b"w")

    # From here on: the hotkeys' own thread.

    def _run(self) -> None:
        while not self._thread.closing:
            try:
                with contextlib.closing(X11Keyboard(self._display_name)) as keyboard:
                    self._serve(keyboard)
            except KeyboardUnavailable as trouble:
                self._lose(BindOutcome(BindState.LOST, f"{trouble} The hotkeys wait for it."))
                self._wait(_RETRY_S)

    def _lose(self, lost: BindOutcome) -> None:
        def none(bindings: Bindings) -> Outcomes:
            return dict.fromkeys(bindings, lost)

        self._thread.grant(none)
        self._thread.renew(none)

    def _serve(self, keyboard: X11Keyboard) -> None:
        session = GrabSession(keyboard, self._thread.tell)
        try:
            self._thread.renew(session.bind)
            while not self._thread.closing:
                if session.take_inputs():
                    self._thread.renew(session.bind)
                self._thread.grant(session.bind)
                # Asking the server anything reads events too, which no descriptor then announces.
                if keyboard.has_inputs():
                    continue
                if not self._wait(_WATCH_S if session.needs_watch else None, keyboard):
                    session.watch()
        finally:
            session.release_all()

    def _wait(self, timeout_s: float | None, *keyboards: X11Keyboard) -> bool:
        """False when nothing happened in that time."""
        sources = [self._wake_read, *(keyboard.fileno() for keyboard in keyboards)]
        ready, _, _ = select.select(sources, [], [], timeout_s)
        if self._wake_read in ready:
            os.read(self._wake_read, 4096)
        return bool(ready)


class GrabSession:
    """The hotkeys of one connection."""

    def __init__(self, keyboard: X11Keyboard, tell: Callable[[Iterable[KeyEvent]], None]) -> None:
        self._keyboard = keyboard
        self._tell = tell
        self._state = HotkeyState()
        self._keymap = keyboard.read_keymap()
        self._grabs: dict[HotkeyName, frozenset[Grab]] = {}

    @property
    def needs_watch(self) -> bool:
        """Whether `watch` should be called soon."""
        return self._state.needs_watch

    def bind(self, bindings: Bindings) -> Outcomes:
        """Grab what is new, give back what is gone, and leave the rest alone."""
        outcomes: dict[HotkeyName, BindOutcome] = twice(bindings)
        found = self._found(bindings, outcomes)
        wanted = {
            name: _grabs(self._keymap, keys)
            for name, keys in found.items()
            if not keys.is_lone_modifier
        }
        for name, keys in list(self._grabs.items()):
            self._keyboard.ungrab(keys - wanted.get(name, frozenset()))
            self._grabs[name] = keys & wanted.get(name, frozenset())
        for name, keys in wanted.items():
            held = self._grabs.pop(name, frozenset())
            if self._keyboard.grab(keys - held):
                self._grabs[name] = keys
                outcomes[name] = BOUND
            else:
                self._keyboard.ungrab(held)
                outcomes[name] = taken(bindings[name])
                del found[name]
        self._grabs = {name: keys for name, keys in self._grabs.items() if keys}
        self._listen(found, outcomes)
        self._tell(self._state.rebind(found, time.monotonic()))
        return {name: outcomes[name] for name in bindings}

    def take_inputs(self) -> bool:
        """Tell what has happened; True when the keyboard's map changed and `bind` is due."""
        changed = False
        for event in self._keyboard.inputs():
            now_s = time.monotonic()
            match event:
                case MapChanged():
                    changed = True
                case GrabbedKey(keycode, True, state):
                    modifiers = self._keymap.without_locks(state)
                    self._tell(self._state.press(keycode, modifiers, now_s))
                case GrabbedKey(keycode, False):
                    self._tell(self._state.release(keycode, now_s))
                case AnyKey(keycode, True):
                    self._tell(self._state.press_anywhere(keycode, now_s))
                case AnyKey(keycode, False):
                    self._tell(self._state.release_anywhere(keycode, now_s))
        if changed:
            self._keymap = self._keyboard.read_keymap()
        return changed

    def watch(self) -> None:
        """Find releases that never came."""
        down = self._keyboard.keys_down()
        self._tell(self._state.check(down.__contains__, time.monotonic()))

    def release_all(self) -> None:
        """The end: nothing is held any more."""
        self._tell(self._state.release_all(time.monotonic()))

    def _found(
        self, bindings: Bindings, outcomes: dict[HotkeyName, BindOutcome]
    ) -> dict[HotkeyName, HeldKeys]:
        found = {}
        for name, chord in bindings.items():
            if name in outcomes:
                continue
            keys = self._keymap.combination(chord)
            if keys is None:
                outcomes[name] = unknown_key(chord)
                continue
            found[name] = HeldKeys(
                keys.keycodes, keys.mask, keys.modifier_keycodes, chord.is_lone_modifier
            )
        return found

    def _listen(
        self, found: dict[HotkeyName, HeldKeys], outcomes: dict[HotkeyName, BindOutcome]
    ) -> None:
        lone = [name for name, keys in found.items() if keys.is_lone_modifier]
        heard = self._keyboard.hear_any_key(bool(lone))
        for name in lone:
            outcomes[name] = BOUND if heard else _NO_RAW_KEYS
            if not heard:
                del found[name]


def _grabs(keymap: X11Keymap, keys: HeldKeys) -> frozenset[Grab]:
    masks = keymap.with_locks(keys.modifiers)
    return frozenset((code, mask) for code in keys.codes for mask in masks)
