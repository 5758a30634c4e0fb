from __future__ import annotations

import json
from typing import Any

import pytest

from app.providers.base import ChatChunk, Finished, FinishReason, TextDelta, ToolCall, Usage
from app.providers.openai.responses_stream import ResponseReader
from tests.providers.openai import response_events as events

USAGE = Usage(120, 9, 100)


def _read(*sent: Any) -> list[ChatChunk]:
    reader = ResponseReader("m")
    chunks: list[ChatChunk] = []
    for event in sent:
        assert not reader.problem(event)
        if delta := reader.feed(event):
            chunks.append(delta)
    assert reader.finished
    return [*chunks, *reader.ending()]


def test_text_and_usage() -> None:
    assert _read(*events.reply("Hel", "lo")) == [
        TextDelta("Hel"),
        TextDelta("lo"),
        Finished(FinishReason.STOP, USAGE),
    ]


def test_a_refusal_is_said() -> None:
    assert _read(events.delta("I can't.", kind="refusal"), events.end())[0] == TextDelta("I can't.")


def test_a_second_message_begins_a_paragraph() -> None:
    texts = _read(
        events.delta("I'll look."), events.delta("It", 2), events.delta(" is", 2), events.end()
    )
    assert texts[:-1] == [TextDelta("I'll look."), TextDelta("\n\nIt"), TextDelta(" is")]


def test_calls_come_in_their_order_with_their_ids() -> None:
    read = _read(
        events.done(1, events.call("b", '{"city": "Rome"}')),
        events.done(0, events.call("a", '{"city": "Paris"}')),
        events.done(2, events.call("c", "")),
        events.end(),
    )
    assert read == [
        ToolCall("a", "get_weather", '{"city": "Paris"}'),
        ToolCall("b", "get_weather", '{"city": "Rome"}'),
        ToolCall("c", "get_weather", "{}"),
        Finished(FinishReason.TOOL_CALLS, USAGE),
    ]


def test_calls_told_only_at_the_end_count() -> None:
    assert _read(events.end("completed", events.call("a")))[0] == ToolCall("a", "get_weather", "{}")


def test_thoughts_are_carried_by_the_first_call() -> None:
    items = [events.reasoning(), events.message("I'll look."), events.call("a"), events.call("b")]
    first, second, _ = _read(
        *(events.done(at, item) for at, item in enumerate(items)), events.end()
    )
    assert isinstance(first, ToolCall)
    assert isinstance(second, ToolCall)
    assert json.loads(first.carry) == {"responses": "m", "items": items}
    assert second.carry == ""


@pytest.mark.parametrize("encrypted", [None, ""])
def test_thoughts_that_cannot_come_back_are_not_carried(encrypted: str | None) -> None:
    read = _read(
        events.done(0, events.reasoning(encrypted)), events.done(1, events.call("a")), events.end()
    )
    assert isinstance(read[0], ToolCall)
    assert read[0].carry == ""


@pytest.mark.parametrize(
    ("why", "reason"),
    [
        ("max_output_tokens", FinishReason.LENGTH),
        ("content_filter", FinishReason.FILTERED),
        ("something new", FinishReason.LENGTH),
    ],
)
def test_a_cut_response_calls_no_tools(why: str, reason: FinishReason) -> None:
    assert _read(events.done(0, events.call("a")), events.end("incomplete", why=why)) == [
        Finished(reason)
    ]


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (
            events.end("failed", error={"code": "rate_limit_exceeded", "message": "x"}),
            "rate_limit_exceeded",
        ),
        (events.end("failed"), "server_error"),
        ({"type": "error", "code": "slow_down", "message": "x", "param": None}, "slow_down"),
        ({"type": "error", "error": {"code": "insufficient_quota"}}, "insufficient_quota"),
        ({"error": {"code": "server_error"}}, "server_error"),
    ],
)
def test_errors_are_told(event: Any, code: str) -> None:
    problem = ResponseReader("m").problem(event)
    assert isinstance(problem, dict)
    assert problem["code"] == code


@pytest.mark.parametrize(
    "event",
    [
        None,
        1,
        [],
        {},
        {"type": 3},
        {"type": "response.output_text.delta"},
        {"type": "response.output_item.done"},
    ],
)
def test_odd_events_are_passed_over(event: Any) -> None:
    reader = ResponseReader("m")
    assert not reader.problem(event)
    assert reader.feed(event) is None
    assert not reader.finished
