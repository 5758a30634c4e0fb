"""One connection to the X server, for one thread: properties, windows, clients, modifier state."""

from __future__ import annotations

import contextlib
import os
import select
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from Xlib import X, display, error
from Xlib.ext import res, xtest
from Xlib.protocol import event, rq

from app.desktop.x11_guard import X11Guard

_KEYBOARD = 0x100


@dataclass(frozen=True, slots=True)
class ModifierState:
    """The modifiers as the server sees them: masks of the eight core modifiers, and the layout."""

    held: int
    latched: int
    locked: int
    group: int


class X11Session:
    """A connection with the few questions that dictation asks. Not for two threads at once.

    Raises Xlib's DisplayError where there is no X server. Later answers of a server that went away
    raise ConnectionClosedError, and those about a window that went away raise XError.
    """

    def __init__(self, name: str | None = None) -> None:
        self.display = display.Display(name)
        self.display.set_error_handler(_ignore)
        self.root = self.display.screen().root
        self._atoms: dict[str, int] = {}
        self._pings = 0
        self._guard: X11Guard | None = None
        self._keyboard_code: int | None = None
        self._client_mask: int = ~self.display.display.info.resource_id_mask

    def atom(self, name: str) -> int:
        """The number of an atom, made if it is new."""
        if name not in self._atoms:
            self._atoms[name] = self.display.intern_atom(name)
        return self._atoms[name]

    def window(self, number: int) -> Any:
        """The window object of an id."""
        return self.display.create_resource_object("window", number)

    def numbers(self, window: Any, name: str) -> list[int]:
        """A property of numbers; empty where the window has none or is gone."""
        with contextlib.suppress(error.XError):
            found = window.get_full_property(self.atom(name), X.AnyPropertyType)
            if found is not None and found.format == 32:
                return list(found.value)
        return []

    def text(self, window: Any, name: str) -> str:
        """A property of text; empty where the window has none or is gone."""
        with contextlib.suppress(error.XError):
            found = window.get_full_property(self.atom(name), X.AnyPropertyType)
            if found is not None:
                value = found.value
                return value if isinstance(value, str) else bytes(value).decode(errors="replace")
        return ""

    def focus(self) -> int:
        """The window that keys go to; 0 where they go to none, or to whatever has the pointer."""
        focus = self.display.get_input_focus().focus
        return 0 if isinstance(focus, int) else int(focus.id)

    def top_level(self, window: int) -> int:
        """The application's window that `window` is a part of; 0 where it is gone."""
        state, found = self.atom("WM_STATE"), 0
        with contextlib.suppress(error.XError):
            while window and window != self.root.id:
                found, at = window, self.window(window)
                if at.get_property(state, X.AnyPropertyType, 0, 0) is not None:
                    break
                window = at.query_tree().parent.id
        return int(found)

    def process_of(self, resource: int) -> int:
        """The id of the process that made a window, or 0 where the server does not know."""
        if not self.display.has_extension("X-Resource"):
            return 0
        spec = [{"client": resource, "mask": res.LocalClientPIDMask}]
        with contextlib.suppress(error.XError):
            for found in self.display.res_query_client_ids(spec).ids:
                if found.value:
                    return int(found.value[0])
        return 0

    def client_of(self, resource: int) -> int:
        """A number that all windows of one connection share."""
        return resource & self._client_mask

    def modifiers(self) -> ModifierState:
        """What is held, latched and locked, and the number of the current layout."""
        if code := self._keyboard():
            reply = _GetState(display=self.display.display, opcode=code, device=_KEYBOARD)
            return ModifierState(
                reply.base_mods, reply.latched_mods, reply.locked_mods, reply.group
            )
        return ModifierState(self.root.query_pointer().mask & 0xFF, 0, 0, 0)

    def lock_modifiers(self, affected: int, locked: int) -> None:
        """Lock or unlock modifiers such as CapsLock."""
        if code := self._keyboard():
            _LatchLockState(
                display=self.display.display,
                opcode=code,
                device=_KEYBOARD,
                affect_locks=affected,
                locks=locked,
            )

    def key(self, code: int, *, down: bool) -> None:
        """A key goes down or up."""
        xtest.fake_input(self.display, X.KeyPress if down else X.KeyRelease, code)

    def answers_pings(self, number: int) -> bool:
        """Whether a window's program says that it answers pings."""
        return self.atom("_NET_WM_PING") in self.numbers(self.window(number), "WM_PROTOCOLS")

    def ping(self, number: int, within_s: float) -> bool:
        """Ask a window's program to answer once it has handled all events before this one.

        False if it does not know the question, or does not answer in time.
        """
        window, ask = self.window(number), self.atom("_NET_WM_PING")
        if not self.answers_pings(number):
            return False
        self._pings += 1
        stamp = int(time.monotonic() * 1000) + self._pings & 0x7FFFFFFF
        # Toolkits address their answer to one of these.
        answers = X.SubstructureNotifyMask | X.StructureNotifyMask
        self.root.change_attributes(event_mask=answers)
        try:
            data = (32, [ask, stamp, number, 0, 0])
            kind = self.atom("WM_PROTOCOLS")
            question = event.ClientMessage(window=window, client_type=kind, data=data)
            window.send_event(question, onerror=_ignore)
            return self._answered(stamp, time.monotonic() + within_s)
        finally:
            self.root.change_attributes(event_mask=0)

    def _answered(self, stamp: int, deadline: float) -> bool:
        while True:
            while self.display.pending_events():
                found = self.display.next_event()
                if found.type == X.ClientMessage and found.data[1][1] == stamp:
                    return True
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                return False
            select.select([self.display], [], [], left_s)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """The server hears nobody else meanwhile: for a look and an act that belong together.

        As short and as seldom as can be: see `x11_guard`, which may end the connection.
        """
        if self._guard is None:
            self._guard = X11Guard(self.display.fileno())
        self._guard.taken()
        self.display.grab_server()
        try:
            yield
        finally:
            with contextlib.suppress(error.ConnectionClosedError):
                self.display.ungrab_server()
                self.display.sync()
            self._guard.given_back()

    def close(self) -> None:
        """End the connection."""
        if self._guard is not None:
            self._guard.close()
            self._guard = None
        with contextlib.suppress(error.ConnectionClosedError, OSError):
            # The server forgets what it has not read of a connection that is closed.
            self.display.sync()
            self.display.close()

    def _keyboard(self) -> int:
        """The major code of the XKB extension, once asked for; 0 without one."""
        if self._keyboard_code is None:
            found = self.display.query_extension("XKEYBOARD")
            self._keyboard_code = found.major_opcode if found else 0
            if self._keyboard_code:
                _UseExtension(display=self.display.display, opcode=self._keyboard_code)
        return self._keyboard_code


