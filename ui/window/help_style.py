"""How a page of the help is set: our sizes and spacing instead of Qt's for Markdown. GUI thread."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from PySide6.QtGui import (
    QFont,
    QFontInfo,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)

from ui.theme import code_font, colors, font
from ui.tokens import FONT_BASE, FONT_TITLE, FONT_TRANSCRIPT, LINE_HEIGHT_PERCENT

_INDENT_PX = 24


def set_page(document: QTextDocument) -> None:
    """Restyle every block of a document that was made from Markdown."""
    document.setDefaultFont(font(FONT_TRANSCRIPT))
    document.setIndentWidth(_INDENT_PX)
    document.setDocumentMargin(0)
    cursor = QTextCursor(document)
    cursor.beginEditBlock()
    block = document.begin()
    while block.isValid():
        _set_block(cursor, block)
        block = block.next()
    cursor.endEditBlock()


def _set_block(cursor: QTextCursor, block: QTextBlock) -> None:
    level = block.blockFormat().headingLevel()
    size = {0: FONT_TRANSCRIPT, 1: FONT_TITLE}.get(level, FONT_TRANSCRIPT)
    shape = QTextBlockFormat()
    shape.setLineHeight(
        size * LINE_HEIGHT_PERCENT / 100, QTextBlockFormat.LineHeightTypes.MinimumHeight.value
    )
    is_item = block.textList() is not None
    shape.setTopMargin(24 if level > 1 else 4 if is_item else 10 if block.blockNumber() else 0)
    shape.setBottomMargin(4 if level else 0)
    cursor.setPosition(block.position())
    cursor.mergeBlockFormat(shape)
    runs = [at.fragment() for at in cast("Iterable[QTextBlock.iterator]", block)]
    for run in runs:
        cursor.setPosition(run.position())
        cursor.setPosition(run.position() + run.length(), QTextCursor.MoveMode.KeepAnchor)
        cursor.setCharFormat(_run_format(run.charFormat(), size, is_heading=level > 0))


def _run_format(now: QTextCharFormat, size: int, *, is_heading: bool) -> QTextCharFormat:
    shape = QTextCharFormat(now)
    shape.clearProperty(QTextCharFormat.Property.FontSizeAdjustment.value)
    if now.fontFixedPitch() or QFontInfo(now.font()).fixedPitch():
        shape.setFont(code_font(FONT_BASE))
        shape.setBackground(colors().raised)
        return shape
    face = font(size, bold=is_heading or now.fontWeight() > QFont.Weight.Medium)
    face.setItalic(now.fontItalic())
    shape.setFont(face)
    if now.isAnchor():
        shape.setForeground(colors().accent)
    return shape
