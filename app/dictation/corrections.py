"""What a user's correction of a dictation may teach: proposals, used only after a yes. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from app.dictation.common_words import COMMON_WORDS
from app.dictation.lesson import Lesson, Proposal
from app.dictation.pieces import Piece, cut
from app.dictation.sounds import distance, letters, sound_of

MAX_WORDS = 2000
MAX_PROPOSALS = 5

_LONGEST_WORDS = 3
_LEAST_ALIKE = 0.5
_LEAST_LETTERS = 3


def proposals(
    inserted: str, corrected: str, language: str = "en", known: Sequence[str] = ()
) -> tuple[Proposal, ...]:
    """What can be learned from a correction; nothing from a text that was rewritten.

    A name or a rare word that was misspelled is a word for the vocabulary; what was heard as other
    words is a replacement. Common words and what is `known` teach nothing.
    """
    before = [piece for piece in cut(inserted) if piece.is_word]
    after = [piece for piece in cut(corrected) if piece.is_word]
    if not before or not after or max(len(before), len(after)) > MAX_WORDS:
        return ()
    matcher = difflib.SequenceMatcher(
        None, [piece.text for piece in before], [piece.text for piece in after], autojunk=False
    )
    if matcher.ratio() < _LEAST_ALIKE and max(len(before), len(after)) > _LONGEST_WORDS:
        return ()
    found = dict.fromkeys(_lessons(matcher, before, after, language))
    return tuple(each for each in found if each.written not in known)[:MAX_PROPOSALS]


def _lessons(
    matcher: difflib.SequenceMatcher[str],
    before: Sequence[Piece],
    after: Sequence[Piece],
    language: str,
) -> Iterator[Proposal]:
    common = COMMON_WORDS.get(language, frozenset())
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        old, new = before[start:end], after[new_start:new_end]
        if what != "replace" or not (len(old) <= _LONGEST_WORDS and len(new) <= _LONGEST_WORDS):
            continue
        spoken, written = _phrase(old), _phrase(new)
        is_rare = any(piece.key not in common for piece in new)
        if spoken.isdecimal() or len(letters(written)) < _LEAST_LETTERS or not is_rare:
            continue
        if spoken.casefold() == written.casefold():
            if not _only_begins(new_start, written):
                yield Proposal(Lesson.VOCABULARY, spoken, written)
        elif len(old) == len(new) == 1 and old[0].key not in common and _alike(spoken, written):
            yield Proposal(Lesson.VOCABULARY, spoken, written)
        elif any(piece.key not in common for piece in old) or _alike(spoken, written):
            yield Proposal(Lesson.REPLACEMENT, spoken, written)


def _phrase(pieces: Sequence[Piece]) -> str:
    return " ".join(piece.text for piece in pieces)


def _only_begins(at: int, written: str) -> bool:
    """Whether a capital, or its absence, may just be a sentence's start."""
    return at == 0 and (written.islower() or written.istitle())


def _alike(spoken: str, written: str) -> bool:
    one, other = letters(spoken), letters(written)
    if not one or not other:
        return False
    most = max(len(one), len(other)) // 3
    return sound_of(one) == sound_of(other) or distance(one, other, most) <= most
