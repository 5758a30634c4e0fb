"""A list that follows its end while it is there and never moves what is read. GUI thread."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QWidget

from ui.controls.buttons import IconButton, Shape
from ui.controls.column import show_handle_when_needed
from ui.controls.icons import Icon
from ui.tokens import SPACE_12
from ui.transcript.delegate import Index, RowDelegate
from ui.transcript.model import TranscriptModel
from ui.transcript.rows import Rows
from ui.view_entries import Entry

_AT_END_PX = 8
_MEASURE_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class _Anchor:
    """The first visible row and where its top is, in px from the viewport's."""

    row: int
    entry_id: str
    top_px: int


class FollowingList(QListView):
    """Lays out exactly what is near the viewport and keeps the first visible row in its place."""

    moved = Signal()
    """Rows are now elsewhere in the viewport."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = Rows()
        self.entries = TranscriptModel(self)
        self.delegate = RowDelegate(self.entries, self.rows, self)
        self.follows = True
        self._anchor: _Anchor | None = None
        self._is_laying_out = False
        self.to_end = IconButton(Icon.TO_END, "Go to the latest", parent=self)
        self.to_end.shape = Shape.FLOATING
        self.to_end.clicked.connect(self.scroll_to_end)
        self.to_end.hide()
        self.setItemDelegate(self.delegate)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        bar = self.verticalScrollBar()
        bar.setSingleStep(24)
        bar.valueChanged.connect(self._on_scrolled)
        show_handle_when_needed(bar)
        self.entries.modelReset.connect(self._on_reset)
        self.setModel(self.entries)

    def scroll_to_end(self) -> None:
        """Show the latest row and follow from now on."""
        self.follows = True
        self.executeDelayedItemsLayout()
        self._hold_place()
        self._after_move()

    def lay_out_again(self) -> None:
        """The look is another: every row is laid out anew, in its place."""
        self.rows.forget()
        self.doItemsLayout()

    def refold(self) -> None:
        """A row was folded or unfolded: what is above it stays."""
        self.follows = False
        self.doItemsLayout()
        self.follows = self._is_at_end()

    def entry_at(self, index: QModelIndex) -> Entry | None:
        """The content of a row, None when there is none."""
        return self.entries.entry(index.row()) if index.isValid() else None

    def doItemsLayout(self) -> None:
        if self._is_laying_out:
            super().doItemsLayout()
            return
        self._is_laying_out = True
        try:
            self.rows.fit(self.width())
            if self.follows:
                self._measure_end()
            for _ in range(_MEASURE_ROUNDS):
                super().doItemsLayout()
                self._hold_place()
                if not self._measure_near():
                    break
        finally:
            self._is_laying_out = False
        self._after_move()

    def dataChanged(self, first: Index, last: Index, roles: Iterable[int] = ()) -> None:
        """Repaint, and lay out only when a height is another; QListView would do so always."""
        QAbstractItemView.dataChanged(self, first, last, list(roles))
        for row in range(first.row(), last.row() + 1):
            if self.rows.height(self.entries.entry(row)) != self._room_of(row):
                self.scheduleDelayedItemsLayout()

    def _room_of(self, row: int) -> int:
        """How high the row was laid out; `visualRect` tells how high it should be now."""
        top = self.visualRect(self.entries.index(row)).top()
        if row + 1 < self.entries.rowCount():
            return self.visualRect(self.entries.index(row + 1)).top() - top
        return self.contentsSize().height() - self.verticalOffset() - top

    def resizeEvent(self, event: QResizeEvent) -> None:
        was_laying_out, self._is_laying_out = self._is_laying_out, True
        super().resizeEvent(event)
        self._is_laying_out = was_laying_out
        if self.rows.fits(self.width()):
            self._hold_place()
        else:
            self.doItemsLayout()
        self._after_move()

    def _hold_place(self) -> None:
        bar = self.verticalScrollBar()
        was_laying_out, self._is_laying_out = self._is_laying_out, True
        if self.follows:
            bar.setValue(bar.maximum())
        elif (index := self._anchored()) is not None and self._anchor is not None:
            bar.setValue(bar.value() + self.visualRect(index).top() - self._anchor.top_px)
        self._is_laying_out = was_laying_out

    def _anchored(self) -> QModelIndex | None:
        anchor = self._anchor
        if anchor is None:
            return None
        entries = self.entries.entries
        if anchor.row < len(entries) and entries[anchor.row].id == anchor.entry_id:
            return self.entries.index(anchor.row)
        found = (row for row, entry in enumerate(entries) if entry.id == anchor.entry_id)
        row = next(found, None)
        return None if row is None else self.entries.index(row)

    def _measure_end(self) -> None:
        """Lay out exactly the last two pages, so that one round is enough: it asks for all rows."""
        left = 2 * self.viewport().height()
        for entry in reversed(self.entries.entries):
            if left <= 0:
                return
            if not self.rows.is_exact(entry):
                self.rows.row(entry)
            left -= self.rows.height(entry)

    def _measure_near(self) -> bool:
        """Lay out exactly what is less than a page away; whether a height was another."""
        height = self.viewport().height()
        was_wrong = False
        for row in self._rows_between(-height, 2 * height):
            entry = self.entries.entry(row)
            if not self.rows.is_exact(entry):
                estimate = self.rows.height(entry)
                was_wrong |= self.rows.row(entry).height != estimate
        return was_wrong

    def _rows_between(self, top: int, bottom: int) -> list[int]:
        first = self._first_visible()
        if first is None:
            return []
        rows = []
        for row in range(first, self.entries.rowCount()):
            if self.visualRect(self.entries.index(row)).top() > bottom:
                break
            rows.append(row)
        for row in range(first - 1, -1, -1):
            if self.visualRect(self.entries.index(row)).bottom() < top:
                break
            rows.append(row)
        return rows

    def _first_visible(self) -> int | None:
        index = self.indexAt(QPoint(self.viewport().width() // 2, 0))
        if index.isValid():
            return index.row()
        return 0 if self.entries.rowCount() else None

    def _after_move(self) -> None:
        first = self._first_visible()
        if first is not None:
            index = self.entries.index(first)
            top = self.visualRect(index).top()
            self._anchor = _Anchor(first, self.entries.entry(first).id, top)
        bar = self.verticalScrollBar()
        is_away = bar.value() < bar.maximum() - self.viewport().height() // 4
        self.to_end.setVisible(is_away and not self.follows)
        size = self.to_end.size()
        at = self.viewport().geometry()
        self.to_end.move(
            at.left() + (at.width() - size.width()) // 2, at.bottom() - size.height() - SPACE_12
        )
        self.moved.emit()

    def _on_scrolled(self, _value: int) -> None:
        if self._is_laying_out:
            return
        self.follows = self._is_at_end()
        self._after_move()
        if self._is_near_estimated():
            self.scheduleDelayedItemsLayout()

    def _is_at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - _AT_END_PX

    def _is_near_estimated(self) -> bool:
        height = self.viewport().height()
        near = self._rows_between(-height, 2 * height)
        return any(not self.rows.is_exact(self.entries.entry(row)) for row in near)

    def _on_reset(self) -> None:
        self.follows = True
        self._anchor = None
        self.rows.forget()
