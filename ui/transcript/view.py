"""The transcript: reading, marking, copying, and the actions of a row. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QWidget

from app.conversation.message import Role
from ui.controls.paint import has_ring_after
from ui.shots.decoding import decoder
from ui.shots.shown import sent
from ui.transcript.blocks import Click, code_of, target_of
from ui.transcript.delegate import Index, Selection
from ui.transcript.following_list import FollowingList
from ui.transcript.row_actions import RowActions
from ui.transcript.row_menu import RowChoices, row_menu
from ui.transcript.rows import Row
from ui.transcript.sources import named_in
from ui.view_entries import Entry


class TranscriptView(FollowingList):
    """Words go to the clipboard and addresses to the browser only through its signals."""

    copied = Signal(str)
    link_opened = Signal(str)
    read_again = Signal(str)
    retried = Signal()
    take_retried = Signal(str)
    take_discarded = Signal(str)
    source_opened = Signal(object)
    """An `app.knowledge.citation.Source`."""
    picture_opened = Signal(str)
    """The target of a picture, as `ui.shots.shown` knows it."""

    # Qt calls overrides while the base class is still being made.
    _hovered = -1
    _by_keyboard = False
    _pressed_link = ""
    _pressed_picture = ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Conversation")
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.row_actions = RowActions(self.viewport())
        self.row_actions.copy.connect(self._copy_entry)
        self.row_actions.read_again.connect(self.read_again)
        self.row_actions.retry.connect(self.retried)
        self.moved.connect(self._place_actions)
        decoder().ready.connect(self.viewport().update)
        self.entries.modelReset.connect(self._forget_pointer)

    def show_entries(self, conversation_id: str, entries: tuple[Entry, ...]) -> None:
        """Show these rows; only what differs is touched."""
        self.entries.show(conversation_id, entries)
        self._place_actions()

    @property
    def selected_text(self) -> str:
        """The marked text, or empty."""
        marked = self.delegate.selection
        if marked is None or marked.begin == marked.end:
            return ""
        for entry in self.entries.entries:
            if entry.id == marked.entry_id:
                return self.rows.row(entry).document.text_between(marked.begin, marked.end)
        return ""

    def copy(self) -> None:
        """Copy what is marked, else the current row."""
        entry = self.entry_at(self.currentIndex())
        if text := self.selected_text or (entry.text if entry else ""):
            self.copied.emit(text)

    # Pointer

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._by_keyboard = False
        self._show_ring()
        entry, row, at = self._under(event.position().toPoint())
        self._pressed_link = row.document.link_at(at) if row else ""
        self._pressed_picture = self._picture_under(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton:
            place = row.document.position_at(at) if row else 0
            self._mark(Selection(entry.id, place, place) if entry else None)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        entry, row, at = self._under(event.position().toPoint())
        if entry is not None and row is not None:
            begin, end = row.document.word_at(row.document.position_at(at))
            self._mark(Selection(entry.id, begin, end))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._extend(at)
            return
        self._hover(self.indexAt(at).row())
        _, row, place = self._under(at)
        shape = Qt.CursorShape.ArrowCursor
        if self._picture_under(at) or (row is not None and row.document.link_at(place)):
            shape = Qt.CursorShape.PointingHandCursor
        elif row is not None and row.document.is_text_at(place):
            shape = Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        entry, row, at = self._under(event.position().toPoint())
        link = row.document.link_at(at) if row else ""
        if entry and link and link == self._pressed_link and not self.selected_text:
            self._follow(entry, link)
        picture = self._picture_under(event.position().toPoint())
        if picture and picture == self._pressed_picture:
            self.picture_opened.emit(picture)
        self._pressed_link = self._pressed_picture = ""

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        self._make_one_current()
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_PageDown, Qt.Key.Key_Space):
            bar.setValue(bar.value() + bar.pageStep())
        elif event.key() == Qt.Key.Key_PageUp:
            bar.setValue(bar.value() - bar.pageStep())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._toggle_details(self.entry_at(self.currentIndex()))
        elif event.key() in _MOVES:
            self._by_keyboard = True
            super().keyPressEvent(event)
            self._show_ring()
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._make_one_current()
        super().focusInEvent(event)
        self._by_keyboard = has_ring_after(event, self._by_keyboard)
        self._show_ring()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._show_ring()

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self._show_ring()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_keys = event.reason() is QContextMenuEvent.Reason.Keyboard
        self._make_one_current()
        index = self.currentIndex() if by_keys else self.indexAt(event.pos())
        entry = self.entry_at(index)
        if entry is None:
            return
        if by_keys:
            self.scrollTo(index)
        area = self.visualRect(index).intersected(self.viewport().rect())
        at = area.center() if by_keys else event.pos()
        menu = row_menu(self, entry, self._choices(entry), self.rows.unfolded)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))

    # Rows

    def _make_one_current(self) -> None:
        """The latest row, before Qt makes it the first and scrolls there."""
        if not self.currentIndex().isValid() and self.entries.rowCount():
            self.setCurrentIndex(self.entries.index(self.entries.rowCount() - 1))

    def _choices(self, entry: Entry) -> RowChoices:
        marked = self.delegate.selection
        return RowChoices(
            selected=self.selected_text if marked and marked.entry_id == entry.id else "",
            is_last_reply=self._is_last_reply(entry),
            copy=self.copied.emit,
            open_link=self.link_opened.emit,
            read_again=self.read_again.emit,
            retry=self.retried.emit,
            fold=self._fold,
            retry_take=self.take_retried.emit,
            discard_take=self.take_discarded.emit,
            open_source=self.source_opened.emit,
            open_picture=self.picture_opened.emit,
        )

    def _under(self, at: QPoint) -> tuple[Entry | None, Row | None, QPointF]:
        index = self.indexAt(at)
        entry = self.entry_at(index)
        if entry is None:
            return None, None, QPointF()
        row = self.rows.row(entry)
        return entry, row, row.in_text(QPointF(at - self.visualRect(index).topLeft()))

    def _picture_under(self, at: QPoint) -> str:
        """The target of the picture there, or empty."""
        index = self.indexAt(at)
        entry = self.entry_at(index)
        if entry is None or not entry.images:
            return ""
        number = self.rows.row(entry).picture_at(QPointF(at - self.visualRect(index).topLeft()))
        return sent(entry.id, number) if number >= 0 else ""

    def _mark(self, selection: Selection | None) -> None:
        if selection != self.delegate.selection:
            self.delegate.selection = selection
            self.viewport().update()

    def _extend(self, at: QPoint) -> None:
        marked = self.delegate.selection
        if marked is None:
            return
        for number, entry in enumerate(self.entries.entries):
            if entry.id == marked.entry_id:
                row = self.rows.row(entry)
                corner = self.visualRect(self.entries.index(number)).topLeft()
                end = row.document.position_at(row.in_text(QPointF(at - corner)))
                self._mark(Selection(entry.id, marked.begin, end))

    def _follow(self, entry: Entry, link: str) -> None:
        target = target_of(link)
        if target.click is Click.FOLD:
            self._fold(target.value)
        elif target.click is Click.RETRY_TAKE:
            self.take_retried.emit(target.value)
        elif target.click is Click.ASK_TO_DISCARD:
            self._fold(target.value)
        elif target.click is Click.DISCARD_TAKE:
            self.take_discarded.emit(target.value)
        elif target.click is Click.SOURCE:
            for source in named_in(entry):
                if str(source.number) == target.value:
                    self.source_opened.emit(source)
        elif target.click is Click.COPY_CODE:
            shown = self.rows.row(entry).document.blocks
            self.copied.emit(code_of(shown, int(target.value)))
        else:
            self.link_opened.emit(target.value)

    def _fold(self, call_id: str) -> None:
        self.rows.toggle(call_id)
        self.refold()

    def _toggle_details(self, entry: Entry | None) -> None:
        if entry is not None and entry.take is not None and not entry.take.trying:
            self.take_retried.emit(entry.take.take_id)
        if entry is not None and entry.images and not entry.tools:
            self.picture_opened.emit(sent(entry.id, 0))
        if entry is None or not entry.tools:
            return
        calls = {tool.call_id for tool in entry.tools}
        folded = calls - self.rows.unfolded
        for call_id in folded or calls:
            self.rows.toggle(call_id)
        self.refold()

    def _copy_entry(self, entry_id: str) -> None:
        for entry in self.entries.entries:
            if entry.id == entry_id:
                self.copied.emit(entry.text)

    def _is_last_reply(self, entry: Entry) -> bool:
        replies = (e for e in reversed(self.entries.entries) if e.role is Role.ASSISTANT)
        return next(replies, None) is entry

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self._place_actions()

    def _show_ring(self) -> None:
        shown = self.currentIndex().row() if self.hasFocus() and self._by_keyboard else -1
        if shown != self.delegate.ringed:
            self.delegate.ringed = shown
            self.viewport().update()
            self._place_actions()

    def _place_actions(self) -> None:
        for number in (self._hovered, self.delegate.ringed, self._row_of_focused_actions()):
            if not 0 <= number < self.entries.rowCount():
                continue
            entry = self.entries.entry(number)
            if entry.role is Role.ASSISTANT and entry.is_kept:
                area = self.visualRect(self.entries.index(number))
                row = self.rows.row(entry)
                left = int(self.rows.column.left) - 6
                self.row_actions.show_for(entry, is_last=self._is_last_reply(entry))
                self.row_actions.move(left, area.top() + row.actions_top)
                return
        self.row_actions.hide()

    def _row_of_focused_actions(self) -> int:
        return self.currentIndex().row() if self.row_actions.has_focus() else -1

    def _forget_pointer(self) -> None:
        self._hovered = -1
        self.delegate.selection = None
        self.delegate.ringed = -1


_MOVES = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Home, Qt.Key.Key_End)
