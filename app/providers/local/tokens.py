"""Cuts what was said or typed into lower-case tokens that know where they stood. Pure."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

MAX_TOKENS = 400
"""What is longer is no command; it bounds the work on pasted text."""

_APOSTROPHES = str.maketrans({"’": "'", "‘": "'", "−": "-", "–": "-"})
_SPEED = r"(?:km|mi|m)/(?:h|s)\b"
_ADDRESS = r"https?://\S+|[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::\d+)?(?:[/?#][^\s]*)?"
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+"
_WORD = r"[^\W\d_]+(?:'[^\W\d_]+)*'?"
_MARK = r"\*\*|[-+*/×÷·^√%°()=:$€£&@#<>]"
_TOKEN = re.compile(
    f"(?P<address>{_ADDRESS})|(?P<speed>{_SPEED})|(?P<number>{_NUMBER})|(?P<word>{_WORD})"
    f"|(?P<mark>{_MARK})",
    re.IGNORECASE,
)
_SENTENCE_END = ".,;!?"
_SPELLINGS = {
    "whats": "what's",
    "ok": "okay",
    "pls": "please",
    "thx": "thanks",
    "u": "you",
    "alright": "all right",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A lower-case word, a number, a mark or an address as written.

    `start` and `end` are places in the source.
    """

    text: str
    start: int
    end: int
    is_number: bool = False
    is_address: bool = False

    @property
    def is_word(self) -> bool:
        """Whether it is made of letters."""
        return self.text[0].isalpha() and not self.is_address


@dataclass(frozen=True, slots=True)
class Sentence:
    """A text and its tokens."""

    source: str
    tokens: tuple[Token, ...]

    def __len__(self) -> int:
        return len(self.tokens)

    def text(self, at: int) -> str:
        """The token at `at`, or nothing behind the end."""
        return self.tokens[at].text if at < len(self.tokens) else ""

    def words(self, start: int, end: int) -> str:
        """Tokens from `start` up to `end`, lower case, one space between."""
        return " ".join(token.text for token in self.tokens[start:end])

    def rest(self, at: int) -> str:
        """The source from the token at `at` on, as it was written."""
        return self.source[self.tokens[at].start :] if at < len(self.tokens) else ""


def tokenize(text: str) -> Sentence:
    """The tokens of `text`; punctuation between them is dropped."""
    source = text.translate(_APOSTROPHES).strip()
    tokens: list[Token] = []
    for found in itertools.islice(_TOKEN.finditer(source), MAX_TOKENS):
        start, end = found.span()
        if found["address"]:
            address = found[0].rstrip(_SENTENCE_END)
            tokens.append(Token(address, start, end, is_address=True))
        elif found["number"]:
            tokens.append(Token(found[0].replace(",", ""), start, end, is_number=True))
        else:
            word = found[0].lower().strip("'")
            parts = _SPELLINGS.get(word, word).split()
            tokens.extend(Token(part, start, end) for part in parts)
    return Sentence(source, tuple(tokens))
