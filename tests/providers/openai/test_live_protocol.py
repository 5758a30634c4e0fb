from __future__ import annotations

import json
from typing import Any

import pytest

from app.providers.base import Hints
from app.providers.openai.live_protocol import CLEAR, Parts, session_update
from app.providers.openai.realtime_protocol import append, commit

KIND = "conversation.item.input_audio_transcription."
HINTS = Hints("de", vocabulary=("Sayso", "Größe"))


def committed(item: str) -> dict[str, Any]:
    return {"type": "input_audio_buffer.committed", "item_id": item, "previous_item_id": None}


def completed(item: str, text: str) -> dict[str, Any]:
    return {"type": f"{KIND}completed", "item_id": item, "content_index": 0, "transcript": text}


def delta(item: str, text: str) -> dict[str, Any]:
    return {"type": f"{KIND}delta", "item_id": item, "content_index": 0, "delta": text}


def test_all_that_is_sent_is_what_the_schema_says(oracle: Any) -> None:
    updates = [
        session_update(model, hints)
        for model in ("gpt-live-transcribe", "gpt-realtime-whisper", "gpt-transcribe", "other")
        for hints in (HINTS, Hints(""))
    ]
    for event in [*updates, json.loads(append(b"\1\2\3\4", "append-1")), commit("commit-1"), CLEAR]:
        assert oracle.check_client_event(event) == []


def test_hints_are_told_as_each_model_takes_them() -> None:
    def told(model: str) -> dict[str, Any]:
        update = session_update(model, HINTS)
        transcription: dict[str, Any] = update["session"]["audio"]["input"]["transcription"]
        return transcription

    assert told("gpt-live-transcribe") == {
        "model": "gpt-live-transcribe",
        "languages": ["de"],
        "keywords": ["Sayso", "Größe"],
    }
    assert told("gpt-realtime-whisper") == {"model": "gpt-realtime-whisper", "language": "de"}


def test_words_are_in_the_order_of_the_take_however_they_arrive() -> None:
    parts = Parts()
    for end in (10, 20, 30):
        parts.commit(end)
    for item in "abc":
        parts.take(committed(item))
    parts.take(completed("c", "three"))
    parts.take(delta("b", "tw"))
    assert (parts.text, parts.text_so_far) == ("", "tw three")
    parts.take(completed("a", "one"))
    assert (parts.text, parts.confirmed_bytes) == ("one", 10)
    parts.take(completed("b", "two"))
    assert (parts.text, parts.confirmed_bytes, parts.pending) == ("one two three", 30, False)


def test_words_may_come_before_their_part_is_acknowledged() -> None:
    parts = Parts()
    parts.commit(10)
    parts.take(completed("a", "one"))
    assert parts.pending
    parts.take(committed("a"))
    assert parts.text == "one"


def test_words_without_an_item_go_to_the_parts_in_turn() -> None:
    parts = Parts()
    for end in (10, 20):
        parts.commit(end)
        parts.take({"type": "input_audio_buffer.committed"})
    parts.take(completed("x", "one"))
    parts.take(completed("y", "two"))
    assert parts.text == "one two"


def test_another_takes_words_are_left_out() -> None:
    parts = Parts()
    parts.commit(10)
    parts.take(committed("b"))
    parts.take(completed("a", "of the take before"))
    parts.take(completed("b", "one"))
    assert parts.text == "one"


def test_what_is_not_confirmed_begins_anew() -> None:
    parts = Parts()
    for end in (10, 20, 30):
        parts.commit(end)
    for item in "abc":
        parts.take(committed(item))
    parts.take(completed("a", "one"))
    parts.take(completed("c", "three"))
    parts.restart()
    assert (parts.committed_bytes, parts.text, parts.pending) == (10, "one", False)
    parts.commit(30)
    parts.take(committed("d"))
    parts.take(completed("d", "two three"))
    assert parts.text == "one two three"


@pytest.mark.parametrize("named", [True, False])
def test_a_part_of_nothing_has_no_words(named: bool) -> None:
    parts = Parts()
    event_id = parts.commit(10)["event_id"]
    error = {"code": "input_audio_buffer_commit_empty", "event_id": event_id if named else None}
    assert parts.take({"type": "error", "error": error}) is None
    assert not parts.pending


def test_what_ends_a_session_is_told() -> None:
    parts = Parts()
    parts.commit(10)
    assert parts.take({"type": "error", "error": {"code": "x"}}) == {"code": "x"}
    failed = {"type": f"{KIND}failed", "item_id": "a", "error": {"code": "y"}}
    assert parts.take(failed) == {"code": "y"}
    assert parts.take({"type": "brand.new"}) is None
