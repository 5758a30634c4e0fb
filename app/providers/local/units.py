"""Names of units as people say and type them, and the names that the conversion tool takes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.providers.local.tokens import Sentence, tokenize


@dataclass(frozen=True, slots=True)
class Unit:
    """`name` is the tool's, `plural` the one of replies; `kind` tells what converts to what.

    `singular` and `spoken` (plurals) are what the recognizer listens for; `typed` is read too.
    """

    kind: str
    name: str
    plural: str
    singular: str
    spoken: tuple[str, ...]
    typed: tuple[str, ...] = ()


UNITS = (
    Unit("length", "kilometre", "kilometres", "kilometer", ("kilometers",), ("km", "kms")),
    Unit("length", "metre", "metres", "meter", ("meters",), ("m",)),
    Unit("length", "centimetre", "centimetres", "centimeter", ("centimeters",), ("cm",)),
    Unit("length", "millimetre", "millimetres", "millimeter", ("millimeters",), ("mm",)),
    Unit("length", "mile", "miles", "mile", ("miles",), ("mi",)),
    Unit("length", "yard", "yards", "yard", ("yards",), ("yd", "yds")),
    Unit("length", "foot", "feet", "foot", ("feet",), ("ft",)),
    Unit("length", "inch", "inches", "inch", ("inches",), ("in",)),
    Unit(
        "weight", "kilogram", "kilograms", "kilogram", ("kilograms", "kilos"), ("kg", "kgs", "kilo")
    ),
    Unit("weight", "gram", "grams", "gram", ("grams",), ("g", "gr")),
    Unit("weight", "pound", "pounds", "pound", ("pounds",), ("lb", "lbs")),
    Unit("weight", "ounce", "ounces", "ounce", ("ounces",), ("oz",)),
    Unit("volume", "litre", "litres", "liter", ("liters",), ("l",)),
    Unit("volume", "millilitre", "millilitres", "milliliter", ("milliliters",), ("ml",)),
    Unit("volume", "gallon", "gallons", "gallon", ("gallons",), ("gal",)),
    Unit("volume", "pint", "pints", "pint", ("pints",), ("pt",)),
    Unit("volume", "cup", "cups", "cup", ("cups",)),
    Unit(
        "temperature",
        "celsius",
        "degrees Celsius",
        "degree celsius",
        ("celsius", "degrees celsius"),
        ("°c", "c", "degrees c", "centigrade", "degrees centigrade"),
    ),
    Unit(
        "temperature",
        "fahrenheit",
        "degrees Fahrenheit",
        "degree fahrenheit",
        ("fahrenheit", "degrees fahrenheit"),
        ("°f", "f", "degrees f"),
    ),
    Unit(
        "temperature",
        "kelvin",
        "kelvin",
        "kelvin",
        ("kelvin",),
        ("k", "kelvins", "°k", "degrees kelvin"),
    ),
    Unit(
        "speed",
        "kilometre_per_hour",
        "kilometres per hour",
        "kilometer per hour",
        ("kilometers per hour",),
        ("kilometers an hour", "km/h", "kmh", "kph"),
    ),
    Unit(
        "speed",
        "mile_per_hour",
        "miles per hour",
        "mile per hour",
        ("miles per hour",),
        ("miles an hour", "mph", "mi/h"),
    ),
    Unit(
        "speed",
        "metre_per_second",
        "metres per second",
        "meter per second",
        ("meters per second",),
        ("meters a second", "m/s", "mps"),
    ),
)


def read_unit(sentence: Sentence, at: int) -> Iterator[tuple[int, str]]:
    """The tool's name of a unit; the longest spelling first."""
    for length in range(_LONGEST, 0, -1):
        name = _SPELLINGS.get(sentence.words(at, at + length))
        if name is not None and at + length <= len(sentence):
            yield at + length, name


def plural_of(name: str) -> str:
    """How several of the unit with the tool's `name` are called."""
    return _PLURALS.get(name, name.replace("_", " "))


def _british(text: str) -> str:
    return text.replace("meter", "metre").replace("liter", "litre")


def _spellings() -> Iterator[tuple[str, str]]:
    for unit in UNITS:
        american = (unit.singular, *unit.spoken, *unit.typed)
        for spelling in (*american, *map(_british, american)):
            sentence = tokenize(spelling)
            yield sentence.words(0, len(sentence)), unit.name


_SPELLINGS = dict(_spellings())
KINDS = tuple(dict.fromkeys(unit.kind for unit in UNITS))
_LONGEST = max(len(spelling.split()) for spelling in _SPELLINGS)
_PLURALS = {unit.name: unit.plural for unit in UNITS}
