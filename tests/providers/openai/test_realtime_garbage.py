"""What a server may say in any order, twice, or wrongly: nothing of it does harm."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st

from app.providers.openai.realtime_protocol_wire import detail_of
from app.providers.voice_session import (
    Committed,
    ResponseBegun,
    ResponseOver,
    ResponseSound,
    SpeechHeard,
    UserWords,
    VoiceEvent,
)
from tests.providers.openai.realtime_events import (
    SOUND,
    Json,
    Stand,
    created,
    done,
    error,
    sound,
    text,
)

EXAMPLES: list[Json] = json.loads(
    Path(__file__).with_name("realtime_examples.json").read_text(encoding="utf-8")
)
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.just(10**400)
    | st.floats(allow_nan=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


_REPLY = (ResponseBegun, ResponseSound, ResponseOver)


def answered(stand: Stand) -> None:
    """It still answers a turn as if nothing had been."""
    exchange = stand.exchange
    exchange.cancel()
    for response_id in [*exchange._replies._going]:
        exchange.take(done(response_id, "cancelled"))
    for asked in [*exchange._replies._asking._asked]:
        exchange.take(error(asked.ref, "server_error"))
    stand.told(), stand.sent()
    ref = exchange.respond()
    assert [one["event_id"] for one in stand.sent()] == [ref]
    told = stand.take(created("resp_last", ref), sound("resp_last", "last"), done("resp_last"))
    replies = [type(one) for one in told if type(one) in _REPLY]
    assert replies == [ResponseBegun, ResponseSound, ResponseOver]


def test_every_official_example_is_read() -> None:
    assert len(EXAMPLES) == 47
    stand = Stand()
    for one in EXAMPLES:
        stand.exchange.take(one)
        detail_of(one)
    answered(stand)


def test_the_official_examples_of_a_turn_tell_what_they_say() -> None:
    by_kind = {one["type"]: one for one in EXAMPLES}
    stand = Stand()
    names = [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.committed",
        "conversation.item.input_audio_transcription.completed",
    ]
    told = stand.take(*(by_kind[name] for name in names))
    assert [type(one) for one in told] == [SpeechHeard, Committed, UserWords]
    response_id = by_kind["response.done"]["response"]["id"]
    stand.exchange.respond()
    begun, *_, over = stand.take(created(response_id), by_kind["response.done"])
    assert isinstance(begun, ResponseBegun)
    assert isinstance(over, ResponseOver)
    assert over.usage is not None
    assert (over.usage.text_in, over.usage.audio_out, over.usage.cached_text) == (119, 91, 64)


def test_the_examples_are_those_of_the_schema(oracle: Any) -> None:
    told = [
        _read(schema["x-oaiMeta"]["example"])
        for name, schema in oracle._spec()["components"]["schemas"].items()
        if name.startswith("RealtimeServerEvent") and "x-oaiMeta" in schema
    ]
    assert told == EXAMPLES


def _read(example: str) -> Json:
    """Some have remarks and commas that JSON does not know."""
    plain = re.sub(r"\s// .*", "", example)
    read: Json = json.loads(re.sub(r",(\s*[}\]])", r"\1", plain))
    return read


@given(st.data())
@settings(max_examples=30)
def test_broken_events_do_no_harm(data: st.DataObject) -> None:
    stand = Stand()
    stand.exchange.append(SOUND)
    stand.exchange.commit()
    stand.exchange.respond()
    for _ in range(data.draw(st.integers(1, 12))):
        event = dict(data.draw(st.sampled_from(EXAMPLES)))
        for name in data.draw(st.lists(st.sampled_from(sorted(event)), max_size=3)):
            event[name] = data.draw(JUNK)
        if event.get("response"):
            response = event["response"]
            inner = dict(response) if isinstance(response, dict) else {}
            for name in data.draw(st.lists(st.sampled_from([*inner, "id", "output"]), max_size=3)):
                inner[name] = data.draw(JUNK)
            event["response"] = inner
        stand.exchange.take(event)
        detail_of(event)
    answered(stand)


TURN = [
    lambda ref: created("resp_1", ref),
    lambda _: text("resp_1", "Hello"),
    lambda _: sound("resp_1", pcm=b"\1\2\3"),
    lambda _: sound("resp_1", pcm=b"\4\5\6"),
    lambda _: done("resp_1"),
]


@given(st.permutations(range(len(TURN))), st.lists(st.integers(0, len(TURN) - 1), max_size=5))
@settings(max_examples=50)
def test_any_order_and_any_repetition_tell_one_response(order: list[int], again: list[int]) -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    stand.sent()
    events = [make(ref) for make in TURN]
    told: list[VoiceEvent] = []
    for at in [*order, *again]:
        told += stand.take(events[at])
    assert told[0] == ResponseBegun("resp_1", ref)
    assert sum(isinstance(one, ResponseBegun) for one in told) == 1
    assert sum(isinstance(one, ResponseOver) for one in told) == 1
    assert isinstance(told[-1], ResponseOver)
    pieces = [one.pcm for one in told if isinstance(one, ResponseSound)]
    assert all(len(piece) % 2 == 0 for piece in pieces)
    assert sum(map(len, pieces)) <= 6
    answered(stand)
