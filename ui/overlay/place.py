"""Where the pill stands: at the bottom of the screen with the caret, and never on it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.dictation.record import ScreenRect

EDGE_PX = 32
"""Between the pill and the end of the room that panels leave."""
CLEAR_PX = 16
"""Between the pill and the caret."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in Qt's pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its first column outside."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its first row outside."""
        return self.top + self.height

    def meets(self, other: Box, apart: float) -> bool:
        """Whether they overlap, or are nearer than `apart`."""
        return (
            self.left < other.right + apart
            and other.left < self.right + apart
            and self.top < other.bottom + apart
            and other.top < self.bottom + apart
        )


@dataclass(frozen=True, slots=True)
class Monitor:
    """A screen: all of it, what panels leave of it, and how many of its pixels make one of Qt's.

    Qt scales a screen about its own corner, so that `whole` begins where the display says.
    """

    whole: Box
    room: Box
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Place:
    """The middle of the edge that stays where it is while the pill grows away from it."""

    x: float
    y: float
    at_bottom: bool

    def box(self, width: float, height: float) -> Box:
        """The pill in this size."""
        top = self.y - height if self.at_bottom else self.y
        return Box(self.x - width / 2, top, width, height)


def monitor_of(rect: ScreenRect, monitors: Sequence[Monitor]) -> Monitor | None:
    """The screen that holds the middle of `rect`; None when none does."""
    x, y = rect.left + rect.width / 2, rect.top + rect.height / 2
    for monitor in monitors:
        whole, scale = monitor.whole, monitor.scale
        if (
            whole.left <= x < whole.left + whole.width * scale
            and whole.top <= y < whole.top + whole.height * scale
        ):
            return monitor
    return None


def place_on(monitor: Monitor, caret: ScreenRect | None, largest: tuple[float, float]) -> Place:
    """Bottom centre, or top centre where the pill at its `largest` would come near the caret."""
    room = monitor.room
    middle = room.left + room.width / 2
    low = Place(middle, room.bottom - EDGE_PX, at_bottom=True)
    if caret is not None and low.box(*largest).meets(_in_qt_pixels(caret, monitor), CLEAR_PX):
        return Place(middle, room.top + EDGE_PX, at_bottom=False)
    return low


def _in_qt_pixels(rect: ScreenRect, monitor: Monitor) -> Box:
    whole, scale = monitor.whole, monitor.scale
    return Box(
        whole.left + (rect.left - whole.left) / scale,
        whole.top + (rect.top - whole.top) / scale,
        rect.width / scale,
        rect.height / scale,
    )
