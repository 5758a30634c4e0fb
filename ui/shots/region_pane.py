"""One monitor of the frozen desktop, dimmed but for what is chosen. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QRegion,
)
from PySide6.QtWidgets import QWidget

from app.shots.shot import Monitor
from ui.controls.paint import rounded
from ui.shots import magnifier, wording
from ui.shots.mapping import Box, Mapping
from ui.shots.pictures import Grabbed
from ui.shots.selection import Selection, contains
from ui.theme import colors, font
from ui.tokens import FONT_BASE, RADIUS_CONTROL, SPACE_4, SPACE_8, SPACE_12, SPACE_24

HINT = "Drag a region · arrows move it · Ctrl+arrows resize · Enter takes it · Esc gives up"
CHOSEN_HINT = "Enter or a double click takes it · drag it to move it · Esc gives up"
_DIM = QColor(0, 0, 0, 115)
_LINE = QColor(255, 255, 255, 150)
_HALO = 3


class RegionPane(QWidget):
    """Tells where the pointer is in the desktop's pixels, and which keys were pressed."""

    pressed = Signal(tuple)
    moved = Signal(tuple)
    released = Signal()
    taken = Signal()
    given_up = Signal()
    key_pressed = Signal(QKeyEvent)
    key_released = Signal(QKeyEvent)

    def __init__(self, monitor: Monitor, desktop: Grabbed, origin: tuple[int, int]) -> None:
        super().__init__()
        self.monitor = monitor
        self._desktop = desktop
        self._origin = origin
        self._selection = Selection(monitor.rect, (monitor.rect.x, monitor.rect.y))
        self._hint = ""
        self._painted = QRegion()
        self.setWindowTitle("Show a region")
        self.setAccessibleName("Drag a region of the screen")
        self.setAccessibleDescription(HINT)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def mapping(self) -> Mapping:
        """Between the desktop's pixels and this widget's."""
        return Mapping(self.monitor.rect, Box(0, 0, self.width(), self.height()))

    def show_selection(self, selection: Selection, hint: str) -> None:
        """Render it; only what differs is painted."""
        self._selection, self._hint = selection, hint
        fresh = self._parts()
        self.update(self._painted + fresh)
        self._painted = fresh

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if not (uncovered := self.mask()).isEmpty():
            painter.setClipRegion(uncovered)
        whole = QRectF(self.rect())
        painter.drawImage(whole, self._desktop.image, self._source())
        chosen = self._chosen()
        lit = chosen.intersected(whole) if chosen is not None else QRectF()
        self._dim(painter, whole, lit)
        if chosen is not None:
            magnifier.framed(painter, chosen)
            self._paint_label(painter, self._label_area(chosen))
        if (at := self._point()) is not None:
            if chosen is None:
                painter.setPen(QPen(_LINE, 1))
                painter.drawLine(QPointF(0, at.y()), QPointF(whole.right(), at.y()))
                painter.drawLine(QPointF(at.x(), 0), QPointF(at.x(), whole.bottom()))
            x, y = self._selection.point
            pixel = (x - self._origin[0], y - self._origin[1])
            area = magnifier.place(at, whole)
            magnifier.paint(painter, area, self._desktop.image, pixel)
        if self._hint:
            self._paint_words(painter, self._hint_area(), self._hint)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.pressed.emit(self._pixel(event))
        elif event.button() is Qt.MouseButton.RightButton:
            self.given_up.emit()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.moved.emit(self._pixel(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.released.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton:
            self.taken.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.key_pressed.emit(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.key_released.emit(event)

    def _pixel(self, event: QMouseEvent) -> tuple[int, int]:
        return self.mapping.to_shot(event.position().x(), event.position().y())

    def _source(self) -> QRectF:
        rect = self.monitor.rect
        left, top = rect.x - self._origin[0], rect.y - self._origin[1]
        return QRectF(left, top, rect.width, rect.height)

    def _chosen(self) -> QRectF | None:
        if self._selection.rect is None:
            return None
        box = self.mapping.to_box(self._selection.rect)
        return QRectF(box.x, box.y, box.width, box.height)

    def _point(self) -> QPointF | None:
        """The middle of the pixel under the crosshair, if it is on this monitor."""
        if not contains(self.monitor.rect, self._selection.point):
            return None
        return QPointF(*self.mapping.center(self._selection.point))

    def _dim(self, painter: QPainter, whole: QRectF, lit: QRectF) -> None:
        if lit.isEmpty():
            painter.fillRect(whole, _DIM)
            return
        across = (0, lit.top(), lit.left(), lit.height())
        beyond = (lit.right(), lit.top(), whole.right() - lit.right(), lit.height())
        above = (0, 0, whole.width(), lit.top())
        below = (0, lit.bottom(), whole.width(), whole.bottom() - lit.bottom())
        for part in (above, across, beyond, below):
            painter.fillRect(QRectF(*part), _DIM)

    def _label(self) -> str:
        rect = self._selection.rect
        return wording.size(rect.width, rect.height) if rect is not None else ""

    def _label_area(self, chosen: QRectF) -> QRectF:
        """Above the corner of what is chosen, or within where there is no room above."""
        size = _words_size(self._label())
        top = chosen.top() - size.height() - SPACE_8
        if top < 0:
            top = max(chosen.top(), 0) + SPACE_8
        left = min(max(chosen.left(), SPACE_4), self.width() - size.width() - SPACE_4)
        return QRectF(left, top, size.width(), size.height())

    def _hint_area(self) -> QRectF:
        size = _words_size(self._hint)
        left = max((self.width() - size.width()) / 2, SPACE_8)
        area = QRectF(left, SPACE_24, size.width(), size.height())
        chosen = self._chosen()
        if chosen is not None and chosen.intersects(area):
            area.moveBottom(self.height() - SPACE_24)
        return area

    def _paint_label(self, painter: QPainter, area: QRectF) -> None:
        corner = self._selection.rect
        if corner is not None and contains(self.monitor.rect, (corner.x, corner.y)):
            self._paint_words(painter, area, self._label())

    def _paint_words(self, painter: QPainter, area: QRectF, words: str) -> None:
        painter.save()
        paint = colors()
        rounded(painter, area, RADIUS_CONTROL, fill=paint.surface, line=paint.line)
        painter.setPen(paint.text)
        painter.setFont(font(FONT_BASE))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, words)
        painter.restore()

    def _parts(self) -> QRegion:
        """Where something is painted above the dimmed desktop."""
        parts = QRegion()
        chosen = self._chosen()
        if chosen is not None:
            parts += _around(chosen)
            parts += _around(self._label_area(chosen))
        if (at := self._point()) is not None:
            parts += _around(magnifier.place(at, QRectF(self.rect())))
            if chosen is None:
                parts += _around(QRectF(0, at.y(), self.width(), 1))
                parts += _around(QRectF(at.x(), 0, 1, self.height()))
        if self._hint:
            parts += _around(self._hint_area())
        return parts


def _words_size(words: str) -> QSizeF:
    metrics = QFontMetricsF(font(FONT_BASE))
    return QSizeF(metrics.horizontalAdvance(words) + 2 * SPACE_12, metrics.height() + SPACE_12)


def _around(area: QRectF) -> QRegion:
    return QRegion(area.adjusted(-_HALO, -_HALO, _HALO, _HALO).toAlignedRect())
