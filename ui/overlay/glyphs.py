"""What the pill draws for a state: a ring, dots, a check, a triangle, nine bars. GUI thread."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from ui.controls.icons import Icon, draw
from ui.controls.meter import stepped
from ui.controls.paint import rounded
from ui.overlay.state import Glyph
from ui.theme import colors, reduced_motion

GLYPH_PX = 22
BAR_PX, BAR_GAP_PX, BARS_HEIGHT_PX = 3, 3, 22
PULSE_STEPS = 30

_LOWEST_BAR_PX = 3
_RING_RADIUS = 9.0


def draw_glyph(painter: QPainter, glyph: Glyph, at: QPointF, level: float, step: int) -> None:
    """Paint the shape around `at`; `step` of `PULSE_STEPS` turns the dots."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    match glyph:
        case Glyph.LISTENING:
            _ring(painter, at, colors().accent)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors().accent)
            radius = 2.5 + 4.0 * stepped(level)
            painter.drawEllipse(at, radius, radius)
        case Glyph.DOTS:
            _dots(painter, at, step)
        case Glyph.CHECK:
            draw(painter, Icon.CHECK, at, GLYPH_PX, colors().accent)
        case Glyph.RING:
            _ring(painter, at, colors().quiet)
        case Glyph.TRIANGLE:
            draw(painter, Icon.WARNING, at - QPointF(0, 1), GLYPH_PX, colors().warning)


def draw_bars(painter: QPainter, left: float, middle: float, bars: tuple[float, ...]) -> None:
    """Paint the level about the line `middle`, from `left` on."""
    for number, level in enumerate(bars):
        height = _LOWEST_BAR_PX + (BARS_HEIGHT_PX - _LOWEST_BAR_PX) * stepped(level)
        x = left + number * (BAR_PX + BAR_GAP_PX)
        bar = QRectF(x, middle - height / 2, BAR_PX, height)
        rounded(painter, bar, BAR_PX / 2, fill=colors().accent)


def bars_width(count: int) -> int:
    """The room that so many bars take."""
    return count * (BAR_PX + BAR_GAP_PX) - BAR_GAP_PX


def _ring(painter: QPainter, at: QPointF, color: QColor) -> None:
    painter.setPen(QPen(color, 2.0))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(at, _RING_RADIUS, _RING_RADIUS)


def _dots(painter: QPainter, at: QPointF, step: int) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    for number in range(3):
        color = QColor(colors().text)
        if not reduced_motion():
            turn = 2 * math.pi * (step / PULSE_STEPS - number / 6)
            color.setAlphaF(0.55 + 0.45 * math.cos(turn))
        painter.setBrush(color)
        painter.drawEllipse(at + QPointF((number - 1) * 7.5, 0), 2.25, 2.25)
