"""Reads the events of a streamed chat completion. Pure: decoded JSON in, our chunks out.

Compatible servers leave out and misplace fields, so none is taken for granted.
"""

from __future__ import annotations

from app.providers.base import ChatChunk, Finished, FinishReason, TextDelta, Usage
from app.providers.openai import loose
from app.providers.openai.thoughts import ThoughtFilter
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

    def __init__(self, model: str = "") -> None:
        self._model = model
        self._calls = ToolCallAssembler()
        self._reasoning = ""
        self._thoughts = ThoughtFilter()
        self._usage: Usage | None = None
        self._reason: FinishReason | None = None

    @property
    def finished(self) -> bool:
        """Whether the model said that it is done; only the usage can follow."""
        return self._reason is not None

    def feed(self, event: object) -> TextDelta | None:
        """Take one event; returns the text in it, if any. Thoughts are no text."""
        self._usage = _usage(loose.field(event, "usage")) or self._usage
        choice = next(iter(loose.items(event, "choices")), None)
        delta = loose.record(choice, "delta")
        self._reasoning += loose.text(delta, "reasoning_content")
        for piece in loose.items(delta, "tool_calls"):
            self._add(piece)
        text = self._thoughts.feed(loose.text(delta, "content") or loose.text(delta, "refusal"))
        if reason := loose.text(choice, "finish_reason"):
            self._reason = _REASONS.get(reason, FinishReason.STOP)
            text += self._thoughts.finish()
        return TextDelta(text) if text else None

    def problem(self, event: object) -> object:
        """What an event says went wrong; None or empty if nothing."""
        return loose.field(event, "error")

    def ending(self) -> tuple[ChatChunk, ...]:
        """The tool calls and the finish mark. A reply that was cut calls no tools."""
        if self._reason in (FinishReason.LENGTH, FinishReason.FILTERED):
            return (Finished(self._reason, self._usage),)
        if calls := self._calls.calls(self._model, self._reasoning):
            return (*calls, Finished(FinishReason.TOOL_CALLS, self._usage))
        return (Finished(FinishReason.STOP, self._usage),)

    def _add(self, piece: object) -> None:
        function = loose.record(piece, "function")
        self._calls.add(
            loose.number(piece, "index"),
            loose.text(piece, "id"),
            loose.text(function, "name"),
            loose.text(function, "arguments"),
            loose.record(piece, "extra_content"),
        )


def _usage(value: object) -> Usage | None:
    sent, written = loose.number(value, "prompt_tokens"), loose.number(value, "completion_tokens")
    if sent is None or written is None:
        return None
    cached = loose.number(loose.record(value, "prompt_tokens_details"), "cached_tokens")
    return Usage(sent, written, cached or 0)
