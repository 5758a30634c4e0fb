"""Whether a model edited a transcript or did something else with it. Pure and deterministic."""

from __future__ import annotations

import enum
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from app.conversation.words import words
from app.dictation.common_words import COMMON_WORDS
from app.dictation.modes import Latitude
from app.dictation.numbers import with_digits
from app.dictation.sounds import sound_of
from app.providers.local.spoken_numbers import ONES


class Fault(enum.StrEnum):
    """Why a model's text was not taken."""

    EMPTY = "empty"
    REFUSED = "refused"
    ANSWERED = "answered"
    ADDED = "added"
    LOST = "lost"
    LENGTH = "length"
    CUT_OFF = "cut_off"
    TOO_SLOW = "too_slow"
    TOO_LONG = "too_long"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class _Limits:
    """`kept` of the words must be there, of what is there `added` may be new.

    `shortest` and `longest` are lengths relative to the transcript's; `slack` characters more are
    always allowed.
    """

    kept: float
    added: float
    shortest: float
    longest: float
    slack: int


_LIMITS = {
    Latitude.SAME_WORDS: _Limits(0.7, 0.15, 0.4, 1.4, 20),
    Latitude.REWORDED: _Limits(0.4, 0.5, 0.25, 2.0, 80),
    Latitude.TRANSLATED: _Limits(0.0, 1.0, 0.2, 3.0, 40),
}
_FILLERS = frozenset(
    "um uh uhm er erm hmm mm ah like well so actually basically literally yeah okay ok right"
    " just really sort kind mean know äh ähm hm halt also eben ja naja euh ben bah hein donc"
    " eh este pues bueno o sea".split()
)
_PREAMBLE = re.compile(
    r"\s*(?:(?:sure|certainly|of course|okay|absolutely|gladly|happy to help)\b[^\n]{0,80}[:!.,]"
    r"|(?:yes|yep|no|nope|ja|nein|doch|oui|non|sí)\b\s*[,.!:]"
    r"|here(?:'s|’s| is| are)\b[^\n]{0,80}:"
    r"|(?:the )?(?:edited|cleaned|corrected|revised|formatted|translated)[\w -]{0,20}"
    r"(?:text|transcript|version|message|e-?mail)?\s*:"
    r"|(?:klar|natürlich|gerne|selbstverständlich)\b[^\n]{0,80}[:!.,]|hier ist\b[^\n]{0,80}:"
    r"|(?:bien sûr|voici)\b[^\n]{0,80}[:!.,]|(?:claro|por supuesto|aquí)\b[^\n]{0,80}[:!.,])",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"\b(?:i(?:'m| am) (?:sorry|unable|not able)|i (?:can(?:'t|not)|won't) (?:help|assist|do|comply"
    r"|fulfil|provide|edit|process)|as an ai|as a language model|language model|"
    r"es tut mir leid|ich kann (?:dir|ihnen)? ?(?:dabei|das) nicht|je suis désolée?|je ne peux pas"
    r"|lo siento|no puedo (?:ayudar|hacer))\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:what|who|where|when|why|how|which)(?:'s|’s|\s+(?:is|are|was|were|do|does|did|can|could"
    r"|should|will|would|many|much|old|long|far))\b"
    r"|(?:was|wer|wo|wann|warum|wie|welche[rsnm]?)\s+(?:ist|sind|war|waren|kann|können|soll|heißt"
    r"|viele?|lange|macht)\b"
    r"|(?:quel(?:le)?s?|qui|où|quand|pourquoi|comment|combien)\s+(?:est|sont|était|de|peut|fait)\b"
    r"|(?:qué|quién|dónde|cuándo|por qué|cómo|cuál|cuánto)\s+(?:es|son|está|era|hay|puede)\b",
    re.IGNORECASE,
)
_QUESTION_MARKS = "?？؟;か"
_SHORT_FORMS = (
    (re.compile(r"\b(?:can['’]t|cannot)\b"), "can not"),
    (re.compile(r"\bwon['’]t\b"), "will not"),
    (re.compile(r"n['’]t\b"), " not"),
    (re.compile(r"['’]m\b"), " am"),
    (re.compile(r"['’]re\b"), " are"),
    (re.compile(r"['’]ve\b"), " have"),
    (re.compile(r"['’]ll\b"), " will"),
    (re.compile(r"['’]d\b"), " would"),
    (re.compile(r"(?<=\w)['’]s\b"), ""),
    (re.compile(r"\bok\b"), "okay"),
)
_LIST_NUMBER = re.compile(r"^\s*\d{1,2}[.)]\s+", re.MULTILINE)
_GROUPED = re.compile(r"(?<=\d)[,.'\s\u00a0](?=\d{3}(?!\d))")
_SMALL_NUMBERS = {word: str(n) for n, word in enumerate(ONES, 1)}
_NEAR_CHARS = 4
_COMMON_WEIGHS = 0.4
_LOST_AT_LEAST = 2
_LOST_MORE = 0.1
"""A self-correction in a short text takes some words with it."""


