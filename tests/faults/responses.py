"""A reply as the Responses API streams it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

from tests.providers.openai import response_events as parts

Json = dict[str, Any]


def text_events(model: str, words: Sequence[str]) -> list[bytes]:
    """A whole reply of text, a word an event."""
    stream = _Stream(model)
    text = "".join(words)
    whole = parts.message(text)
    part = whole["content"][0]
    begun = {**whole, "status": "in_progress", "content": []}
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    stream.send("response.output_item.added", output_index=0, item=begun)
    stream.send("response.content_part.added", **at, part={**part, "text": ""})
    for word in words:
        stream.send("response.output_text.delta", **at, delta=word, logprobs=[])
    stream.send("response.output_text.done", **at, text=text, logprobs=[])
    stream.send("response.content_part.done", **at, part=part)
    stream.send("response.output_item.done", output_index=0, item=whole)
    return stream.completed([whole])


def call_events(model: str, calls: Sequence[tuple[str, str, str]]) -> list[bytes]:
    """Tool calls: name, arguments and call id of each."""
    stream, items = _Stream(model), []
    for index, (name, arguments, call_id) in enumerate(calls):
        whole = {**parts.call(call_id, arguments, name), "id": f"fc_{index}"}
        begun = {**whole, "arguments": "", "status": "in_progress"}
        at = {"item_id": f"fc_{index}", "output_index": index}
        stream.send("response.output_item.added", output_index=index, item=begun)
        stream.send("response.function_call_arguments.delta", **at, delta=arguments)
        stream.send("response.function_call_arguments.done", **at, name=name, arguments=arguments)
        items.append(whole)
        stream.send("response.output_item.done", output_index=index, item=whole)
    return stream.completed(items)


def incomplete(model: str, reason: str) -> list[bytes]:
    """The events of a reply that ends before it is whole: "max_output_tokens", "content_filter"."""
    stream = _Stream(model)
    at = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    begun = {"id": "msg_1", "type": "message", "role": "assistant", "status": "in_progress"}
    stream.send("response.output_item.added", output_index=0, item={**begun, "content": []})
    stream.send("response.output_text.delta", **at, delta="I have heard", logprobs=[])
    return stream.ended("incomplete", incomplete_details={"reason": reason})


def failed(model: str, code: str, message: str) -> list[bytes]:
    """The events of a reply that the server gives up."""
    return _Stream(model).ended("failed", error={"code": code, "message": message})


class _Stream:
    def __init__(self, model: str) -> None:
        self._numbers: Iterator[int] = itertools.count()
        self._model = model
        self.events: list[bytes] = []
        for kind in ("created", "in_progress"):
            self.send(f"response.{kind}", response=self._response("in_progress", []))

    def send(self, kind: str, **fields: object) -> None:
        event = {"type": kind, "sequence_number": next(self._numbers), **fields}
        self.events += parts.sent([event])

    def completed(self, output: Sequence[Json]) -> list[bytes]:
        response = {**self._response("completed", output), "usage": parts.USAGE}
        self.send("response.completed", response=response)
        return self.events

    def ended(self, status: str, **fields: object) -> list[bytes]:
        self.send(f"response.{status}", response={**self._response(status, []), **fields})
        return self.events

    def _response(self, status: str, output: Sequence[Json]) -> Json:
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 1_790_000_000,
            "status": status,
            "error": None,
            "incomplete_details": None,
            "instructions": None,
            "model": self._model,
            "output": list(output),
            "parallel_tool_calls": True,
            "temperature": 1.0,
            "tool_choice": "auto",
            "tools": [],
            "top_p": 1.0,
            "metadata": {},
        }
