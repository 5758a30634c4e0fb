"""What the accessibility tree knows of the field in focus: its kind, its caret, its text.

A thread of its own talks to the bus. Without a bus, or when a program is slow, nothing is known.
"""

from __future__ import annotations

import contextlib
import os
import select
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TypeVar

from app.desktop import atspi
from app.desktop.atspi import AccessibilityBus, BusTrouble, Reference
from app.desktop.field_text import FieldText
from app.desktop.target import Rect, TargetKind

T = TypeVar("T")

_ANSWER_S = 0.4
_NODES = 300
_SEEN = 4096
"""Characters before the caret that are compared."""
_TRY_AGAIN_S = 30.0
_END_S = 2.0


@dataclass(frozen=True, slots=True)
class Field:
    """A field in the tree. `reference` names it there as long as its program keeps it."""

    reference: Reference
    kind: TargetKind
    single_line: bool
    caret: Rect | None


@dataclass(frozen=True, slots=True)
class ActiveWindow:
    """The window that says it is active, its program's process and both their names."""

    reference: Reference
    pid: int
    app: str
    title: str


class Accessibility:
    """The tree. Its methods may be called from any thread, and return within half a second."""

    def __init__(self, address: str | None = None) -> None:
        """`address` is the accessibility bus's, where it is not this session's."""
        self._address = address
        self._bus: AccessibilityBus | None = None
        self._tried_at: float | None = None
        self._work: deque[Callable[[], None]] = deque()
        self._entry = threading.Lock()
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        self._running = True
        self._thread = threading.Thread(target=self._run, name="accessibility", daemon=True)
        self._thread.start()

    def focused(
        self, pid: int, within_s: float = _ANSWER_S, *, caret: bool = False
    ) -> Field | None:
        """The field in focus, if it belongs to the process; with the caret's place on demand."""
        deadline = time.monotonic() + within_s
        return self._ask(lambda bus: _focused(bus, pid, deadline, caret), within_s)

    def active_window(self) -> ActiveWindow | None:
        """The window that says it is active; None if none does, or more than one."""
        return self._ask(_active)

    def text(self, field: Field) -> FieldText | None:
        """What the field shows; None where it does not tell."""
        return self._ask(lambda bus: _text(bus, field.reference))

    def selected(self, field: Field) -> str | None:
        """The selected text; "" if none is, None where the field does not tell."""
        return self._ask(lambda bus: _selected(bus, field.reference))

    def delete_before_caret(self, field: Field, shown: FieldText, count: int) -> bool:
        """Delete `count` units before the caret of a field that is as `shown`."""
        start = shown.caret - count
        return bool(self._ask(lambda bus: _delete(bus, field.reference, start, shown.caret)))

    def close(self) -> None:
        """End the connection and the thread."""
        with self._entry:
            if not self._running:
                return
            self._running = False
            os.write(self._wake_write, b"x")
        self._thread.join(_END_S)

    def _ask(
        self, question: Callable[[AccessibilityBus], T | None], within_s: float = _ANSWER_S
    ) -> T | None:
        answer: Future[T | None] = Future()

        def run() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                bus = self._connected()
                answer.set_result(question(bus) if bus else None)
            except (BusTrouble, ValueError, TypeError, IndexError):
                # Programs answer with whatever they like.
                answer.set_result(None)

        with self._entry:
            if not self._running:
                return None
            self._work.append(run)
            os.write(self._wake_write, b"x")
        try:
            return answer.result(within_s * 1.25)
        except TimeoutError:
            answer.cancel()
            return None

    def _run(self) -> None:
        self._connected()
        while self._running:
            watched = [self._wake_read, *([self._bus.socket] if self._bus else [])]
            ready, _, _ = select.select(watched, [], [])
            with contextlib.suppress(BlockingIOError):
                os.read(self._wake_read, 4096)
            if self._bus is not None and self._bus.socket in ready:
                self._take_events(self._bus)
            while self._work:
                self._work.popleft()()
        self._forget()
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _take_events(self, bus: AccessibilityBus) -> None:
        try:
            bus.take_events()
        except BusTrouble:
            self._forget()

    def _connected(self) -> AccessibilityBus | None:
        now = time.monotonic()
        if self._bus is None and (self._tried_at is None or now - self._tried_at > _TRY_AGAIN_S):
            self._tried_at = now
            with contextlib.suppress(BusTrouble):
                self._bus = AccessibilityBus(self._address)
        return self._bus

    def _forget(self) -> None:
        if self._bus is not None:
            self._bus.close()
            self._bus = None


def _active(bus: AccessibilityBus) -> ActiveWindow | None:
    found: list[tuple[Reference, Reference]] = []
    for program in _children(bus, (atspi.REGISTRY, atspi.ROOT)):
        with contextlib.suppress(BusTrouble):
            windows = _children(bus, program)
            found += [(program, w) for w in windows if bus.states(w) >> atspi.STATE_ACTIVE & 1]
    if len(found) != 1:
        return None
    program, window = found[0]
    app, title = (str(bus.get(one, atspi.ACCESSIBLE, "Name")) for one in (program, window))
    return ActiveWindow(window, bus.process_of(program[0]), app, title)


