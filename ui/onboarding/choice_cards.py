"""Who should answer: three cards or four, one of them chosen. GUI thread."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from ui.controls.buttons import Ringed
from ui.controls.paint import focus_ring, rounded
from ui.theme import colors, font
from ui.tokens import FONT_BASE, RADIUS_CARD, SPACE_8, SPACE_16

_HEIGHT = 52


class Place(enum.Enum):
    """Where answers, recognition and voice come from: title and what it means."""

    BUILT_IN = ("Built in", "Works now, without a key or a network.")
    OPENAI = ("OpenAI", "The best answers and voices. Needs a key.")
    LOCAL = ("On this computer", "")
    OTHER = ("Another server", "Any server that speaks OpenAI's API.")

    @property
    def title(self) -> str:
        """Its name."""
        return self.value[0]

    @property
    def meaning(self) -> str:
        """What choosing it means."""
        return self.value[1]


class ChoiceCard(Ringed):
    """A card that can be chosen like a radio button."""

    def __init__(self, place: Place, parent: QWidget) -> None:
        super().__init__(parent)
        self._place = place
        self._meaning = place.meaning
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setAccessibleName(place.title)
        self.setAccessibleDescription(place.meaning)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_meaning(self, meaning: str) -> None:
        """Say what choosing it means now."""
        if meaning != self._meaning:
            self._meaning = meaning
            self.setAccessibleDescription(meaning)
            self.setToolTip(meaning)
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        area = QRectF(self.rect())
        fill = paint.raised if self.is_pointed_at() and not self.isChecked() else paint.surface
        line = paint.accent if self.isChecked() else paint.line
        rounded(painter, area, RADIUS_CARD, fill=fill, line=line, line_px=paint.border_px)
        dot = QRectF(SPACE_16, area.center().y() - 8, 16, 16)
        if self.isChecked():
            rounded(painter, dot, 8, fill=paint.accent)
            rounded(painter, dot.adjusted(5, 5, -5, -5), 3, fill=paint.on_accent)
        else:
            rounded(painter, dot, 8, line=paint.quiet, line_px=max(1.5, paint.border_px))
        left = SPACE_16 + 16 + SPACE_16
        text = area.adjusted(left, 7, -SPACE_16, -7)
        top = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        painter.setFont(font(FONT_BASE, bold=True))
        painter.setPen(paint.text)
        painter.drawText(text, top, self._place.title)
        painter.setFont(font(FONT_BASE))
        painter.setPen(paint.quiet)
        meaning = painter.fontMetrics().elidedText(
            self._meaning, Qt.TextElideMode.ElideRight, int(text.width())
        )
        painter.drawText(text, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, meaning)
        if self.ring:
            focus_ring(painter, self, RADIUS_CARD)


class ChoiceCards(QWidget):
    """`chosen` carries the Place."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.place = Place.BUILT_IN
        self.cards = {place: ChoiceCard(place, self) for place in Place}
        self._group = QButtonGroup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        for place, card in self.cards.items():
            self._group.addButton(card)
            column.addWidget(card)
            card.clicked.connect(lambda _=False, at=place: self.choose(at))
        self.cards[self.place].setChecked(True)
        self.cards[Place.LOCAL].hide()

    def offer_local(self, meaning: str) -> None:
        """Offer what was found on this computer, in these words; empty where nothing was."""
        self.cards[Place.LOCAL].show_meaning(meaning)
        self.cards[Place.LOCAL].setVisible(bool(meaning))
        if not meaning and self.place is Place.LOCAL:
            self.choose(Place.BUILT_IN)

    def choose(self, place: Place) -> None:
        """Make this the chosen one."""
        self.cards[place].setChecked(True)
        if place is not self.place:
            self.place = place
            self.chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        places = [place for place, card in self.cards.items() if not card.isHidden()]
        place = places[(places.index(self.place) + step) % len(places)]
        self.choose(place)
        self.cards[place].setFocus(Qt.FocusReason.TabFocusReason)
