"""The picture that would be sent, and what a person marks on it. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.shots.shot import Edit, EditKind, Rect
from ui.controls.paint import has_ring_after, rounded
from ui.shots import magnifier
from ui.shots.mapping import Box, Mapping, fitted
from ui.shots.selection import Selection, contains
from ui.theme import colors
from ui.tokens import RADIUS_CONTROL, SPACE_4

_COARSE = 10
_LEAST_PX = 3
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_COMING = QColor(0, 0, 0, 150)


class Canvas(QWidget):
    """`edited` carries an `Edit` in the shot's pixels. Arrows and Ctrl+arrows do what a drag does.

    What is not yet in the picture is drawn as an outline only: the picture itself is what would be
    sent and nothing else.
    """

    edited = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.tool = EditKind.CROP
        self._image = QImage()
        self._scaled = QPixmap()
        self._part = Rect(0, 0, 1, 1)
        self._selection = Selection(self._part, (0, 0))
        self._line: list[tuple[int, int]] = []
        self._coming: tuple[Edit, ...] = ()
        self._marks: tuple[Rect, ...] = ()
        self._by_keyboard = False
        self._has_crosshair = False
        """Once arrows have moved it."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleDescription(
            "Drag, or use Ctrl+arrows and arrows, then Enter, to mark a part of it"
        )

    @property
    def selection(self) -> Selection:
        """What is marked now."""
        return self._selection

    @property
    def shown(self) -> QImage:
        """The picture that is drawn."""
        return self._image

    def show_picture(self, image: QImage, part: Rect) -> None:
        """Draw `image`, which is made of this part of the shot; null while there is none."""
        self._image, self._part = image, part
        self._scaled = QPixmap()
        middle = (part.x + part.width // 2, part.y + part.height // 2)
        self._selection, self._line = Selection(part, middle), []
        self._has_crosshair = False
        self.update()

    def show_marks(self, marks: Sequence[Rect], coming: Sequence[Edit]) -> None:
        """Frame these places, and outline the edits that are not in the picture yet."""
        self._marks, self._coming = tuple(marks), tuple(coming)
        self.update()

    def drop_selection(self) -> bool:
        """Mark nothing; whether something was."""
        had = self._selection.rect is not None
        self._selection, self._line = self._selection.clear(), []
        self.update()
        return had

    @property
    def mapping(self) -> Mapping:
        """Between the shot's pixels and this widget's."""
        size = (max(self._image.width(), 1), max(self._image.height(), 1))
        ratio = self.devicePixelRatioF()
        room = (max(self.width() - 2 * SPACE_4, 1), max(self.height() - 2 * SPACE_4, 1))
        box = fitted(*size, room, ratio=ratio)
        return Mapping(self._part, Box(box.x + SPACE_4, box.y + SPACE_4, box.width, box.height))

    # Pointer and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.LeftButton or self._image.isNull():
            return
        at = self._pixel(event)
        self._line = [at]
        self._selection = self._selection.clear().press(at)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._selection.is_dragging:
            return
        self._selection = self._selection.move(self._pixel(event))
        if self._selection.point != self._line[-1]:
            self._line.append(self._selection.point)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() is Qt.MouseButton.LeftButton and self._selection.is_dragging:
            self._selection = self._selection.release()
            self._apply()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = Qt.Key(event.key()), event.modifiers()
        enters = key in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enters and self._selection.rect is not None:
            self._apply()
        elif key == Qt.Key.Key_Escape and self.drop_selection():
            event.accept()
        elif key in _ARROWS and not self._image.isNull():
            step = _COARSE if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
            dx, dy = (step * way for way in _ARROWS[key])
            resizes = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
            chosen = self._selection
            self._selection = chosen.resize(dx, dy) if resizes else chosen.nudge(dx, dy)
            self._line, self._has_crosshair = [], True
            self.update()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._by_keyboard = has_ring_after(event, self._by_keyboard)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    # Painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        whole = QRectF(self.rect())
        ring = self._by_keyboard and self.hasFocus()
        line, width = (paint.accent, 2) if ring else (paint.line, paint.border_px)
        rounded(painter, whole, RADIUS_CONTROL, fill=paint.raised, line=line, line_px=width)
        if self._image.isNull():
            return
        painter.drawPixmap(_area(self.mapping.box).topLeft(), self._fitting())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        for edit in self._coming:
            self._paint_coming(painter, edit)
        for mark in self._marks:
            self._paint_mark(painter, mark)
        self._paint_selection(painter)

    def _fitting(self) -> QPixmap:
        """The picture in the size it is drawn in, made once."""
        box, ratio = self.mapping.box, self.devicePixelRatioF()
        width, height = round(box.width * ratio), round(box.height * ratio)
        if (self._scaled.width(), self._scaled.height()) != (width, height):
            self._scaled = QPixmap.fromImage(
                self._image
                if self._image.width() == width
                else self._image.scaled(
                    width,
                    height,
                    Qt.AspectRatioMode.IgnoreAspectRatio,
                    Qt.TransformationMode.SmoothTransformation,
                )
            )
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled

    def _paint_coming(self, painter: QPainter, edit: Edit) -> None:
        painter.setPen(QPen(colors().accent, 2, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if edit.rect is not None:
            painter.drawRect(_area(self.mapping.to_box(edit.rect)))
        elif edit.points:
            painter.drawPolyline(self._polygon(edit.points))

    def _paint_mark(self, painter: QPainter, mark: Rect) -> None:
        area = _area(self.mapping.to_box(mark)).adjusted(-2, -2, 2, 2)
        magnifier.framed(painter, area)
        painter.setPen(QPen(colors().warning, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area.adjusted(-2, -2, 2, 2))

    def _paint_selection(self, painter: QPainter) -> None:
        rect = self._selection.rect
        if self.tool is EditKind.DRAW and len(self._line) > 1:
            painter.setPen(QPen(colors().accent, 2))
            painter.drawPolyline(self._polygon(self._line))
        elif rect is not None:
            area = _area(self.mapping.to_box(rect))
            if self.tool is EditKind.COVER:
                painter.fillRect(area, _COMING)
            magnifier.framed(painter, area)
        elif self._has_crosshair and self.hasFocus():
            x, y = self.mapping.center(self._selection.point)
            magnifier.framed(painter, QRectF(x - 4, y, 9, 1))
            magnifier.framed(painter, QRectF(x, y - 4, 1, 9))

    def _polygon(self, points: Sequence[tuple[int, int]]) -> QPolygonF:
        return QPolygonF([QPointF(*self.mapping.center(point)) for point in points])

    def _pixel(self, event: QMouseEvent) -> tuple[int, int]:
        return self.mapping.to_shot(event.position().x(), event.position().y())

    def _apply(self) -> None:
        rect, line = self._selection.rect, tuple(self._line)
        self._selection, self._line = self._selection.clear(), []
        self.update()
        if rect is None or max(rect.width, rect.height) < _LEAST_PX:
            return
        if self.tool is EditKind.DRAW:
            self.edited.emit(Edit(EditKind.DRAW, points=line if len(line) > 1 else _around(rect)))
        elif min(rect.width, rect.height) >= _LEAST_PX and contains(self._part, (rect.x, rect.y)):
            self.edited.emit(Edit(self.tool, rect))


def _area(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)


def _around(rect: Rect) -> tuple[tuple[int, int], ...]:
    right, bottom = rect.x + rect.width - 1, rect.y + rect.height - 1
    return ((rect.x, rect.y), (right, rect.y), (right, bottom), (rect.x, bottom), (rect.x, rect.y))
