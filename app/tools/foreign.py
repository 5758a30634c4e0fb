"""Checks a model's arguments against a JSON Schema that another program wrote. Pure.

Only what is certain is refused (types, what is required, fixed choices); the program itself has the
last word.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.tools.base import ToolFailed

_MAX_DEPTH = 12
_MAX_PROBLEMS = 5
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int, float),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}


def checked_arguments(schema: Mapping[str, Any], text: str) -> dict[str, Any]:
    """The arguments as they are passed on. Raises ToolFailed with what is wrong."""
    try:
        arguments = json.loads(text.strip() or "{}", parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise ToolFailed("The arguments are not valid JSON.") from None
    if not isinstance(arguments, dict):
        raise ToolFailed("The arguments must be a JSON object.")
    problems: list[str] = []
    _check(arguments, schema, "", problems, 0)
    if problems:
        raise ToolFailed("; ".join(problems[:_MAX_PROBLEMS]) + ".")
    return arguments


def _check(value: object, schema: object, where: str, problems: list[str], depth: int) -> None:
    if not isinstance(schema, Mapping) or depth > _MAX_DEPTH:
        return
    name = where or "the arguments"
    kinds = schema.get("type")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if isinstance(kinds, list) and not any(_is_a(value, kind) for kind in kinds):
        problems.append(f"“{name}” must be {' or '.join(map(str, kinds))}")
        return
    choices = schema.get("enum")
    if isinstance(choices, list) and value not in choices:
        problems.append(f"“{name}” must be one of {json.dumps(choices, ensure_ascii=False)}")
    if isinstance(value, dict):
        _check_object(value, schema, where, problems, depth)
    elif isinstance(value, list):
        for at, item in enumerate(value):
            _check(item, schema.get("items"), f"{where}[{at}]", problems, depth + 1)


def _check_object(
    value: dict[str, Any], schema: Mapping[str, Any], where: str, problems: list[str], depth: int
) -> None:
    known = schema.get("properties")
    known = known if isinstance(known, Mapping) else {}
    required = schema.get("required")
    wanted = required if isinstance(required, list) else ()
    problems += [f"“{_below(where, name)}” is missing" for name in wanted if name not in value]
    for name, part in value.items():
        if name in known:
            _check(part, known[name], _below(where, name), problems, depth + 1)
        elif schema.get("additionalProperties") is False and "patternProperties" not in schema:
            problems.append(f"“{_below(where, name)}” is not an argument of this tool")


def _is_a(value: object, kind: object) -> bool:
    if not isinstance(kind, str) or kind not in _TYPES:
        return True
    if isinstance(value, bool):
        return kind == "boolean"
    if kind == "integer" and isinstance(value, float):
        return value.is_integer()
    return isinstance(value, _TYPES[kind])


def _below(where: str, name: object) -> str:
    return f"{where}.{name}" if where else str(name)


def _refuse(constant: str) -> object:
    raise ValueError(constant)
