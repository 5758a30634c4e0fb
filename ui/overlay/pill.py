"""The pill itself: it paints a state and has at most one button and a cross. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetricsF, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.icons import Icon
from ui.controls.paint import rounded
from ui.overlay import floating
from ui.overlay.glyphs import PULSE_STEPS, draw_bars, draw_glyph
from ui.overlay.layout import BUTTON_HEIGHT, CLOSE_PX, RADIUS, ROW, WIDTH, Layout, laid_out
from ui.overlay.lines import is_right_to_left
from ui.overlay.place import Place
from ui.overlay.state import Glyph, PillState
from ui.theme import colors, font, reduced_motion
from ui.tokens import FONT_BASE

_PULSE_MS = 60
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


class Pill(QWidget):
    """`acted`: its button was pressed; `dismissed`: its cross. It never has the keyboard."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        floating.prepare(self)
        self.setWindowTitle("Sayso dictation")
        self.resize(WIDTH, ROW)
        self._pill = PillState()
        self._time = ""
        self._place = Place(0, 0, at_bottom=True)
        self._layout = laid_out(self._pill, "", at_bottom=True)
        self._step = 0
        self._pulse = QTimer(self, interval=_PULSE_MS)
        self._pulse.timeout.connect(self._advance)
        self.button = Button("", Kind.SECONDARY, height=BUTTON_HEIGHT, parent=self)
        self.close_button = IconButton(Icon.CLOSE, "Dismiss", size=CLOSE_PX, parent=self)
        for button in (self.button, self.close_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.hide()
        self.button.clicked.connect(self.acted)
        self.close_button.clicked.connect(self.dismissed)

    def put(self, place: Place) -> None:
        """Stand there from now on."""
        self._place = place
        self._fit(force=True)

    def show_state(self, pill: PillState, time: str) -> None:
        """Show this; `time` is how long it has gone on, in words."""
        self._pill, self._time = pill, time
        self._fit()
        self._arrange()
        self.setAccessibleName(f"Dictation: {pill.word}")
        self.setAccessibleDescription(pill.words_so_far)
        self._run_pulse()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, self._layout.height)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fit(force=True)
        floating.let_clicks_through(self, not self._pill.stays)
        self._run_pulse()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pulse.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint, layout = colors(), self._layout
        if not floating.is_translucent():
            painter.fillRect(self.rect(), paint.line)
        rounded(painter, QRectF(self.rect()), RADIUS, fill=paint.surface, line=paint.line,
                line_px=paint.border_px)  # fmt: skip
        level = self._pill.levels[0]
        draw_glyph(painter, self._pill.glyph, layout.glyph, level, self._step)
        if layout.bars is not None:
            draw_bars(painter, layout.bars.x(), layout.bars.y(), self._pill.bars)
        painter.setFont(font(FONT_BASE))
        painter.setPen(paint.text)
        for area, words in layout.strong:
            painter.drawText(area, _MIDDLE | _side(words), words)
        painter.setPen(paint.quiet)
        for area, words in layout.quiet:
            shown = QFontMetricsF(painter.font()).elidedText(
                words, Qt.TextElideMode.ElideRight, area.width()
            )
            painter.drawText(area, _MIDDLE | _side(words), shown)
        if layout.time is not None:
            painter.drawText(layout.time, _MIDDLE | Qt.AlignmentFlag.AlignRight, self._time)

    def _fit(self, *, force: bool = False) -> None:
        layout = laid_out(self._pill, self._time, at_bottom=self._place.at_bottom)
        is_other = layout.height != self._layout.height
        self._layout = layout
        if force or is_other:
            box = self._place.box(WIDTH, layout.height)
            self.setGeometry(QRect(round(box.left), round(box.top), WIDTH, layout.height))
            floating.clip(self, RADIUS)

    def _arrange(self) -> None:
        layout: Layout = self._layout
        if layout.button is not None:
            self.button.setText(self._pill.button)
            self.button.resize(self.button.sizeHint())
            self.button.move(QPoint(round(layout.button.x()), round(layout.button.y())))
        if layout.close is not None:
            self.close_button.move(QPoint(round(layout.close.x()), round(layout.close.y())))
        self.button.setVisible(layout.button is not None)
        self.close_button.setVisible(layout.close is not None)
        floating.let_clicks_through(self, not self._pill.stays)

    def _run_pulse(self) -> None:
        moves = self._pill.glyph is Glyph.DOTS and self.isVisible() and not reduced_motion()
        if moves != self._pulse.isActive():
            self._pulse.start() if moves else self._pulse.stop()

    def _advance(self) -> None:
        self._step = (self._step + 1) % PULSE_STEPS
        self.update()


def _side(words: str) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag
    return side.AlignRight if is_right_to_left(words) else side.AlignLeft
