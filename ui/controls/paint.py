"""Painting that several controls share. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from ui.theme import colors

_COMING_BACK = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)


def has_ring_after(event: QFocusEvent, before: bool) -> bool:
    """Whether focus shows a ring: not when it came by pointing, as before when it came back."""
    if event.reason() in _COMING_BACK:
        return before
    return event.reason() is not Qt.FocusReason.MouseFocusReason


def rounded(
    painter: QPainter,
    area: QRectF,
    radius: float,
    *,
    fill: QColor | None = None,
    line: QColor | None = None,
    line_px: float = 1.0,
) -> None:
    """A rounded rectangle whose line lies inside `area`."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(area, radius, radius)
        return
    half = line_px / 2
    painter.setPen(QPen(line, line_px))
    painter.drawRoundedRect(area.adjusted(half, half, -half, -half), radius - half, radius - half)


def focus_ring(painter: QPainter, widget: QWidget, radius: float, *, inset: float = 0.0) -> None:
    """The ring that shows where the keyboard is."""
    area = QRectF(widget.rect()).adjusted(inset, inset, -inset, -inset)
    rounded(painter, area, radius - inset, line=colors().accent, line_px=2)
