"""Conversations beside the page, or above it in a narrow window. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from ui.tokens import FOLD_BELOW_WIDTH, SIDEBAR_WIDTH

_DIM = QColor(0, 0, 0, 90)


class _Veil(QWidget):
    """Dims the page below the open list; a click closes the list."""

    clicked = Signal()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), _DIM)


class SplitView(QWidget):
    """Below `FOLD_BELOW_WIDTH` the side folds away and comes back over the page when asked for.

    Who has the keyboard then is for the window to say.
    """

    came_over = Signal()
    """The side now lies over the page."""
    left_with_focus = Signal()
    """The side went away while it had the keyboard."""

    def __init__(self, side: QWidget, page: QWidget, *, unfolded: bool) -> None:
        super().__init__()
        self._side = side
        self._page = page
        self._unfolded = unfolded
        self._over = False
        side.setParent(self)
        page.setParent(self)
        self._veil = _Veil(self)
        self._veil.clicked.connect(self.close_over)
        self._arrange()

    @property
    def is_narrow(self) -> bool:
        """Whether there is no room for both."""
        return self.width() < FOLD_BELOW_WIDTH

    @property
    def is_unfolded(self) -> bool:
        """Whether the side is wanted where there is room."""
        return self._unfolded

    @property
    def is_over(self) -> bool:
        """Whether the side lies over the page."""
        return self.is_narrow and self._over

    def toggle(self) -> None:
        """Show the side, or fold it away."""
        if self.is_narrow:
            self._over = not self._over
        else:
            self._unfolded = not self._unfolded
        self._arrange()

    def close_over(self) -> None:
        """Fold away what lies over the page."""
        if self._over:
            self._over = False
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        is_shown = self._over if self.is_narrow else self._unfolded
        left = 0 if self.is_narrow or not is_shown else SIDEBAR_WIDTH
        if not self.is_narrow:
            self._over = False
        focused = self.focusWidget()
        had_focus = focused is not None and self._side.isAncestorOf(focused)
        was_over = self._veil.isVisible()
        self._page.setGeometry(left, 0, self.width() - left, self.height())
        self._side.setGeometry(0, 0, SIDEBAR_WIDTH, self.height())
        self._veil.setGeometry(self.rect())
        self._side.setVisible(is_shown)
        self._veil.setVisible(self.is_over)
        if self.is_over:
            self._veil.raise_()
            self._side.raise_()
            if not was_over:
                self.came_over.emit()
        elif had_focus and not is_shown:
            self.left_with_focus.emit()
