"""Reads decoded JSON in which any part may be missing or of another type. Pure."""

from __future__ import annotations

from typing import Any


def field(value: object, name: str) -> object:
    """What `value` has under `name`, or None."""
    return value.get(name) if isinstance(value, dict) else None


def record(value: object, name: str) -> dict[str, Any]:
    """The object under `name`, or an empty one."""
    found = field(value, name)
    return found if isinstance(found, dict) else {}


def items(value: object, name: str) -> list[Any]:
    """The list under `name`, or an empty one."""
    found = field(value, name)
    return found if isinstance(found, list) else []


def text(value: object, name: str) -> str:
    """The string under `name`, or an empty one."""
    found = field(value, name)
    return found if isinstance(found, str) else ""


def number(value: object, name: str) -> int | None:
    """The integer under `name`, or None."""
    found = field(value, name)
    return found if isinstance(found, int) and not isinstance(found, bool) else None
