"""The round button that is the state: what it shows, a person reads at a glance. GUI thread."""

from __future__ import annotations

import enum
import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QShowEvent
from PySide6.QtWidgets import QWidget

from app.state import Phase
from ui.controls.buttons import Ringed
from ui.controls.icons import Icon, draw
from ui.controls.meter import stepped
from ui.controls.paint import focus_ring, rounded
from ui.theme import colors, reduced_motion
from ui.tokens import VOICE_BUTTON
from ui.view_state import ViewState

_PULSE_MS = 60
_PULSE_STEPS = 30
_FALL = 0.7
"""How much of a level is left a frame later: bars fall slower than they rise."""


_FLOOR = 0.02


class Glyph(enum.Enum):
    """The shapes of the state."""

    RING = enum.auto()
    LISTENING = enum.auto()
    HEARING = enum.auto()
    DOTS = enum.auto()
    BARS = enum.auto()
    STRUCK = enum.auto()
    TRIANGLE = enum.auto()


def glyph_of(view: ViewState) -> Glyph:
    """The shape for what goes on."""
    phase = view.state.phase
    if view.state.muted and phase in (Phase.IDLE, Phase.LISTENING):
        return Glyph.STRUCK
    if view.has_failed:
        return Glyph.TRIANGLE
    return {
        Phase.LISTENING: Glyph.LISTENING,
        Phase.HEARING: Glyph.HEARING,
        Phase.TRANSCRIBING: Glyph.DOTS,
        Phase.THINKING: Glyph.DOTS,
        Phase.ASKING: Glyph.DOTS,
        Phase.SPEAKING: Glyph.BARS,
    }.get(phase, Glyph.RING)


class VoiceButton(Ringed):
    """44 px. Nothing in it moves but the level and, unless motion is reduced, three dots."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedSize(VOICE_BUTTON, VOICE_BUTTON)
        self.glyph = Glyph.RING
        self._level = 0.0
        self._step = 0
        self._pulse = QTimer(self, interval=_PULSE_MS)
        self._pulse.timeout.connect(self._advance)

    def show_state(self, glyph: Glyph, level: float) -> None:
        """`level` is 0..1, of the microphone or of the reply, as the glyph needs it."""
        falling = self._level * _FALL
        shown = stepped(max(level, falling if falling > _FLOOR else 0.0))
        if glyph is not self.glyph or shown != self._level:
            self.glyph, self._level = glyph, shown
            self.update()
        self._run_pulse()

    def sizeHint(self) -> QSize:
        return QSize(VOICE_BUTTON, VOICE_BUTTON)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._run_pulse()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._pulse.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect())
        pointed = self.is_pointed_at()
        rounded(painter, area, area.width() / 2, fill=colors().line if pointed else colors().raised)
        match self.glyph:
            case Glyph.RING:
                self._ring(painter, colors().text, 2.0)
            case Glyph.LISTENING:
                self._filled_ring(painter, 2.0)
            case Glyph.HEARING:
                self._filled_ring(painter, 4.0)
            case Glyph.DOTS:
                self._dots(painter)
            case Glyph.BARS:
                self._bars(painter)
            case Glyph.STRUCK:
                self._struck(painter)
            case Glyph.TRIANGLE:
                draw(painter, Icon.WARNING, area.center() - QPointF(0, 1), 22, colors().warning)
        if self.ring:
            focus_ring(painter, self, area.width() / 2)

    def _ring(self, painter: QPainter, color: QColor, width: float) -> None:
        painter.setPen(QPen(color, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        radius = 12 - width / 2 + 1
        painter.drawEllipse(QRectF(self.rect()).center(), radius, radius)

    def _filled_ring(self, painter: QPainter, width: float) -> None:
        self._ring(painter, colors().accent, width)
        radius = 3.0 + 6.0 * self._level
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors().accent)
        painter.drawEllipse(QRectF(self.rect()).center(), radius, radius)

    def _dots(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        center = QRectF(self.rect()).center()
        for number in range(3):
            color = QColor(colors().text)
            if not reduced_motion():
                turn = 2 * math.pi * (self._step / _PULSE_STEPS - number / 6)
                color.setAlphaF(0.55 + 0.45 * math.cos(turn))
            painter.setBrush(color)
            painter.drawEllipse(center + QPointF((number - 1) * 9, 0), 2.75, 2.75)

    def _bars(self, painter: QPainter) -> None:
        center = QRectF(self.rect()).center()
        for number, share in enumerate((0.45, 0.8, 1.0, 0.7, 0.5)):
            height = 4 + 18 * self._level * share
            bar = QRectF(center.x() + (number - 2) * 5 - 1.5, center.y() - height / 2, 3, height)
            rounded(painter, bar, 1.5, fill=colors().accent)

    def _struck(self, painter: QPainter) -> None:
        self._ring(painter, colors().quiet, 2.0)
        center = QRectF(self.rect()).center()
        reach = QPointF(10.5, -10.5)
        ground = colors().line if self.is_pointed_at() else colors().raised
        for color, width in ((ground, 6.0), (colors().quiet, 2.0)):
            painter.setPen(QPen(color, width, c=Qt.PenCapStyle.RoundCap))
            painter.drawLine(center - reach, center + reach)

    def _run_pulse(self) -> None:
        moves = self.glyph is Glyph.DOTS and self.isVisible() and not reduced_motion()
        if moves != self._pulse.isActive():
            self._pulse.start() if moves else self._pulse.stop()

    def _advance(self) -> None:
        self._step = (self._step + 1) % _PULSE_STEPS
        self.update()
