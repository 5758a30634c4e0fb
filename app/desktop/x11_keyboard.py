"""One connection to an X server for its keyboard: grabs, the map, what is down. One thread only."""

from __future__ import annotations

import contextlib
import re
import socket
import struct
import sys
import time
from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from Xlib import X, display, error
from Xlib.ext import xinput

from app.desktop.x11_keymap import X11Keymap
from app.desktop.x11_xkb import use_xkb

_GENERIC_EVENT = 35
_SETTLE_S = 0.003
_NO_ANSWER = "The X server does not answer."
_LOCAL_NAME = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")


class KeyboardUnavailable(Exception):
    """There is no X server to talk to, or it went away; the message says which."""


@dataclass(frozen=True, slots=True)
class GrabbedKey:
    """A key of a grab. `state` is the event's, with locks and groups."""

    keycode: int
    pressed: bool
    state: int


@dataclass(frozen=True, slots=True)
class AnyKey:
    """A key of the keyboard, wherever it is delivered to."""

    keycode: int
    pressed: bool


@dataclass(frozen=True, slots=True)
class MapChanged:
    """Another layout, or another keyboard: every keycode may mean something else."""


Grab = tuple[int, int]
"""A keycode and the exact modifiers, locks included."""
Input = GrabbedKey | AnyKey | MapChanged


class X11Keyboard:
    """Errors of the connection are `KeyboardUnavailable`, from every method."""

    def __init__(self, display_name: str) -> None:
        """Connect. Raises KeyboardUnavailable."""
        if not _answers(display_name):
            raise KeyboardUnavailable(_NO_ANSWER)
        try:
            self._display = display.Display(display_name)
        except (error.DisplayError, error.XError, OSError) as trouble:
            raise KeyboardUnavailable(_NO_ANSWER) from trouble
        self._display.set_error_handler(lambda *_: None)  # a grab's own are looked at
        self._root = self._display.screen().root
        self.hears_any_key = False
        with _connection():
            xkb = use_xkb(self._display)
        self._xkb_event = xkb.event
        self._repeats_are_presses = xkb.repeats_are_presses

    def fileno(self) -> int:
        """For `select`."""
        return int(self._display.fileno())

    def close(self) -> None:
        """End the connection, and with it every grab."""
        try:
            self._display.close()
        except (error.ConnectionClosedError, OSError):
            return

    def grab(self, keys: Collection[Grab]) -> bool:
        """Take these keys; False, and none of them taken, when another program has one."""
        if not keys:
            return True
        with _connection():
            refusal = error.CatchError(error.BadAccess)
            for keycode, state in keys:
                self._root.grab_key(
                    keycode, state, True, X.GrabModeAsync, X.GrabModeAsync, onerror=refusal
                )
            self._display.sync()
        if refusal.get_error() is None:
            return True
        self.ungrab(keys)
        return False

    def ungrab(self, keys: Collection[Grab]) -> None:
        """Give keys back."""
        if not keys:
            return
        with _connection():
            for keycode, state in keys:
                self._root.ungrab_key(keycode, state)
            self._display.sync()

    def hear_any_key(self, on: bool) -> bool:
        """Tell every key by `AnyKey`, or no longer; False where the server cannot."""
        if on == self.hears_any_key:
            return True
        with _connection():
            if not self._display.has_extension(xinput.extname):
                return False
            if not self.hears_any_key:
                # Since version 2.1 raw keys are told whoever grabs the keyboard.
                opcode = self._display.display.get_extension_major(xinput.extname)
                xinput.XIQueryVersion(
                    display=self._display.display, opcode=opcode, major_version=2, minor_version=2
                )
            wanted = xinput.RawKeyPressMask | xinput.RawKeyReleaseMask if on else 0
            self._root.xinput_select_events([(xinput.AllMasterDevices, [wanted])])
            self._display.sync()
        self.hears_any_key = on
        return True

    def keys_down(self) -> frozenset[int]:
        """The keycodes that are physically down."""
        with _connection():
            rows = self._display.query_keymap()
        return frozenset(
            8 * row + bit for row, bits in enumerate(rows) for bit in range(8) if bits >> bit & 1
        )

    def has_inputs(self) -> bool:
        """Whether `inputs` has something to tell at once."""
        with _connection():
            return bool(self._display.pending_events())

    def inputs(self) -> Iterator[Input]:
        """What has arrived. Never waits for more, except to tell a release from a repetition."""
        waiting = self._arrived()
        while waiting:
            event = waiting.popleft()
            if event.type == X.KeyRelease and not self._repeats_are_presses:
                if not waiting:
                    time.sleep(_SETTLE_S)
                    waiting.extend(self._arrived())
                if waiting and _is_repetition(event, waiting[0]):
                    waiting.popleft()
                    continue
            if (found := self._read(event)) is not None:
                yield found

    def _arrived(self) -> deque[Any]:
        with _connection():
            return deque(self._display.next_event() for _ in range(self._display.pending_events()))

    def _read(self, event: Any) -> Input | None:
        if getattr(event, "send_event", False):
            return None  # another program's invention
        kind = event.type
        if kind == X.KeyPress:
            return GrabbedKey(event.detail, True, event.state)
        if kind == X.KeyRelease:
            return GrabbedKey(event.detail, False, event.state)
        if kind == X.MappingNotify:
            return None if event.request == X.MappingPointer else MapChanged()
        if kind == self._xkb_event:
            return MapChanged()
        if kind == _GENERIC_EVENT and event.evtype in (xinput.RawKeyPress, xinput.RawKeyRelease):
            (keycode,) = struct.unpack_from("=I", event.data, 6)
            return AnyKey(keycode, event.evtype == xinput.RawKeyPress)
        return None

    def read_keymap(self) -> X11Keymap:
        """How the keyboard is laid out now."""
        with _connection():
            low, high = (
                self._display.display.info.min_keycode,
                self._display.display.info.max_keycode,
            )
            keysyms = self._display.get_keyboard_mapping(low, high - low + 1)
            return X11Keymap(low, keysyms, self._display.get_modifier_mapping())


def _is_repetition(release: Any, then: Any) -> bool:
    """A server that repeats a key tells a release and a press of the same instant."""
    return then.type == X.KeyPress and (then.detail, then.time) == (release.detail, release.time)


def _answers(display_name: str) -> bool:
    """Whether a local server listens; python-xlib would leave its sockets open where none does."""
    local = _LOCAL_NAME.fullmatch(display_name)
    if local is None or sys.platform != "linux":
        return True
    path = f"/tmp/.X11-unix/X{local[1]}"
    for address in (f"\0{path}", path):
        with socket.socket(socket.AF_UNIX) as link:
            if link.connect_ex(address) == 0:
                return True
    return False


@contextlib.contextmanager
def _connection() -> Iterator[None]:
    """What python-xlib raises when the server is gone, in our words."""
    try:
        yield
    except (error.ConnectionClosedError, OSError) as trouble:
        raise KeyboardUnavailable("The X server went away.") from trouble
