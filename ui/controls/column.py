"""A page's column: at most 720 px wide, in the middle, with the page's margin. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QMargins, QObject
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui.tokens import COLUMN_WIDTH, page_margin


class Column(QWidget):
    """Holds one widget in the column of `page`, which is itself by default; hides with it."""

    def __init__(
        self,
        content: QWidget,
        *,
        top: int = 0,
        bottom: int = 0,
        width: int = COLUMN_WIDTH,
        page: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._content = content
        self._page = page or self
        self._edges = (top, bottom)
        self._width = width
        row = QHBoxLayout(self)
        row.setContentsMargins(16, top, 16, bottom)
        row.addWidget(content)
        content.installEventFilter(self)
        if content.isHidden():
            self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        page = self._page.width()
        width = min(self._width, page - 2 * page_margin(page))
        left = (page - width) // 2
        top, bottom = self._edges
        layout = self.layout()
        # Not more than at the left: a margin adds to the least width, and both would grow forever.
        right = min(self.width() - width - left, left + 1)
        wanted = QMargins(left, top, right, bottom)
        if layout is not None and layout.contentsMargins() != wanted:
            layout.setContentsMargins(wanted)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._content and event.type() in (
            QEvent.Type.HideToParent,
            QEvent.Type.ShowToParent,
        ):
            self.setVisible(event.type() == QEvent.Type.ShowToParent)
        return super().eventFilter(watched, event)


def scrolled(content: QWidget, name: str, *, width: int = COLUMN_WIDTH) -> QScrollArea:
    """A page that scrolls, with `content` in its column."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    holder = QWidget()
    # Its height follows from its width; the least height is that of the narrowest page.
    holder.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
    rows = QVBoxLayout(holder)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.addWidget(Column(content, top=8, bottom=24, width=width, page=area))
    rows.addStretch()
    area.setWidget(holder)
    show_handle_when_needed(area.verticalScrollBar())
    return area


def lay_out_now() -> None:
    """Give what was added its place before the next frame, which would show it squeezed."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)


def show_handle_when_needed(bar: QScrollBar) -> None:
    """Draw no handle while there is nothing to scroll; the style sheet hides a disabled one."""
    bar.setEnabled(bar.maximum() > bar.minimum())
    bar.rangeChanged.connect(lambda low, high: bar.setEnabled(high > low))