def fault_in(edited: str, source: str, latitude: Latitude, language: str) -> Fault | None:
    """Why `edited` is not an edit of `source`, or None when it is one."""
    limits = _LIMITS[latitude]
    if not edited.strip():
        return Fault.EMPTY
    if _appears(_REFUSAL, edited, source):
        return Fault.REFUSED
    if _appears(_PREAMBLE, edited, source, at_start=True) or _lost_question(
        edited, source, latitude
    ):
        return Fault.ANSWERED
    if not limits.shortest * len(source) - limits.slack <= len(edited):
        return Fault.LENGTH
    if len(edited) > limits.longest * len(source) + limits.slack:
        return Fault.LENGTH
    if latitude is Latitude.TRANSLATED:
        return None
    return _fault_in_words(edited, source, limits, language)


def unwrapped(edited: str, source: str) -> str:
    """`edited` without the tags, fences or quotes that a model put around it."""
    text = edited.strip()
    text = re.sub(r"^<transcript>\s*|\s*</transcript>$", "", text)
    fence = re.fullmatch(r"```\w*\n(.*?)\n?```", text, re.DOTALL)
    if fence and "```" not in source:
        text = fence[1]
    for opening, closing in (('"', '"'), ("“", "”"), ("„", "“")):
        inner = text[1:-1]
        wrapped = len(text) > 1 and text[0] == opening and text[-1] == closing
        if wrapped and opening not in inner and closing not in inner and opening not in source:
            text = inner
    return text.strip()


def _appears(pattern: re.Pattern[str], edited: str, source: str, *, at_start: bool = False) -> bool:
    """Whether it is in the model's text, and not because the speaker said it."""
    find = pattern.match if at_start else pattern.search
    found = find(edited)
    return found is not None and _plain(found[0]) not in _plain(source)


def _plain(text: str) -> str:
    return f" {' '.join(words(_in_full(text)))} "


def _in_full(text: str) -> str:
    """Short forms such as "don't" as the words that they stand for."""
    text = text.casefold()
    for short, full in _SHORT_FORMS:
        text = short.sub(full, text)
    return text


def _lost_question(edited: str, source: str, latitude: Latitude) -> bool:
    """Whether a question came back as something else."""
    if any(mark in edited for mark in _QUESTION_MARKS):
        return False
    if any(mark in source for mark in "?？؟"):
        return True
    asked = _QUESTION.match(" ".join(word for word in source.split() if not _is_filler(word)))
    if asked is None:
        return False
    kept = words(asked[0])[0] in words(edited)
    return latitude is Latitude.TRANSLATED or not kept


def _is_filler(word: str) -> bool:
    return "".join(words(word)) in _FILLERS


def _fault_in_words(edited: str, source: str, limits: _Limits, language: str) -> Fault | None:
    before = _content(source, language)
    after = _content(_LIST_NUMBER.sub("", edited), language)
    if not before:
        return Fault.ADDED if len(after) > 1 else None
    if _digits(after) - _digits(before):
        return Fault.ADDED
    said, written = Counter(before), Counter(after)
    new = _without_forms_of((written - said).elements(), said)
    lost = _without_forms_of(said, written)
    share = (1 - limits.kept) * len(said)
    if len(lost) > min(max(_LOST_AT_LEAST, share), share + _LOST_MORE * len(said)):
        return Fault.LOST
    common = COMMON_WORDS.get(language, frozenset())
    weight = sum(_COMMON_WEIGHS if word in common else 1.0 for word in new)
    if weight > limits.added * len(after):
        return Fault.ADDED
    return None


def _content(text: str, language: str) -> list[str]:
    """The words that carry the meaning, numbers in digits."""
    small = COMMON_WORDS.get(language, frozenset())
    found = words(_in_full(_GROUPED.sub("", with_digits(text, language))))
    if language == "en":
        found = [_SMALL_NUMBERS.get(word, word) for word in found]
    return [
        word
        for word in found
        if word not in _FILLERS and (word.isdecimal() or word not in small or len(word) > 3)
    ]


def _digits(content: list[str]) -> set[str]:
    return {word for word in content if word.isdecimal()}


def _forms(word: str) -> tuple[str, ...]:
    """What another form of the word has in common with it: its beginning, its sound."""
    if len(word) < _NEAR_CHARS or word.isdecimal():
        return (word,)
    sound = sound_of(word)
    heard = (f"~{sound}",) if len(sound) > 1 else ()
    return (word, word[:_NEAR_CHARS], word.removesuffix("s"), *heard)


def _without_forms_of(words_here: Iterable[str], others: Iterable[str]) -> list[str]:
    """The words of which no form is among the others."""
    known = {form for other in others for form in (*_forms(other), f"{other}s")}
    return [word for word in words_here if known.isdisjoint(_forms(word))]
