"""From a transcript to the text that is inserted, in one order and without a clock or a model."""

from __future__ import annotations

from dataclasses import dataclass

from app.dictation.casing import cased, with_case
from app.dictation.inventions import Dropped, Evidence, Why, believed
from app.dictation.joining import Case, Start, joined, start_behind
from app.dictation.mark_words import MARK_WORDS
from app.dictation.numbers import with_digits
from app.dictation.pieces import Piece, cut, glued
from app.dictation.replacements import Replacement, Snippet, replaced
from app.dictation.spoken_marks import Marked, marked
from app.dictation.vocabulary import with_vocabulary


@dataclass(frozen=True, slots=True)
class Context:
    """Where the text goes and how the user wants it.

    `before` is the end of what stands before the caret, None where that is not known. `voiced_ms`
    and `confidence` are the take's, where known. `language` is an ISO 639-1 code.
    """

    language: str = "en"
    before: str | None = None
    voiced_ms: float | None = None
    confidence: float | None = None
    vocabulary: tuple[str, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    snippets: tuple[Snippet, ...] = ()
    spoken_marks: bool = True
    numbers: bool = True


@dataclass(frozen=True, slots=True)
class Written:
    """The text to insert, the transcript it came from, and the words that are not in it.

    `takes_back_before`: the speaker took something back that was inserted earlier.
    """

    text: str
    raw: str
    dropped: tuple[Dropped, ...] = ()
    takes_back_before: bool = False


def written(transcript: str, context: Context) -> Written:
    """What to insert for `transcript`. No word is lost that is neither a command nor dropped."""
    evidence = Evidence(context.voiced_ms, context.confidence, context.vocabulary)
    heard = believed(transcript, evidence)
    start = start_behind(context.before)
    result = _marked(_prepared(heard.text, context), context, start)
    text = with_vocabulary(result.text, context.vocabulary, context.language)
    text = replaced(text, context.replacements, context.snippets)
    taken_back = tuple(Dropped(words, Why.TAKEN_BACK) for words in result.taken_back)
    return Written(
        joined(text, start),
        transcript,
        (*heard.dropped, *taken_back),
        result.takes_back_before,
    )


def _prepared(text: str, context: Context) -> str:
    text = cased(text.strip(), context.language)
    return with_digits(text, context.language) if context.numbers else text


def _marked(text: str, context: Context, start: Start) -> Marked:
    if context.spoken_marks and context.language in MARK_WORDS:
        return marked(text, context.language, start)
    return Marked(_begun(text, start.case, context.language))


def _begun(text: str, case: Case, language: str) -> str:
    """`text` with its first word as `case` says."""
    pieces = cut(text)
    if not pieces or not pieces[0].is_word:
        return text
    first = Piece(pieces[0].gap, with_case(pieces[0].text, case, language))
    return glued([first, *pieces[1:]])