def executable_of(pid: int | None) -> str:
    """The path of a process's program; "" where the system does not tell."""
    with contextlib.suppress(OSError):
        return os.readlink(f"/proc/{pid}/exe")
    return ""


def _ignore(_error: object, _request: object) -> int:
    """Windows of others go away at any time; requests that need an answer raise by themselves."""
    return 1


class _UseExtension(rq.ReplyRequest):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"),
        rq.Opcode(0),
        rq.RequestLength(),
        rq.Set("major", 2, (1,), 1),
        rq.Set("minor", 2, (0,), 0),
    )
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Bool("supported"), rq.Card16("sequence_number"), rq.ReplyLength(),
        rq.Pad(24),
    )  # fmt: skip


class _GetState(rq.ReplyRequest):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(4), rq.RequestLength(), rq.Card16("device"), rq.Pad(2)
    )
    _reply = rq.Struct(
        rq.ReplyCode(), rq.Card8("device"), rq.Card16("sequence_number"), rq.ReplyLength(),
        rq.Card8("mods"), rq.Card8("base_mods"), rq.Card8("latched_mods"), rq.Card8("locked_mods"),
        rq.Card8("group"), rq.Card8("locked_group"), rq.Pad(18),
    )  # fmt: skip


class _LatchLockState(rq.Request):  # type: ignore[misc]
    _request = rq.Struct(
        rq.Card8("opcode"), rq.Opcode(5), rq.RequestLength(), rq.Card16("device"),
        rq.Card8("affect_locks"), rq.Card8("locks"), rq.Pad(8),
    )  # fmt: skip
