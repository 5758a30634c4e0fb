"""The icon among the system's: the state as a glyph, and a menu. GUI thread.

Where the system has no place for it, nothing is shown and nothing is missed: the window and the
command line can do all that it does.
"""

from __future__ import annotations

import functools
from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app import commands
from app.dictation.commands import FinishDictation, StartDictation
from app.shots.commands import TakeShot
from app.shots.shot import ShotKind
from ui import words
from ui.composer.voice_bar import press, press_name
from ui.composer.voice_button import Glyph, glyph_of
from ui.controls.icons import Icon, draw
from ui.realtime.engine_switch import choose, is_realtime
from ui.view_state import ViewState
from ui.window.remedies import Destination, Page

INK = "#8C8C88"
"""One colour that can be seen on light panels and on dark ones."""

_SIZES = (22, 32, 64)
_GRID = 22.0


class Tray(QObject):
    """`asked` carries commands, `opened` a destination in the window, which comes to the front."""

    asked = Signal(object)
    opened = Signal(object)
    developer_asked = Signal()
    quit_asked = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._view = ViewState()
        self._is_dictating = False
        self._glyph: Glyph | None = None
        self.menu = QMenu()
        self.talk = self._add("Start listening", lambda: self.asked.emit(press(self._view)))
        self.dictate = self._add("Dictate", self._dictate)
        self.ask = self._add("Ask about the screen", self._ask)
        self.mute = self._add("Mute", self._mute)
        self.mute.setCheckable(True)
        self.menu.addSeparator()
        self.open = self._add("Open Sayso", self._open)
        self.settings = self._add("Settings", lambda: self.opened.emit(Destination(Page.SETTINGS)))
        self.realtime = self._add("Talk in realtime", self._switch)
        self.realtime.setCheckable(True)
        self.developer = self._add("Developer view", self.developer_asked.emit)
        self.menu.addSeparator()
        self.quit = self._add("Quit", self.quit_asked.emit)
        self.icon = QSystemTrayIcon(self)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._on_activated)

    def show(self) -> None:
        """Be there, now or as soon as the system has a place for it."""
        self.show_state(self._view, dictating=self._is_dictating)
        self.icon.show()

    def close(self) -> None:
        """Be gone."""
        self.icon.hide()
        self.menu.hide()
        self.menu.deleteLater()

    def show_state(self, view: ViewState, *, dictating: bool) -> None:
        """Render what goes on."""
        self._view, self._is_dictating = view, dictating
        glyph = glyph_of(view)
        if glyph is not self._glyph:
            self._glyph = glyph
            self.icon.setIcon(icon_of(glyph))
        word = f"Sayso: {words.state_word(view.state, failed=view.has_failed)}"
        if word != self.icon.toolTip():
            self.icon.setToolTip(word)
        _name(self.talk, press_name(view))
        _name(self.dictate, "Finish dictating" if dictating else "Dictate")
        if self.realtime.isChecked() != is_realtime(view):
            self.realtime.setChecked(is_realtime(view))
        if self.mute.isChecked() != view.state.muted:
            self.mute.setChecked(view.state.muted)

    def _add(self, title: str, does: Callable[[], object]) -> QAction:
        action = self.menu.addAction(title)
        action.triggered.connect(lambda: does())
        return action

    def _dictate(self) -> None:
        self.asked.emit(FinishDictation() if self._is_dictating else StartDictation())

    def _ask(self) -> None:
        self.asked.emit(TakeShot(ShotKind.POINTER_MONITOR))

    def _switch(self) -> None:
        self.asked.emit(choose(realtime=not is_realtime(self._view)))

    def _mute(self) -> None:
        self.asked.emit(commands.SetMuted(not self._view.state.muted))

    def _open(self) -> None:
        self.opened.emit(Destination(Page.CONVERSATION))

    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self._open()


@functools.cache
def icon_of(glyph: Glyph) -> QIcon:
    """The glyph in one colour; macOS paints it in its own."""
    icon = QIcon()
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(size / _GRID, size / _GRID)
        _paint(painter, glyph)
        painter.end()
        icon.addPixmap(pixmap)
    icon.setIsMask(True)
    return icon


def _paint(painter: QPainter, glyph: Glyph) -> None:
    ink, middle = QColor(INK), QPointF(_GRID / 2, _GRID / 2)
    match glyph:
        case Glyph.TRIANGLE:
            draw(painter, Icon.WARNING, middle, 20, ink)
        case Glyph.DOTS:
            _fill(painter, ink)
            for number in range(3):
                painter.drawEllipse(middle + QPointF((number - 1) * 6.5, 0), 2.25, 2.25)
        case Glyph.BARS:
            _fill(painter, ink)
            for number, height in enumerate((6.0, 12.0, 16.0, 10.0)):
                left = middle.x() - 9 + number * 5
                bar = QRectF(left, middle.y() - height / 2, 3, height)
                painter.drawRoundedRect(bar, 1.5, 1.5)
        case _:
            width = 3.5 if glyph is Glyph.HEARING else 2.25
            painter.setPen(QPen(ink, width))
            painter.drawEllipse(middle, 8, 8)
            _fill(painter, ink)
            if glyph in (Glyph.LISTENING, Glyph.HEARING):
                painter.drawEllipse(middle, 3.5, 3.5)
            elif glyph is Glyph.STRUCK:
                painter.setPen(QPen(ink, 2.25, c=Qt.PenCapStyle.RoundCap))
                painter.drawLine(QPointF(3, 19), QPointF(19, 3))


def _fill(painter: QPainter, ink: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ink)


def _name(action: QAction, title: str) -> None:
    if action.text() != title:
        action.setText(title)
