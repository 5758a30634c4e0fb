"""A field that takes a key combination: press it and hold the keys that are wanted. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QHideEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from app.desktop.chords import ChordError, parse_chord
from ui.controls.buttons import Ringed
from ui.controls.paint import focus_ring, rounded
from ui.settings.chord_keys import chord_text, is_modifier, lone_modifier
from ui.theme import colors
from ui.tokens import CONTROL_HEIGHT, RADIUS_CONTROL, SPACE_12

_CLEARS = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
_WIDTH = 240


class ChordField(Ringed):
    """`committed` carries a combination, or "" for none; `refused` says why one cannot be.

    Escape keeps what there was; Backspace leaves none.
    """

    committed = Signal(str)
    refused = Signal(str)
    is_capturing = False

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._chord = ""
        self._lone = ""
        self.setAutoDefault(False)
        self.setFixedSize(_WIDTH, CONTROL_HEIGHT)
        self.clicked.connect(self.capture)
        self._say()

    def show_chord(self, chord: str) -> None:
        """Show the combination in force."""
        self._chord = chord
        self._say()

    def capture(self) -> None:
        """Wait for keys; all of them come here, also those that other programs listen for."""
        self._set_capturing(True)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.grabKeyboard()

    def stop(self) -> None:
        """Wait no longer."""
        if self.is_capturing:
            self._set_capturing(False)
            self.releaseKeyboard()

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, CONTROL_HEIGHT)

    def event(self, event: QEvent) -> bool:
        if self.is_capturing and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if self.is_capturing and isinstance(event, QKeyEvent):
            # Before Tab is taken for a step to the next control.
            self._take(event)
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.stop()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        area = QRectF(self.rect())
        pointed = self.is_pointed_at()
        line = paint.quiet if pointed else paint.line
        rounded(painter, area, RADIUS_CONTROL, fill=paint.surface, line=line,
                line_px=paint.border_px)  # fmt: skip
        is_value = bool(self._chord) and not self.is_capturing
        painter.setPen(paint.text if is_value else paint.quiet)
        words = "Press the keys…" if self.is_capturing else self._chord or "None"
        inside = area.adjusted(SPACE_12, 0, -SPACE_12, 0)
        painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        if self.ring or self.is_capturing:
            focus_ring(painter, self, RADIUS_CONTROL)

    def _take(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        key, is_press = event.key(), event.type() == QEvent.Type.KeyPress
        if is_modifier(key):
            if is_press:
                self._lone = lone_modifier(key, event.nativeVirtualKey())
            elif self._lone:
                self._offer(self._lone)
            return
        if not is_press:
            return
        self._lone = ""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._offer(chord_text(key, event.modifiers()))
        elif key == Qt.Key.Key_Escape:
            self.stop()
        elif key in _CLEARS:
            self._end("")
        else:
            self._offer(chord_text(key, event.modifiers()))

    def _offer(self, text: str) -> None:
        try:
            chord = str(parse_chord(text))
        except ChordError as error:
            self.refused.emit(str(error))
            return
        self._end(chord)

    def _end(self, chord: str) -> None:
        self.stop()
        self.show_chord(chord)
        self.committed.emit(chord)

    def _set_capturing(self, on: bool) -> None:
        self.is_capturing, self._lone = on, ""
        self._say()

    def _say(self) -> None:
        now = "press the keys" if self.is_capturing else self._chord or "none"
        self.setAccessibleName(f"{self._name}: {now}")
        self.update()
