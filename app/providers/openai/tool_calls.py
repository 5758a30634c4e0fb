"""Puts the pieces of streamed tool calls together. Pure: vendor pieces in, `ToolCall`s out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.providers.base import ToolCall
from app.providers.openai import loose


@dataclass(slots=True)
class _Growing:
    index: int
    call_id: str
    name: str
    arguments: str
    extra: dict[str, Any] = field(default_factory=dict)


class ToolCallAssembler:
    """Collects the calls of one reply, in the order in which they began."""

    def __init__(self) -> None:
        self._calls: list[_Growing] = []

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(
        self,
        index: int | None,
        call_id: str,
        name: str,
        arguments: str,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        """Take one piece; what it leaves out is "" or None. `extra` must be sent back with it.

        Servers differ: some repeat id and name in each piece, some give all calls the index 0
        and tell them apart by id, and some give no index.
        """
        call = self._of(index, call_id)
        if call is None or (name and call.name and call.arguments and not call_id):
            index = len(self._calls) if index is None else index
            self._calls.append(_Growing(index, call_id, name, arguments, dict(extra or {})))
            return
        call.call_id = call.call_id or call_id
        call.name = call.name or name
        call.arguments += arguments
        call.extra |= extra or {}

    def calls(self, model: str = "", thoughts: str = "") -> tuple[ToolCall, ...]:
        """All calls. One without an id gets one; one without arguments has an empty object.

        `thoughts` of `model`, which led to the calls, are carried by each.
        """
        return tuple(
            ToolCall(
                call.call_id or f"call_{number}",
                call.name,
                call.arguments or "{}",
                _carry(model, thoughts, call.extra),
            )
            for number, call in enumerate(self._calls)
            if call.name
        )

    def _of(self, index: int | None, call_id: str) -> _Growing | None:
        """The call that a piece goes on with, or None if it begins another."""
        if call_id:
            for call in self._calls:
                if call.call_id == call_id:
                    return call
        same = [call for call in self._calls if index is None or call.index == index]
        if not same or (call_id and same[-1].call_id):
            return None
        return same[-1]


def carried(call: ToolCall, model: str) -> tuple[str, dict[str, Any]]:
    """The thoughts and the extra of a call that `model` made here; nothing of another's."""
    told = json.loads(call.carry) if call.carry else None
    if loose.text(told, "chat") != model:
        return "", {}
    return loose.text(told, "thoughts"), loose.record(told, "extra")


def _carry(model: str, thoughts: str, extra: Mapping[str, Any]) -> str:
    if not thoughts and not extra:
        return ""
    return json.dumps({"chat": model, "thoughts": thoughts, "extra": extra}, ensure_ascii=False)
