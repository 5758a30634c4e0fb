"""Cuts a reply into pieces for speech while it is still being written. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from app.conversation.markdown import Line, closes_fence, has_words, line_kind, speakable
from app.conversation.sentence_ends import MAX_CHARS, find_end

CODE_PHRASE = "I've put the code in the window."
TABLE_PHRASE = "I've put the table in the window."

_PHRASES = {Line.FENCE: CODE_PHRASE, Line.TABLE: TABLE_PHRASE}


@dataclass(frozen=True, slots=True)
class Piece:
    """What to say at once, and the part of the reply's text that it stands for.

    Pieces come in order and do not overlap; between them are spaces and what is not spoken.
    """

    text: str
    source_start: int
    source_end: int


class SentenceSplitter:
    """The first piece is a clause, so that speech starts early; then come whole sentences.

    Code and tables are not read out: a short phrase, once in a reply, says where they are. The
    pieces are the same however the text is cut up on its way here.
    """

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._fence = ""
        self._phrases_said: set[Line] = set()
        self._first = True

    def feed(self, text: str) -> list[Piece]:
        """More of the reply; gives the pieces that are complete with it."""
        self._text += text
        return self._pieces(final=False)

    def finish(self) -> list[Piece]:
        """The reply is complete; gives what is left."""
        return self._pieces(final=True)

    def _pieces(self, *, final: bool) -> list[Piece]:
        pieces: list[Piece] = []
        before = -1
        while before != self._at:
            before = self._at
            piece = self._step(final=final)
            if piece is not None:
                pieces.append(piece)
        return pieces

    def _step(self, *, final: bool) -> Piece | None:
        """Move on by a line or a piece, or not at all while more text is needed."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1
        if self._at == len(self._text):
            return None
        if not (self._fence or self._is_line_start()):
            return self._spoken(final=final)
        end = self._text.find("\n", self._at)
        complete = end >= 0 or final
        line = self._text[self._at : end if end >= 0 else len(self._text)]
        if self._fence:
            self._skip_code(line, complete=complete)
            return None
        kind = line_kind(line, complete=complete)
        if kind is Line.TEXT:
            return self._spoken(final=final)
        if kind is None or not complete:
            return None
        return self._skip_block_line(line, kind)

    def _spoken(self, *, final: bool) -> Piece | None:
        begins = self._at
        end = find_end(self._text, begins, first=self._first, final=final)
        if end is None:
            return None
        self._at = end
        source = self._text[begins:end].rstrip()
        text = speakable(source)[:MAX_CHARS]
        if not has_words(text):
            return None
        self._first = False
        return Piece(text, begins, begins + len(source))

    def _skip_code(self, line: str, *, complete: bool) -> None:
        if complete:
            self._at += len(line)
            if closes_fence(line, self._fence):
                self._fence = ""

    def _skip_block_line(self, line: str, kind: Line) -> Piece | None:
        begins = self._at
        self._at += len(line)
        if kind is Line.FENCE:
            self._fence = line
        if kind in self._phrases_said:
            return None
        self._phrases_said.add(kind)
        return Piece(_PHRASES[kind], begins, begins + len(line.rstrip()))

    def _is_line_start(self) -> bool:
        line_begins = self._text.rfind("\n", 0, self._at) + 1
        return not self._text[line_begins : self._at].strip()
