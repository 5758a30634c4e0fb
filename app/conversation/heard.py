"""How much of a reply's text was heard, from how long its voice played. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from app.conversation.markdown import Line, line_kind, unspoken_blocks


@dataclass(frozen=True, slots=True)
class SpokenPiece:
    """A piece in the playback stream, and the part of the text that it stands for.

    A piece that stands for nothing, such as a question about a tool, is passed over.
    """

    start_ms: int
    duration_ms: int
    source_start: int
    source_end: int


def heard_until(pieces: Iterable[SpokenPiece], played_ms: int, text: str) -> int:
    """The offset in `text` where listening ended; `pieces` are in the order of speaking.

    Inside a piece, time is taken as proportional to text, and no word is cut. Code and tables,
    which are only shown, count as a whole.
    """
    offset = 0
    for piece in pieces:
        if played_ms <= piece.start_ms:
            break
        if piece.source_end <= piece.source_start:
            continue
        if played_ms >= piece.start_ms + piece.duration_ms:
            offset = max(offset, piece.source_end)
        else:
            offset = max(offset, _cut_inside(piece, played_ms, text))
    offset = min(offset, len(text))
    for begins, end in unspoken_blocks(text):
        if begins < offset < end:
            return end
    return offset


def _cut_inside(piece: SpokenPiece, played_ms: int, text: str) -> int:
    """The end of the last whole word that was played; 0 when there is none."""
    begins, end = piece.source_start, min(piece.source_end, len(text))
    if line_kind(text[begins:end], complete=True) is not Line.TEXT:
        return 0
    at = begins + (end - begins) * (played_ms - piece.start_ms) // piece.duration_ms
    while begins < at < end and _same_word(text[at - 1], text[at]):
        at -= 1
    kept = text[begins:at].rstrip()
    return begins + len(kept) if kept else 0


def _same_word(left: str, right: str) -> bool:
    """Scripts with wide characters write no spaces; a cut between two of these is fine."""
    if left.isspace() or right.isspace():
        return False
    return unicodedata.east_asian_width(left) not in "WF"
