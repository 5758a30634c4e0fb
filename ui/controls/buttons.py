"""Buttons: with words, with an icon, and the on-off switch. GUI thread."""

from __future__ import annotations

import enum

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from ui.controls.icons import Icon, draw
from ui.controls.paint import focus_ring, has_ring_after, rounded
from ui.theme import colors
from ui.tokens import CONTROL_HEIGHT, RADIUS_CONTROL, SPACE_8, SPACE_12, SPACE_16


class Ringed(QPushButton):
    """A button that shows a focus ring when the keyboard brought the focus.

    Screen readers know what a QPushButton is, so even the switch is one.
    """

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._by_keyboard = False
        self.setAutoDefault(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._by_keyboard = has_ring_after(event, self._by_keyboard)
        super().focusInEvent(event)

    @property
    def ring(self) -> bool:
        """Whether the ring is to be drawn."""
        return self._by_keyboard and self.hasFocus()

    def is_pointed_at(self) -> bool:
        """The pointer is over it and it can be pressed."""
        return self.underMouse() and self.isEnabled()


class Kind(enum.Enum):
    """How much a button asks to be pressed."""

    PRIMARY = enum.auto()
    SECONDARY = enum.auto()
    QUIET = enum.auto()
    DANGER = enum.auto()


class Button(Ringed):
    """A button with words. Enter presses it as well as Space."""

    def __init__(
        self,
        text: str,
        kind: Kind = Kind.SECONDARY,
        *,
        icon: Icon | None = None,
        height: int = CONTROL_HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._height = height
        self._kind = kind
        self._picture = icon
        self.setText(text)

    @property
    def kind(self) -> Kind:
        """How much it asks to be pressed."""
        return self._kind

    def show_kind(self, kind: Kind) -> None:
        """Ask like this from now on."""
        self._kind = kind
        self.update()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().horizontalAdvance(self.text().replace("&", ""))
        picture = 24 if self._picture else 0
        sides = 2 * (SPACE_16 if self._height >= CONTROL_HEIGHT else SPACE_12)
        return QSize(words + picture + sides, self._height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        fill, line, ink = self._paints()
        if self.isDown() and fill is not None:
            painter.setOpacity(0.85)
        area = QRectF(self.rect())
        rounded(painter, area, RADIUS_CONTROL, fill=fill, line=line, line_px=paint.border_px)
        painter.setOpacity(1.0)
        left = 0.0
        if self._picture:
            draw(painter, self._picture, QPointF(SPACE_12 + 8, area.center().y()), 16, ink)
            left = SPACE_12 + 16 + SPACE_8
        painter.setPen(ink)
        align = Qt.AlignmentFlag.AlignVCenter | (
            Qt.AlignmentFlag.AlignLeft if self._picture else Qt.AlignmentFlag.AlignHCenter
        )
        painter.drawText(
            area.adjusted(left, 0, 0, 0), align | Qt.TextFlag.TextShowMnemonic, self.text()
        )
        if self.ring:
            self._draw_ring(painter)

    def _draw_ring(self, painter: QPainter) -> None:
        if self._kind in (Kind.PRIMARY, Kind.DANGER):
            inside = QRectF(self.rect()).adjusted(2.5, 2.5, -2.5, -2.5)
            color = colors().on_accent if self._kind is Kind.PRIMARY else colors().background
            rounded(painter, inside, RADIUS_CONTROL - 2.5, line=color, line_px=2)
        else:
            focus_ring(painter, self, RADIUS_CONTROL)

    def _paints(self) -> tuple[QColor | None, QColor | None, QColor]:
        paint = colors()
        if not self.isEnabled():
            # A quiet one would look chosen.
            return (None if self._kind is Kind.QUIET else paint.raised), None, paint.quiet
        pointed = self.is_pointed_at() or self.isChecked()
        match self._kind:
            case Kind.PRIMARY:
                return _shaded(paint.accent, pointed), None, paint.on_accent
            case Kind.DANGER:
                return _shaded(paint.danger, pointed), None, paint.background
            case Kind.SECONDARY:
                return (paint.raised if pointed else paint.surface), paint.line, paint.text
            case Kind.QUIET:
                return (paint.raised if pointed else None), None, paint.text


class Shape(enum.Enum):
    """What an icon button stands on: nothing, a disc in the accent, or a disc above the page."""

    FLAT = enum.auto()
    FILLED = enum.auto()
    FLOATING = enum.auto()


class IconButton(Ringed):
    """A square button with a picture; its name is shown as a tip and read to screen readers."""

    def __init__(
        self,
        icon: Icon,
        name: str,
        *,
        keys: str = "",
        size: int = CONTROL_HEIGHT,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon = icon
        self._keys = keys
        self._size = size
        self.shape = Shape.FLAT
        self.show_as(icon, name)
        self.setFixedSize(size, size)

    def show_as(self, icon: Icon, name: str) -> None:
        """Show another picture under another name."""
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({self._keys})" if self._keys else name)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size, self._size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        area = QRectF(self.rect())
        radius = RADIUS_CONTROL if self.shape is Shape.FLAT else self._size / 2
        pointed = self.is_pointed_at()
        ink = paint.text if pointed or self.isChecked() else paint.quiet
        if self.shape is Shape.FILLED:
            ink = paint.on_accent if self.isEnabled() else paint.quiet
            fill = _shaded(paint.accent, pointed) if self.isEnabled() else paint.raised
            rounded(painter, area, radius, fill=fill)
        elif self.shape is Shape.FLOATING:
            fill = paint.raised if pointed else paint.surface
            rounded(painter, area, radius, fill=fill, line=paint.line, line_px=paint.border_px)
        elif pointed or self.isDown() or self.isChecked():
            rounded(painter, area, radius, fill=paint.raised)
        draw(painter, self._icon, area.center(), 18 if self._size >= CONTROL_HEIGHT else 15, ink)
        if self.ring:
            focus_ring(painter, self, radius)


class Switch(Ringed):
    """On or off. `RING_PX` around the track are kept free for the focus ring."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFixedSize(44, 28)

    def sizeHint(self) -> QSize:
        return QSize(44, 28)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        track = QRectF(RING_PX, RING_PX, 36, 20)
        on = self.isChecked()
        rounded(painter, track, 10, fill=paint.accent if on else paint.raised,
                line=None if on else paint.quiet, line_px=paint.border_px)  # fmt: skip
        knob = QRectF(track.right() - 17 if on else track.left() + 3, track.top() + 3, 14, 14)
        rounded(painter, knob, 7, fill=paint.on_accent if on else paint.quiet)
        if self.ring:
            focus_ring(painter, self, 14)


RING_PX = 4


def _shaded(color: QColor, pointed: bool) -> QColor:
    return color.darker(108) if pointed else color
