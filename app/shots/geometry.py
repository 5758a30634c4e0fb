"""Rectangles of the desktop: what they share, what is left of them, where they are. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import ceil, floor

from app.shots.shot import Monitor, Rect


def shared(one: Rect, other: Rect) -> Rect | None:
    """What both cover; None where they do not touch."""
    left, top = max(one.x, other.x), max(one.y, other.y)
    right = min(one.x + one.width, other.x + other.width)
    bottom = min(one.y + one.height, other.y + other.height)
    if right <= left or bottom <= top:
        return None
    return Rect(left, top, right - left, bottom - top)


def around(rects: Iterable[Rect]) -> Rect | None:
    """The smallest rectangle that holds all of them; None for none."""
    found = list(rects)
    if not found:
        return None
    left, top = min(rect.x for rect in found), min(rect.y for rect in found)
    right = max(rect.x + rect.width for rect in found)
    bottom = max(rect.y + rect.height for rect in found)
    return Rect(left, top, right - left, bottom - top)


def holds(rect: Rect, x: int, y: int) -> bool:
    """Whether the pixel is in it."""
    return rect.x <= x < rect.x + rect.width and rect.y <= y < rect.y + rect.height


def moved(rect: Rect, origin: tuple[int, int]) -> Rect:
    """The rectangle as seen from another corner."""
    return Rect(rect.x - origin[0], rect.y - origin[1], rect.width, rect.height)


def in_pixels(rect: Rect, area: Rect, size: tuple[int, int]) -> Rect:
    """Where a part of the desktop is in a picture of `area` that has `size` pixels; rounded up."""
    across, down = size[0] / area.width, size[1] / area.height
    left, top = floor((rect.x - area.x) * across), floor((rect.y - area.y) * down)
    right = ceil((rect.x + rect.width - area.x) * across)
    bottom = ceil((rect.y + rect.height - area.y) * down)
    return Rect(left, top, right - left, bottom - top)


def without(rect: Rect, covers: Sequence[Rect]) -> list[Rect]:
    """What is left of `rect` beside what covers it, as rectangles that do not overlap."""
    left = [rect]
    for cover in covers:
        left = [part for piece in left for part in _beside(piece, cover)]
    return left


def is_covered(rect: Rect, covers: Sequence[Rect]) -> bool:
    """Whether nothing of it can be seen."""
    return not without(rect, covers)


def monitor_at(monitors: Sequence[Monitor], place: tuple[int, int] | None) -> Monitor | None:
    """The monitor with the pointer; the primary one, or the first, where that is not known."""
    if place is not None:
        for monitor in monitors:
            if holds(monitor.rect, *place):
                return monitor
    primary = next((monitor for monitor in monitors if monitor.is_primary), None)
    return primary or next(iter(monitors), None)


def scale_at(monitors: Sequence[Monitor], rect: Rect) -> float:
    """The scale of the monitor that shows most of `rect`; 1 where none does."""
    best, most = 1.0, 0
    for monitor in monitors:
        part = shared(monitor.rect, rect)
        if part is not None and part.width * part.height > most:
            best, most = monitor.scale, part.width * part.height
    return best


def _beside(rect: Rect, cover: Rect) -> list[Rect]:
    hole = shared(rect, cover)
    if hole is None:
        return [rect]
    right, bottom = rect.x + rect.width, rect.y + rect.height
    hole_right, hole_bottom = hole.x + hole.width, hole.y + hole.height
    parts = (
        Rect(rect.x, rect.y, rect.width, hole.y - rect.y),
        Rect(rect.x, hole_bottom, rect.width, bottom - hole_bottom),
        Rect(rect.x, hole.y, hole.x - rect.x, hole.height),
        Rect(hole_right, hole.y, right - hole_right, hole.height),
    )
    return [part for part in parts if part.width > 0 and part.height > 0]
