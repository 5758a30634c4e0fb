"""Hotkeys on macOS: an event tap sees every key and keeps those that are ours from other programs.

It needs the user's permission, which is looked for again until it is given.
"""

from __future__ import annotations

import enum
import time
from collections.abc import Callable
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
    twice,
    unknown_key,
)
from app.desktop.macos_keys import DOWN_FLAGS, MODIFIERS, held_keys

_LOOK_S = 0.5
NOT_ALLOWED = BindOutcome(
    BindState.UNSUPPORTED,
    "macOS must allow it first: System Settings, Privacy & Security, Accessibility, Sayso.",
)


class Kind(enum.Enum):
    """What the tap tells."""

    DOWN = enum.auto()
    REPEAT = enum.auto()
    UP = enum.auto()
    FLAGS = enum.auto()


OnTap = Callable[[Kind, int, int], bool]
"""Told the kind, key code and flags of an event; True keeps it from everybody else."""


class Tap(Protocol):
    """What is used of macOS, by one thread; `wake` is for any."""

    def open(self, on_event: OnTap) -> bool:
        """Begin to listen; False without the permission."""
        ...

    def run(self, timeout_s: float) -> None:
        """Tell events to `on_event` until `wake`, at most for this long."""
        ...

    def is_down(self, code: int) -> bool:
        """Whether a key is down now."""
        ...

    def wake(self) -> None:
        """End `run`."""
        ...

    def close(self) -> None:
        """Listen no longer."""
        ...


def _macos() -> Tap:
    from app.desktop.macos_tap import MacTap

    return MacTap()


class MacHotkeys:
    """Fills `Hotkeys`. Nothing is ever taken: the tap comes before every other program."""

    def __init__(
        self, on_key: OnKey, on_outcomes: OnOutcomes, tap: Callable[[], Tap] = _macos
    ) -> None:
        """`tap` is made now, and used by the hotkeys' thread."""
        self._tap = tap()
        self._keys = TapKeys()
        self._thread = HotkeyThread("macOS hotkeys", self._run, self._tap.wake, on_key, on_outcomes)

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Make these the hotkeys, all others go; an outcome for each."""
        return await self._thread.bind(bindings)

    async def close(self) -> None:
        """Give all keys back. A key that is held is released first."""
        await self._thread.close()

    def _run(self) -> None:
        allowed = self._tap.open(self._on_event)
        try:
            while not self._thread.closing:
                self._thread.grant(self._bind if allowed else _not_allowed)
                self._tap.run(_LOOK_S)
                if not allowed and (allowed := self._tap.open(self._on_event)):
                    self._thread.renew(self._bind)
                self._thread.tell(self._keys.state.check(self._tap.is_down, time.monotonic()))
        finally:
            self._tap.close()
            self._thread.tell(self._keys.state.release_all(time.monotonic()))

    def _bind(self, bindings: Bindings) -> Outcomes:
        outcomes, released = self._keys.bind(bindings, time.monotonic())
        self._thread.tell(released)
        return outcomes

    def _on_event(self, kind: Kind, code: int, flags: int) -> bool:
        keep, events = self._keys.take(kind, code, flags, time.monotonic())
        self._thread.tell(events)
        return keep


class TapKeys:
    """Decides which keys are hotkeys, and which stay with us."""

    def __init__(self) -> None:
        self.state = HotkeyState()
        self._kept: set[int] = set()

    def bind(self, bindings: Bindings, at_s: float) -> tuple[Outcomes, list[KeyEvent]]:
        """The outcomes, and the release of what is held and no hotkey any more."""
        outcomes: dict[HotkeyName, BindOutcome] = twice(bindings)
        found: dict[HotkeyName, HeldKeys] = {}
        for name, chord in bindings.items():
            if name in outcomes:
                continue
            held = held_keys(chord)
            outcomes[name] = unknown_key(chord) if held is None else BOUND
            if held is not None:
                found[name] = held
        return {name: outcomes[name] for name in bindings}, self.state.rebind(found, at_s)

    def take(self, kind: Kind, code: int, flags: int, at_s: float) -> tuple[bool, list[KeyEvent]]:
        """Whether nobody else gets the event, and what it means."""
        match kind:
            case Kind.FLAGS:
                return False, self._modifier(code, flags, at_s)
            case Kind.REPEAT:
                return code in self._kept, []
            case Kind.DOWN:
                events = self.state.press_anywhere(code, at_s)
                pressed = self.state.press(code, flags & MODIFIERS, at_s)
                if pressed:
                    self._kept.add(code)
                return bool(pressed), [*events, *pressed]
            case Kind.UP:
                kept = code in self._kept
                self._kept.discard(code)
                return kept, self.state.release(code, at_s)

    def _modifier(self, code: int, flags: int, at_s: float) -> list[KeyEvent]:
        if code not in DOWN_FLAGS:
            return []
        if flags & DOWN_FLAGS[code]:
            return self.state.press_anywhere(code, at_s)
        return [*self.state.release(code, at_s), *self.state.release_anywhere(code, at_s)]


def _not_allowed(bindings: Bindings) -> Outcomes:
    return dict.fromkeys(bindings, NOT_ALLOWED)
