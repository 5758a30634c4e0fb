"""Units, money and the calendar as they are spoken and as they are written. Data."""

from __future__ import annotations

from collections.abc import Mapping

Phrase = tuple[str, ...]


def _table(lines: str) -> dict[Phrase, str]:
    table: dict[Phrase, str] = {}
    for line in lines.strip().splitlines():
        names, _, written = line.partition("=")
        for name in names.split(","):
            table[tuple(name.split())] = written.rstrip("\n").replace("~", "\u00a0")
    return table


def _numbered(words: str, first: int = 1) -> dict[str, int]:
    return {word: n for n, word in enumerate(words.split(), first)}


_METRIC = """
kilometre,kilometres,kilometer,kilometers= km
metre,metres,meter,meters= m
centimetre,centimetres,centimeter,centimeters= cm
millimetre,millimetres,millimeter,millimeters= mm
kilogram,kilograms,kilo,kilos= kg
gram,grams= g
milligram,milligrams= mg
litre,litres,liter,liters= L
millilitre,millilitres,milliliter,milliliters= ml
hertz= Hz
kilohertz= kHz
megahertz= MHz
gigahertz= GHz
kilobyte,kilobytes= kB
megabyte,megabytes= MB
gigabyte,gigabytes= GB
terabyte,terabytes= TB
watt,watts= W
kilowatt,kilowatts= kW
kilowatt hour,kilowatt hours= kWh
volt,volts= V
millisecond,milliseconds= ms
"""
UNITS: Mapping[str, Mapping[Phrase, str]] = {
    "en": _table(
        _METRIC
        + """
percent,per cent,percent sign=%
degrees celsius,degrees centigrade,degree celsius= °C
degrees fahrenheit= °F
degree,degrees=°
kilometres per hour,kilometers per hour,kilometres an hour,kilometers an hour= km/h
metres per second,meters per second= m/s
miles per hour,miles an hour= mph
"""
    ),
    "de": _table(
        """
prozent= %
grad celsius= °C
grad=°
kilometer= km
kilometer pro stunde,stundenkilometer= km/h
meter= m
zentimeter= cm
millimeter= mm
kilogramm,kilo= kg
gramm= g
liter= l
milliliter= ml
gigabyte= GB
megabyte= MB
watt= W
kilowattstunden= kWh
euro= €
dollar= $
"""
    ),
    "fr": _table(
        """
pour cent=~%
degrés celsius=~°C
degré,degrés=~°
kilomètre,kilomètres=~km
kilomètres à l'heure,kilomètres heure=~km/h
mètre,mètres=~m
centimètre,centimètres=~cm
millimètre,millimètres=~mm
kilogramme,kilogrammes,kilo,kilos=~kg
gramme,grammes=~g
litre,litres=~l
gigaoctets=~Go
mégaoctets=~Mo
watts=~W
euro,euros=~€
dollars=~$
"""
    ),
    "es": _table(
        """
por ciento= %
grados celsius,grados centígrados= °C
grados=°
kilómetro,kilómetros= km
kilómetros por hora= km/h
metro,metros= m
centímetro,centímetros= cm
milímetro,milímetros= mm
kilogramo,kilogramos,kilo,kilos= kg
gramo,gramos= g
litro,litros= l
gigabytes= GB
megabytes= MB
vatios= W
euro,euros= €
dólares= $
"""
    ),
}
MONEY = {
    "dollar": "$",
    "dollars": "$",
    "euro": "€",
    "euros": "€",
    "quid": "£",
    "pounds sterling": "£",
    "yen": "¥",
}
CENTS = frozenset({"cent", "cents", "pence", "p"})
SCALES = ("million", "billion", "trillion")
MONTHS = _numbered(
    "january february march april may june july august september october november december"
)
WORDS_FIRST_MONTHS = frozenset({"march", "may"})
"""Months that are common words as well."""
DATE_LEADS = frozenset(
    "on since until till by from before after of is last next this early late mid due dated".split()
)
TIME_LEADS = frozenset("at by until till before after around".split())
DIGIT_LEADS = frozenset(
    "number code dial call room flight extension pin zip postcode gate bus route line phone".split()
)
ORDINALS = (
    _numbered(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
        " thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth"
    )
    | _numbered("twentieth", 20)
    | _numbered("thirtieth", 30)
)
TENTHS = {
    "fortieth": 40,
    "fiftieth": 50,
    "sixtieth": 60,
    "seventieth": 70,
    "eightieth": 80,
    "ninetieth": 90,
}
DECADES = {
    word: 10 * n
    for n, word in enumerate(
        "twenties thirties forties fifties sixties seventies eighties nineties".split(), 2
    )
}
