"""Which hotkeys are down, from raw keys: each press and each release is told once.

Values in, values out: no clock and no server, so every order of keys can be tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.desktop.hotkeys import HotkeyName, KeyEvent


@dataclass(frozen=True, slots=True)
class HeldKeys:
    """What a hotkey is on this keyboard, in the system's own numbers.

    `modifiers` must all be active at the press; `modifier_codes` are the keys that make them so.
    """

    codes: frozenset[int]
    modifiers: int = 0
    modifier_codes: frozenset[int] = frozenset()
    is_lone_modifier: bool = False


class HotkeyState:
    """Repeated presses and the second half of a chord's release are swallowed."""

    def __init__(self) -> None:
        self._keys: dict[HotkeyName, HeldKeys] = {}
        self._held: dict[HotkeyName, int] = {}
        self._spent: set[int] = set()

    @property
    def needs_watch(self) -> bool:
        """Whether a key is thought to be down, so that `check` has something to find."""
        return bool(self._held or self._spent)

    def rebind(self, keys: Mapping[HotkeyName, HeldKeys], at_s: float) -> list[KeyEvent]:
        """From now on these; what is held and no longer the same counts as released."""
        gone = [name for name, code in self._held.items() if not _has(keys.get(name), code)]
        self._keys = dict(keys)
        return [self._release(name, at_s) for name in gone]

    def press(self, code: int, modifiers: int, at_s: float) -> list[KeyEvent]:
        """A grabbed key went down, or repeats."""
        if code in self._spent or code in self._held.values():
            return []
        for name, keys in self._keys.items():
            if not keys.is_lone_modifier and code in keys.codes and self._fits(keys, modifiers):
                self._held[name] = code
                return [KeyEvent(name, pressed=True, at_s=at_s)]
        return []

    def release(self, code: int, at_s: float) -> list[KeyEvent]:
        """A key came up while the keyboard was grabbed."""
        self._spent.discard(code)
        gone = [
            name
            for name, held in self._held.items()
            if not self._keys[name].is_lone_modifier
            and (held == code or code in self._keys[name].modifier_codes)
        ]
        return [self._release(name, at_s, code) for name in gone]

    def press_anywhere(self, code: int, at_s: float) -> list[KeyEvent]:
        """Any key of the keyboard went down, grabbed or not; repeats are not told."""
        mixed = [
            self._release(name, at_s, code, mixed=True)
            for name, held in list(self._held.items())
            if self._keys[name].is_lone_modifier and held != code
        ]
        if mixed or code in self._held.values() or code in self._spent:
            return mixed
        for name, keys in self._keys.items():
            if keys.is_lone_modifier and code in keys.codes:
                self._held[name] = code
                return [KeyEvent(name, pressed=True, at_s=at_s)]
        return []

    def release_anywhere(self, code: int, at_s: float) -> list[KeyEvent]:
        """Any key of the keyboard came up."""
        gone = [
            name
            for name, held in self._held.items()
            if self._keys[name].is_lone_modifier and held == code
        ]
        if not gone:
            self._forget_lone(code)
        return [self._release(name, at_s, code) for name in gone]

    def check(self, is_down: Callable[[int], bool], at_s: float) -> list[KeyEvent]:
        """Compare with the keyboard itself: releases that were lost, by sleep for instance."""
        self._spent = {code for code in self._spent if is_down(code)}
        gone = [name for name, code in self._held.items() if not is_down(code)]
        return [self._release(name, at_s, self._held[name]) for name in gone]

    def release_all(self, at_s: float) -> list[KeyEvent]:
        """The keyboard is gone."""
        self._spent.clear()
        return [self._release(name, at_s, code) for name, code in list(self._held.items())]

    def _release(
        self, name: HotkeyName, at_s: float, by: int | None = None, *, mixed: bool = False
    ) -> KeyEvent:
        code = self._held.pop(name)
        if by != code:
            self._spent.add(code)  # it is still down, and may repeat
        return KeyEvent(name, pressed=False, at_s=at_s, mixed=mixed)

    def _fits(self, keys: HeldKeys, modifiers: int) -> bool:
        """While one hotkey is held, its modifiers do not hide one that has none (Escape)."""
        return keys.modifiers == modifiers or (not keys.modifiers and bool(self._held))

    def _forget_lone(self, code: int) -> None:
        lone = (keys.codes for keys in self._keys.values() if keys.is_lone_modifier)
        if any(code in codes for codes in lone):
            self._spent.discard(code)


def _has(keys: HeldKeys | None, code: int) -> bool:
    return keys is not None and code in keys.codes
