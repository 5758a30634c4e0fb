"""Reads the events of a streamed response. Pure: decoded JSON in, our chunks out.

Types that are not known here are passed over: new ones come without a notice.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from app.providers.base import ChatChunk, Finished, FinishReason, TextDelta, ToolCall, Usage
from app.providers.openai import loose
from app.providers.openai.responses_request import carried

_TEXTS = frozenset({"response.output_text.delta", "response.refusal.delta"})
_ENDS = frozenset({"response.completed", "response.incomplete"})
_CUTS = {
    "max_output_tokens": FinishReason.LENGTH,
    "content_filter": FinishReason.FILTERED,
}
_KEPT = frozenset({"message", "reasoning", "function_call"})


class ResponseReader:
    """Takes the events of one response in order."""

    def __init__(self, model: str) -> None:
        self._model = model
        self._items: list[tuple[int, Any]] = []
        self._place: tuple[int | None, int | None] | None = None
        self._end: dict[str, Any] | None = None
        self._reason = FinishReason.STOP

    @property
    def finished(self) -> bool:
        """Whether the response is whole, or as much of it as there will be."""
        return self._end is not None

    def feed(self, event: object) -> TextDelta | None:
        """Take one event; returns the text in it, if any."""
        kind = loose.text(event, "type")
        if kind in _TEXTS:
            return self._text(event)
        if kind == "response.output_item.done":
            index = loose.number(event, "output_index")
            self._add(len(self._items) if index is None else index, loose.field(event, "item"))
        elif kind in _ENDS:
            self._end = loose.record(event, "response")
            if kind == "response.incomplete":
                why = loose.text(loose.record(self._end, "incomplete_details"), "reason")
                self._reason = _CUTS.get(why, FinishReason.LENGTH)
        return None

    def problem(self, event: object) -> object:
        """What an event says went wrong, with `code` and `type`; None if nothing."""
        kind = loose.text(event, "type")
        if kind == "response.failed":
            return loose.record(loose.record(event, "response"), "error") or {
                "code": "server_error"
            }
        if kind == "error":
            return loose.record(event, "error") or {"code": loose.text(event, "code")}
        return loose.field(event, "error") if not kind else None

    def ending(self) -> tuple[ChatChunk, ...]:
        """The tool calls and the finish mark. A response that was cut calls no tools."""
        usage = _usage(loose.field(self._end, "usage"))
        if self._reason is not FinishReason.STOP:
            return (Finished(self._reason, usage),)
        if not self._items:
            for index, item in enumerate(loose.items(self._end, "output")):
                self._add(index, item)
        items = [item for _, item in sorted(self._items, key=lambda entry: entry[0])]
        calls = [_call(item) for item in items if loose.text(item, "type") == "function_call"]
        if not calls:
            return (Finished(FinishReason.STOP, usage),)
        first = dataclasses.replace(calls[0], carry=carried(self._model, items))
        return (first, *calls[1:], Finished(FinishReason.TOOL_CALLS, usage))

    def _add(self, index: int, item: object) -> None:
        if loose.text(item, "type") in _KEPT:
            self._items.append((index, item))

    def _text(self, event: object) -> TextDelta | None:
        delta = loose.text(event, "delta")
        if not delta:
            return None
        place = loose.number(event, "output_index"), loose.number(event, "content_index")
        begins, self._place = self._place not in (None, place), place
        return TextDelta(f"\n\n{delta}" if begins else delta)


def _call(item: object) -> ToolCall:
    return ToolCall(
        loose.text(item, "call_id") or loose.text(item, "id"),
        loose.text(item, "name"),
        loose.text(item, "arguments") or "{}",
    )


def _usage(value: object) -> Usage | None:
    sent, written = loose.number(value, "input_tokens"), loose.number(value, "output_tokens")
    if sent is None or written is None:
        return None
    cached = loose.number(loose.record(value, "input_tokens_details"), "cached_tokens")
    return Usage(sent, written, cached or 0)
