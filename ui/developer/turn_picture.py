"""The latencies of the latest turns as bars. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ui.developer.turns import STEP_NAMES, Bar, Step, scale_of, told
from ui.theme import colors, font
from ui.tokens import FONT_CAPTION, SPACE_4, SPACE_8, SPACE_12

MOST_BARS = 8
_ROW = 22
_BAR = 12
_AXIS = 22
_LEGEND = 24
_NUMBER_PX = 28
_HEARD_PX = 64


class TurnPicture(QWidget):
    """The latest turns, the newest at the bottom: time runs from the pause that ended each."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self._first = 1
        self.setAccessibleName("Turns")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_bars(())

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Draw the latest of these."""
        shown = tuple(bars[-MOST_BARS:])
        self._first = len(bars) - len(shown) + 1
        if shown == self._bars and self.accessibleDescription():
            return
        self._bars = shown
        said = [f"Turn {self._first + at}: {told(bar)}." for at, bar in enumerate(shown)]
        self.setAccessibleDescription(" ".join(said) or "No turn yet.")
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        rows = max(len(self._bars), 1)
        return QSize(400, rows * _ROW + _AXIS + _LEGEND)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            at = int(event.pos().y() // _ROW)
            words = told(self._bars[at]) if at < len(self._bars) else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font(FONT_CAPTION))
        area = QRectF(self.rect()).adjusted(SPACE_12, 0, -SPACE_12, 0)
        if not self._bars:
            painter.setPen(colors().quiet)
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "Speak, and the turn is drawn.")
        else:
            self._paint_chart(painter, area)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colors().accent, 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)

    def _paint_chart(self, painter: QPainter, area: QRectF) -> None:
        plot = QRectF(
            area.left() + _NUMBER_PX,
            area.top(),
            area.width() - _NUMBER_PX - _HEARD_PX,
            len(self._bars) * _ROW,
        )
        span_ms, step_ms = scale_of(self._bars)
        per_ms = plot.width() / span_ms
        self._paint_axis(painter, plot, span_ms, step_ms)
        for row, bar in enumerate(self._bars):
            top = plot.top() + row * _ROW + (_ROW - _BAR) / 2
            painter.setPen(colors().quiet)
            number = QRectF(area.left(), top - 5, _NUMBER_PX - SPACE_8, _ROW)
            painter.drawText(number, Qt.AlignmentFlag.AlignRight, str(self._first + row))
            self._paint_bar(painter, bar, plot.left(), top, per_ms)
            heard = "not heard" if bar.heard_ms is None else f"{bar.heard_ms:.0f} ms"
            painter.setPen(colors().text)
            value = QRectF(plot.right(), top - 5, _HEARD_PX, _ROW)
            painter.drawText(value, Qt.AlignmentFlag.AlignRight, heard)
        self._paint_legend(painter, area)

    def _paint_axis(self, painter: QPainter, plot: QRectF, span_ms: float, step_ms: float) -> None:
        at = 0.0
        while at <= span_ms:
            x = plot.left() + at * plot.width() / span_ms
            painter.setPen(QPen(colors().line, 1))
            painter.drawLine(QPointF(x, plot.top()), QPointF(x, plot.bottom() + 4))
            painter.setPen(colors().quiet)
            words = f"{at:.0f} ms" if at == 0 else f"{at:.0f}"
            place = QRectF(x - 30, plot.bottom() + SPACE_4, 60, 16)
            painter.drawText(place, Qt.AlignmentFlag.AlignHCenter, words)
            at += step_ms

    def _paint_bar(
        self, painter: QPainter, bar: Bar, left: float, top: float, per_ms: float
    ) -> None:
        for part in bar.parts:
            box = QRectF(
                left + part.from_ms * per_ms, top, (part.to_ms - part.from_ms) * per_ms, _BAR
            )
            painter.fillRect(box, _tint(part.step))
        for at_ms, color in ((bar.certain_ms, colors().text), (bar.cut_ms, colors().danger)):
            if at_ms is not None:
                x = left + at_ms * per_ms
                painter.setPen(QPen(color, 1.5))
                painter.drawLine(QPointF(x, top - 3), QPointF(x, top + _BAR + 3))

    def _paint_legend(self, painter: QPainter, area: QRectF) -> None:
        metrics = painter.fontMetrics()
        x, y = area.left() + _NUMBER_PX, area.bottom() - 16
        for step in Step:
            words = STEP_NAMES[step]
            painter.fillRect(QRectF(x, y + 3, 8, 8), _tint(step))
            painter.setPen(colors().quiet)
            painter.drawText(QPointF(x + 12, y + 11), words)
            x += 12 + metrics.horizontalAdvance(words) + SPACE_12
        if x + 110 < area.right():
            painter.setPen(QPen(colors().text, 1.5))
            painter.drawLine(QPointF(x + 2, y), QPointF(x + 2, y + 13))
            painter.setPen(colors().quiet)
            painter.drawText(QPointF(x + 9, y + 11), "turn certain")


def _tint(step: Step) -> QColor:
    """One colour in four strengths: the order can be told without telling colours apart."""
    strengths = {Step.ASK: 0.25, Step.SERVER: 0.5, Step.SOUND: 0.75, Step.HOLD: 1.0}
    color = QColor(colors().accent)
    color.setAlphaF(strengths[step])
    return color
