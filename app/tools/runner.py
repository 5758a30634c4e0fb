"""Runs the tools that a model calls: checked, bounded, in parallel, and only as the policy says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.errors import AppError
from app.providers.base import ToolCall, ToolSpec
from app.tools.base import Tool, ToolFailed, ToolResult
from app.tools.policy import Decision, Verdict, decide
from app.tools.schema import validate

MAX_RESULT_BYTES = 32_000

Approve = Callable[[ToolCall, Tool, str, bool], Awaitable[bool]]
"""Asks a person: (call, tool, question, whether a spoken yes counts)."""

DECLINED = "Error: the user said no. Do not try this again unless they ask for it."

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """A call and what became of it. `seconds` is the tool's own time, without a wait for a yes."""

    call_id: str
    name: str
    arguments: str
    result: ToolResult
    seconds: float


@dataclass(frozen=True, slots=True)
class _Prepared:
    tool: Tool
    arguments: dict[str, Any]
    decision: Decision
    question: str = ""


class ToolRunner:
    """Core thread. Every call gets an outcome: what goes wrong is told to the model."""

    def __init__(self, tools: Sequence[Tool], approve: Approve) -> None:
        self._tools = {tool.name: tool for tool in tools}
        if len(self._tools) != len(tools):
            raise ValueError("two tools have the same name")
        self._approve = approve
        self.specs: tuple[ToolSpec, ...] = tuple(tool.spec for tool in tools)

    async def run(
        self,
        calls: Sequence[ToolCall],
        *,
        tainted: bool = False,
        on_start: Callable[[ToolCall], None] = lambda _: None,
        on_end: Callable[[ToolOutcome], None] = lambda _: None,
    ) -> tuple[ToolOutcome, ...]:
        """Run all; outcomes come in the order of `calls`.

        What needs no yes runs side by side, while the questions are asked one after another.
        `on_start` comes before a tool runs or is asked about, `on_end` with each outcome; a
        cancelled run gives no `on_end` for what was still going on.
        """
        work = _Work(calls, on_end)
        waiting: list[tuple[int, _Prepared]] = []
        async with asyncio.TaskGroup() as group:
            for index, call in enumerate(calls):
                on_start(call)
                prepared = self._prepare(call, tainted=tainted)
                if isinstance(prepared, ToolResult):
                    work.end(index, prepared)
                elif prepared.decision.verdict is Verdict.ASK:
                    waiting.append((index, prepared))
                else:
                    group.create_task(work.run(index, prepared), name=f"tool {call.name}")
            for index, prepared in waiting:
                if await self._is_allowed(calls[index], prepared):
                    group.create_task(work.run(index, prepared), name=f"tool {calls[index].name}")
                else:
                    work.end(index, ToolResult(DECLINED, ok=False))
        return work.outcomes()

    def _prepare(self, call: ToolCall, *, tainted: bool) -> _Prepared | ToolResult:
        tool = self._tools.get(call.name)
        if tool is None:
            known = ", ".join(self._tools) or "none"
            return _failure(f"there is no tool “{call.name}”. Tools: {known}")
        decision = decide(tool, tainted=tainted)
        if decision.verdict is Verdict.REFUSE:
            return _failure("this tool may not be used")
        try:
            arguments = validate(tool, call.arguments)
            prepared = _Prepared(tool, arguments, decision)
            if decision.verdict is Verdict.ASK:
                return replace(prepared, question=_question(tool, arguments))
        except ToolFailed as error:
            return _failure(str(error))
        return prepared

    async def _is_allowed(self, call: ToolCall, prepared: _Prepared) -> bool:
        return await self._approve(
            call, prepared.tool, prepared.question, prepared.decision.by_voice
        )


class _Work:
    """The calls of one round, and the outcomes so far."""

    def __init__(self, calls: Sequence[ToolCall], on_end: Callable[[ToolOutcome], None]) -> None:
        self._calls = calls
        self._on_end = on_end
        self._outcomes: dict[int, ToolOutcome] = {}

    async def run(self, index: int, prepared: _Prepared) -> None:
        """Run one call to its end."""
        loop = asyncio.get_running_loop()
        begins_s = loop.time()
        result = await _result_of(prepared)
        self.end(index, result, loop.time() - begins_s)

    def end(self, index: int, result: ToolResult, seconds: float = 0.0) -> None:
        """The call at `index` is over."""
        call = self._calls[index]
        outcome = ToolOutcome(call.call_id, call.name, call.arguments, _cut(result), seconds)
        self._outcomes[index] = outcome
        self._on_end(outcome)

    def outcomes(self) -> tuple[ToolOutcome, ...]:
        """All of them, in the order of the calls."""
        return tuple(self._outcomes[index] for index in range(len(self._calls)))


async def _result_of(prepared: _Prepared) -> ToolResult:
    tool = prepared.tool
    try:
        async with asyncio.timeout(tool.timeout_s) as limit:
            return await tool.run(**prepared.arguments)
    except ToolFailed as error:
        return _failure(str(error))
    except AppError as error:
        return _failure(error.message)
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        _log.exception("The tool %s was cancelled from inside", tool.name)
    except Exception:  # noqa: BLE001 - whatever a tool raises ends as words for the model
        if limit.expired():
            return _failure(f"{tool.name} took longer than {tool.timeout_s:g} seconds")
        _log.exception("The tool %s failed", tool.name)
    return _failure("the tool failed")


def _question(tool: Tool, arguments: dict[str, Any]) -> str:
    if tool.question is not None:
        return tool.question(arguments)
    return f"Allow “{tool.name.replace('_', ' ')}”?"


def _failure(reason: str) -> ToolResult:
    return ToolResult(f"Error: {reason}", ok=False)


def _cut(result: ToolResult) -> ToolResult:
    data = result.text.encode("utf-8", "replace")
    if len(data) <= MAX_RESULT_BYTES:
        return result
    note = f"\n[cut here: the whole result has {len(data)} bytes]"
    kept = data[: MAX_RESULT_BYTES - len(note.encode())].decode("utf-8", "ignore")
    return replace(result, text=kept + note)
