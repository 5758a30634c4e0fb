"""Where everything is within a row, and how high rows are. GUI thread.

Rows near the viewport are laid out exactly; the heights of the others are estimated until they come
near, so that a long conversation opens and resizes at once.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFontMetricsF, QPainter

from app.conversation.message import Role
from ui.controls.paint import rounded
from ui.theme import colors, font
from ui.tokens import (
    COLUMN_WIDTH,
    FONT_TRANSCRIPT,
    LINE_HEIGHT_PERCENT,
    RADIUS_CARD,
    SPACE_8,
    SPACE_12,
    SPACE_16,
    page_margin,
)
from ui.transcript import blocks
from ui.transcript.blocks import Unfolded
from ui.transcript.document import BlockDocument
from ui.transcript.thumbnails import HEIGHT, Thumbnails
from ui.view_entries import Entry

ACTIONS_HEIGHT = 32
"""Kept free under every reply, so that its actions move nothing when they appear."""

_CARD_SHARE = 0.8
_KEPT_ROWS = 96


@dataclass(frozen=True, slots=True)
class Column:
    """The column of text within the page, in px."""

    left: float
    width: float

    @classmethod
    def within(cls, page_width: int) -> Column:
        """Centred, at most `COLUMN_WIDTH` wide."""
        width = max(120, min(COLUMN_WIDTH, page_width - 2 * page_margin(page_width)))
        return cls(math.floor((page_width - width) / 2), width)


class Row:
    """One entry laid out in a column. Coordinates are relative to the row's top left corner."""

    def __init__(self, column: Column, role: Role) -> None:
        self._column = column
        self._role = role
        self._entry: Entry | None = None
        self._unfolded: Unfolded = frozenset()
        width = column.width
        if role is Role.USER:
            width = math.floor(column.width * _CARD_SHARE) - 2 * SPACE_16
        self._widest = width
        self.document = BlockDocument(width)
        self._pictures = Thumbnails((), width)
        self._pictures_at = self._text_at = QPointF(column.left, SPACE_8)
        self._card: QRectF | None = None

    def show(self, entry: Entry, unfolded: Unfolded) -> None:
        """Lay `entry` out; an entry that grew is patched."""
        if entry is self._entry and unfolded == self._unfolded:
            return
        self._entry, self._unfolded = entry, unfolded
        self.document.show(blocks.of_entry(entry, unfolded))
        if entry.images:
            self._pictures = Thumbnails(entry.images, self._widest)
        pictures = self._pictures.height
        if self._role is Role.USER:
            text = self.document.shrink_to_fit()
            width = max(text, self._pictures.width) + 2 * SPACE_16
            left = self._column.left + self._column.width - width
            top = SPACE_8 + (SPACE_16 if pictures else SPACE_8 + 1)
            bottom = top + pictures + self.document.height + SPACE_8 + 1
            self._card = QRectF(left, SPACE_8, width, bottom - SPACE_8)
            self._pictures_at = QPointF(left + SPACE_16, top)
            self._text_at = QPointF(left + SPACE_16, top + pictures)
        else:
            self._text_at = QPointF(self._column.left, SPACE_8 + pictures)

    def can_become(self, entry: Entry, unfolded: Unfolded) -> bool:
        """Whether `show` may be called: a card shrinks to its words for good."""
        if self._role is not Role.USER:
            return entry.role is self._role
        return entry is self._entry and unfolded == self._unfolded

    @property
    def height(self) -> int:
        """In px, with the room around it."""
        if self._card is not None:
            return math.ceil(self._card.bottom() + SPACE_12)
        return math.ceil(self._text_at.y() + self.document.height) + ACTIONS_HEIGHT + SPACE_8

    @property
    def actions_top(self) -> int:
        """Where the actions of a reply begin."""
        return math.ceil(self._text_at.y() + self.document.height) + 4

    def in_text(self, at: QPointF) -> QPointF:
        """A point of the row in the coordinates of its text."""
        return at - self._text_at

    def picture_at(self, at: QPointF) -> int:
        """The number of the picture at a point of the row, or -1."""
        return self._pictures.at(at - self._pictures_at)

    def ring(self) -> QRectF:
        """What the focus ring goes around."""
        if self._card is not None:
            return self._card
        height = self._pictures.height + self.document.height
        area = QRectF(self._text_at.x(), SPACE_8, self._column.width, height)
        return area.adjusted(-SPACE_8, -6, SPACE_8, 6)

    def paint(
        self, painter: QPainter, *, selection: tuple[int, int] | None, has_ring: bool
    ) -> None:
        """Draw at the painter's origin."""
        if self._card is not None:
            rounded(painter, self._card, RADIUS_CARD, fill=colors().raised)
        painter.save()
        painter.translate(self._pictures_at)
        self._pictures.paint(painter)
        painter.restore()
        painter.save()
        painter.translate(self._text_at)
        self.document.paint(painter, selection)
        painter.restore()
        if has_ring:
            rounded(painter, self.ring(), RADIUS_CARD, line=colors().accent, line_px=2)


