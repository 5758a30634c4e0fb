"""A tool that converts everyday units."""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from app.tools.base import Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool


@dataclass(frozen=True, slots=True)
class Unit:
    """`value * factor + offset` is the value in the base unit of the same kind."""

    kind: str
    factor: float
    singular: str
    plural: str
    offset: float = 0.0


def _unit(kind: str, factor: float, singular: str, plural: str = "", offset: float = 0.0) -> Unit:
    return Unit(kind, factor, singular, plural or f"{singular}s", offset)


UNITS: dict[str, Unit] = {
    "kilometre": _unit("length", 1000, "kilometre"),
    "metre": _unit("length", 1, "metre"),
    "centimetre": _unit("length", 0.01, "centimetre"),
    "millimetre": _unit("length", 0.001, "millimetre"),
    "mile": _unit("length", 1609.344, "mile"),
    "yard": _unit("length", 0.9144, "yard"),
    "foot": _unit("length", 0.3048, "foot", "feet"),
    "inch": _unit("length", 0.0254, "inch", "inches"),
    "kilogram": _unit("weight", 1, "kilogram"),
    "gram": _unit("weight", 0.001, "gram"),
    "pound": _unit("weight", 0.45359237, "pound"),
    "ounce": _unit("weight", 0.028349523125, "ounce"),
    "litre": _unit("volume", 1, "litre"),
    "millilitre": _unit("volume", 0.001, "millilitre"),
    "gallon": _unit("volume", 3.785411784, "gallon"),
    "pint": _unit("volume", 0.473176473, "pint"),
    "cup": _unit("volume", 0.2365882365, "cup"),
    "imperial_gallon": _unit("volume", 4.54609, "imperial gallon"),
    "imperial_pint": _unit("volume", 0.56826125, "imperial pint"),
    "kelvin": _unit("temperature", 1, "kelvin", "kelvin"),
    "celsius": _unit("temperature", 1, "degree Celsius", "degrees Celsius", 273.15),
    "fahrenheit": _unit(
        "temperature", 5 / 9, "degree Fahrenheit", "degrees Fahrenheit", 459.67 * 5 / 9
    ),
    "metre_per_second": _unit("speed", 1, "metre per second", "metres per second"),
    "kilometre_per_hour": _unit("speed", 1 / 3.6, "kilometre per hour", "kilometres per hour"),
    "mile_per_hour": _unit("speed", 0.44704, "mile per hour", "miles per hour"),
}

_ABBREVIATIONS = {
    "km": "kilometre", "m": "metre", "cm": "centimetre", "mm": "millimetre", "mi": "mile",
    "yd": "yard", "ft": "foot", "feet": "foot", "in": "inch", "kg": "kilogram", "kilo": "kilogram",
    "g": "gram", "lb": "pound", "oz": "ounce", "l": "litre", "ml": "millilitre", "gal": "gallon",
    "pt": "pint", "us_gallon": "gallon", "us_pint": "pint", "us_cup": "cup",
    "uk_gallon": "imperial_gallon", "uk_pint": "imperial_pint", "k": "kelvin",
    "c": "celsius", "centigrade": "celsius", "f": "fahrenheit",
    "m/s": "metre_per_second", "mps": "metre_per_second", "km/h": "kilometre_per_hour",
    "kmh": "kilometre_per_hour", "kph": "kilometre_per_hour", "mph": "mile_per_hour",
    "mi/h": "mile_per_hour",
}  # fmt: skip


def find_unit(name: str) -> Unit:
    """The unit with this name, plural, American spelling or abbreviation. Raises ToolFailed."""
    key = name.strip().lower().rstrip(".").replace("°", "").replace("-", "_").replace(" ", "_")
    key = key.removeprefix("degrees_").removeprefix("degree_")
    key = key.replace("meter", "metre").replace("liter", "litre").replace("inches", "inch")
    key = key.replace("feet", "foot")
    first, per, rest = key.partition("_per_")
    for candidate in (key, key.removesuffix("s"), first.removesuffix("s") + per + rest):
        found = UNITS.get(_ABBREVIATIONS.get(candidate, candidate))
        if found is not None:
            return found
    raise ToolFailed(f"“{name}” is not a unit known here. Known: {', '.join(UNITS)}.")


def convert(value: float, source: Unit, target: Unit) -> float:
    """`value` of one unit in the other. Raises ToolFailed when that has no meaning."""
    if source.kind != target.kind:
        raise ToolFailed(
            f"A {source.kind} ({source.plural}) cannot become a {target.kind} ({target.plural})."
        )
    base = value * source.factor + source.offset
    result = (base - target.offset) / target.factor
    if not math.isfinite(result):
        raise ToolFailed("That is too large.")
    if source.kind == "temperature" and base < -1e-9:
        raise ToolFailed("Nothing is colder than absolute zero.")
    return result


def rounded(value: float, unit: Unit) -> float:
    """To two decimals; what is smaller than one, and no temperature, to three digits."""
    if unit.kind == "temperature" or abs(value) >= 1:
        return round(value, 2) + 0.0
    return float(f"{value:.3g}")


def unit_tools() -> tuple[Tool, ...]:
    """convert_units."""

    @tool(
        description=(
            "Convert a length, weight, volume, temperature or speed. "
            "Gallon, pint and cup are the American ones."
        ),
        risk=Risk.READ,
        family="calculating",
    )
    async def convert_units(
        value: Annotated[float, "How many."],
        from_unit: Annotated[str, f"One of: {', '.join(UNITS)}."],
        to_unit: Annotated[str, "The unit wanted, named in the same way."],
    ) -> Answer:
        target = find_unit(to_unit)
        result = rounded(convert(value, find_unit(from_unit), target), target)
        text = f"{Decimal(repr(result)):f}".removesuffix(".0")
        unit = target.singular if text == "1" else target.plural
        return {"value": result, "unit": unit, "text": text}

    return (convert_units,)
