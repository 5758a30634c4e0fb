"""Turns a typed async function into a `Tool`: strict JSON Schema out, checked arguments in."""

from __future__ import annotations

import enum
import functools
import inspect
import json
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal

import pydantic

from app.tools.base import Origin, Risk, Sent, Tool, ToolFailed, ToolResult
from app.tools.foreign import checked_arguments

MAX_ARGUMENT_CHARS = 64_000

Answer = Mapping[str, object] | ToolResult
"""What a tool's function gives: a mapping is sent to the model as JSON."""

Question = Callable[[Mapping[str, Any]], str]

_JSON_TYPES: dict[object, str] = {str: "string", int: "integer", float: "number", bool: "boolean"}
_NONE = type(None)


def tool(
    *,
    description: str,
    risk: Risk,
    timeout_s: float = 10.0,
    asks: bool = False,
    question: Question | None = None,
    name: str | None = None,
    family: str = "",
    origin: Origin | None = None,
    sends: Callable[[Mapping[str, Any]], Sent] | None = None,
    only_exactly: bool = False,
) -> Callable[[Callable[..., Awaitable[Answer]]], Tool]:
    """Decorate an async function whose parameters are `Annotated[type, "description"]`.

    Types: str, int, float, bool, str enums, Literal, lists of these, and each of them or None.
    Raises TypeError for anything else.
    """

    def make(function: Callable[..., Awaitable[Answer]]) -> Tool:
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"{function.__name__} must be an async function")

        @functools.wraps(function)
        async def run(**arguments: Any) -> ToolResult:
            answer = await function(**arguments)
            if isinstance(answer, ToolResult):
                return answer
            return ToolResult(json.dumps(dict(answer), ensure_ascii=False))

        return Tool(
            name=name or function.__name__,
            description=description,
            parameters=_schema_of(function),
            risk=risk,
            run=run,
            timeout_s=timeout_s,
            asks=asks,
            question=question,
            family=family,
            origin=origin,
            sends=sends,
            only_exactly=only_exactly,
        )

    return make


def validate(tool: Tool, arguments_json: str) -> dict[str, Any]:
    """The arguments that a model wrote, as the tool's function takes them.

    Raises ToolFailed with a sentence that the model can act on.
    """
    if len(arguments_json) > MAX_ARGUMENT_CHARS:
        raise ToolFailed(f"The arguments are longer than {MAX_ARGUMENT_CHARS} characters.")
    if tool.foreign:
        return checked_arguments(tool.parameters, arguments_json)
    model = _arguments_model(tool.run)
    try:
        arguments = model.model_validate_json(arguments_json.strip() or "{}")
    except pydantic.ValidationError as error:
        problems = "; ".join(_explain(entry) for entry in error.errors()[:5])
        raise ToolFailed(f"{problems}. {_usage(tool)}") from None
    return {field: getattr(arguments, field) for field in model.model_fields}


@functools.lru_cache(maxsize=256)
def _arguments_model(function: Callable[..., Any]) -> type[pydantic.BaseModel]:
    hints = typing.get_type_hints(function, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in inspect.signature(function).parameters.values():
        default = parameter.default
        if default is inspect.Parameter.empty:
            default = None if _is_optional(hints[parameter.name]) else ...
        fields[parameter.name] = (hints[parameter.name], default)
    config = pydantic.ConfigDict(extra="forbid", allow_inf_nan=False, protected_namespaces=())
    return pydantic.create_model("Arguments", __config__=config, **fields)


def _schema_of(function: Callable[..., Any]) -> dict[str, Any]:
    hints = typing.get_type_hints(function, include_extras=True)
    properties = {
        name: _schema(hints[name], name) for name in inspect.signature(function).parameters
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _schema(hint: Any, name: str) -> dict[str, Any]:
    texts: list[str] = []
    if typing.get_origin(hint) is Annotated:
        hint, *extras = typing.get_args(hint)
        texts = [extra for extra in extras if isinstance(extra, str)]
    options = _options(hint)
    kinds = [option for option in options if option is not _NONE]
    if len(kinds) != 1:
        raise TypeError(f"parameter {name} may be one type, or that type or None")
    schema = _schema_of_type(kinds[0], name)
    if _NONE in options:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], None]
    return schema | ({"description": texts[0]} if texts else {})


def _schema_of_type(kind: Any, name: str) -> dict[str, Any]:
    if kind in _JSON_TYPES:
        return {"type": _JSON_TYPES[kind]}
    origin, values = typing.get_origin(kind), list(typing.get_args(kind))
    if origin is list and values:
        return {"type": "array", "items": _schema(values[0], name)}
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        origin, values = Literal, [member.value for member in kind]
    if origin is Literal and values and all(isinstance(value, str) for value in values):
        return {"type": "string", "enum": values}
    raise TypeError(f"parameter {name} has a type that no schema exists for: {kind!r}")


def _options(hint: Any) -> tuple[Any, ...]:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return typing.get_args(hint)
    return (hint,)


def _is_optional(hint: Any) -> bool:
    if typing.get_origin(hint) is Annotated:
        hint = typing.get_args(hint)[0]
    return _NONE in _options(hint)


def _explain(entry: Any) -> str:
    where = ".".join(str(part) for part in entry["loc"])
    kind = entry["type"]
    if kind == "missing":
        return f"“{where}” is missing"
    if kind == "extra_forbidden":
        return f"“{where}” is not an argument of this tool"
    if kind == "json_invalid":
        return "The arguments are not valid JSON"
    message = entry["msg"][:1].lower() + entry["msg"][1:]
    return f"“{where}”: {message}" if where else f"The arguments must be a JSON object: {message}"


def _usage(tool: Tool) -> str:
    properties: Mapping[str, Mapping[str, Any]] = tool.parameters["properties"]
    if not properties:
        return f"{tool.name} takes no arguments: send {{}}."
    return f"{tool.name} takes: " + ", ".join(
        f"{name} ({_type_in_words(schema)})" for name, schema in properties.items()
    )


def _type_in_words(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of " + ", ".join(json.dumps(value) for value in schema["enum"])
    kind = schema["type"]
    return kind if isinstance(kind, str) else " or ".join(kind)
