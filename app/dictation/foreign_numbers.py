"""German, French and Spanish numbers as people write them. Pure.

Numbers up to 999 999, decimals, percent, units, euros and times of day.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.dictation.number_words import UNITS
from app.dictation.pieces import Piece

Found = tuple[int, str]


@dataclass(frozen=True, slots=True)
class _Language:
    """How one language says numbers.

    Words up to `words_until` stay words where nothing is counted in units. `clock` are the words
    between hour and minutes.
    """

    point: str
    thousand: str
    group: str
    words_until: int
    clock: tuple[str, ...]
    clock_format: str
    whole_hour: str


_LANGUAGES = {
    "de": _Language("komma", "tausend", ".", 12, ("uhr",), "{hour}:{minute:02} Uhr", "{hour} Uhr"),
    "fr": _Language(
        "virgule", "mille", "\u00a0", 10, ("heures", "heure"), "{hour} h {minute:02}", "{hour} h"
    ),
    "es": _Language("coma", "mil", ".", 10, (), "", ""),
}
_LONGEST_PIECES = 16
_DE_ONES = (
    "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn"
    " sechzehn siebzehn achtzehn neunzehn"
).split()
_DE_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_FR_ONES = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    " dix-sept dix-huit dix-neuf"
).split()
_FR_TENS = "vingt trente quarante cinquante soixante soixante quatre-vingt quatre-vingt".split()
_ES_ONES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince"
    " dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro"
    " veinticinco veintiséis veintisiete veintiocho veintinueve"
).split()
_ES_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa".split()
_ES_HUNDREDS = (
    "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos"
    " novecientos"
).split()


def foreign_number(pieces: Sequence[Piece], at: int, language: str) -> Found | None:
    """What is written for the number that begins at `at`, and where it ends."""
    speech = _LANGUAGES.get(language)
    if speech is None:
        return None
    found = _whole(pieces, at, language)
    if found is None:
        return None
    end, value = found
    clock = _clock(pieces, end, value, speech, language)
    if clock is not None:
        return clock
    text = _grouped(value, speech)
    decimals = _decimals(pieces, end, speech, language)
    if decimals is not None:
        end, text = decimals[0], f"{text},{decimals[1]}"
    unit = _unit(pieces, end, language)
    if unit is not None:
        return unit[0], text + unit[1]
    if decimals is None and value <= speech.words_until:
        return None
    in_a_row = _whole(pieces, end, language) is not None
    return None if in_a_row else (end, text)


def _key(pieces: Sequence[Piece], at: int) -> str:
    return pieces[at].key if at < len(pieces) and "\n" not in pieces[at].gap else ""


def _whole(pieces: Sequence[Piece], at: int, language: str) -> tuple[int, int] | None:
    """The longest number up to 999 999."""
    thousand = _LANGUAGES[language].thousand
    if _key(pieces, at) == thousand and at < len(pieces):
        return _and_rest(pieces, at + 1, 1000, language)
    if language == "de":
        return _german(pieces, at)
    found = _below_thousand(pieces, at, language)
    if found is None or _key(pieces, found[0]) != thousand or found[1] < 2:
        return found
    return _and_rest(pieces, found[0] + 1, found[1] * 1000, language)


def _and_rest(pieces: Sequence[Piece], at: int, value: int, language: str) -> tuple[int, int]:
    rest = _below_thousand(pieces, at, language)
    return (at, value) if rest is None or not rest[1] else (rest[0], value + rest[1])


def _german(pieces: Sequence[Piece], at: int) -> tuple[int, int] | None:
    """German writes a number in one word, and so it is taken apart."""
    key = _key(pieces, at).replace("ss", "ß")
    numbers = _numbers("de")
    if key in numbers:
        return at + 1, numbers[key]
    before, thousand, after = key.partition("tausend")
    many = numbers.get(before or "ein")
    rest = numbers.get(after.removeprefix("und")) if after else 0
    return (at + 1, many * 1000 + rest) if thousand and many and rest is not None else None


def _below_thousand(pieces: Sequence[Piece], at: int, language: str) -> tuple[int, int] | None:
    numbers = _numbers(language)
    said, best, end = "", None, at
    while end < len(pieces) and end - at < _LONGEST_PIECES:
        key = pieces[end].key
        if key == "-" and said and not pieces[end].gap:
            end += 1
            continue
        if end > at and "\n" in pieces[end].gap:
            break
        said = f"{said} {key}".strip()
        end += 1
        if said in numbers:
            best = (end, numbers[said])
    return best


def _decimals(
    pieces: Sequence[Piece], at: int, speech: _Language, language: str
) -> tuple[int, str] | None:
    """The digits after the decimal comma, said one by one or as one number."""
    if _key(pieces, at) != speech.point:
        return None
    found, end = "", at + 1
    while (digit := _below_thousand(pieces, end, language)) is not None and digit[1] < 10:
        found, end = f"{found}{digit[1]}", digit[0]
    if found:
        return end, found
    number = _below_thousand(pieces, end, language)
    return None if number is None else (number[0], str(number[1]))


def _unit(pieces: Sequence[Piece], at: int, language: str) -> Found | None:
    units = UNITS[language]
    for length in (3, 2, 1):
        phrase = tuple(_key(pieces, n) for n in range(at, at + length))
        if phrase in units:
            return at + length, units[phrase]
    return None


def _clock(
    pieces: Sequence[Piece], at: int, hour: int, speech: _Language, language: str
) -> Found | None:
    if _key(pieces, at) not in speech.clock or hour > 24:
        return None
    minute = _whole(pieces, at + 1, language)
    if minute is not None and 0 < minute[1] < 60 and _unit(pieces, minute[0], language) is None:
        return minute[0], speech.clock_format.format(hour=hour, minute=minute[1])
    return at + 1, speech.whole_hour.format(hour=hour)


def _grouped(value: int, speech: _Language) -> str:
    return f"{value:,}".replace(",", speech.group) if value >= 10_000 else str(value)


@functools.cache
def _numbers(language: str) -> Mapping[str, int]:
    """Every way to say 0 to 999 without "one" alone, which is an article as well."""
    say = _SAYERS[language]
    numbers = {name: n for n in range(1000) for name in say(n)}
    for article in ("ein", "un", "une", "uno", "una"):
        numbers.pop(article, None)
    if language == "de":
        numbers["ein"] = 1
    return numbers


def _german_names(n: int) -> tuple[str, ...]:
    if n >= 100:
        hundreds, rest = divmod(n, 100)
        heads = [f"{'ein' if hundreds == 1 else _DE_ONES[hundreds]}hundert"]
        heads += ["hundert"] if hundreds == 1 else []
        tails = _german_names(rest) if rest else ("",)
        return tuple(head + tail for head in heads for tail in tails)
    if n < 20:
        return (_DE_ONES[n],)
    tens, one = divmod(n, 10)
    name = _DE_TENS[tens - 2]
    unit = "ein" if one == 1 else _DE_ONES[one]
    return (f"{unit}und{name}" if one else name,)


def _french_names(n: int) -> tuple[str, ...]:
    """With blanks for hyphens."""
    if n >= 100:
        hundreds, rest = divmod(n, 100)
        head = "cent" if hundreds == 1 else f"{_FR_ONES[hundreds]} cent"
        tails = _french_names(rest) if rest else ()
        return tuple(f"{head} {tail}" for tail in tails) or (head, f"{head}s")
    if n < 20:
        return (_FR_ONES[n].replace("-", " "),)
    tens, one = divmod(n, 10)
    if tens in (7, 9):
        one += 10
    name = _FR_TENS[tens - 2].replace("-", " ")
    if one == 0:
        return (name, f"{name}s") if n == 80 else (name,)
    unit = _FR_ONES[one].replace("-", " ")
    if one in (1, 11) and n < 80:
        return (f"{name} et {unit}", f"{name} {unit}")
    return (f"{name} {unit}",)


def _spanish_names(n: int) -> tuple[str, ...]:
    if n >= 100:
        hundreds, rest = divmod(n, 100)
        head = _ES_HUNDREDS[hundreds - 1]
        tails = _spanish_names(rest) if rest else ()
        return tuple(f"{head} {tail}" for tail in tails) or (
            ("cien",) if hundreds == 1 else (head,)
        )
    if n < 30:
        return (_ES_ONES[n], "veintiún") if n == 21 else (_ES_ONES[n],)
    tens, one = divmod(n, 10)
    name = _ES_TENS[tens - 3]
    if one == 1:
        return f"{name} y uno", f"{name} y un", f"{name} y una"
    return (f"{name} y {_ES_ONES[one]}" if one else name,)


_SAYERS: Mapping[str, Callable[[int], tuple[str, ...]]] = {
    "de": _german_names,
    "fr": _french_names,
    "es": _spanish_names,
}
