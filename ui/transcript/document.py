"""Blocks as a QTextDocument that is patched from the first block that differs. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAbstractTextDocumentLayout,
    QColor,
    QFont,
    QPainter,
    QPalette,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)

from ui.controls.icons import Icon, draw
from ui.controls.paint import rounded
from ui.theme import code_font, colors, font
from ui.tokens import FONT_BASE, FONT_CAPTION, FONT_TRANSCRIPT, LINE_HEIGHT_PERCENT
from ui.transcript.markup import LINE_BREAK, Block, BlockKind, Span, Style

_INDENT_PX = 22
_BOX_PADDING_PX = 12
_BOXED = (BlockKind.CODE_LABEL, BlockKind.CODE, BlockKind.DETAIL)


class BlockDocument:
    """One row's text, laid out. Block n of the document is block n of `blocks`."""

    def __init__(self, width: float) -> None:
        self.blocks: tuple[Block, ...] = ()
        self._width = width
        self._document = QTextDocument()
        self._document.setUndoRedoEnabled(False)
        self._document.setDocumentMargin(0)
        self._document.setDefaultFont(font(FONT_TRANSCRIPT))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self._document.setDefaultTextOption(option)
        self._document.setTextWidth(width)

    def show(self, blocks: tuple[Block, ...]) -> None:
        """Make the document these blocks; the ones in front that stay the same are not touched."""
        keep = 0
        for old, new in zip(self.blocks, blocks, strict=False):
            if old != new:
                break
            keep += 1
        cursor = QTextCursor(self._document)
        cursor.beginEditBlock()
        self._cut_after(cursor, keep)
        for number in range(keep, len(blocks)):
            self._append(cursor, number, blocks)
        cursor.endEditBlock()
        self.blocks = blocks

    def shrink_to_fit(self) -> float:
        """Narrow the text to its longest line; the width in px."""
        self._width = min(self._width, float(int(self._document.idealWidth()) + 1))
        self._document.setTextWidth(self._width)
        return self._width

    @property
    def height(self) -> float:
        """In px; 0 without blocks."""
        return self._document.size().height() if self.blocks else 0.0

    def link_at(self, at: QPointF) -> str:
        """The link there, or empty."""
        return self._document.documentLayout().anchorAt(at)

    def position_at(self, at: QPointF) -> int:
        """The place in the text nearest to a point."""
        return self._document.documentLayout().hitTest(at, Qt.HitTestAccuracy.FuzzyHit)

    def is_text_at(self, at: QPointF) -> bool:
        """Whether there are words right there."""
        return self._document.documentLayout().hitTest(at, Qt.HitTestAccuracy.ExactHit) >= 0

    def word_at(self, position: int) -> tuple[int, int]:
        """Begin and end of the word around a place."""
        cursor = QTextCursor(self._document)
        cursor.setPosition(position)
        cursor.select(QTextCursor.SelectionType.WordUnderCursor)
        return cursor.selectionStart(), cursor.selectionEnd()

    def text_between(self, one: int, other: int) -> str:
        """The words between two places."""
        text = self._selection(one, other).selectedText()
        return text.replace("\u2029", "\n").replace(LINE_BREAK, "\n")

    def paint(self, painter: QPainter, selection: tuple[int, int] | None) -> None:
        """Draw at the painter's origin."""
        self._paint_boxes(painter)
        context = QAbstractTextDocumentLayout.PaintContext()
        context.palette.setColor(QPalette.ColorRole.Text, colors().text)
        if selection is not None:
            marked = QAbstractTextDocumentLayout.Selection()
            marked.cursor = self._selection(*selection)
            marked.format.setBackground(colors().accent)
            marked.format.setForeground(colors().on_accent)
            context.selections = [marked]
        self._document.documentLayout().draw(painter, context)
        self._paint_markers(painter)

    def _cut_after(self, cursor: QTextCursor, keep: int) -> None:
        if keep >= len(self.blocks):
            return
        begin = self._document.findBlockByNumber(keep).position()
        cursor.setPosition(max(begin - 1, 0) if keep else 0)
        cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()

    def _append(self, cursor: QTextCursor, number: int, blocks: tuple[Block, ...]) -> None:
        block = blocks[number]
        cursor.movePosition(QTextCursor.MoveOperation.End)
        block_format = self._block_format(number, blocks)
        if number:
            cursor.insertBlock(block_format, QTextCharFormat())
        else:
            cursor.setBlockFormat(block_format)
        for span in block.spans:
            cursor.insertText(span.text, _char_format(block.kind, span))

    def _block_format(self, number: int, blocks: tuple[Block, ...]) -> QTextBlockFormat:
        block = blocks[number]
        before = blocks[number - 1].kind if number else None
        result = QTextBlockFormat()
        result.setTopMargin(_top_margin(block.kind, before))
        size = FONT_BASE if block.kind in (*_BOXED, BlockKind.TOOL) else FONT_TRANSCRIPT
        minimum = QTextBlockFormat.LineHeightTypes.MinimumHeight.value
        result.setLineHeight(size * LINE_HEIGHT_PERCENT / 100, minimum)
        if block.kind is BlockKind.ITEM:
            result.setLeftMargin((block.level + 1) * _INDENT_PX)
        elif block.kind is BlockKind.QUOTE:
            result.setLeftMargin(_BOX_PADDING_PX + 4)
        elif block.kind is BlockKind.TOOL:
            result.setLeftMargin(_INDENT_PX)
        elif block.kind in _BOXED:
            result.setLeftMargin(_BOX_PADDING_PX)
            result.setRightMargin(_BOX_PADDING_PX)
            after = blocks[number + 1].kind if number + 1 < len(blocks) else None
            if not _in_one_box(block.kind, after):
                result.setBottomMargin(_BOX_PADDING_PX)
            right = QTextOption.Tab(self._width - 2 * _BOX_PADDING_PX, QTextOption.TabType.RightTab)
            result.setTabPositions([right])
        return result

    def _paint_boxes(self, painter: QPainter) -> None:
        at = 0
        while at < len(self.blocks):
            if self.blocks[at].kind not in _BOXED:
                at += 1
                continue
            last = at
            while last + 1 < len(self.blocks) and _in_one_box(
                self.blocks[last].kind, self.blocks[last + 1].kind
            ):
                last += 1
            top = self._rect(at).top() - _BOX_PADDING_PX + 2
            bottom = self._rect(last).bottom() + _BOX_PADDING_PX - 2
            paint = colors()
            box = QRectF(0, top, self._width, bottom - top)
            rounded(painter, box, 8, fill=paint.surface, line=paint.line, line_px=paint.border_px)
            at = last + 1

    def _paint_markers(self, painter: QPainter) -> None:
        paint = colors()
        for number, block in enumerate(self.blocks):
            if block.kind not in (BlockKind.ITEM, BlockKind.TOOL, BlockKind.QUOTE):
                continue
            area = self._rect(number)
            if block.kind is BlockKind.ITEM:
                style = block.spans[0].style if block.spans else Style.PLAIN
                painter.setPen(paint.quiet if style & Style.UNHEARD else paint.text)
                painter.setFont(font(FONT_TRANSCRIPT))
                line = self._document.findBlockByNumber(number).layout().lineAt(0)
                left = block.level * _INDENT_PX
                if block.marker == "•":
                    left += 6
                painter.drawText(QPointF(left, area.top() + line.y() + line.ascent()), block.marker)
            elif block.kind is BlockKind.TOOL:
                icon = Icon.DOWN if block.marker == "down" else Icon.RIGHT
                draw(painter, icon, QPointF(8, area.center().y() - 1), 14, paint.quiet)
            else:
                bar = QRectF(0, area.top() + 2, 3, area.height() - 2)
                rounded(painter, bar, 1.5, fill=paint.line)

    def _rect(self, number: int) -> QRectF:
        block = self._document.findBlockByNumber(number)
        layout = block.layout()
        return layout.boundingRect().translated(layout.position())

    def _selection(self, one: int, other: int) -> QTextCursor:
        cursor = QTextCursor(self._document)
        cursor.setPosition(one)
        cursor.setPosition(other, QTextCursor.MoveMode.KeepAnchor)
        return cursor


