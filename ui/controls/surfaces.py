"""Cards, labels and lines. GUI thread."""

from __future__ import annotations

import enum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.controls.paint import rounded
from ui.theme import colors
from ui.tokens import RADIUS_CARD


class Tone(enum.StrEnum):
    """How a label speaks; the style sheet knows these names."""

    TEXT = "text"
    QUIET = "quiet"
    CAPTION = "caption"
    TITLE = "title"
    HEADING = "heading"
    DANGER = "danger"
    WARNING = "warning"


def label(
    text: str = "", tone: Tone = Tone.TEXT, *, wrap: bool = False, parent: QWidget | None = None
) -> QLabel:
    """Words on a page. They are plain text whatever they contain."""
    result = QLabel(text, parent)
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setProperty("tone", tone.value)
    result.setWordWrap(wrap)
    if wrap:
        result.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return result


class ElidedLabel(QLabel):
    """One line with an ellipsis where room ends; the whole of it is the tip.

    `elide` says where that is: what matters of a path is its end.
    """

    def __init__(
        self,
        tone: Tone = Tone.TEXT,
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._whole = ""
        self._elide = elide
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone.value)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show `text`, shortened to the room there is."""
        if text != self._whole:
            self._whole = text
            self.setAccessibleName(text)
            self._fit()

    @property
    def whole(self) -> str:
        """The text before it was shortened."""
        return self._whole

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(
            self.fontMetrics().horizontalAdvance(self._whole) + 4, super().sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        one_line = " ".join(self._whole.split())
        shown = self.fontMetrics().elidedText(one_line, self._elide, max(self.width(), 0))
        self.setText(shown)
        self.setToolTip("" if shown == one_line else plain_tip(self._whole))
        self.updateGeometry()


def plain_tip(text: str) -> str:
    """A tip that shows `text` as it is: Qt would take words of others for markup."""
    if "<" not in text:
        return text
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f"<p style='white-space: pre-wrap'>{escaped}</p>"


class Ground(enum.Enum):
    """What a card is made of."""

    SURFACE = enum.auto()
    RAISED = enum.auto()


class Edge(enum.Enum):
    """The line around a card."""

    LINE = enum.auto()
    FOCUSED = enum.auto()
    ACCENT = enum.auto()


class Card(QWidget):
    """A rounded ground with a line around it."""

    def __init__(self, ground: Ground = Ground.SURFACE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ground = ground
        self._edge = Edge.LINE

    def set_edge(self, edge: Edge) -> None:
        """How much the line stands out."""
        if edge is not self._edge:
            self._edge = edge
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        paint = colors()
        edges = {Edge.LINE: paint.line, Edge.FOCUSED: paint.quiet, Edge.ACCENT: paint.accent}
        fill = paint.surface if self._ground is Ground.SURFACE else paint.raised
        rounded(
            QPainter(self),
            QRectF(self.rect()),
            RADIUS_CARD,
            fill=fill,
            line=edges[self._edge],
            line_px=paint.border_px,
        )


class Line(QWidget):
    """A thin line between rows."""

    def __init__(self, parent: QWidget | None = None, *, vertical: bool = False) -> None:
        super().__init__(parent)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), colors().line)
