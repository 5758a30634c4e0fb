"""What programs tell of the texts on their windows, with the places of what is looked for."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.desktop import atspi
from app.desktop.atspi import AccessibilityBus, BusTrouble, Reference
from app.desktop.screen import ScreenText, ScreenWindow, Spans
from app.shots.shot import Rect

_COMPONENT = "org.a11y.atspi.Component"
_ON_SCREEN = 0
_NODES = 4000
_CHARACTERS = 20_000
_NO_PLACE = -1_000_000
_SAME = 0.1


@dataclass(frozen=True, slots=True)
class _Placed:
    """From what a program tells to pixels of the desktop."""

    factor: float = 1.0
    told: tuple[int, int] = (0, 0)
    corner: tuple[int, int] = (0, 0)

    def real(self, rect: Rect) -> Rect:
        """The place of a rectangle that the program told."""
        return Rect(
            round((rect.x - self.told[0]) * self.factor) + self.corner[0],
            round((rect.y - self.told[1]) * self.factor) + self.corner[1],
            round(rect.width * self.factor),
            round(rect.height * self.factor),
        )


def look_through(
    windows: Sequence[ScreenWindow], spans: Spans, within_s: float, address: str | None = None
) -> ScreenText:
    """Read the texts that the programs of these windows show.

    Blocking, for little more than `within_s`.
    """
    deadline = time.monotonic() + within_s
    try:
        bus = AccessibilityBus(address)
    except BusTrouble:
        return ScreenText((), (), frozenset())
    try:
        return _looked(bus, windows, spans, deadline)
    finally:
        bus.close()


def _looked(
    bus: AccessibilityBus, windows: Sequence[ScreenWindow], spans: Spans, deadline: float
) -> ScreenText:
    fields: list[tuple[int, Rect]] = []
    found: list[tuple[int, str, Rect]] = []
    read: set[int] = set()
    programs: Sequence[Reference] = ()
    with contextlib.suppress(BusTrouble):
        programs = _children(bus, (atspi.REGISTRY, atspi.ROOT))
    for program in programs:
        with contextlib.suppress(BusTrouble, ValueError, TypeError, IndexError):
            pid = bus.process_of(program[0])
            own = [window for window in windows if window.pid == pid]
            if not own:
                continue
            search = _Search(bus, own, spans, deadline)
            is_whole = search.run(program)
            fields += [(pid, rect) for rect in search.fields]
            found += [(pid, name, rect) for name, rect in search.found]
            if is_whole and search.texts:
                read.add(pid)
    return ScreenText(tuple(fields), tuple(found), frozenset(read))


class _Search:
    """One program's windows, breadth first."""

    def __init__(
        self,
        bus: AccessibilityBus,
        windows: Sequence[ScreenWindow],
        spans: Spans,
        deadline: float,
    ) -> None:
        self._bus = bus
        self._windows = windows
        self._placed = _Placed()
        self._spans = spans
        self._deadline = deadline
        self.fields: list[Rect] = []
        self.found: list[tuple[str, Rect]] = []
        self.texts = 0

    def run(self, program: Reference) -> bool:
        """False where not everything could be looked at in time."""
        for window in _children(self._bus, program):
            self._placed = self._place_of(window)
            if not self._run_in(window):
                return False
        return True

    def _place_of(self, window: Reference) -> _Placed:
        """How this window's coordinates become pixels: some toolkits tell logical ones."""
        name = str(self._bus.get(window, atspi.ACCESSIBLE, "Name"))
        same = [one for one in self._windows if name and name in one.title] or self._windows
        told = list(_rects(self._extents(window)))
        real = same[0].content if len(same) == 1 else None
        return _placed(told[0], real) if told and real is not None else _Placed()

    def _extents(self, node: Reference) -> Sequence[object]:
        place: Sequence[object] = self._bus.call(node, _COMPONENT, "GetExtents", "u", _ON_SCREEN)[0]
        return place

    def _run_in(self, window: Reference) -> bool:
        waiting = deque([window])
        for _ in range(_NODES):
            if not waiting:
                return True
            if time.monotonic() > self._deadline:
                return False
            node = waiting.popleft()
            if not self._bus.states(node) >> atspi.STATE_SHOWING & 1:
                continue
            self._look_at(node)
            waiting.extend(_children(self._bus, node))
        return False

    def _look_at(self, node: Reference) -> None:
        role = int(self._bus.call(node, atspi.ACCESSIBLE, "GetRole")[0])
        if role == atspi.ROLE_PASSWORD:
            self.fields += map(self._placed.real, _rects(self._extents(node)))
            self.texts += 1
            return
        name = str(self._bus.get(node, atspi.ACCESSIBLE, "Name"))
        if name:
            self.texts += 1
            for kind, _, _ in self._spans(name):
                with contextlib.suppress(BusTrouble):
                    self._note(kind, self._extents(node))
        if atspi.TEXT in self._bus.call(node, atspi.ACCESSIBLE, "GetInterfaces")[0]:
            self._look_into(node)

    def _look_into(self, node: Reference) -> None:
        length = int(self._bus.get(node, atspi.TEXT, "CharacterCount"))
        start = max(0, length - _CHARACTERS)
        text = str(self._bus.call(node, atspi.TEXT, "GetText", "ii", start, length)[0])
        self.texts += bool(text)
        for kind, first, last in self._spans(text):
            place = self._bus.call(
                node, atspi.TEXT, "GetRangeExtents", "iiu", start + first, start + last, _ON_SCREEN
            )
            self._note(kind, place)

    def _note(self, kind: str, place: Sequence[object]) -> None:
        self.found += [(kind, self._placed.real(rect)) for rect in _rects(place)]


def _placed(told: Rect, real: Rect) -> _Placed:
    factor = real.width / told.width
    if abs(factor - 1) < _SAME:
        return _Placed()
    return _Placed(factor, (told.x, told.y), (real.x, real.y))


def _rects(place: Sequence[object]) -> Iterator[Rect]:
    x, y, width, height = (int(str(number)) for number in place)
    if width > 0 and height > 0 and x > _NO_PLACE and y > _NO_PLACE:
        yield Rect(x, y, width, height)


def _children(bus: AccessibilityBus, of: Reference) -> list[Reference]:
    return [(name, path) for name, path in bus.call(of, atspi.ACCESSIBLE, "GetChildren")[0]]
