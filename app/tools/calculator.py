"""A calculator tool: its own small reader of arithmetic, exact decimals, no code is ever run."""

from __future__ import annotations

import ast
import decimal
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated

from app.tools.base import Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

MAX_CHARS = 200
MAX_EXPONENT = 10_000
"""Largest power, and largest decimal exponent of any intermediate result."""

_WORKING_DIGITS = 60
_SHOWN_DIGITS = 10
_EXACT_DIGITS = 21
"""A result that has no more digits than this is shown whole; a longer one is rounded."""

_CONTEXT = decimal.Context(
    prec=_WORKING_DIGITS,
    Emax=MAX_EXPONENT,
    Emin=-MAX_EXPONENT,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)
_CONSTANTS = {
    "pi": Decimal("3.14159265358979323846264338327950288419716939937510582097494"),
    "e": Decimal("2.71828182845904523536028747135266249775724709369995957496697"),
}
_FUNCTIONS = {"sqrt": _CONTEXT.sqrt, "abs": _CONTEXT.abs}
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_TOKEN = re.compile(rf"\s*({_NUMBER}|\*\*|//|[-+*/^%()]|[a-z]+)\s*")
_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "–": "-"})
_SPELLINGS = {"**": "^", "percent": "%", "x": "*"}
_PYTHON = {"^": "**", "of": "*"}
_WORDS = frozenset({"of", *_CONSTANTS, *_FUNCTIONS})
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_ROOT_OF_NUMBER = re.compile(rf"√\s*({_NUMBER})")


def calculate_text(expression: str) -> str:
    """The value of `expression` in decimal digits. Raises ToolFailed with the reason."""
    tokens = _tokens(expression)
    numbers = {f"n{at}": Decimal(token) for at, token in enumerate(tokens) if _is_number(token)}
    try:
        tree = ast.parse(_python_source(tokens), mode="eval")
        return _shown(_value(tree.body, _CONSTANTS | numbers))
    except (SyntaxError, decimal.InvalidOperation):
        raise ToolFailed(f"“{expression}” cannot be calculated.") from None
    except decimal.DivisionByZero:
        raise ToolFailed("That divides by zero.") from None
    except decimal.Overflow:
        raise ToolFailed("The result is too large.") from None


def calculator_tools() -> tuple[Tool, ...]:
    """calculate."""

    @tool(
        description=(
            "Work out arithmetic exactly: + - * / // % ^, brackets, percent as in "
            '"20% of 80" or "50 + 10%", sqrt(), abs(), pi and e.'
        ),
        risk=Risk.READ,
        family="calculating",
    )
    async def calculate(
        expression: Annotated[str, 'The arithmetic, for instance "12 * 7".'],
    ) -> Answer:
        return {"result": calculate_text(expression)}

    return (calculate,)


def _tokens(expression: str) -> list[str]:
    if len(expression) > MAX_CHARS:
        raise ToolFailed(f"The expression is longer than {MAX_CHARS} characters.")
    text = expression.lower().translate(_SIGNS).rstrip("= ")
    text = _THOUSANDS.sub("", _ROOT_OF_NUMBER.sub(r"sqrt(\1)", text).replace("√", "sqrt"))
    tokens: list[str] = []
    end = 0
    while match := _TOKEN.match(text, end):
        token = _SPELLINGS.get(match[1], match[1])
        if token.isalpha() and token not in _WORDS:
            break
        tokens.append(token)
        end = match.end()
    if end != len(text) or not tokens:
        raise ToolFailed(f"“{text[end:]}” is not arithmetic.")
    return tokens


def _python_source(tokens: list[str]) -> str:
    """Python that `ast` can read. Each number is a name, so that no digit is lost on the way."""
    parts: list[str] = []
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else ""
        if _is_number(token):
            parts.append(f"n{at}")
        elif token == "%" and not (_is_number(following) or _begins_group(following)):
            parts.append(".percent")
        else:
            parts.append(_PYTHON.get(token, token))
        ends_operand = _is_number(token) or token == ")" or token in _CONSTANTS
        if ends_operand and _begins_group(following):
            parts.append("*")
    return " ".join(parts)


def _is_number(token: str) -> bool:
    return token[:1].isdigit() or (token[:1] == "." and len(token) > 1)


def _begins_group(token: str) -> bool:
    return token == "(" or token in _CONSTANTS or token in _FUNCTIONS


def _value(node: ast.expr, names: Mapping[str, Decimal]) -> Decimal:
    match node:
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.Attribute(value=part, attr="percent"):
            return _CONTEXT.divide(_value(part, names), Decimal(100))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _CONTEXT.minus(_value(operand, names))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, names)
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_value(argument, names))
        case ast.BinOp(left=left, op=operator, right=right):
            first, second = _value(left, names), _value(right, names)
            if _is_percent(right) and not _is_percent(left):
                if isinstance(operator, ast.Add | ast.Sub):
                    second = _CONTEXT.multiply(first, second)
            return _combined(first, operator, second)
    raise decimal.InvalidOperation


def _is_percent(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute)


def _combined(left: Decimal, operator: ast.operator, right: Decimal) -> Decimal:
    if right == 0 and isinstance(operator, ast.Div | ast.FloorDiv | ast.Mod):
        raise decimal.DivisionByZero
    match operator:
        case ast.Add():
            return _CONTEXT.add(left, right)
        case ast.Sub():
            return _CONTEXT.subtract(left, right)
        case ast.Mult():
            return _CONTEXT.multiply(left, right)
        case ast.Div():
            return _CONTEXT.divide(left, right)
        case ast.FloorDiv():
            return _floor_divided(left, right)[0]
        case ast.Mod():
            return _floor_divided(left, right)[1]
        case ast.Pow():
            if abs(right) > MAX_EXPONENT:
                raise decimal.Overflow
            return _CONTEXT.power(left, right)
    raise decimal.InvalidOperation


def _floor_divided(left: Decimal, right: Decimal) -> tuple[Decimal, Decimal]:
    quotient, rest = _CONTEXT.divmod(left, right)
    if rest and (rest < 0) != (right < 0):
        return _CONTEXT.subtract(quotient, Decimal(1)), _CONTEXT.add(rest, right)
    return quotient, rest


def _shown(value: Decimal) -> str:
    if not value.is_finite():
        raise decimal.DivisionByZero
    value = value.normalize(_CONTEXT)
    if len(value.as_tuple().digits) > _EXACT_DIGITS:
        value = decimal.Context(prec=_SHOWN_DIGITS).create_decimal(value).normalize()
    if value == 0:
        return "0"
    if -_SHOWN_DIGITS <= value.adjusted() < _EXACT_DIGITS:
        return f"{value:f}"
    return f"{value:e}".replace("e+", "e")
