"""Stands between a call and its tool: judges, makes grants, and has everything written down."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.conversation.message import new_id
from app.permission.audit import AuditLog
from app.permission.borrowed import borrowed
from app.permission.grant_store import GrantStore
from app.permission.grants import Grant, Scope, covers, grant_for, offers
from app.permission.mode import Mode
from app.permission.question import Question
from app.permission.record import Allowed, CallRecord, Fate
from app.permission.standing import Standing
from app.providers.base import ToolCall
from app.tools.base import Tool
from app.tools.policy import Decision, Verdict, decide, leaks


def utc_now() -> datetime.datetime:
    """This moment."""
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the rules say about a call; `question` is set where a person decides."""

    decision: Decision
    question: Question | None = None
    grant: str = ""


class Gate:
    """Core thread. `mode_of` tells what the user chose for a tool."""

    def __init__(
        self,
        grants: GrantStore,
        audit: AuditLog,
        mode_of: Callable[[str], Mode] = lambda _: Mode.AS_NEEDED,
        now: Callable[[], datetime.datetime] = utc_now,
    ) -> None:
        self._grants = grants
        self._audit = audit
        self._mode_of = mode_of
        self._now = now

    @classmethod
    def closed(cls) -> Gate:
        """No grants, no log: the rules alone."""
        return cls(GrantStore(None, utc_now), AuditLog(None))

    def is_off(self, tool: Tool) -> bool:
        """Whether the user does not want it used."""
        return self._mode_of(tool.name) is Mode.OFF

    def judge(
        self, call: ToolCall, tool: Tool, arguments: Mapping[str, Any], standing: Standing
    ) -> Judged:
        """What is to happen to this call. Raises ToolFailed as the tool's own question does."""
        mode = self._mode_of(tool.name)
        steered = replace(standing, origins=frozenset()) if call.is_literal else standing
        leaking = leaks(tool, arguments, steered)
        is_wary = standing.is_tainted or leaking
        grant = self._covering(tool, arguments, standing, is_wary=is_wary)
        decision = decide(
            tool,
            tainted=steered.is_tainted,
            leaks=leaking,
            granted=grant is not None,
            mode=mode,
        )
        if decision.verdict is not Verdict.ASK:
            return Judged(decision, grant=grant.words if grant is not None else "")
        is_wary = is_wary or mode is Mode.ASK  # A grant would count for nothing then.
        question = Question(
            call,
            tool,
            _sentence(tool, arguments),
            decision.why,
            decision.by_voice,
            tuple(sorted(standing.origins)),
            borrowed(call.arguments, standing.foreign),
            offers(tool, arguments, tainted=is_wary),
        )
        return Judged(decision, question)

    async def allow(
        self, scope: Scope, tool: Tool, arguments: Mapping[str, Any], standing: Standing
    ) -> None:
        """The person allowed more than this once. What was not offered is not kept."""
        offered = offers(tool, arguments, tainted=standing.is_tainted)
        if scope in [offer.scope for offer in offered]:
            await self._grants.add(
                grant_for(
                    scope,
                    tool,
                    arguments,
                    grant_id=new_id(),
                    conversation_id=standing.conversation_id,
                    now=self._now(),
                )
            )

    def note(
        self,
        call: ToolCall,
        tool: Tool | None,
        standing: Standing,
        *,
        fate: Fate,
        by: Allowed,
        why: str,
        grant: str = "",
        result_bytes: int = 0,
        seconds: float = 0.0,
    ) -> None:
        """Write down what became of a call."""
        self._audit.note(
            CallRecord(
                self._now(),
                standing.conversation_id,
                call.name,
                tool.risk if tool is not None else "",
                call.arguments,
                fate,
                by,
                why,
                tuple(sorted(standing.origins)),
                grant,
                result_bytes,
                seconds,
            )
        )

    def _covering(
        self, tool: Tool, arguments: Mapping[str, Any], standing: Standing, *, is_wary: bool
    ) -> Grant | None:
        return next(
            (
                grant
                for grant in self._grants.grants
                if covers(
                    grant,
                    tool,
                    arguments,
                    conversation_id=standing.conversation_id,
                    tainted=is_wary,
                    now=self._now(),
                )
            ),
            None,
        )


def _sentence(tool: Tool, arguments: Mapping[str, Any]) -> str:
    if tool.question is not None:
        return tool.question(arguments)
    return f"Allow “{tool.name.replace('_', ' ')}”?"
