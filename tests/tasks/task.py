"""A wish, a sensible model that fulfils it, a user who allows what it needs, and how it ends."""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from app import events
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    ChatRole,
    Finished,
    FinishReason,
    Form,
    TextDelta,
    ToolCall,
    ToolSpec,
)
from tests.attacks.desk import Desk
from tests.attacks.world import World

_numbers = itertools.count(1)


@dataclass(slots=True)
class Place:
    """Where a task is done. `address` and `other` are pages that a task reads."""

    world: World
    desk: Desk
    address: str = ""
    other: str = ""

    def results(self, tool: str) -> list[Any]:
        """What this tool answered so far, read from JSON where it is JSON."""
        names = {each.call_id: each.name for each in self.world.of(events.ToolStarted)}
        return [
            _read(end.result)
            for end in self.world.of(events.ToolEnded)
            if end.ok and names.get(end.call_id) == tool
        ]


Results = Sequence[Any]
Round = Sequence[ToolCall] | Callable[[Results], Sequence[ToolCall]]
"""Calls, or what makes them of the results of the round before."""


@dataclass(frozen=True, slots=True)
class Task:
    """`wish` is what the user says, `rounds` what the model calls for it, `reply` its last words.

    `allows` are the tools that the user says yes to; `done` looks at the effects. `brings_words`:
    words that the user did not say become part of it before it is done.
    """

    wish: str
    rounds: Sequence[Round]
    done: Callable[[Place], object]
    allows: frozenset[str] = frozenset()
    brings_words: bool = False
    before: Callable[[Place], object] = lambda _: None
    reply: str = "Done."
    shows: str = ""
    """Text on a picture that the user shows with it."""


@dataclass(slots=True)
class Outcome:
    """How a task went. `questions` are the tools that were asked about, and why."""

    task: Task
    is_done: bool
    questions: list[str] = field(default_factory=list)
    trouble: str = ""


class SensibleModel:
    """A ChatModel that makes the calls of one task, round by round."""

    label = "sensible"

    def __init__(self, task: Task, filled: Callable[[ToolCall], ToolCall]) -> None:
        """`filled` puts the addresses of this run into a call."""
        self._filled = filled
        self._rounds = deque(task.rounds)
        self._reply = task.reply
        self.missing: set[str] = set()

    async def warm(self) -> None:
        """Nothing to load."""

    async def aclose(self) -> None:
        """Nothing to release."""

    async def reply(
        self, messages: Sequence[ChatMessage], tools: Sequence[ToolSpec], form: Form | None = None
    ) -> AsyncGenerator[ChatChunk, None]:
        """The next round, or the reply."""
        if not self._rounds:
            yield TextDelta(self._reply)
            yield Finished(FinishReason.STOP)
            return
        step = self._rounds.popleft()
        calls = step(_results(messages)) if callable(step) else step
        calls = [self._filled(call) for call in calls]
        self.missing |= {call.name for call in calls} - {spec.name for spec in tools}
        for call in calls:
            yield call
        yield Finished(FinishReason.TOOL_CALLS)


def use(tool: str, /, **arguments: object) -> ToolCall:
    """A call as a model makes it."""
    return ToolCall(f"use-{next(_numbers)}", tool, json.dumps(arguments, ensure_ascii=False))


def _results(messages: Sequence[ChatMessage]) -> list[Any]:
    """Of the round before: the tools' answers at the end."""
    found: list[Any] = []
    for message in reversed(messages):
        if message.role is ChatRole.TOOL:
            found.append(_read(message.text))
        elif message.role is ChatRole.ASSISTANT or (found and message.role is ChatRole.USER):
            break
    return found[::-1]


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
