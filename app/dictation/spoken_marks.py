"""Spoken punctuation, line breaks and corrections become what they name. Pure.

A recognizer's own comma or full stop beside a spoken mark is taken for the pause around it.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.dictation.casing import with_case
from app.dictation.joining import Case, Start
from app.dictation.mark_kinds import Command, Correction, Guard, Join, Mark, MarkWords, Phrase
from app.dictation.mark_words import MARK_WORDS
from app.dictation.pieces import Piece, cut, glued

_SOFT = frozenset(".,;:?!…")
_ENDS = frozenset(".?!…。")
_PAUSES = _SOFT - {":"}
_OPENERS = frozenset("([{\"“„«‘'")
_CLOSERS = frozenset('")]}”“»')
_NO_GUARD = Guard()


@dataclass(frozen=True, slots=True)
class Marked:
    """The text, what the speaker took back, and whether there was nothing left to take back."""

    text: str
    taken_back: tuple[str, ...] = ()
    takes_back_before: bool = False


def marked(text: str, language: str, start: Start) -> Marked:
    """`text` with its spoken marks carried out. `language` is one of MARK_WORDS."""
    words = MARK_WORDS[language]
    pieces = cut(text.strip())
    book = _book(language)
    sheet = _Sheet(language, start.case)
    at = 0
    while at < len(pieces):
        at = _step(pieces, at, words, book, sheet)
    return Marked(glued(sheet.pieces), tuple(sheet.taken_back), sheet.takes_back_before)


_Book = dict[str, list[tuple[Phrase, Command]]]


@functools.cache
def _book(language: str) -> _Book:
    """Phrases by their first word, the longest first."""
    commands = MARK_WORDS[language].commands
    book: _Book = {}
    for phrase in sorted(commands, key=len, reverse=True):
        book.setdefault(phrase[0], []).append((phrase, commands[phrase]))
    return book


def _step(pieces: Sequence[Piece], at: int, words: MarkWords, book: _Book, sheet: _Sheet) -> int:
    """Write down what stands at `at`; returns where to go on."""
    escaped = _escaped(pieces, at, words, book)
    if escaped is not None:
        begin, end = escaped
        sheet.write(pieces[begin:end], pieces[at].gap)
        return end
    found = _phrase_at(pieces, at, book)
    if found is None:
        sheet.write(pieces[at : at + 1])
        return at + 1
    phrase, command = found
    end = at + len(phrase)
    if not _is_meant(pieces, at, phrase, words, fresh=sheet.is_fresh):
        sheet.write(pieces[at:end])
        return end
    after = end
    while not _keeps_marks(command) and after < len(pieces) and _is_soft(pieces[after]):
        after += 1
    ended = any(piece.text in _ENDS for piece in pieces[end:after])
    if isinstance(command, Mark):
        sheet.mark(command, ended=ended)
    else:
        sheet.take_back(command)
    return after


def _escaped(
    pieces: Sequence[Piece], at: int, words: MarkWords, book: _Book
) -> tuple[int, int] | None:
    """What is kept of a phrase that is spoken of ("the word comma"): from and up to where."""
    first = pieces[at].key
    for opening in words.mentions + words.escapes:
        if opening[0] != first or not _stands_at(pieces, at, opening):
            continue
        named = at + len(opening)
        found = _phrase_at(pieces, named, book)
        if found is not None:
            return (named if opening in words.escapes else at), named + len(found[0])
    return None


def _keeps_marks(command: Command) -> bool:
    """Whether a recognizer's mark behind it is more than its pause: a quote's full stop."""
    if not isinstance(command, Mark):
        return False
    return command.join is Join.CLOSE and command.text[-1] in _CLOSERS


def _is_soft(piece: Piece) -> bool:
    return piece.text in _SOFT and not piece.gap


def _stands_at(pieces: Sequence[Piece], at: int, phrase: Phrase) -> bool:
    if at + len(phrase) > len(pieces):
        return False
    return all(pieces[at + n].key == key for n, key in enumerate(phrase))


def _phrase_at(pieces: Sequence[Piece], at: int, book: _Book) -> tuple[Phrase, Command] | None:
    if at >= len(pieces):
        return None
    candidates = book.get(pieces[at].key, ())
    return next((found for found in candidates if _stands_at(pieces, at, found[0])), None)


def _is_meant(
    pieces: Sequence[Piece], at: int, phrase: Phrase, words: MarkWords, *, fresh: bool
) -> bool:
    """Whether the phrase is a command here, judged by its neighbours."""
    end = at + len(phrase)
    before = pieces[at - 1] if at else None
    after = pieces[end] if end < len(pieces) else None
    if _is_enclosed(before, after):
        return False
    apart_before = before is None or before.text in _PAUSES
    apart_after = after is None or after.text in _PAUSES
    if apart_before and apart_after:
        return True
    apart = apart_before or apart_after
    if isinstance(words.commands[phrase], Correction) and not apart:
        # In text with a recognizer's own marks a correction stands apart.
        if any(piece.text in _ENDS for piece in pieces):
            return False
    guard = words.guards.get(phrase, _NO_GUARD)
    if (guard.fresh and not (fresh or apart_before)) or (guard.apart and not (fresh or apart)):
        return False
    return not _is_mentioned(words, guard, *_neighbours(pieces, at, end))


def _is_enclosed(before: Piece | None, after: Piece | None) -> bool:
    """Whether the phrase is within quotes or brackets, or part of a word with hyphens."""
    if before is not None and before.text in _OPENERS:
        return True
    if before is not None and before.text == "-" and not before.gap:
        return True
    return after is not None and not after.gap and (after.text == "-" or after.text in _CLOSERS)


def _neighbours(pieces: Sequence[Piece], at: int, end: int) -> tuple[str, str, str]:
    """The two words before and the one behind, up to the next mark; "" for none."""
    left = pieces[at - 1].key if at and pieces[at - 1].is_word else ""
    far = pieces[at - 2].key if at > 1 and left and pieces[at - 2].is_word else ""
    right = pieces[end].key if end < len(pieces) and pieces[end].is_word else ""
    return far, left, right


def _is_mentioned(words: MarkWords, guard: Guard, far: str, left: str, right: str) -> bool:
    """Whether the words around show that a thing is spoken of."""
    if left in words.articles or left in guard.before or right in guard.after:
        return True
    adjective = left in guard.adjectives or left in words.adjectives
    if right in words.nouns or (adjective and (far in words.articles or far in words.pointers)):
        return True
    return left in words.pointers and (right in words.verbs or far in words.spans)


class _Sheet:
    """What is written so far, and how the next word begins."""

    def __init__(self, language: str, case: Case) -> None:
        self.pieces: list[Piece] = []
        self.taken_back: list[str] = []
        self.takes_back_before = False
        self._spoken: list[bool] = []
        self._language = language
        self._first_case = case
        self._case = case
        self._gap: str | None = None
        self._bulleted = False

    @property
    def is_fresh(self) -> bool:
        """Whether a line or a clause begins here."""
        return not self.pieces or self._spoken[-1] or self._bulleted

    def write(self, pieces: Sequence[Piece], gap: str | None = None) -> None:
        """Words and a recognizer's marks as they are, but for the first word's case."""
        for n, piece in enumerate(pieces):
            text = piece.text
            if piece.is_word:
                text = with_case(text, self._case, self._language)
                self._case = Case.AS_IS
            own = gap if n == 0 and gap is not None else piece.gap
            self._put(own if self._gap is None else self._gap, text, spoken=False)
            self._gap = None

    def mark(self, mark: Mark, *, ended: bool) -> None:
        """A spoken mark. `ended`: a recognizer's full stop stood behind it."""
        soft = self._without_soft_marks(mark)
        if mark.join is Join.BREAK or mark.join is Join.BULLET:
            self._break(mark)
            return
        gap = " " if mark.join in (Join.OPEN, Join.LOOSE) else ""
        if self._gap is not None and mark.join is not Join.CLOSE:
            gap = self._gap
        self._put(gap, mark.text, spoken=True)
        if mark.opens:
            self._open_sentence(mark.opens)
        self._gap = {Join.OPEN: "", Join.TIGHT: "", Join.LOOSE: " "}.get(mark.join)
        if mark.ends_sentence:
            self._case = Case.CAPITAL
        elif (soft or ended) and mark.join is not Join.OPEN:
            self._case = Case.LOWER

    def take_back(self, correction: Correction) -> None:
        """Remove the last sentence, or everything."""
        at = len(self.pieces)
        while at and self._is_end(at - 1):
            at -= 1
        while at and (correction is Correction.ALL or not self._is_end(at - 1)):
            at -= 1
        removed = glued(self.pieces[at:]).strip()
        if removed:
            self.taken_back.append(removed)
        else:
            self.takes_back_before = True
        del self.pieces[at:], self._spoken[at:]
        line_begins = bool(at) and self.pieces[-1].text.endswith(("\n", "- "))
        self._gap = "" if line_begins else (" " if at else None)
        self._case = Case.CAPITAL if at else self._first_case

    def _put(self, gap: str, text: str, *, spoken: bool) -> None:
        self.pieces.append(Piece(gap if self.pieces else "", text))
        self._spoken.append(spoken)

    def _break(self, mark: Mark) -> None:
        text = mark.text
        if mark.join is Join.BULLET and self.pieces and not self.pieces[-1].text.endswith("\n"):
            text = f"\n{text}"
        self._bulleted = mark.join is Join.BULLET
        self._put("", text, spoken=True)
        self._gap, self._case = "", Case.CAPITAL

    def _without_soft_marks(self, mark: Mark) -> bool:
        """Drop the recognizer's marks before a spoken one; tells whether one ended a sentence."""
        ended = False
        while self.pieces and not self._spoken[-1] and self.pieces[-1].text in _SOFT:
            text = self.pieces[-1].text
            keeps = mark.join in (Join.BREAK, Join.BULLET, Join.OPEN) and not mark.ends_sentence
            if keeps and not (text == "," and mark.join is not Join.OPEN):
                break
            ended = ended or text in _ENDS
            self.pieces.pop()
            self._spoken.pop()
        return ended

    def _open_sentence(self, sign: str) -> None:
        """Put `sign` before the sentence that just ended, unless it stands there."""
        at = len(self.pieces) - 1
        while at and not self._is_end(at - 1) and sign not in self.pieces[at - 1].text:
            at -= 1
        if at and sign in self.pieces[at - 1].text:
            return
        first = self.pieces[at]
        self.pieces[at] = replace(first, gap="")
        self.pieces.insert(at, Piece(first.gap, sign))
        self._spoken.insert(at, True)

    def _is_end(self, at: int) -> bool:
        text = self.pieces[at].text.strip(" \u00a0")
        return text in _ENDS or "\n" in self.pieces[at].text
