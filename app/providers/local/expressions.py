"""Reads arithmetic from tokens into the calculator's notation, and says it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.providers.local.spoken_numbers import digits, read_fraction, read_number
from app.providers.local.tokens import Sentence

MAX_OPERATORS = 12

_OPERATORS = {
    "plus": "+", "+": "+", "minus": "-", "-": "-", "less": "-", "times": "*", "x": "*", "×": "*",
    "*": "*", "·": "*", "multiplied by": "*", "divided by": "/", "over": "/", "/": "/", "÷": "/",
    "to the power of": "^", "^": "^", "**": "^",
}  # fmt: skip
_LONGEST = max(len(words.split()) for words in _OPERATORS)
_POWERS = {"squared": "^2", "cubed": "^3"}
_SPOKEN = {"+": "plus", "-": "minus", "*": "times", "/": "divided by", "^": "to the power of"}
_PART = re.compile(r"sqrt\(|\d+(?:\.\d+)?|\^[23](?![\d.])|%(?: of)?|[-+*/^()]")

_PLAIN = re.compile(r"-*[\d.]+")

Reading = tuple[int, str]


def read_expression(sentence: Sentence, at: int) -> Iterator[Reading]:
    """Arithmetic with at least one operation, for instance "12 * 7"; the longest first."""
    for end, text in _chain(sentence, at, 0):
        if not _PLAIN.fullmatch(text):
            yield end + (sentence.text(end) == "="), text


def say_expression(expression: str) -> str:
    """How the calculator's notation is read aloud: "12 times 7"."""
    words: list[str] = []
    after_value = False
    for part in _PART.findall(expression):
        if part == "-" and not after_value:
            words.append("minus")
        elif part in ("^2", "^3"):
            words.append("squared" if part == "^2" else "cubed")
        elif part.startswith("%"):
            words.append(part.replace("%", "percent"))
        elif part == "sqrt(":
            words.append("the square root of")
        elif part not in "()":
            words.append(_SPOKEN.get(part, part))
        after_value = part[0].isdigit() or part in (")", "%", "^2", "^3")
    return " ".join(words)


def _chain(sentence: Sentence, at: int, depth: int) -> Iterator[Reading]:
    for end, left in _operand(sentence, at, depth):
        if depth < MAX_OPERATORS:
            for start, operator in _operator(sentence, end):
                for last, right in _chain(sentence, start, depth + 1):
                    yield last, f"{left} {operator} {right}"
        yield end, left


def _operator(sentence: Sentence, at: int) -> Iterator[Reading]:
    for length in range(_LONGEST, 0, -1):
        symbol = _OPERATORS.get(sentence.words(at, at + length))
        if symbol is not None:
            yield at + length, symbol


def _operand(sentence: Sentence, at: int, depth: int) -> Iterator[Reading]:
    for end, text in _unsigned(sentence, at, depth):
        suffix = _POWERS.get(sentence.text(end))
        if suffix is not None:
            yield end + 1, f"{text}{suffix}"
        if sentence.text(end) in ("percent", "%"):
            yield from _percent(sentence, end + 1, text, depth)
        yield end, text


def _percent(sentence: Sentence, at: int, text: str, depth: int) -> Iterator[Reading]:
    if sentence.text(at) == "of" and depth < MAX_OPERATORS:
        for end, whole in _operand(sentence, at + 1, depth + 1):
            yield end, f"{text}% of {whole}"
    yield at, f"{text}%"


def _unsigned(sentence: Sentence, at: int, depth: int) -> Iterator[Reading]:
    word = sentence.text(at)
    if word in ("minus", "negative", "-") and depth < MAX_OPERATORS:
        for end, text in _unsigned(sentence, at + 1, depth + 1):
            yield end, f"-{text}"
    elif word == "(" and depth < MAX_OPERATORS:
        for end, inner in _chain(sentence, at + 1, depth + 1):
            if sentence.text(end) == ")":
                yield end + 1, f"({inner})"
    elif (start := _after_root(sentence, at)) and depth < MAX_OPERATORS:
        for end, text in _unsigned(sentence, start, depth + 1):
            yield end, f"sqrt({text})"
    else:
        yield from ((end, digits(value)) for end, value in read_number(sentence, at))
        for end, part in read_fraction(sentence, at):
            if sentence.text(end - 1) == "of":
                yield from (
                    (e, f"{digits(part)} * {digits(n)}") for e, n in read_number(sentence, end)
                )


def _after_root(sentence: Sentence, at: int) -> int:
    """Where the operand of a root begins; 0 when no root is here."""
    if sentence.text(at) in ("√", "sqrt"):
        return at + 1
    start = at + (sentence.text(at) == "the")
    return start + 3 if sentence.words(start, start + 3) == "square root of" else 0
