"""Fetches what another client has in a selection, all forms of it and of any size."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from Xlib import X

from app.desktop.x11_formats import Form, derived, reading_order
from app.desktop.x11_session import X11Session

_PIECE_WORDS = 1 << 18
_IDLE_S = 1.0
"""An owner that does not answer one question for so long is not asked another."""


class NotFetched(Exception):
    """The owner did not give everything in time."""


class X11Fetching:
    """The asking half of the clipboard, on its thread and connection.

    `pump(done, deadline)` lets the thread handle events until `done()` or the deadline, a time of
    the monotonic clock.
    """

    def __init__(
        self,
        session: X11Session,
        window: Any,
        pump: Callable[[Callable[[], bool], float], bool],
    ) -> None:
        self._session = session
        self._window = window
        self._pump = pump
        self._name = session.atom("SAYSO_FETCH")
        self._answers: deque[Any] = deque()
        self._news = 0

    def on_notify(self, answer: Any) -> None:
        """A SelectionNotify event for our window."""
        self._answers.append(answer)

    def on_new_value(self, name: int) -> None:
        """A PropertyNotify event of a new value at our window."""
        if name == self._name:
            self._news += 1

    def everything(self, selection: int, time_ms: int, within_s: float) -> dict[str, Form]:
        """All forms of the selection's content; raises NotFetched if that takes longer."""
        deadline = time.monotonic() + within_s
        kept: dict[str, Form] = {}
        for name in reading_order(self.offered(selection, time_ms, deadline)):
            form = derived(name, kept) or self.form(selection, name, time_ms, deadline)
            if form is not None:
                kept[name] = form
        return kept

    def offered(self, selection: int, time_ms: int, deadline: float) -> list[str]:
        """The names of the forms that the owner has."""
        found = self.form(selection, "TARGETS", time_ms, deadline)
        if found is None or found.bits != 32:
            return []
        atoms = memoryview(found.data).cast("I").tolist()
        return [self._session.display.get_atom_name(atom) for atom in atoms if atom]

    def form(self, selection: int, name: str, time_ms: int, deadline: float) -> Form | None:
        """One form, or None if the owner refuses it. Raises NotFetched."""
        self._window.delete_property(self._name)
        self._answers.clear()
        target = self._session.atom(name)
        self._window.convert_selection(selection, target, self._name, time_ms)
        answer = self._answer(selection, target, time_ms, deadline)
        if answer.property == X.NONE:
            return None
        self._news = 0
        kind, bits, data = self._take()
        if kind != self._session.atom("INCR"):
            return Form(self._session.display.get_atom_name(kind), bits, data) if kind else None
        return self._pieces(deadline)

    def _answer(self, selection: int, target: int, time_ms: int, deadline: float) -> Any:
        while True:
            patience = min(deadline, time.monotonic() + _IDLE_S)
            if not self._pump(lambda: bool(self._answers), patience):
                name = self._session.display.get_atom_name(target)
                raise NotFetched(f"no answer to {name}, asked as of {time_ms}")
            answer = self._answers.popleft()
            if (answer.selection, answer.target) == (selection, target):
                return answer

    def _pieces(self, deadline: float) -> Form:
        pieces: list[bytes] = []
        kind = bits = 0
        while True:
            patience = min(deadline, time.monotonic() + _IDLE_S)
            if not self._pump(lambda: self._news > 0, patience):
                raise NotFetched(f"no more after {len(pieces)} pieces")
            self._news -= 1
            found, size, piece = self._take()
            if not found:
                continue
            kind, bits = found, size
            if not piece:
                name = self._session.display.get_atom_name(kind)
                return Form(name, bits, b"".join(pieces))
            pieces.append(piece)

    def _take(self) -> tuple[int, int, bytes]:
        """The property's type, item size and data; it is deleted, which asks for the next piece."""
        pieces: list[bytes] = []
        offset = 0
        while True:
            found = self._window.get_property(
                self._name, X.AnyPropertyType, offset, _PIECE_WORDS, delete=True
            )
            if found is None:
                return 0, 8, b""
            value = found.value
            pieces.append(value if isinstance(value, bytes) else bytes(value))
            offset += len(pieces[-1]) // 4
            if not found.bytes_after:
                return found.property_type, found.format or 8, b"".join(pieces)