def _focused(bus: AccessibilityBus, pid: int, deadline: float, caret: bool) -> Field | None:
    last = bus.last_focused()
    if last is not None:
        with contextlib.suppress(BusTrouble):
            states = bus.states(last)
            if states >> atspi.STATE_FOCUSED & 1 and bus.process_of(last[0]) == pid:
                return _described(bus, last, states, caret)
    for program in _children(bus, (atspi.REGISTRY, atspi.ROOT)):
        with contextlib.suppress(BusTrouble):
            if bus.process_of(program[0]) == pid:
                return _search(bus, program, deadline, caret)
    return None


def _search(
    bus: AccessibilityBus, program: Reference, deadline: float, caret: bool
) -> Field | None:
    """Look through the active window of a program, breadth first."""
    waiting = deque(
        window for window in _children(bus, program) if bus.states(window) >> atspi.STATE_ACTIVE & 1
    )
    for _ in range(_NODES):
        if not waiting or time.monotonic() > deadline:
            return None
        node = waiting.popleft()
        states = bus.states(node)
        if states >> atspi.STATE_FOCUSED & 1 and not _is_only_a_window(bus, node):
            return _described(bus, node, states, caret)
        if states >> atspi.STATE_SHOWING & 1:
            waiting.extend(_children(bus, node))
    return None


def _is_only_a_window(bus: AccessibilityBus, node: Reference) -> bool:
    return int(bus.call(node, atspi.ACCESSIBLE, "GetRole")[0]) in atspi.ROLES_OF_WINDOWS


def _children(bus: AccessibilityBus, of: Reference) -> list[Reference]:
    return [(name, path) for name, path in bus.call(of, atspi.ACCESSIBLE, "GetChildren")[0]]


def _described(bus: AccessibilityBus, field: Reference, states: int, caret: bool) -> Field:
    role = int(bus.call(field, atspi.ACCESSIBLE, "GetRole")[0])
    entry = role in (atspi.ROLE_TEXT, atspi.ROLE_ENTRY)
    single = bool(states >> atspi.STATE_SINGLE_LINE & 1)
    single = single or (entry and not states >> atspi.STATE_MULTI_LINE & 1)
    place = _caret(bus, field) if caret else None
    return Field(field, kind_of(role, states), single, place)


def _caret(bus: AccessibilityBus, field: Reference) -> Rect | None:
    with contextlib.suppress(BusTrouble):
        offset = int(bus.get(field, atspi.TEXT, "CaretOffset"))
        place = bus.call(field, atspi.TEXT, "GetCharacterExtents", "iu", offset, 0)
        x, y, width, height = (int(number) for number in place)
        return Rect(x, y, width, height) if height > 0 else None
    return None


def kind_of(role: int, states: int) -> TargetKind:
    """The kind of a field from its role and its states."""
    if role == atspi.ROLE_PASSWORD:
        return TargetKind.PASSWORD
    if role == atspi.ROLE_TERMINAL:
        return TargetKind.TERMINAL
    if states >> atspi.STATE_READ_ONLY & 1:
        return TargetKind.READ_ONLY
    if states >> atspi.STATE_EDITABLE & 1:
        return TargetKind.TEXT
    if role in (atspi.ROLE_TEXT, atspi.ROLE_ENTRY):
        return TargetKind.READ_ONLY
    return TargetKind.UNKNOWN


def _text(bus: AccessibilityBus, field: Reference) -> FieldText:
    length = int(bus.get(field, atspi.TEXT, "CharacterCount"))
    caret = int(bus.get(field, atspi.TEXT, "CaretOffset"))
    if caret < 0:
        raise BusTrouble("no caret")
    shown = bus.call(field, atspi.TEXT, "GetText", "ii", max(0, caret - _SEEN), caret)[0]
    start, end = _selection(bus, field)
    return FieldText(length, caret, end - start, str(shown))


def _selection(bus: AccessibilityBus, field: Reference) -> tuple[int, int]:
    if not int(bus.call(field, atspi.TEXT, "GetNSelections")[0]):
        return 0, 0
    start, end = bus.call(field, atspi.TEXT, "GetSelection", "i", 0)
    return min(start, end), max(start, end)


def _selected(bus: AccessibilityBus, field: Reference) -> str:
    start, end = _selection(bus, field)
    return str(bus.call(field, atspi.TEXT, "GetText", "ii", start, end)[0]) if end > start else ""


def _delete(bus: AccessibilityBus, field: Reference, start: int, end: int) -> bool:
    return bool(bus.call(field, atspi.EDITABLE_TEXT, "DeleteText", "ii", start, end)[0])
