from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from app.tools.base import ToolFailed
from app.tools.units import UNITS, convert, find_unit, unit_tools
from tests.tools.calling import call


async def ask(value, source, target):
    return await call(unit_tools(), "convert_units", value=value, from_unit=source, to_unit=target)


@pytest.mark.parametrize(
    ("value", "source", "target", "text", "unit"),
    [
        (5, "mile", "kilometre", "8.05", "kilometres"),
        (100, "celsius", "fahrenheit", "212", "degrees Fahrenheit"),
        (32, "fahrenheit", "celsius", "0", "degrees Celsius"),
        (-40, "celsius", "fahrenheit", "-40", "degrees Fahrenheit"),
        (0, "celsius", "kelvin", "273.15", "kelvin"),
        (1, "kilogram", "pound", "2.2", "pounds"),
        (100, "centimetre", "metre", "1", "metre"),
        (1, "millimetre", "mile", "0.000000621", "miles"),
        (2, "gallon", "litre", "7.57", "litres"),
        (1, "imperial_pint", "millilitre", "568.26", "millilitres"),
        (100, "kilometre_per_hour", "mile_per_hour", "62.14", "miles per hour"),
        (1, "metre_per_second", "kilometre_per_hour", "3.6", "kilometres per hour"),
        (0, "mile", "kilometre", "0", "kilometres"),
    ],
)
async def test_conversions(value, source, target, text, unit):
    found = await ask(value, source, target)
    assert (found["text"], found["unit"]) == (text, unit)
    assert found["value"] == float(text)


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Miles", "mile"),
        ("km", "kilometre"),
        ("kilometers", "kilometre"),
        ("Liter", "litre"),
        ("lbs.", "pound"),
        ("feet", "foot"),
        ("inches", "inch"),
        ("°C", "celsius"),
        ("degrees fahrenheit", "fahrenheit"),
        ("Kelvins", "kelvin"),
        ("miles per hour", "mile_per_hour"),
        ("kilometers per hour", "kilometre_per_hour"),
        ("km/h", "kilometre_per_hour"),
        ("mph", "mile_per_hour"),
        ("UK gallons", "imperial_gallon"),
        ("fl", None),
    ],
)
def test_other_names_are_understood(name, unit):
    if unit is None:
        with pytest.raises(ToolFailed, match="Known: kilometre"):
            find_unit(name)
    else:
        assert find_unit(name) is UNITS[unit]


async def test_what_has_no_meaning_is_told():
    with pytest.raises(ToolFailed, match="weight .pounds. cannot become a length"):
        await ask(1, "pound", "metre")
    with pytest.raises(ToolFailed, match="absolute zero"):
        await ask(-300, "celsius", "kelvin")
    with pytest.raises(ToolFailed, match="too large"):
        await ask(1e308, "mile", "millimetre")


@given(
    st.floats(0.001, 1e6),
    st.sampled_from(list(UNITS.values())).flatmap(
        lambda unit: st.tuples(
            st.just(unit),
            st.sampled_from([other for other in UNITS.values() if other.kind == unit.kind]),
        )
    ),
)
def test_there_and_back_is_the_same(value, units):
    source, target = units
    back = convert(convert(value, source, target), target, source)
    assert back == pytest.approx(value, rel=1e-9, abs=1e-9)
