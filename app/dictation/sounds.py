"""Whether two words sound alike, and how far apart their letters are. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata

_SOUNDS = (
    ("sch", "S"),
    ("tch", "S"),
    ("tsch", "S"),
    ("ph", "f"),
    ("pf", "f"),
    ("gh(?=t)", ""),
    ("^kn", "n"),
    ("^wr", "r"),
    ("ck", "k"),
    ("sh", "S"),
    ("ch", "S"),
    ("th", "t"),
    ("qu", "kw"),
    ("q", "k"),
    ("x", "ks"),
    ("c(?=[eiy])", "s"),
    ("c", "k"),
    ("z", "s"),
    ("v", "f"),
    ("dt$", "t"),
    ("d", "t"),
    ("b", "p"),
    ("g", "k"),
    ("w(?![aeiouy])", ""),
    ("(?<=.)h", ""),
)
_RULES = tuple((re.compile(pattern), sound) for pattern, sound in _SOUNDS)
_VOWELS = re.compile(r"[aeiouyj]+")
_DOUBLED = re.compile(r"(.)\1+")


@functools.lru_cache(maxsize=8192)
def letters(word: str) -> str:
    """The word's letters and digits without case and accents; empty outside the Latin script."""
    spread = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(character for character in spread if character.isalnum())
    return plain if plain.isascii() else ""


def sound_of(word: str) -> str:
    """The consonants as they sound, with a mark for a vowel at the start."""
    text = letters(word)
    for pattern, sound in _RULES:
        text = pattern.sub(sound, text)
    head = "a" if _VOWELS.match(text) else ""
    return head + _DOUBLED.sub(r"\1", _VOWELS.sub("", text))


def distance(one: str, other: str, most: int) -> int:
    """How many letters differ, are missing or swapped; `most` + 1 for anything above `most`."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for n, left in enumerate(one, 1):
        older, before, row = before, row, [n]
        for m, right in enumerate(other, 1):
            cost = min(before[m] + 1, row[m - 1] + 1, before[m - 1] + (left != right))
            swapped = n > 1 and m > 1 and left == other[m - 2] and one[n - 2] == right
            row.append(min(cost, older[m - 2] + 1) if swapped else cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
