"""Was it one of the sentences listened for, or something else? Pure arithmetic on decodings.

The numbers were measured on 32 commands and 30 other sentences in three voices at three speeds,
half of them in noise; `tests/bench` style tables are in the help of the recognizer's tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FRAME_MS = 10
LEAST_SPOKEN_MS = 120
"""What is shorter is a click, not a word."""

_LEAST_FRAMES = 20

_CERTAIN_SCORE = 2.0
_CERTAIN_DISTANCE = 0.5
_CERTAIN_UNEXPLAINED = 0.1

_LIKELY_SCORE = -25.0
_LIKELY_DISTANCE = 65.0

_ALIKE = 0.5
"""Cost of one sound for another that is made in the same manner."""

_MANNERS = (
    "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW",
    "P B T D K G CH JH",
    "F V TH DH S Z SH ZH HH",
    "M N NG",
    "L R W Y",
)
_MANNER = {phone: manner for manner in _MANNERS for phone in manner.split()}

Frames = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Decoding:
    """What one search made of a clip.

    `score` is the logarithm of its best path to the base 1.0001; `phones` are the sounds of its
    words; `speech` tells for each frame of 10 ms whether a word, not silence, explains it.
    """

    text: str
    score: float
    phones: tuple[str, ...]
    speech: Frames

    @property
    def spoken_ms(self) -> int:
        """How long words, or sounds of speech, last."""
        return int(self.speech.sum()) * FRAME_MS


def is_certain(fitting: Decoding, sounds: Decoding) -> bool:
    """Whether the sentence fits so well that no other reading needs to be tried.

    `sounds` is the free string of phones: what was said when no word is known.
    """
    return (
        bool(fitting.text)
        and _above(fitting, sounds, sounds) > _CERTAIN_SCORE
        and distance(fitting.phones, sounds.phones) < _CERTAIN_DISTANCE
        and _unexplained(fitting, sounds) < _CERTAIN_UNEXPLAINED
    )


def is_likely(fitting: Decoding, sounds: Decoding, words: Decoding) -> bool:
    """Whether the sentence is a better account of the sound than `words`, the free reading.

    The less the sentence sounds like either free reading, the more its score must win.
    """
    if not fitting.text:
        return False
    apart = min(distance(fitting.phones, other.phones) for other in (sounds, words))
    return _above(fitting, words, sounds) > _LIKELY_DISTANCE * apart + _LIKELY_SCORE


def distance(one: Sequence[str], other: Sequence[str]) -> float:
    """How differently two strings of phones sound, from 0 to 1."""
    row = [float(index) for index in range(len(other) + 1)]
    for index, phone in enumerate(one, 1):
        above, row[0] = row[:], float(index)
        for at, candidate in enumerate(other, 1):
            replaced = above[at - 1] + _cost(phone, candidate)
            row[at] = min(above[at] + 1, row[at - 1] + 1, replaced)
    return row[-1] / max(len(one), len(other), 1)


def _cost(one: str, other: str) -> float:
    if one == other:
        return 0.0
    manner = _MANNER.get(one)
    return _ALIKE if manner is not None and manner is _MANNER.get(other) else 1.0


def _above(one: Decoding, other: Decoding, sounds: Decoding) -> float:
    """By how much `one` scores better, for each frame of speech."""
    return (one.score - other.score) / max(int(sounds.speech.sum()), _LEAST_FRAMES)


def _unexplained(fitting: Decoding, sounds: Decoding) -> float:
    """The share of the speech that the sentence takes for silence."""
    spoken = np.flatnonzero(sounds.speech)
    covered = fitting.speech[spoken[spoken < len(fitting.speech)]]
    return 1.0 - float(covered.sum()) / max(len(spoken), 1)