def _in_one_box(kind: BlockKind, after: BlockKind | None) -> bool:
    if kind is BlockKind.DETAIL:
        return after is BlockKind.DETAIL
    return kind is BlockKind.CODE_LABEL and after is BlockKind.CODE


def _top_margin(kind: BlockKind, before: BlockKind | None) -> float:
    if before is None:
        return 2 * _BOX_PADDING_PX if kind in _BOXED else 0
    if _in_one_box(before, kind):
        return 4
    if kind in _BOXED:
        return _BOX_PADDING_PX + (6 if before is BlockKind.TOOL else 10)
    if before in _BOXED:
        return 2 * _BOX_PADDING_PX
    if kind is BlockKind.TOOL or (kind is BlockKind.ITEM and before is BlockKind.ITEM):
        return 4
    return 16 if kind is BlockKind.HEADING else 10


def _char_format(kind: BlockKind, span: Span) -> QTextCharFormat:
    paint = colors()
    result = QTextCharFormat()
    is_box = kind in (BlockKind.CODE, BlockKind.DETAIL)
    face = code_font(FONT_BASE) if span.style & Style.CODE else font(FONT_TRANSCRIPT)
    if kind is BlockKind.TOOL:
        face = font(FONT_BASE)
    elif kind is BlockKind.CODE_LABEL or (kind is BlockKind.DETAIL and not span.style & Style.CODE):
        face = font(FONT_CAPTION)
    if kind is BlockKind.HEADING or span.style & Style.BOLD:
        face.setWeight(QFont.Weight.DemiBold)
    face.setItalic(bool(span.style & Style.ITALIC))
    face.setStrikeOut(bool(span.style & Style.UNHEARD))
    result.setFont(face)
    result.setForeground(_ink(span))
    if span.style & Style.CODE and not is_box:
        result.setBackground(paint.raised)
    if span.link:
        result.setAnchor(True)
        result.setAnchorHref(span.link)
        result.setFontUnderline(span.link.startswith("http"))
    return result


def _ink(span: Span) -> QColor:
    paint = colors()
    if span.style & (Style.UNHEARD | Style.QUIET):
        return paint.quiet
    if span.style & Style.WARNING:
        return paint.warning
    return paint.accent if span.link else paint.text
