"""From a question to an expression of full-text search, and where in a passage its words are. Pure.

Endings are cut here rather than in the index: so the beginnings of words can be searched for too.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

MOST_WORDS = 24
SNIPPET_CHARS = 240

_COMMON = frozenset(
    """
    a about all also am an and any are as at be been being but by can could did do does doing for
    from get give had has have having he her here him his how i if in into is it its just know let
    like look me more most my no not of on one or our please say says search find she should show so
    some tell than that the their them then there these they this to up us was we were what when
    where which who whom whose why will with would you your file files folder folders document
    documents note
    der die das den dem des ein eine einen einem einer und oder ist sind war wie was wer wo wann
    welche welcher mein meine in im zu zum zur von vom mit auf für
    le la les un une des du de et ou est sont que qui quoi où mon ma mes dans pour avec
    el los las una y o es son que quien donde mi mis en para con
    """.split()
)
_ENDINGS = ("ingly", "edly", "ings", "ies", "ing", "ed", "es", "en", "er", "ly", "s", "e", "y")
_LEAST_STEM = 4
_TOKENS = re.compile(r'"([^"]+)"|([^\W_]+\*?)')


@dataclass(frozen=True, slots=True)
class Query:
    """`strict` asks for every word, `loose` for any; both empty where there is nothing to find.

    `words` are those that count, folded, for snippets.
    """

    strict: str
    loose: str
    words: tuple[str, ...]


def query_of(question: str, *, typing: bool = False) -> Query:
    """What to search for. Phrases stand in "quotes", beginnings of words end in "*".

    `typing`: the last word may not be finished.
    """
    question = re.sub(r"[“”„«»]", '"', question)
    terms: list[str] = []
    words: list[str] = []
    for phrase, word in _TOKENS.findall(question):
        if phrase:
            parts = re.findall(r"[^\W_]+", phrase)
            if parts:
                terms.append(f'"{" ".join(parts)}"')
                words.extend(map(folded, parts))
        elif folded(word) not in _COMMON:
            terms.append(_term(word))
            words.append(_stem(folded(word.removesuffix("*"))))
    if not terms:
        everything = [word for _, word in _TOKENS.findall(question) if word]
        terms = [_term(word) for word in everything]
        words = [_stem(folded(word.removesuffix("*"))) for word in everything]
    if typing and terms and question[-1:].isalnum():
        last = re.findall(r"[^\W_]+", question)[-1]
        terms[-1] = f'"{last}"*'
        words[-1] = folded(last)
    terms, words = terms[:MOST_WORDS], words[:MOST_WORDS]
    return Query(" AND ".join(terms), " OR ".join(terms), tuple(dict.fromkeys(words)))


def best_line(text: str, words: tuple[str, ...]) -> int:
    """Which line of a passage has most of the words; counted from 0, the first of equals."""
    scores = [
        sum(any(token.startswith(word) for token in _tokens(line)) for word in words)
        for line in text.split("\n")
    ]
    return max(range(len(scores)), key=lambda at: (scores[at], -at))


def snippet(text: str, words: tuple[str, ...], longest: int = SNIPPET_CHARS) -> str:
    """The part of a passage where the words are, on one line."""
    lines = text.split("\n")
    at = best_line(text, words)
    found = " ".join(" ".join(lines[at:]).split())
    if len(found) < longest // 2:
        found = " ".join(" ".join(lines[max(0, at - 2) :]).split())
    begin = _first_hit(found, words) - longest // 3
    if begin > 0 and len(found) > longest:
        begin = found.find(" ", min(begin, len(found) - longest)) + 1
        found = f"…{found[begin:]}"
    if len(found) <= longest:
        return found
    cut = found[:longest].rpartition(" ")[0] or found[:longest]
    return f"{cut}…"


def folded(text: str) -> str:
    """Without case and accents, as the index compares."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))


def _first_hit(line: str, words: tuple[str, ...]) -> int:
    for match in re.finditer(r"[^\W_]+", line):
        if any(folded(match[0]).startswith(word) for word in words):
            return match.start()
    return 0


def _tokens(line: str) -> list[str]:
    return re.findall(r"[^\W_]+", folded(line))


def _term(word: str) -> str:
    """Quoted, so that no word is taken for an operator; other endings of it count as well."""
    plain = word.removesuffix("*")
    if word.endswith("*"):
        return f'"{plain}"*'
    stem = _stem(plain)
    return f'"{stem}"*' if len(stem) >= _LEAST_STEM else f'"{plain}"'


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.lower().endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
            return word[: -len(ending)]
    return word
