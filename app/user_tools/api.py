"""What a tool file imports, by the name `sayso_tools`. Runs in the file's own process."""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable
from typing import Any, Final, Literal

from app.tools import schema
from app.tools.base import Risk, Tool, ToolFailed
from app.tools.progress import progress

__all__ = ["MODULE", "ToolFailed", "progress", "tool"]

MODULE: Final = "sayso_tools"
LONGEST_S: Final = 600.0

found: list[Tool] = []
"""The tools of the file of this process, in their order."""


def tool(
    description: str,
    *,
    risk: Literal["read", "reversible", "irreversible", "sends_out"] = "irreversible",
    timeout_s: float = 30.0,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a tool of a function whose parameters are `Annotated[type, "description"]`.

    It may be async or not, and returns a mapping or a text. Raises TypeError and ValueError for
    anything that cannot be a tool.
    """

    def make(function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        async def run(**arguments: Any) -> schema.Answer:
            if inspect.iscoroutinefunction(function):
                answer = await function(**arguments)
            else:
                answer = await asyncio.to_thread(function, **arguments)
            return answer if isinstance(answer, dict) else {"result": answer}

        decorate = schema.tool(
            description=description, risk=Risk(risk), timeout_s=min(timeout_s, LONGEST_S)
        )
        found.append(decorate(run))
        return function

    return make
