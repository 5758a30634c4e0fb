"""A rectangle that is dragged, nudged and resized on whole pixels. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.shots.shot import Rect

Point = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Selection:
    """What is chosen within `bounds`. `point` is the pixel under the crosshair.

    `anchor` is the corner that stays while the other one is dragged, or, while `is_moving`, how
    far the rectangle's corner is from the point.
    """

    bounds: Rect
    point: Point
    rect: Rect | None = None
    anchor: Point | None = None
    is_moving: bool = False

    @property
    def is_dragging(self) -> bool:
        """Whether the pointer is held."""
        return self.anchor is not None

    def press(self, at: Point) -> Selection:
        """The pointer goes down: what is chosen is moved from within, else a new one begins."""
        at = _within(self.bounds, at)
        if self.rect is not None and contains(self.rect, at):
            offset = (self.rect.x - at[0], self.rect.y - at[1])
            return replace(self, point=at, anchor=offset, is_moving=True)
        return replace(self, point=at, rect=None, anchor=at, is_moving=False)

    def move(self, at: Point, *, whole: bool = False) -> Selection:
        """The pointer is here now; `whole` while the key that moves everything is held."""
        at = _within(self.bounds, at)
        if self.anchor is None:
            return replace(self, point=at)
        if self.is_moving and self.rect is not None:
            x, y = at[0] + self.anchor[0], at[1] + self.anchor[1]
            return replace(self, point=at, rect=_put(self.bounds, self.rect, x, y))
        if whole and self.rect is not None:
            moved = _put(
                self.bounds,
                self.rect,
                self.rect.x + at[0] - self.point[0],
                self.rect.y + at[1] - self.point[1],
            )
            by = (moved.x - self.rect.x, moved.y - self.rect.y)
            anchor = (self.anchor[0] + by[0], self.anchor[1] + by[1])
            point = (self.point[0] + by[0], self.point[1] + by[1])
            return replace(self, point=point, rect=moved, anchor=anchor)
        return replace(self, point=at, rect=spanned(self.anchor, at))

    def release(self) -> Selection:
        """The pointer came up."""
        return replace(self, anchor=None, is_moving=False)

    def clear(self) -> Selection:
        """Nothing is chosen."""
        return replace(self, rect=None, anchor=None, is_moving=False)

    def nudge(self, dx: int, dy: int) -> Selection:
        """What is chosen goes this far, or the crosshair while nothing is."""
        if self.rect is None:
            at = _within(self.bounds, (self.point[0] + dx, self.point[1] + dy))
            return replace(self, point=at)
        rect = _put(self.bounds, self.rect, self.rect.x + dx, self.rect.y + dy)
        return self._by_key(rect)

    def resize(self, dx: int, dy: int) -> Selection:
        """The lower right corner goes this far; at first there is a pixel at the crosshair."""
        rect = self.rect or Rect(*self.point, 1, 1)
        width = min(max(rect.width + dx, 1), self.bounds.x + self.bounds.width - rect.x)
        height = min(max(rect.height + dy, 1), self.bounds.y + self.bounds.height - rect.y)
        return self._by_key(replace(rect, width=width, height=height))

    def _by_key(self, rect: Rect) -> Selection:
        """A drag that goes on meanwhile continues from the corner opposite to the pointer."""
        drags = self.anchor is not None and not self.is_moving
        anchor = (rect.x, rect.y) if drags else self.anchor
        return replace(self, rect=rect, point=_last(rect), anchor=anchor)


def spanned(one: Point, other: Point) -> Rect:
    """The rectangle with both pixels in its corners."""
    x, y = min(one[0], other[0]), min(one[1], other[1])
    return Rect(x, y, abs(one[0] - other[0]) + 1, abs(one[1] - other[1]) + 1)


def contains(rect: Rect, at: Point) -> bool:
    """Whether the pixel lies in it."""
    return rect.x <= at[0] < rect.x + rect.width and rect.y <= at[1] < rect.y + rect.height


def intersected(one: Rect, other: Rect) -> Rect | None:
    """What both have; None when that is nothing."""
    left, top = max(one.x, other.x), max(one.y, other.y)
    right = min(one.x + one.width, other.x + other.width)
    bottom = min(one.y + one.height, other.y + other.height)
    return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None


def _within(bounds: Rect, at: Point) -> Point:
    x = min(max(at[0], bounds.x), bounds.x + bounds.width - 1)
    y = min(max(at[1], bounds.y), bounds.y + bounds.height - 1)
    return x, y


def _put(bounds: Rect, rect: Rect, x: int, y: int) -> Rect:
    x = min(max(x, bounds.x), bounds.x + bounds.width - rect.width)
    y = min(max(y, bounds.y), bounds.y + bounds.height - rect.height)
    return replace(rect, x=x, y=y)


def _last(rect: Rect) -> Point:
    return rect.x + rect.width - 1, rect.y + rect.height - 1
