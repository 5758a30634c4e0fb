"""What a tool is: a typed function with a strict schema, a risk and a time limit."""

from __future__ import annotations

import enum
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.providers.base import ToolSpec


class Risk(enum.StrEnum):
    """What a tool can do to the world; `app/tools/policy.py` decides what that needs."""

    READ = "read"
    REVERSIBLE = "reversible"
    IRREVERSIBLE = "irreversible"
    SENDS_OUT = "sends_out"


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What goes back to the model. A tool that failed says why in `text`."""

    text: str
    ok: bool = True


class ToolFailed(Exception):
    """A tool could not do it; the message is for the model and the user."""


@dataclass(frozen=True, slots=True)
class Tool:
    """`run` takes the validated arguments by name.

    `asks` tells that a person's yes is needed although the risk alone would not need it;
    `question` makes the sentence that asks, from the arguments.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    risk: Risk
    run: Callable[..., Awaitable[ToolResult]]
    timeout_s: float = 10.0
    asks: bool = False
    question: Callable[[Mapping[str, Any]], str] | None = None

    @property
    def spec(self) -> ToolSpec:
        """The tool as a model sees it."""
        return ToolSpec(self.name, self.description, self.parameters)
