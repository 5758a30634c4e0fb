"""Between the pixels of a shot, those of the picture made of it, and those of a widget. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from app.shots.shot import Edit, EditKind, Rect
from ui.shots.selection import intersected


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a widget, in Qt's pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mapping:
    """`part` of a shot, in its pixels, is drawn in `box` of a widget."""

    part: Rect
    box: Box

    @property
    def zoom(self) -> float:
        """How many of Qt's pixels a pixel of the shot is wide."""
        return self.box.width / self.part.width

    def to_shot(self, x: float, y: float) -> tuple[int, int]:
        """The pixel of the shot at this place, which may lie outside of the part."""
        return (
            self.part.x + math.floor((x - self.box.x) * self.part.width / self.box.width),
            self.part.y + math.floor((y - self.box.y) * self.part.height / self.box.height),
        )

    def to_box(self, rect: Rect) -> Box:
        """Where these pixels of the shot are drawn."""
        across = self.box.width / self.part.width
        down = self.box.height / self.part.height
        return Box(
            self.box.x + (rect.x - self.part.x) * across,
            self.box.y + (rect.y - self.part.y) * down,
            rect.width * across,
            rect.height * down,
        )

    def center(self, at: tuple[int, int]) -> tuple[float, float]:
        """The middle of a pixel."""
        box = self.to_box(Rect(*at, 1, 1))
        return box.x + box.width / 2, box.y + box.height / 2


def shown_part(width: int, height: int, edits: Sequence[Edit]) -> Rect:
    """What is left of a shot of this size after the crops among the edits, in its pixels."""
    part = Rect(0, 0, width, height)
    for edit in edits:
        if edit.kind is EditKind.CROP and edit.rect is not None:
            part = intersected(part, edit.rect) or part
    return part


def fitted(
    width: int, height: int, room: tuple[float, float], zoom: float = 0.0, ratio: float = 1.0
) -> Box:
    """A picture in the middle of `room`: whole and never enlarged, or at `zoom` where it is set.

    `ratio` is how many device pixels one of Qt's has; at zoom 1 each shows one of the picture's.
    """
    scale = zoom / ratio if zoom else min(1 / ratio, room[0] / width, room[1] / height)
    shown = (max(width * scale, 1.0), max(height * scale, 1.0))
    left, top = (max(math.floor((have - need) / 2), 0) for have, need in zip(room, shown))  # noqa: B905
    return Box(left, top, *shown)
