"""GPT-Live against exchanges that aimock's authors published (MIT, Copyright (c) CopilotKit)."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatRole, Image, ToolSpec
from app.providers.openai import gpt_live_replies
from app.providers.openai.errors import Peer, event_error
from app.providers.openai.gpt_live_protocol import GptLiveExchange, initial_items
from app.providers.openai.gpt_live_session import GptLiveModel, GptLiveSession
from app.providers.voice_session import (
    Committed,
    Refused,
    ResponseBegun,
    ResponseCall,
    ResponseEnd,
    ResponseOver,
    ResponseSound,
    ResponseText,
    SessionOver,
    SessionReady,
    SessionSetup,
    TimeBilled,
    UserWords,
    UserWordsFailed,
    VoiceEvent,
)
from tests.providers.openai.connection import PATIENT, connected
from tests.providers.openai.socket_server import Json, SocketServer

pytest.importorskip("websockets")

EXCHANGES: dict[str, list[Json]] = json.loads(
    Path(__file__).with_name("gpt_live_exchanges.json").read_text(encoding="utf-8")
)
STARTED = EXCHANGES["managed"][0]["event"]["session"]
TOOLS = tuple(
    ToolSpec(tool["name"], tool["description"], tool["parameters"])
    for tool in STARTED["delegation"]["responses"]["tools"]
)
SETUP = SessionSetup(STARTED["instructions"], TOOLS, voice="marin")
LOUD = b"\x00\x20" * 2400  # 100 ms
PEER = Peer("localhost", model="gpt-live-1")


class Replay(SocketServer):
    """Sends what was recorded, each event once what came before it has come."""

    def __init__(self, entries: list[Json]) -> None:
        super().__init__()
        self._left = [entry for entry in entries if entry["direction"] == "server"]
        self._commands = 0
        self._sound_bytes = 0
        self.controls: list[Json] = []

    async def _begin(self, connection: Any) -> Any:
        return connection

    async def _take(self, session: Any, event: Json) -> None:
        if event["type"] == "session.input_audio.append":
            self._sound_bytes += len(base64.b64decode(event["audio"]))
        else:
            self._commands += 1
            self._sound_bytes = 0
            self.controls.append(event)
        while self._left and self._reached(self._left[0]["barrier"]):
            await session.send(json.dumps(self._left.pop(0)["event"]))

    def _reached(self, barrier: Json) -> bool:
        needed = (barrier["command"], barrier["audioBytes"])
        return (self._commands, self._sound_bytes) >= needed


@contextlib.asynccontextmanager
async def started(server: SocketServer) -> AsyncIterator[GptLiveSession]:
    async with connected(server.base_url, PATIENT) as client:
        model = GptLiveModel(client, "gpt-live-1", "gpt-5.6-luna")
        session = await model.connect(SETUP, ())
        try:
            yield session
        finally:
            await session.aclose()
            await model.aclose()


async def until(session: GptLiveSession, kind: type[VoiceEvent]) -> list[VoiceEvent]:
    """All but the time that is billed meanwhile."""
    told: list[VoiceEvent] = []
    async with asyncio.timeout(10):
        async for event in session.events():
            if not isinstance(event, TimeBilled):
                told.append(event)
            if isinstance(event, kind):
                break
    return told


async def test_a_recorded_exchange_with_two_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpt_live_replies, "_AUDIBLE", 1)
    async with Replay(EXCHANGES["managed"]) as server, started(server) as session:
        assert not session.takes_pictures
        ready, begun, first, second, over = await until(session, ResponseOver)
        assert isinstance(ready, SessionReady)
        assert isinstance(begun, ResponseBegun)
        assert isinstance(first, ResponseCall)
        assert isinstance(second, ResponseCall)
        assert [first.call.name, second.call.name] == ["read_red", "read_blue"]
        assert isinstance(over, ResponseOver)
        assert over.end is ResponseEnd.COMPLETED
        results = [
            ChatMessage(ChatRole.TOOL, text, call_id=told.call.call_id)
            for told, text in ((first, "7"), (second, "9"))
        ]
        await session.add(results)
        ref = await session.respond()
        begun, sound, over = await until(session, ResponseOver)
        assert isinstance(begun, ResponseBegun)
        assert begun.ref == ref
        assert isinstance(sound, ResponseSound)
        assert len(sound.pcm) == 12
        await session.aclose()
        assert await until(session, SessionOver) == [SessionOver()]
        recorded = [
            entry["event"]
            for entry in EXCHANGES["managed"]
            if entry["direction"] == "client" and "append" not in entry["event"]["type"]
        ]
        await server.until(lambda: len(server.controls) == len(recorded))
        assert [one["type"] for one in server.controls] == [one["type"] for one in recorded]
        assert all(set(a) == set(b) for a, b in zip(server.controls, recorded, strict=True))
    assert server.handshakes[0].path == "/v1/live/sessions"
    told, meant = server.controls[0]["session"], recorded[0]["session"]
    backend, meant_backend = (one["delegation"]["responses"] for one in (told, meant))
    assert {name: told[name] for name in ("model", "instructions", "audio")} == {
        name: meant[name] for name in ("model", "instructions", "audio")
    }
    assert backend["tools"] == meant_backend["tools"]
    assert backend["model"] == meant_backend["model"]
    assert set(backend) <= set(meant_backend)


class Stand:
    """An exchange that has started."""

    def __init__(self) -> None:
        self.billed_ms = 0
        self.exchange = GptLiveExchange(_judge, "gpt-live-1", "gpt-6-luna")
        self.exchange.set_up(SETUP, ())
        self.take({"type": "session.started", "session": {"expires_at": 7}})
        self.sent()

    def sent(self) -> list[Json]:
        frames = [json.loads(frame.text) for frame in self.exchange.wire.out]
        self.exchange.wire.out.clear()
        return frames

    def take(self, *events: Json) -> list[VoiceEvent]:
        for event in events:
            self.exchange.take(event)
        return self.told()

    def told(self) -> list[VoiceEvent]:
        told = list(self.exchange.wire.told)
        self.exchange.wire.told.clear()
        self.billed_ms += sum(event.time_ms for event in told if isinstance(event, TimeBilled))
        return [event for event in told if not isinstance(event, TimeBilled)]

    def at(self, elapsed_ms: float) -> list[VoiceEvent]:
        self.exchange.tick(elapsed_ms)
        return self.told()


def _judge(told: Any) -> AppError:
    return event_error(told, PEER)


def sound(pcm: bytes = LOUD) -> Json:
    return {"type": "session.output_audio.delta", "delta": base64.b64encode(pcm).decode()}


def words(text: str, start_ms: int) -> Json:
    kind = "session.input_transcript.delta"
    return {"type": kind, "delta": text, "start_ms": start_ms, "end_ms": start_ms + 100}


def test_each_quarter_of_a_minute_is_billed_as_it_begins() -> None:
    stand = Stand()
    billed = {elapsed_ms: (stand.at(elapsed_ms), stand.billed_ms)[1] for elapsed_ms in
              (0, 14_900, 15_000, 59_000, 60_000)}  # fmt: skip
    assert billed == {0: 15_000, 14_900: 15_000, 15_000: 30_000, 59_000: 60_000, 60_000: 75_000}


def test_silence_is_sent_where_nobody_speaks() -> None:
    stand = Stand()
    for elapsed_ms in range(0, 1001, 50):
        stand.at(elapsed_ms)
    sent = b"".join(base64.b64decode(one["audio"]) for one in stand.sent())
    assert sent == bytes(len(sent))
    assert 800 <= len(sent) // 48 <= 1000
    stand.exchange.append(LOUD * 5)
    stand.sent()
    stand.at(1100)
    assert stand.sent() == []


def test_a_response_goes_from_the_first_sound_to_a_gap() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    assert stand.take(sound(bytes(4800))) == []
    begun, first = stand.take(sound())
    assert isinstance(begun, ResponseBegun)
    assert begun.ref == ref
    assert isinstance(first, ResponseSound)
    (text,) = stand.take({"type": "session.output_transcript.delta", "delta": "Seven."})
    assert text == ResponseText(begun.response_id, first.item_id, "Seven.")
    assert stand.at(gpt_live_replies.GAP_MS - 1) == []
    stand.take(sound(bytes(4800)))
    assert stand.at(gpt_live_replies.GAP_MS) == [
        ResponseOver(begun.response_id, ResponseEnd.COMPLETED)
    ]


def test_after_a_cancel_it_is_silent_until_it_is_asked_again() -> None:
    stand = Stand()
    stand.take(sound())
    stand.exchange.cancel()
    (over,) = stand.told()
    assert isinstance(over, ResponseOver)
    assert over.end is ResponseEnd.CANCELLED
    assert stand.take(sound()) == []
    ref = stand.exchange.respond()
    begun, _ = stand.take(sound())
    assert isinstance(begun, ResponseBegun)
    assert begun.ref == ref


def test_words_belong_to_the_turn_in_which_they_were_spoken() -> None:
    stand = Stand()
    stand.exchange.append(LOUD * 10)
    assert stand.take(words("read ", 200)) == []
    stand.exchange.commit()
    committed, early = stand.told()
    assert isinstance(committed, Committed)
    item_id = committed.item_id
    assert early == UserWords(item_id, "read", final=False)
    assert stand.take(words("red", 700)) == [UserWords(item_id, "read red", final=False)]
    assert stand.take(words("blue", 1500)) == []
    assert stand.at(1000) == [UserWords(item_id, "read red", final=True)]
    stand.exchange.append(LOUD * 10)
    stand.exchange.commit()
    _, again = stand.told()
    assert isinstance(again, UserWords)
    assert again.text == "blue"
    stand.exchange.commit()
    silent = stand.told()[0]
    told = stand.at(20_000)
    assert isinstance(silent, Committed)
    assert [one.item_id for one in told if isinstance(one, UserWordsFailed)] == [silent.item_id]


def test_what_it_cannot_do_is_refused() -> None:
    stand = Stand()
    aside = stand.exchange.respond("Sum up.", aside=True)
    picture = Image(b"\x89PNG", "image/png")
    stand.exchange.add([ChatMessage(ChatRole.USER, "look", images=(picture,))])
    asked, unseen = stand.told()
    assert isinstance(asked, Refused)
    assert asked.ref == aside
    assert isinstance(unseen, Refused)
    assert unseen.error.code is Code.PICTURES_NOT_SEEN
    (note,) = stand.sent()
    assert (note["type"], note["content"]) == ("session.instructions.append", "user: look")
    stand.exchange.truncate("x", 1)
    stand.exchange.clear()
    assert stand.sent() == []


def test_a_response_that_never_comes_is_given_up() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    (refused,) = stand.at(gpt_live_replies.LATEST_MS)
    assert isinstance(refused, Refused)
    assert (refused.ref, refused.error.code) == (ref, Code.SERVER_SILENT)


def test_errors_and_ends() -> None:
    stand = Stand()
    error = {"type": "invalid_request_error", "code": "unknown_parameter", "message": "no"}
    (refused,) = stand.take({"type": "error", "error": error | {"client_event_id": "update-1"}})
    assert isinstance(refused, Refused)
    assert refused.error.code is Code.REQUEST_REFUSED
    stand.take({"type": "session.closed", "reason": "content"})
    assert stand.exchange.last_error is not None
    stand.take({"type": "session.closed", "reason": "expired"})
    assert stand.exchange.expired
    fresh = GptLiveExchange(_judge, "gpt-live-1", "gpt-6-luna")
    fresh.take({"type": "error", "error": error})
    assert fresh.setup_error is not None


def test_only_as_much_history_as_is_taken() -> None:
    history = [ChatMessage(ChatRole.USER, f"{n} " + "x" * 100) for n in range(300)]
    told = list(initial_items([*history, ChatMessage(ChatRole.TOOL, "no", call_id="c")]))
    assert len(told) == 128
    assert told[-1]["content"][0]["text"].startswith("299 ")
    assert {item["role"] for item in told} == {"user"}


@given(st.lists(st.sampled_from(EXCHANGES["client"] + EXCHANGES["managed"]), max_size=12))
@settings(max_examples=30)
def test_any_order_of_events_does_no_harm(entries: list[Json]) -> None:
    stand = Stand()
    for number, entry in enumerate(entries):
        event = dict(entry["event"])
        for name in list(event)[number % 3 : number % 3 + 1]:
            event[name] = None if number % 2 else {"x": 1}
        stand.take(entry["event"], event)
        stand.at(number * 100)
    stand.at(5_000)
    stand.exchange.respond()
    stand.take(sound())
    assert isinstance(stand.at(7_000)[-1], ResponseOver)
