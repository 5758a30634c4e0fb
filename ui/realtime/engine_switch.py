"""The engine beside the voice button: turn by turn or realtime, and how it is. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QPoint, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from app import commands
from ui.announce import announce
from ui.controls.buttons import Ringed
from ui.controls.icons import Icon, draw
from ui.controls.paint import focus_ring, rounded
from ui.realtime.state import OFF, OFF_WHOLE, Mark, RealtimeView, mark, short, whole
from ui.theme import colors
from ui.tokens import CONTROL_HEIGHT, SPACE_8, SPACE_12
from ui.view_state import ViewState
from ui.window.shortcuts import ENGINE

_HEIGHT = 28
_SIGN_PX = 10
_LONGEST_WORDS_PX = 132
_TICK_MS = 250
_LEAST_WORDS_PX = 40


def is_realtime(view: ViewState) -> bool:
    """Whether realtime is the engine that was chosen."""
    return view.settings is not None and view.settings.realtime.engine.value == "realtime"


def choose(*, realtime: bool) -> commands.ChangeSettings:
    """The other engine from now on."""
    return commands.ChangeSettings({"realtime.engine": "realtime" if realtime else "turn_by_turn"})


class EngineSwitch(Ringed):
    """An icon while one talks turn by turn, a small label with a sign in realtime.

    `asked` carries commands, `settings_asked` and `developer_asked` open what they name.
    """

    asked = Signal(object)
    settings_asked = Signal()
    developer_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ViewState()
        self._told = RealtimeView()
        self._is_on = False
        self._announced = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._since = QElapsedTimer()
        self._since.start()
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._count)
        self.clicked.connect(self.open_menu)
        self._render()

    def toggle(self) -> None:
        """Talk in the other way."""
        self.asked.emit(choose(realtime=not self._is_on))

    def show_state(self, view: ViewState) -> None:
        """Render which engine there is and how it is."""
        before, self._view = self._view, view
        if view.realtime.link is not before.realtime.link:
            self._since.start()
        if view.realtime is before.realtime and view.settings is before.settings:
            return
        self._told = view.realtime
        self._is_on = is_realtime(view)
        if self._is_on and self.left_s > 0:
            self._tick.start()
        else:
            self._tick.stop()
        self._render()

    @property
    def _wide_px(self) -> int:
        words_px = min(self.fontMetrics().horizontalAdvance(self.text()), _LONGEST_WORDS_PX)
        return words_px + _SIGN_PX + SPACE_8 + 2 * SPACE_12

    @property
    def is_on(self) -> bool:
        """Whether realtime is the engine."""
        return self._is_on

    @property
    def left_s(self) -> float:
        """What is left of the wait for the next attempt."""
        told = self._told.link
        return 0.0 if told is None else max(told.again_s - self._since.elapsed() / 1000, 0.0)

    @property
    def explained(self) -> str:
        """Which engine, how it is, and why, in sentences."""
        return whole(self._told, self.left_s) if self._is_on else OFF_WHOLE

    def open_menu(self) -> None:
        """Offer the engines, and say what is known of the one in use."""
        from ui.realtime.engine_menu import EngineMenu  # not needed to start

        menu = EngineMenu(self, self._view, self.explained)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.asked.connect(self.asked)
        menu.settings_asked.connect(self.settings_asked)
        menu.developer_asked.connect(self.developer_asked)
        height = menu.sizeHint().height()
        menu.popup(self.mapToGlobal(QPoint(0, -height - 4)))

    def sizeHint(self) -> QSize:
        if not self._is_on:
            return QSize(CONTROL_HEIGHT, CONTROL_HEIGHT)
        return QSize(self._wide_px, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(CONTROL_HEIGHT, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint = colors()
        area = QRectF(self.rect())
        fill = paint.raised if self.is_pointed_at() or self.isDown() else None
        ink = paint.text if self.is_pointed_at() else paint.quiet
        if not self._is_on:
            if fill is not None:
                rounded(painter, area, 8, fill=fill)
            draw(painter, Icon.EXCHANGE, area.center(), 18, ink)
        else:
            self._draw_label(painter, area, fill, ink)
        if self.ring:
            focus_ring(painter, self, _HEIGHT / 2 if self._is_on else 8)

    def _draw_label(
        self, painter: QPainter, area: QRectF, fill: QColor | None, ink: QColor
    ) -> None:
        paint = colors()
        left = SPACE_12 + _SIGN_PX + SPACE_8
        room_px = self.width() - left - SPACE_12
        has_words = room_px >= _LEAST_WORDS_PX
        if not has_words:
            area = QRectF(area.right() - CONTROL_HEIGHT, 0, CONTROL_HEIGHT, area.height())
        rounded(painter, area, _HEIGHT / 2, fill=fill, line=paint.line, line_px=paint.border_px)
        sign = SPACE_12 + _SIGN_PX / 2 if has_words else area.center().x()
        draw_mark(painter, mark(self._told), QPointF(sign, area.center().y()))
        if not has_words:
            return
        painter.setPen(ink)
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room_px)
        painter.drawText(area.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)

    def _render(self) -> None:
        said = self.explained
        words = short(self._told, self.left_s) if self._is_on else ""
        if words != self.text():
            self.setText(words)
            self.updateGeometry()
        state = short(self._told, 0.0) if self._is_on else OFF
        self.setAccessibleName(f"How you talk: {state}")
        self.setAccessibleDescription(said)
        self.setToolTip(f"{said}\nThe other way: {ENGINE}")
        if state != self._announced:
            if self._announced:
                announce(self, said)
            self._announced = state
        self.update()

    def _count(self) -> None:
        if self.left_s <= 0:
            self._tick.stop()
        self._render()


def draw_mark(painter: QPainter, sign: Mark, middle: QPointF) -> None:
    """The sign of a state, ten pixels wide."""
    paint = colors()
    match sign:
        case Mark.DOT:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(paint.accent)
            painter.drawEllipse(middle, 4.5, 4.5)
        case Mark.RING:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(paint.quiet, 1.75))
            painter.drawEllipse(middle, 4.0, 4.0)
        case Mark.DOTS:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(paint.quiet)
            for at in (-4.0, 0.0, 4.0):
                painter.drawEllipse(middle + QPointF(at, 0), 1.25, 1.25)
        case Mark.TRIANGLE:
            draw(painter, Icon.WARNING, middle, 14, paint.warning)
