"""Tries the folders out: a search box, and passages that open at their place. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.knowledge import commands
from app.knowledge.events import FoundSource, SourcesFound
from ui.controls.buttons import Ringed
from ui.controls.fields import TextField
from ui.controls.paint import focus_ring, rounded
from ui.controls.surfaces import Card, Line, Tone, label, plain_tip
from ui.knowledge.wording import place_of
from ui.theme import colors, font
from ui.tokens import FONT_BASE, FONT_CAPTION, RADIUS_CONTROL, SPACE_8, SPACE_12

_TYPING_MS = 150
_ROW_HEIGHT = 74
_LINES = 2
_NONE_FOUND = "None of your folders has these words."


class SourceRow(Ringed):
    """A passage that was found; pressed, it opens the file."""

    def __init__(self, source: FoundSource, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._source = source
        self.setAccessibleName(f"Open {place_of(source)}")
        self.setAccessibleDescription(source.text)
        self.setToolTip(plain_tip(source.file))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, _ROW_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _ROW_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint = colors()
        if self.is_pointed_at():
            rounded(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), RADIUS_CONTROL,
                    fill=paint.raised)  # fmt: skip
        inside = QRectF(self.rect()).adjusted(SPACE_12, SPACE_8, -SPACE_12, -SPACE_8)
        top, rest = QRectF(inside), QRectF(inside)
        top.setHeight(16)
        rest.setTop(top.bottom() + 2)
        painter.setFont(font(FONT_CAPTION))
        painter.setPen(paint.quiet)
        name = painter.fontMetrics().elidedText(
            place_of(self._source), Qt.TextElideMode.ElideMiddle, int(top.width())
        )
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.setFont(font(FONT_BASE))
        painter.setPen(paint.text)
        metrics = painter.fontMetrics()
        rest.setHeight(_LINES * metrics.lineSpacing())
        painter.setClipRect(rest)
        room = int(rest.width() * (_LINES - 0.15))
        text = metrics.elidedText(self._source.text, Qt.TextElideMode.ElideRight, room)
        flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
        painter.drawText(rest, flags, text)
        painter.setClipping(False)
        if self.ring:
            focus_ring(painter, self, RADIUS_CONTROL)


class SearchCard(QWidget):
    """`asked` carries commands."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._found: SourcesFound | None = None
        self.rows: list[SourceRow] = []
        self.search = TextField("Search your folders")
        self.search.setPlaceholderText("Search your folders")
        self.search.setClearButtonEnabled(True)
        self.summary = label(tone=Tone.CAPTION)
        self._card = Card()
        self._list = QVBoxLayout(self._card)
        self._list.setContentsMargins(1, 1, 1, 1)
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_8)
        column.addWidget(self.search)
        column.addWidget(self.summary)
        column.addWidget(self._card)
        self._card.hide()
        self.summary.hide()
        self._typing = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._typing.timeout.connect(self._ask)
        self.search.textChanged.connect(lambda _text: self._typing.start())
        self.search.returnPressed.connect(self._ask)

    def show_found(self, found: SourcesFound | None) -> None:
        """Render what was found for the words that stand in the box."""
        if found is self._found or found is None or found.query != self.search.text().strip():
            return
        self._found = found
        while (item := self._list.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.rows = [self._row(source) for source in found.sources]
        for at, row in enumerate(self.rows):
            if at:
                self._list.addWidget(Line())
            self._list.addWidget(row)
        self._card.setVisible(bool(self.rows))
        self.summary.setText(_told(found))
        self.summary.setVisible(bool(found.query))

    def _row(self, source: FoundSource) -> SourceRow:
        row = SourceRow(source)
        opens = commands.OpenSource(source.file, source.page, source.line)
        row.clicked.connect(lambda: self.asked.emit(opens))
        return row

    def _ask(self) -> None:
        self._typing.stop()
        self.asked.emit(commands.SearchSources(self.search.text().strip()))


def _told(found: SourcesFound) -> str:
    if not found.sources:
        return _NONE_FOUND
    count = len(found.sources)
    passages = "1 passage" if count == 1 else f"{count} passages"
    return f"{passages} in {max(1, round(found.seconds * 1000))} ms"
