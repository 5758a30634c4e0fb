"""Text cut into the few lines that there is room for. GUI thread."""

from __future__ import annotations

import unicodedata

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption

_LONGEST_TAIL = 600
"""More characters than this never fit into three lines."""


def wrapped(text: str, font: QFont, width: float) -> list[str]:
    """The lines of `text`, all of them, broken between words where that is possible."""
    layout = QTextLayout(text, font)
    option = QTextOption(Qt.AlignmentFlag.AlignLeft)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    found = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        found.append(_part(text, line.textStart(), line.textLength()))
    layout.endLayout()
    return found


def first_lines(text: str, font: QFont, width: float, count: int) -> list[str]:
    """The beginning of `text` in at most `count` lines; what is left out becomes an ellipsis."""
    text = " ".join(text.split())
    lines = wrapped(text[:_LONGEST_TAIL], font, width) if text else []
    if len(lines) <= count:
        return lines
    rest = " ".join(line.strip() for line in lines[count - 1 :])
    elided = QFontMetricsF(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return [*lines[: count - 1], elided]


def last_lines(text: str, font: QFont, width: float, count: int) -> list[str]:
    """The end of `text` in at most `count` lines: the newest words are the ones that are read."""
    text = " ".join(text[-_LONGEST_TAIL * 2 :].split())
    lines = wrapped(text, font, width) if text else []
    if len(lines) <= count:
        return lines
    kept = lines[-count:]
    metrics = QFontMetricsF(font)
    first = "… " + kept[0].strip()
    while metrics.horizontalAdvance(first) > width and " " in first[2:]:
        first = "… " + first[2:].partition(" ")[2]
    return [metrics.elidedText(first, Qt.TextElideMode.ElideLeft, width), *kept[1:]]


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction is written from the right."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in ("R", "AL"):
            return True
        if direction == "L":
            return False
    return False


def _part(text: str, start: int, length: int) -> str:
    """Qt counts in UTF-16 units, Python in characters."""
    if text.isascii():
        return text[start : start + length].strip()
    units = text.encode("utf-16-le", "surrogatepass")
    cut = units[2 * start : 2 * (start + length)]
    return cut.decode("utf-16-le", "replace").strip()
