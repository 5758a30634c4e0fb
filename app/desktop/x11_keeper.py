"""Keeps what the clipboard had, and gives it back when Sayso is gone. `python -m` runs it.

Contents come on stdin, a socket, whose end is Sayso's. Only then does it need the display, and it
stays until somebody else copies something.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import sys
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from app.desktop.heir_wire import Kept, selection_of, unpacked

if TYPE_CHECKING:
    from app.desktop.x11_session import X11Session

_LONGEST_HEAD = 1 << 18
_GONE_S = 5.0
_STEP_S = 0.01


def main() -> None:
    """Wait for Sayso's end; then hold what it left, if it left anything."""
    contents = [kept for kept in left_behind(socket.socket(fileno=0)) if kept.content]
    if contents:
        hold(contents, sys.argv[1] if len(sys.argv) > 1 else None)


def left_behind(link: socket.socket) -> list[Kept]:
    """The last that was told of each selection, once the other side is gone."""
    left: dict[str, tuple[bytes, int]] = {}
    with contextlib.suppress(OSError):
        while True:
            head, files, _, _ = socket.recv_fds(link, _LONGEST_HEAD, 1)
            if not head:
                break
            before = left.get(selection := selection_of(head))
            if before is not None:
                os.close(before[1])
            left[selection] = (head, files[0])
    kept = []
    for head, number in left.values():
        with open(number, "rb") as file:
            file.seek(0)
            kept.append(unpacked(head, file.read()))
    return kept


def hold(contents: Iterable[Kept], display: str | None) -> None:
    """Own each selection that was left without an owner, until others own them."""
    from Xlib import error

    from app.desktop.x11_session import X11Session

    with contextlib.suppress(error.DisplayError, error.ConnectionClosedError, OSError):
        session = X11Session(display or None)
        held = _Held(session)
        for kept in contents:
            held.take(kept)
        held.serve()
        session.close()


class _Held:
    """The selections that are ours."""

    def __init__(self, session: X11Session) -> None:
        from Xlib import X

        from app.desktop.x11_serving import Offer, X11Serving

        self._session = session
        self._serving = X11Serving(session)
        self._offers: dict[int, Offer] = {}
        self._window = session.root.create_window(
            -1, -1, 1, 1, 0, X.CopyFromParent, event_mask=X.PropertyChangeMask
        )

    def take(self, kept: Kept) -> None:
        """Own this one, unless somebody else does."""
        from app.desktop.readings import Readings
        from app.desktop.x11_selection import owner_of
        from app.desktop.x11_serving import Offer

        session, atom = self._session, self._session.atom(kept.selection)
        deadline = time.monotonic() + _GONE_S
        while owner_of(session, atom) == kept.owner and time.monotonic() < deadline:
            self._serve_what_is_asked()
            select.select([session.display], [], [], _STEP_S)
        now_ms = self._now_ms()
        with session.alone():
            if owner_of(session, atom) == 0:
                self._window.set_selection_owner(atom, now_ms)
                self._offers[atom] = Offer(kept.content, now_ms, Readings())

    def serve(self) -> None:
        """Answer whoever pastes, as long as anything is ours."""
        while self._offers:
            self._handle(self._session.display.next_event())

    def _serve_what_is_asked(self) -> None:
        while self._session.display.pending_events():
            self._handle(self._session.display.next_event())

    def _handle(self, event: Any) -> None:
        from Xlib import X

        if event.type == X.SelectionRequest:
            self._serving.answer(event, self._offers.get(event.selection))
        elif event.type == X.SelectionClear:
            self._offers.pop(event.atom, None)
        elif event.type == X.PropertyNotify and event.state == X.PropertyDelete:
            self._serving.on_deleted(event.window.id, event.atom)

    def _now_ms(self) -> int:
        """The server's time."""
        from Xlib import X, Xatom

        # Whoever asks meanwhile for what is ours already waits for an answer.
        stamp = self._session.atom("SAYSO_STAMP")
        self._window.change_property(stamp, Xatom.STRING, 8, b"", X.PropModeAppend)
        while True:
            event: Any = self._session.display.next_event()
            if event.type == X.PropertyNotify and event.atom == stamp:
                return int(event.time)
            self._handle(event)


if __name__ == "__main__":
    main()