@dataclass(frozen=True, slots=True)
class _Height:
    entry: Entry
    unfolded: Unfolded
    px: int


class Rows:
    """Rows by entry, laid out when asked for; the latest used stay laid out."""

    def __init__(self) -> None:
        self.unfolded: Unfolded = frozenset()
        self._column = Column(0, COLUMN_WIDTH)
        self._rows: OrderedDict[str, Row] = OrderedDict()
        self._heights: dict[str, _Height] = {}
        self._estimates: dict[str, int] = {}
        self._letter_px = 0.0
        self.width = COLUMN_WIDTH
        """Of a row with the margin at its left, in px."""

    @property
    def column(self) -> Column:
        """The column that rows are laid out in."""
        return self._column

    def fits(self, page_width: int) -> bool:
        """Whether the rows are laid out for this width."""
        return Column.within(page_width) == self._column

    def fit(self, page_width: int) -> None:
        """Lay out for this width from now on."""
        column = Column.within(page_width)
        if column == self._column:
            return
        has_other_width = column.width != self._column.width
        self._column = column
        self.width = int(column.left + column.width)
        self._rows.clear()
        if has_other_width:
            self._heights.clear()
            self._estimates.clear()

    def forget(self) -> None:
        """Lay everything out again: the look is another."""
        self._rows.clear()
        self._heights.clear()
        self._estimates.clear()
        self._letter_px = 0.0

    def toggle(self, call_id: str) -> None:
        """Unfold a tool call, or fold it again."""
        self.unfolded = self.unfolded ^ {call_id}

    def row(self, entry: Entry) -> Row:
        """The entry, laid out exactly."""
        row, unfolded = self._rows.get(entry.id), self._unfolded_in(entry)
        if row is None or not row.can_become(entry, unfolded):
            row = self._rows[entry.id] = Row(self._column, entry.role)
        row.show(entry, unfolded)
        self._rows.move_to_end(entry.id)
        self._heights[entry.id] = _Height(entry, self._unfolded_in(entry), row.height)
        while len(self._rows) > _KEPT_ROWS:
            self._rows.popitem(last=False)
        return row

    def is_exact(self, entry: Entry) -> bool:
        """Whether the height of the entry is known and no estimate."""
        known = self._heights.get(entry.id)
        return known is not None and known.entry is entry and self._is_same_fold(known)

    def height(self, entry: Entry) -> int:
        """In px: exact for rows that were laid out once, else estimated."""
        known = self._heights.get(entry.id)
        if known is None:
            estimate = self._estimates.get(entry.id)
            if estimate is None:
                estimate = self._estimates[entry.id] = self._estimate(entry)
            return estimate
        return known.px if self.is_exact(entry) else self.row(entry).height

    def _is_same_fold(self, known: _Height) -> bool:
        return known.unfolded == self._unfolded_in(known.entry)

    def _unfolded_in(self, entry: Entry) -> Unfolded:
        if entry.take is not None:
            return self.unfolded & {entry.take.take_id}
        if not entry.tools or not self.unfolded:
            return frozenset()
        return self.unfolded & {tool.call_id for tool in entry.tools}

    def _estimate(self, entry: Entry) -> int:
        if not self._letter_px:
            self._letter_px = QFontMetricsF(font(FONT_TRANSCRIPT)).averageCharWidth()
        share = _CARD_SHARE if entry.role is Role.USER else 1.0
        per_line = max(8, int(self._column.width * share / self._letter_px))
        lines = sum(1 + len(line) // per_line for line in entry.text.split("\n"))
        text = lines * FONT_TRANSCRIPT * LINE_HEIGHT_PERCENT // 100
        around = 38 if entry.role is Role.USER else SPACE_16 + ACTIONS_HEIGHT
        pictures = HEIGHT + SPACE_16 if entry.images else 0
        return text + around + 24 * len(entry.tools) + pictures
