"""Reads the events of a streamed chat completion. Pure: decoded JSON in, our chunks out.

Compatible servers leave out and misplace fields, so none is taken for granted.
"""

from __future__ import annotations

from app.providers.base import ChatChunk, Finished, FinishReason, TextDelta, Usage
from app.providers.openai.tool_calls import ToolCallAssembler

_REASONS = {
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTERED,
}


class ReplyReader:
    """Takes the events of one reply in order."""

    def __init__(self) -> None:
        self._calls = ToolCallAssembler()
        self._usage: Usage | None = None
        self._reason: FinishReason | None = None

    @property
    def finished(self) -> bool:
        """Whether the model said that it is done; only the usage can follow."""
        return self._reason is not None

    def feed(self, event: object) -> TextDelta | None:
        """Take one event; returns the text in it, if any."""
        self._usage = _usage(_object(event, "usage")) or self._usage
        choice = next(iter(_list(event, "choices")), None)
        delta = _object(choice, "delta")
        for piece in _list(delta, "tool_calls"):
            self._add(piece)
        if reason := _text(choice, "finish_reason"):
            self._reason = _REASONS.get(reason, FinishReason.STOP)
        text = _text(delta, "content") or _text(delta, "refusal")
        return TextDelta(text) if text else None

    def ending(self) -> tuple[ChatChunk, ...]:
        """The tool calls and the finish mark. A reply that was cut calls no tools."""
        if self._reason in (FinishReason.LENGTH, FinishReason.FILTERED):
            return (Finished(self._reason, self._usage),)
        if calls := self._calls.calls():
            return (*calls, Finished(FinishReason.TOOL_CALLS, self._usage))
        return (Finished(FinishReason.STOP, self._usage),)

    def _add(self, piece: object) -> None:
        index = _field(piece, "index")
        function = _object(piece, "function")
        self._calls.add(
            index if isinstance(index, int) else None,
            _text(piece, "id"),
            _text(function, "name"),
            _text(function, "arguments"),
        )


def _field(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, dict) else None


def _object(value: object, name: str) -> object:
    field = _field(value, name)
    return field if isinstance(field, dict) else None


def _list(value: object, name: str) -> list[object]:
    field = _field(value, name)
    return field if isinstance(field, list) else []


def _text(value: object, name: str) -> str:
    field = _field(value, name)
    return field if isinstance(field, str) else ""


def _usage(value: object) -> Usage | None:
    sent, written = _field(value, "prompt_tokens"), _field(value, "completion_tokens")
    return Usage(sent, written) if isinstance(sent, int) and isinstance(written, int) else None
