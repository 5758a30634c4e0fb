"""Puts the pieces of streamed tool calls together. Pure: vendor pieces in, `ToolCall`s out."""

from __future__ import annotations

from dataclasses import dataclass

from app.providers.base import ToolCall


@dataclass(slots=True)
class _Growing:
    index: int
    call_id: str
    name: str
    arguments: str


class ToolCallAssembler:
    """Collects the calls of one reply, in the order in which they began."""

    def __init__(self) -> None:
        self._calls: list[_Growing] = []

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, index: int | None, call_id: str, name: str, arguments: str) -> None:
        """Take one piece; what it leaves out is "" or None.

        Servers differ: some repeat id and name in each piece, some give all calls the index 0
        and tell them apart by id, and some give no index.
        """
        call = self._of(index, call_id)
        if call is None or (name and call.name and call.arguments and not call_id):
            index = len(self._calls) if index is None else index
            self._calls.append(_Growing(index, call_id, name, arguments))
            return
        call.call_id = call.call_id or call_id
        call.name = call.name or name
        call.arguments += arguments

    def calls(self) -> tuple[ToolCall, ...]:
        """All calls. One without an id gets one; one without arguments has an empty object."""
        return tuple(
            ToolCall(call.call_id or f"call_{number}", call.name, call.arguments or "{}")
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
