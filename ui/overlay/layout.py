"""How large the pill is, and where each part of it stands. GUI thread."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

from ui.overlay.glyphs import BAR_GAP_PX, GLYPH_PX, bars_width
from ui.overlay.lines import first_lines, last_lines
from ui.overlay.state import BARS, Glyph, PillState
from ui.theme import font
from ui.tokens import FONT_BASE, SPACE_4, SPACE_8, SPACE_12, SPACE_16

WIDTH, ROW = 280, 48
RADIUS = ROW / 2
LINE = 20
MOST_LINES = 3
BUTTON_HEIGHT = 28
CLOSE_PX = 28
LARGEST = (float(WIDTH), float(ROW + MOST_LINES * LINE + BUTTON_HEIGHT + 34))

_TEXT_LEFT = SPACE_16 + GLYPH_PX + SPACE_12
_TOP = (ROW - LINE) / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """`quiet` are lines drawn softer than `strong`; rectangles without a part are None."""

    height: int
    glyph: QPointF
    strong: tuple[tuple[QRectF, str], ...] = ()
    quiet: tuple[tuple[QRectF, str], ...] = ()
    time: QRectF | None = None
    bars: QPointF | None = None
    button: QPointF | None = None
    close: QPointF | None = None


def laid_out(pill: PillState, time: str, *, at_bottom: bool) -> Layout:
    """The layout of a state. `at_bottom`: it grows upward, so that its row stays where it is."""
    return _busy(pill, time, at_bottom) if pill.phase is not None else _over(pill)


def _busy(pill: PillState, time: str, at_bottom: bool) -> Layout:
    width = WIDTH - 2 * SPACE_16 - 2 * SPACE_4
    lines = last_lines(pill.words_so_far, font(FONT_BASE), width, MOST_LINES)
    extra = len(lines) * LINE + SPACE_8 if lines else 0
    row = extra if at_bottom else 0
    top = SPACE_12 + 1 if at_bottom else ROW - SPACE_4 - 1
    strong = tuple(
        (QRectF(SPACE_16 + SPACE_4, top + number * LINE, width, LINE), line)
        for number, line in enumerate(lines)
    )
    middle = row + ROW / 2
    time_width = 34 if len(time) <= 5 else 50
    time_area = QRectF(WIDTH - SPACE_16 - SPACE_4 - time_width, row, time_width, ROW)
    left: float = _TEXT_LEFT
    bars = None
    if pill.glyph is Glyph.LISTENING:
        bars = QPointF(left, middle)
        left += bars_width(BARS) + SPACE_12 - BAR_GAP_PX
    word = QRectF(left, row, time_area.left() - left - SPACE_8, ROW)
    return Layout(
        height=ROW + extra,
        glyph=QPointF(SPACE_16 + GLYPH_PX / 2, middle),
        strong=strong,
        quiet=((word, pill.word),),
        time=time_area,
        bars=bars,
    )


def _over(pill: PillState) -> Layout:
    right = SPACE_12 + CLOSE_PX if pill.stays else SPACE_16 + SPACE_4
    width = WIDTH - _TEXT_LEFT - right
    lines = first_lines(pill.word, font(FONT_BASE), width, MOST_LINES)
    said = [(QRectF(_TEXT_LEFT, _TOP + n * LINE, width, LINE), x) for n, x in enumerate(lines)]
    bottom = _TOP + max(len(lines), 1) * LINE
    quiet: tuple[tuple[QRectF, str], ...] = ()
    if pill.words_so_far:
        width = WIDTH - _TEXT_LEFT - SPACE_16 - SPACE_4
        (excerpt,) = first_lines(pill.words_so_far, font(FONT_BASE), width, 1) or [""]
        quiet = ((QRectF(_TEXT_LEFT, bottom, width, LINE), excerpt),)
        bottom += LINE
    button = None
    if pill.button:
        button = QPointF(_TEXT_LEFT, bottom + SPACE_8)
        bottom += SPACE_8 + BUTTON_HEIGHT + 2
    return Layout(
        height=round(bottom + _TOP),
        glyph=QPointF(SPACE_16 + GLYPH_PX / 2, ROW / 2),
        strong=tuple(said),
        quiet=quiet,
        button=button,
        close=QPointF(WIDTH - SPACE_8 - CLOSE_PX, (ROW - CLOSE_PX) / 2) if pill.stays else None,
    )
