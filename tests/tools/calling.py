"""Calls a tool as a model does: JSON in, JSON out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from app.tools.base import Tool
from app.tools.schema import validate


async def call(tools: Iterable[Tool], name: str, /, **arguments: object) -> dict[str, Any]:
    """The result of the tool `name`. Raises ToolFailed as the tool does."""
    tool = next(tool for tool in tools if tool.name == name)
    result = await tool.run(**validate(tool, json.dumps(arguments)))
    assert result.ok
    answer = json.loads(result.text)
    assert isinstance(answer, dict)
    return answer
