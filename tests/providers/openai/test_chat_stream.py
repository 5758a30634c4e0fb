from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.providers.base import Finished, FinishReason, TextDelta, ToolCall, Usage
from app.providers.openai.chat_stream import ReplyReader


def _event(delta: Any = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta or {}, "finish_reason": finish}], **more}


def _call(**piece: Any) -> dict[str, Any]:
    return _event({"tool_calls": [piece]})


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("stop", FinishReason.STOP),
        ("length", FinishReason.LENGTH),
        ("max_tokens", FinishReason.LENGTH),
        ("content_filter", FinishReason.FILTERED),
        ("tool_calls", FinishReason.STOP),
        ("end_turn", FinishReason.STOP),
    ],
)
def test_finish_reasons_without_calls(said: str, meant: FinishReason) -> None:
    reader = ReplyReader()
    reader.feed(_event(finish=said))
    assert reader.finished
    assert reader.ending() == (Finished(meant),)


@pytest.mark.parametrize("said", ["tool_calls", "function_call", "stop"])
def test_calls_are_meant_whatever_the_reason_says(said: str) -> None:
    reader = ReplyReader()
    reader.feed(_call(index=0, id="a", function={"name": "now", "arguments": "{}"}))
    reader.feed(_event(finish=said))
    assert reader.ending() == (ToolCall("a", "now", "{}"), Finished(FinishReason.TOOL_CALLS))


@pytest.mark.parametrize("said", ["length", "content_filter"])
def test_a_reply_that_was_cut_calls_nothing(said: str) -> None:
    reader = ReplyReader()
    reader.feed(_call(index=0, id="a", function={"name": "now", "arguments": '{"x'}))
    reader.feed(_event(finish=said))
    assert [type(chunk) for chunk in reader.ending()] == [Finished]


def test_refusal_is_text() -> None:
    assert ReplyReader().feed(_event({"refusal": "No."})) == TextDelta("No.")


def test_usage_may_come_with_or_after_the_finish_mark() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2}
    for events in (
        [_event(finish="stop", usage=usage)],
        [_event(finish="stop", usage=None), {"choices": [], "usage": usage}],
    ):
        reader = ReplyReader()
        for event in events:
            reader.feed(event)
        assert reader.ending() == (Finished(FinishReason.STOP, Usage(5, 2)),)


_NAMES = st.sampled_from(
    ["choices", "delta", "tool_calls", "index", "id", "function", "name", "arguments", "usage"]
    + ["content", "refusal", "finish_reason", "prompt_tokens", "completion_tokens"]
)
_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_NAMES, inner, max_size=5),
    max_leaves=20,
)


@given(st.lists(_ANYTHING, max_size=5))
def test_no_event_is_too_odd(events: list[object]) -> None:
    reader = ReplyReader()
    for event in events:
        assert isinstance(reader.feed(event), TextDelta | None)
    assert isinstance(reader.ending()[-1], Finished)
