"""Other clients of the X server: one presses keys as a keyboard does, one has the focus."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator, Sequence

from Xlib import XK, X, display, error
from Xlib.ext import xtest

from tests.desk.screen import Screen
from tests.desk.waiting import wait_until


class Keyboard:
    """Keys by the names of their symbols; each goes down and up by itself."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._display = display.Display(screen.display)

    def close(self) -> None:
        with contextlib.suppress(error.ConnectionClosedError):
            self._display.close()

    def code(self, name: str) -> int:
        """The keycode of a symbol on the layout of when this connection began."""
        return int(self._display.keysym_to_keycode(XK.string_to_keysym(name)))

    def down(self, *keys: str | int) -> None:
        self._fake(X.KeyPress, keys)

    def up(self, *keys: str | int) -> None:
        self._fake(X.KeyRelease, keys)

    def tap(self, *keys: str | int) -> None:
        """Press all, then release them in the other order."""
        self.down(*keys)
        self.up(*reversed(keys))

    def repeat_quickly(self) -> None:
        """Repeat a held key after 5 ms, and then a hundred times a second."""
        self._run("xset", "r", "rate", "5", "100")

    def lay_out(self, *arguments: str) -> None:
        self._run("setxkbmap", *arguments)

    def change_key(self, keycode: int, keysyms: Sequence[int]) -> None:
        self._display.change_keyboard_mapping(keycode, [tuple(keysyms)])
        self._display.sync()

    def _fake(self, kind: int, keys: Sequence[str | int]) -> None:
        for key in keys:
            code = key if isinstance(key, int) else self.code(key)
            xtest.fake_input(self._display, kind, code)
        self._display.sync()

    def _run(self, *command: str) -> None:
        environment = {**os.environ, **self._screen.environment}
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=60)


class FocusedWindow:
    """A window that has the keyboard and notes the keys that it gets."""

    def __init__(self, screen: Screen) -> None:
        self._display = display.Display(screen.display)
        root = self._display.screen().root
        self._window = root.create_window(
            *(0, 0, 50, 50, 0, X.CopyFromParent),
            override_redirect=True,
            event_mask=X.KeyPressMask | X.ExposureMask | X.FocusChangeMask,
        )
        self._window.map()
        self._display.sync()
        wait_until(lambda: self._window.get_attributes().map_state == X.IsViewable, "the window")
        self._window.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
        self._display.sync()

    def keys(self) -> list[tuple[int, int]]:
        """Keycode and modifiers of every press since the last call."""
        self._display.sync()
        found = []
        for _ in range(self._display.pending_events()):
            event = self._display.next_event()
            if event.type == X.KeyPress:
                found.append((event.detail, event.state & 0xFF))
        return found

    def wait_for(self, keycode: int) -> list[tuple[int, int]]:
        """All presses up to one of this key."""
        found: list[tuple[int, int]] = []

        def has_come() -> bool:
            found.extend(self.keys())
            return any(code == keycode for code, _ in found)

        wait_until(has_come, f"key {keycode} in the window")
        return found

    def close(self) -> None:
        self._window.destroy()
        self._display.close()


@contextlib.contextmanager
def grabbed_elsewhere(screen: Screen, keysym: str, mask: int) -> Iterator[None]:
    """Another program has this key."""
    other = display.Display(screen.display)
    code = other.keysym_to_keycode(XK.string_to_keysym(keysym))
    other.screen().root.grab_key(code, mask, True, X.GrabModeAsync, X.GrabModeAsync)
    other.sync()
    try:
        yield
    finally:
        other.close()
