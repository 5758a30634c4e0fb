"""Does a voice say the words that it was given? Pure: text and transcript in, a judgement out."""

from __future__ import annotations

import enum

from app.conversation.words import words

_AGREES_BELOW = 0.34
_STRAYS_ABOVE = 0.5
_LEAST_WORDS = 3
_CERTAIN_WORDS = 5
_EXTRA_WORDS = 4
_SAME_INITIAL = 0.5
_SPELLED_OUT = 0.25
"""A further word where the text has a figure: "21" may be said in two or three."""


class Verdict(enum.Enum):
    """What is known of a reading so far."""

    UNSURE = "unsure"
    AGREES = "agrees"
    STRAYS = "strays"
    OVERRUNS = "overruns"


class Comparison:
    """Follows a transcript that grows, word by word, along the text that it should be."""

    def __init__(self, text: str) -> None:
        self._text = words(text)
        # The costs of turning what was said into the first n words of the text.
        self._row = [float(n) for n in range(len(self._text) + 1)]
        self._least_whole = self._row[-1]
        self._said = 0

    @property
    def difference(self) -> float:
        """The share of words that differ, 0 to 1, when nothing more is said."""
        return min(1.0, self._row[-1] / max(len(self._text), self._said, 1))

    def judge(self, said: str, *, complete: bool) -> Verdict:
        """What to think of all that was said so far; its last word may still be growing."""
        heard = words(said)
        if not complete and said and not said[-1].isspace():
            heard = heard[:-1]
        for word in heard[self._said :]:
            self._take(word)
        if not self._text or (complete and not heard):
            return Verdict.AGREES if not self._text else Verdict.UNSURE
        if complete:
            return Verdict.STRAYS if self.difference > _STRAYS_ABOVE else Verdict.AGREES
        return self._so_far()

    def _so_far(self) -> Verdict:
        if self._said < min(_LEAST_WORDS, len(self._text)):
            return Verdict.UNSURE
        well_read = self._least_whole <= _AGREES_BELOW * len(self._text)
        if well_read and self._row[-1] - self._least_whole >= _EXTRA_WORDS:
            return Verdict.OVERRUNS
        wrong = min(self._row) / self._said
        if wrong <= _AGREES_BELOW:
            return Verdict.AGREES
        certain = self._said >= _CERTAIN_WORDS and wrong > _STRAYS_ABOVE
        return Verdict.STRAYS if certain else Verdict.UNSURE

    def _take(self, word: str) -> None:
        above, row = self._row, [self._row[0] + 1]
        for at, wanted in enumerate(self._text):
            more = _SPELLED_OUT if _has_figure(wanted) else 1.0
            row.append(min(above[at] + _cost(wanted, word), above[at + 1] + more, row[at] + 1.0))
        self._row = row
        self._said += 1
        self._least_whole = min(self._least_whole, row[-1])


def _cost(wanted: str, said: str) -> float:
    """0 for the same word; a half for what may be one spelled in another way."""
    if wanted == said or _has_figure(wanted) or _has_figure(said):
        return 0.0
    return _SAME_INITIAL if wanted[0] == said[0] else 1.0


def _has_figure(word: str) -> bool:
    return any(character.isdigit() for character in word)
