"""What the settings page shows, read from the settings tree. Pure."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from app.errors import AppError
from app.net.address import parse_address
from app.services import Service
from app.settings import Settings, changed


class Kind(enum.Enum):
    """Which control a setting gets."""

    SWITCH = enum.auto()
    CHOICE = enum.auto()
    NUMBER = enum.auto()
    DECIMAL = enum.auto()
    TEXT = enum.auto()
    WORDS = enum.auto()
    ADDRESS = enum.auto()
    MODEL = enum.auto()
    INPUT_DEVICE = enum.auto()
    OUTPUT_DEVICE = enum.auto()


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. `path` is what `commands.ChangeSettings` takes."""

    path: str
    title: str
    help: str
    kind: Kind
    choices: tuple[enum.StrEnum, ...] = ()
    minimum: float = 0
    maximum: float = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Section:
    """A group of settings under one title."""

    name: str
    title: str
    help: str
    fields: tuple[Field, ...] = field(default=())


_SPECIAL = {
    "audio.input_device": Kind.INPUT_DEVICE,
    "audio.output_device": Kind.OUTPUT_DEVICE,
    "server.base_url": Kind.ADDRESS,
    "realtime.base_url": Kind.ADDRESS,
    **{f"{service}.base_url": Kind.ADDRESS for service in Service},
    **{f"{service}.model": Kind.MODEL for service in Service},
}


def sections() -> tuple[Section, ...]:
    """Every section with every setting that is not hidden, in the tree's order."""
    return tuple(_sections())


def value(settings: Settings, path: str) -> object:
    """The value at a dotted path."""
    section, _, name = path.partition(".")
    return cast(object, getattr(getattr(settings, section), name))


def mistake(settings: Settings, path: str, text: object) -> str:
    """Why this value cannot be, in words; empty when it can."""
    try:
        changed(settings, {path: text})
    except ValidationError as error:
        return _reason(error)
    if _SPECIAL.get(path) is Kind.ADDRESS and (text or path == "server.base_url"):
        try:
            parse_address(str(text))
        except AppError as error:
            return error.message
    return ""


def _sections() -> Iterator[Section]:
    for name, info in Settings.model_fields.items():
        tree = info.annotation
        if _is_hidden(info) or not (isinstance(tree, type) and issubclass(tree, BaseModel)):
            continue
        fields = tuple(
            _field(f"{name}.{key}", inner)
            for key, inner in tree.model_fields.items()
            if not _is_hidden(inner)
        )
        yield Section(name, info.title or name, _first_line(tree.__doc__), fields)


def _field(path: str, info: FieldInfo) -> Field:
    title, words = info.title or path, info.description or ""
    annotation = info.annotation
    if path in _SPECIAL:
        return Field(path, title, words, _SPECIAL[path])
    if annotation is bool:
        return Field(path, title, words, Kind.SWITCH)
    if isinstance(annotation, type) and issubclass(annotation, enum.StrEnum):
        return Field(path, title, words, Kind.CHOICE, choices=tuple(annotation))
    if annotation in (int, float):
        kind = Kind.NUMBER if annotation is int else Kind.DECIMAL
        return Field(path, title, words, kind, minimum=_bound(info, "ge", 0),
                     maximum=_bound(info, "le", 2**31 - 1))  # fmt: skip
    if annotation is str:
        return Field(path, title, words, Kind.TEXT)
    if annotation == tuple[str, ...]:
        return Field(path, title, words, Kind.WORDS)
    raise TypeError(f"the settings page has no control for {path}")


def _is_hidden(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and bool(extra.get("hidden"))


def _bound(info: FieldInfo, name: str, default: float) -> float:
    found: list[Any] = [getattr(rule, name) for rule in info.metadata if hasattr(rule, name)]
    return float(found[0]) if found else default


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n")[0]


def _reason(error: ValidationError) -> str:
    first = error.errors()[0]
    if first["type"] == "string_pattern_mismatch":
        return "This does not have the form that is asked for."
    if first["type"] == "too_long":
        return "These are too many words."
    words = str(first["msg"]).removeprefix("Value error, ")
    return words[:1].upper() + words[1:].rstrip(".") + "."
