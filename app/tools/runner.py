"""Runs the tools that a model calls: checked, bounded, in parallel, and only as the policy says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from app.permission.gate import Gate
from app.permission.question import Answered, Question
from app.permission.record import Allowed, Fate
from app.permission.standing import Standing
from app.providers.base import ToolCall, ToolSpec
from app.tools.base import Tool, ToolFailed
from app.tools.policy import Verdict, Why
from app.tools.refusals import DECLINED, NOT_ASKED, UNANSWERED
from app.tools.round import Prepared, Refused, Round, Told, ToolOutcome
from app.tools.schema import validate

MOST_DENIALS = 3
"""After so many in a row nobody is asked again within one reply."""

Approve = Callable[[Question], Awaitable[Answered]]
"""Asks a person."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Patience:
    """How a person has answered within one reply."""

    denials_in_a_row: int = 0

    @property
    def is_over(self) -> bool:
        """Whether they have said no often enough."""
        return self.denials_in_a_row >= MOST_DENIALS


class ToolRunner:
    """Core thread. Every call gets an outcome: what goes wrong is told to the model."""

    def __init__(
        self,
        tools: Sequence[Tool] | Callable[[], Sequence[Tool]],
        approve: Approve,
        gate: Gate | None = None,
    ) -> None:
        """`tools` are those there are, or tells which there are now. Without a gate: no grants."""
        self._all = tools if callable(tools) else lambda: tools
        self._approve = approve
        self._gate = gate or Gate.closed()
        if len(self._by_name()) != len(self._all()):
            raise ValueError("two tools have the same name")

    @property
    def specs(self) -> tuple[ToolSpec, ...]:
        """What a model is offered: all tools but those that are switched off."""
        return tuple(tool.spec for tool in self._all() if not self._gate.is_off(tool))

    async def run(
        self,
        calls: Sequence[ToolCall],
        *,
        standing: Standing | None = None,
        patience: Patience | None = None,
        told: Told | None = None,
    ) -> tuple[ToolOutcome, ...]:
        """Run all; outcomes come in the order of `calls`.

        What needs no yes runs side by side, while the questions are asked one after another. All
        are judged by `standing`, what the conversation had seen before. A cancelled run tells no
        end of what was still going on.
        """
        patience, told = patience or Patience(), told or Told()
        work = Round(calls, standing or Standing(), told, self._gate)
        tools = self._by_name()
        waiting: list[int] = []
        async with asyncio.TaskGroup() as group:
            for index, call in enumerate(calls):
                told.start(call)
                prepared = self._prepare(call, tools, work.standing)
                if isinstance(prepared, Refused):
                    work.refuse(index, prepared)
                elif prepared.judged.question is not None:
                    waiting.append(index)
                else:
                    group.create_task(work.run(index, prepared), name=f"tool {call.name}")
            for index in waiting:
                # Judged anew: an answer to the question before may have allowed this one too.
                prepared = self._prepare(calls[index], tools, work.standing)
                if isinstance(prepared, Prepared) and prepared.judged.question is not None:
                    with work.noting_cancel(index, prepared):
                        prepared = await self._ask(prepared, patience, work.standing)
                if isinstance(prepared, Refused):
                    work.refuse(index, prepared)
                else:
                    group.create_task(work.run(index, prepared), name=f"tool {calls[index].name}")
        return work.outcomes()

    def _by_name(self) -> dict[str, Tool]:
        return {tool.name: tool for tool in self._all()}

    def _prepare(
        self, call: ToolCall, tools: dict[str, Tool], standing: Standing
    ) -> Prepared | Refused:
        tool = tools.get(call.name)
        if tool is None:
            known = ", ".join(tools) or "none"
            return Refused(f"Error: there is no tool “{call.name}”. Tools: {known}", "unknown")
        if self._gate.is_off(tool):
            return Refused("Error: the user has switched this tool off", "off", tool)
        try:
            arguments = validate(tool, call.arguments)
            judged = self._gate.judge(call, tool, arguments, standing)
        except ToolFailed as error:
            return Refused(f"Error: {error}", "arguments", tool)
        except Exception:  # noqa: BLE001 - a tool that cannot even be judged does not run
            _log.exception("The tool %s could not be judged", tool.name)
            return Refused("Error: this tool may not be used", Why.NO_RULE, tool)
        if judged.decision.verdict is Verdict.REFUSE:
            return Refused("Error: this tool may not be used", judged.decision.why, tool)
        by = Allowed.GRANT if judged.grant else Allowed.POLICY
        return Prepared(tool, arguments, judged, by)

    async def _ask(
        self, prepared: Prepared, patience: Patience, standing: Standing
    ) -> Prepared | Refused:
        question, tool = prepared.judged.question, prepared.tool
        why = prepared.judged.decision.why
        if question is None or patience.is_over:
            return Refused(NOT_ASKED, why, tool)
        answer = await self._approve(question)
        if not answer.yes:
            patience.denials_in_a_row += 1
            text = UNANSWERED if answer.by is Allowed.NOBODY else DECLINED
            return Refused(text, why, tool, Fate.DENIED, answer.by)
        patience.denials_in_a_row = 0
        if answer.scope is not None:
            await self._gate.allow(answer.scope, tool, prepared.arguments, standing)
        return replace(prepared, by=answer.by)
