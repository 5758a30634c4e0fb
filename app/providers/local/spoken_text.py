"""Text as a small voice reads it well: signs and short forms become words. Pure."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"https?://(?:www\.)?([\w.-]+)\S*")
_CLOCK = re.compile(r"\b([01]?\d|2[0-3]):([0-5]\d)\b")
_DEGREES = re.compile(r"\s*°\s*([CF])\b")
_MINUS = re.compile(r"(?<![\w.])[-−](?=\d)")
_CURRENCY = re.compile(r"([$€£])\s?(\d[\d,.]*)")
_SPACE = re.compile(r"\s+")
_UNREADABLE = re.compile(r"[*_`#|<>\[\]{}~^\\]+")

_SCALES = {"C": " degrees Celsius", "F": " degrees Fahrenheit"}
_MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
_SIGNS = {
    "%": " percent",
    "&": " and ",
    "+": " plus ",
    "=": " equals ",
    "×": " times ",
    "÷": " divided by ",
}


def spoken(text: str) -> str:
    """English text without signs that a small voice skips or spells out."""
    text = _ADDRESS.sub(lambda found: found[1].replace(".", " dot "), text)
    text = _CLOCK.sub(_clock, text)
    text = _DEGREES.sub(lambda found: _SCALES[found[1]], text)
    text = _CURRENCY.sub(lambda found: f"{found[2].rstrip('.,')} {_MONEY[found[1]]}", text)
    text = _MINUS.sub("minus ", text)
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    return _SPACE.sub(" ", _UNREADABLE.sub(" ", text)).strip()


def _clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if minute == 0:
        return f"{hour} o'clock" if 1 <= hour <= 12 else f"{hour} hundred"
    return f"{hour} oh {minute}" if minute < 10 else f"{hour} {minute}"
