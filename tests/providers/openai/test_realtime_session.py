"""Voice sessions over real sockets: turns, and all the ways in which a connection ends."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from app.errors import AppError, Code
from app.net.policy import Policies
from app.providers.base import ChatMessage, ChatRole, Image, ToolCall, ToolSpec
from app.providers.openai import realtime_session
from app.providers.openai.realtime_link import KeepAlive
from app.providers.openai.realtime_model import RealtimeModel
from app.providers.openai.realtime_session import RealtimeSession
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
    UserWords,
    VoiceEvent,
    WireNote,
)
from tests.faults.api import Call, reply_to, said
from tests.logged import logging_to
from tests.providers.openai.connection import KEY, PATIENT, connected
from tests.providers.openai.socket_server import Json, SocketServer
from tests.voice_server.ear import SERVER_RATE_HZ, utterance
from tests.voice_server.habits import GARBAGE, Answer, Delays, Habits
from tests.voice_server.server import EXPIRED, VoiceServer

pytest.importorskip("websockets")

TURN = utterance(3, SERVER_RATE_HZ, 800)
LOOK_UP = ToolSpec("look_up", "Looks up.", {"type": "object", "properties": {}})
SETUP = SessionSetup("Be brief.", (LOOK_UP,))
MODEL = "gpt-realtime-2.1-mini"


class Ear:
    """Reads what a session tells, in order."""

    def __init__(self, session: RealtimeSession) -> None:
        self.session = session
        self._events = session.events()

    async def until(self, kind: type[VoiceEvent], within_s: float = 10.0) -> list[VoiceEvent]:
        """What is told up to the next of this kind."""
        told: list[VoiceEvent] = []
        async with asyncio.timeout(within_s):
            async for event in self._events:
                told.append(event)
                if isinstance(event, kind):
                    return told
        raise AssertionError(f"it ended: {told}")

    async def over(self) -> SessionOver:
        """How it ends."""
        *_, over = await self.until(SessionOver)
        assert isinstance(over, SessionOver)
        return over


@contextlib.asynccontextmanager
async def modelled(
    server: SocketServer, policies: Policies = PATIENT, model: str = MODEL
) -> AsyncIterator[RealtimeModel]:
    async with connected(server.base_url, policies) as client:
        made = RealtimeModel(client, model, words_models=("gpt-transcribe",))
        try:
            yield made
        finally:
            await made.aclose()


@contextlib.asynccontextmanager
async def talking(
    server: SocketServer, history: Sequence[ChatMessage] = (), setup: SessionSetup = SETUP
) -> AsyncIterator[Ear]:
    async with modelled(server) as model:
        session = await model.connect(setup, history)
        try:
            yield Ear(session)
        finally:
            await session.aclose()


async def ask(session: RealtimeSession) -> tuple[str, str]:
    for at in range(0, len(TURN), 4800):
        await session.append(TURN[at : at + 4800])
    return await session.commit(), await session.respond()


def texts(events: Sequence[VoiceEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, ResponseText))


@pytest.mark.parametrize(
    "habits",
    [Habits(), Habits(twice=True), Habits(old_names=True), Habits(garbage=GARBAGE)],
    ids=["good", "twice", "old names", "garbage"],
)
async def test_a_turn_is_answered(habits: Habits) -> None:
    async with VoiceServer(habits) as server, talking(server) as ear:
        commit, respond = await ask(ear.session)
        told = await ear.until(ResponseOver)
    assert isinstance(told[0], SessionReady)
    assert [one.ref for one in told if isinstance(one, Committed)] == [commit]
    assert [one.ref for one in told if isinstance(one, ResponseBegun)] == [respond]
    assert texts(told) == reply_to(said(3))
    words = [one for one in told if isinstance(one, UserWords) and one.final]
    assert [one.text for one in words] == [said(3)]
    over = told[-1]
    assert isinstance(over, ResponseOver)
    assert (over.end, over.error) == (ResponseEnd.COMPLETED, None)
    assert over.usage is not None
    assert over.usage.audio_out > 0
    sounds = sum(len(one.pcm) for one in told if isinstance(one, ResponseSound))
    assert sounds == 600 * SERVER_RATE_HZ // 1000 * 2


async def test_both_sides_keep_to_the_schema(oracle: Any) -> None:
    picture = Image(b"\x89PNG", "image/png")
    call = ToolCall("call_1", "look_up", "{}")
    history = [
        ChatMessage(ChatRole.USER, "before", images=(picture,)),
        ChatMessage(ChatRole.ASSISTANT, "", (call,)),
        ChatMessage(ChatRole.TOOL, "yes", call_id="call_1"),
        ChatMessage(ChatRole.ASSISTANT, "Yes."),
    ]

    def calling(text: str, rounds: int) -> Answer:
        calls = tuple(Call("look_up", "{}", call_id=f"call_{n}") for n in "ab")
        return Answer("Done.") if rounds else Answer(calls=calls)

    async with VoiceServer(Habits(answers=calling)) as server:
        async with talking(server, history) as ear:
            await ask(ear.session)
            told = await ear.until(ResponseOver)
            calls = [one.call for one in told if isinstance(one, ResponseCall)]
            assert [one.name for one in calls] == ["look_up", "look_up"]
            results = [ChatMessage(ChatRole.TOOL, "1", call_id=one.call_id) for one in calls]
            await ear.session.add(results)
            await ear.session.respond()
            told = await ear.until(ResponseOver)
            assert texts(told) == "Done."
            item_id = next(one.item_id for one in told if isinstance(one, ResponseSound))
            await ear.session.truncate(item_id, 100)
            await ear.session.add([ChatMessage(ChatRole.USER, "", images=(picture,))])
            await ear.session.delete(item_id)
            await server.until(lambda: "conversation.item.delete" in server.kinds)
        problems = [p for event in server.received for p in oracle.check_client_event(event)]
        problems += [p for event in server.sent for p in oracle.check_server_event(event)]
    assert problems == []


async def test_asking_waits_for_no_answer_and_a_second_response_for_the_first() -> None:
    async with VoiceServer(delays=Delays(first_sound_s=0.05)) as server, talking(server) as ear:
        await ask(ear.session)
        second = await ear.session.respond("Again.")
        await ear.until(ResponseOver)
        told = await ear.until(ResponseOver)
    assert [one.ref for one in told if isinstance(one, ResponseBegun)] == [second]


async def test_a_refused_response_is_only_an_error_and_the_session_goes_on() -> None:
    async with VoiceServer(Habits(refuse_next=1)) as server, talking(server) as ear:
        _, ref = await ask(ear.session)
        *_, refused = await ear.until(Refused)
        assert isinstance(refused, Refused)
        assert (refused.ref, refused.error.code) == (ref, Code.SERVER_ERROR)
        await ear.session.respond()
        assert texts(await ear.until(ResponseOver)) == reply_to(said(3))


async def test_an_interruption_is_cancelled_and_truncated() -> None:
    slow = Delays(rate=4.0)
    habits = Habits(answers=lambda *_: Answer("Long. " * 20, sound_ms=4000))
    async with VoiceServer(habits, slow) as server, talking(server) as ear:
        await ask(ear.session)
        *_, sound = await ear.until(ResponseSound)
        assert isinstance(sound, ResponseSound)
        await ear.session.cancel()
        await ear.session.truncate(sound.item_id, 100_000)
        told = await ear.until(ResponseOver)
        assert isinstance(told[-1], ResponseOver)
        assert told[-1].end is ResponseEnd.CANCELLED
        assert not any(isinstance(one, ResponseSound) for one in told)
        await server.until(lambda: "conversation.item.truncate" in server.kinds)
        await ask(ear.session)
        await ear.until(ResponseBegun)
        assert not any(event["type"] == "error" for event in server.sent)


# How a connection ends


async def test_the_time_limit_is_no_hang_up() -> None:
    async with VoiceServer() as server, talking(server) as ear:
        await server.expire()
        assert await ear.over() == SessionOver(expired=True)
        assert (await ear.session.commit(), await ear.session.respond()) == ("", "")


CLOSES = [
    (1000, "", None),
    (1000, EXPIRED, SessionOver(expired=True)),
    (1001, "", Code.SERVER_CUT_OFF),
    (1008, "Policy violation.", Code.REQUEST_REFUSED),
    (1008, "insufficient_quota", Code.QUOTA_SPENT),
    (1011, "Internal error.", Code.SERVER_ERROR),
    (1012, "", Code.SERVER_BUSY),
    (1013, "", Code.SERVER_BUSY),
    (4000, "beta_api_shape_disabled", Code.REQUEST_REFUSED),
]


@pytest.mark.parametrize(("code", "reason", "told"), CLOSES)
async def test_each_way_to_close_has_its_name(
    code: int, reason: str, told: Code | SessionOver | None
) -> None:
    async with VoiceServer() as server, talking(server) as ear:
        await server.open[0].close(code, reason)
        over = await ear.over()
    if isinstance(told, Code):
        assert over.error is not None
        assert (over.error.code, over.expired) == (told, False)
    else:
        assert over == (told or SessionOver())


async def test_a_hang_up_while_an_answer_is_due_is_a_cut() -> None:
    async with VoiceServer(Habits(mute_next=1)) as server, talking(server) as ear:
        await ask(ear.session)
        await ear.until(Committed)
        await server.open[0].close(1000)
        over = await ear.over()
    assert over.error is not None
    assert over.error.code is Code.SERVER_CUT_OFF


async def test_a_cut_is_told() -> None:
    async with VoiceServer() as server, talking(server) as ear:
        server.cut()
        over = await ear.over()
    assert over.error is not None
    assert over.error.code is Code.SERVER_CUT_OFF


ALIVE = KeepAlive(0.1, 0.2, 0.1, by_library=False)


@pytest.mark.parametrize("speaks", [False, True], ids=["silent", "while it is spoken to"])
async def test_a_dead_connection_is_given_up_and_holds_nobody(
    monkeypatch: pytest.MonkeyPatch, speaks: bool
) -> None:
    monkeypatch.setattr(realtime_session, "ALIVE", ALIVE)
    monkeypatch.setattr(realtime_session.RealtimeSession.__init__, "__defaults__", (ALIVE,))
    async with VoiceServer() as server, talking(server) as ear:
        await ear.until(SessionReady)
        server.half_open()
        if speaks:
            for _ in range(60):  # More than the sockets' buffers hold.
                await ear.session.append(bytes(200_000))
        over = await ear.over()
    assert over.error is not None
    assert over.error.code is Code.SERVER_SILENT


def test_a_dead_connection_is_known_in_less_than_six_seconds() -> None:
    alive = realtime_session.ALIVE
    assert alive.ping_every_s + alive.pong_within_s + alive.close_within_s < 6.0
    assert not alive.by_library


class Odd(SocketServer):
    """Greets as it is told, and answers a set-up with these events."""

    def __init__(self, *answers: Sequence[Json], greets: bool = True) -> None:
        super().__init__()
        self.answers = list(answers)
        self.greets = greets

    async def _begin(self, connection: Any) -> Any:
        if self.greets:
            await connection.send('{"type":"session.created","session":{}}')
        return connection

    async def _take(self, session: Any, event: Json) -> None:
        if event["type"] != "session.update" or not self.answers:
            return
        for answer in self.answers.pop(0):
            await session.send(json.dumps(answer))


def refusal(message: str, code: str | None = None, event_id: str | None = "setup") -> Json:
    told = {"type": "invalid_request_error", "code": code, "message": message}
    return {"type": "error", "event_id": "e", "error": {**told, "event_id": event_id}}


UPDATED: Json = {"type": "session.updated", "event_id": "u", "session": {}}


async def test_what_a_server_does_not_take_is_left_out_and_remembered() -> None:
    unknown = refusal("Unknown parameter: session.audio.input.noise_reduction")
    async with Odd([unknown], [UPDATED], [UPDATED]) as server, modelled(server) as model:
        for _ in range(2):
            session = await model.connect(SETUP, ())
            await session.aclose()
    heard = [
        event["session"]["audio"]["input"]
        for event in server.received
        if event["type"] == "session.update"
    ]
    assert ["noise_reduction" in one for one in heard] == [True, False, False]


async def test_a_server_that_never_answers_a_set_up_is_taken_as_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(realtime_session, "GREETED_S", 0.05)
    async with Odd() as server, talking(server) as ear:
        assert await ear.until(SessionReady) == [SessionReady()]


async def test_a_model_that_is_gone_has_an_heir() -> None:
    gone = refusal("The model does not exist.", "model_not_found", None)
    async with Odd([gone], [UPDATED]) as server, modelled(server) as model:
        session = await model.connect(SETUP, ())
        assert (session.label, model.label) == ("gpt-realtime-2.1", "gpt-realtime-2.1")
        await session.aclose()


REFUSALS: list[tuple[Sequence[Json], Code]] = [
    ([refusal("Say please.")], Code.REQUEST_REFUSED),
    ([refusal("You exceeded your quota.", "insufficient_quota", None)], Code.QUOTA_SPENT),
]


@pytest.mark.parametrize(("answers", "code"), REFUSALS)
async def test_a_refused_set_up_is_an_error(answers: Sequence[Json], code: Code) -> None:
    async with Odd(answers) as server, modelled(server) as model:
        with pytest.raises(AppError) as caught:
            await model.connect(SETUP, ())
        await server.until(lambda: not server.open)
    assert caught.value.code is code


async def test_a_server_that_says_nothing_at_all_is_silent() -> None:
    async with Odd(greets=False) as server, modelled(server, Policies().scaled(0.02)) as model:
        with pytest.raises(AppError) as caught:
            await model.connect(SETUP, ())
    assert caught.value.code is Code.SERVER_SILENT


HANDSHAKES = [
    (401, b'{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}', Code.KEY_WRONG),
    (404, b'{"error":{"message":"Not found"}}', Code.SERVER_NOT_API),
    (429, b'{"error":{"message":"Slow","code":"slow_down"}}', Code.SERVER_BUSY),
]


@pytest.mark.parametrize(("status", "body", "code"), HANDSHAKES)
async def test_a_refused_handshake_is_an_error(status: int, body: bytes, code: Code) -> None:
    async with VoiceServer() as server, modelled(server) as model:
        server.refuse = (status, body)
        with pytest.raises(AppError) as caught:
            await model.connect(SETUP, ())
    assert caught.value.code is code


async def test_a_warm_connection_is_the_one_that_is_used() -> None:
    async with VoiceServer() as server, modelled(server) as model:
        await model.warm()
        await model.warm()
        session = await model.connect(SETUP, ())
        assert len(server.handshakes) == 1
        await session.aclose()
        await model.warm()
        await server.until(lambda: len(server.open) == 1)
        server.cut()
        await server.until(lambda: not server.open)
        session = await model.connect(SETUP, ())
        await session.aclose()
        assert len(server.handshakes) == 3


async def test_warming_up_in_vain_is_no_error() -> None:
    async with VoiceServer() as server, modelled(server) as model:
        server.refuse = (503, b"{}")
        await model.warm()
        assert len(server.handshakes) == 1
        server.refuse = None
        session = await model.connect(SETUP, ())
        assert len(server.handshakes) == 2
        await session.aclose()


async def test_a_watcher_sees_each_event_without_sound_and_words() -> None:
    notes: list[WireNote] = []
    async with VoiceServer() as server, modelled(server) as model:
        session = await model.connect(SETUP, ())
        model.watch(notes.append)
        ear = Ear(session)
        await ask(session)
        await ear.until(ResponseOver)
        await session.aclose()
    assert {note.sent for note in notes} == {True, False}
    kinds = {note.kind for note in notes}
    assert {"input_audio_buffer.append", "response.create", "response.done", "closed"} <= kinds
    assert all(note.size_bytes > 0 for note in notes if note.kind != "closed")
    shown = " ".join(note.detail for note in notes)
    assert said(3) not in shown
    assert max(len(note.detail) for note in notes) <= 200


async def test_after_it_was_closed_nothing_is_sent_and_its_end_stays_told() -> None:
    async with VoiceServer() as server, talking(server) as ear:
        await ear.session.aclose()
        assert await ear.over() == SessionOver()
        await ear.session.append(TURN)
        await ear.session.cancel()
        assert [event async for event in ear.session.events()] == [SessionOver()]


async def test_the_key_is_in_no_log(tmp_path: Any) -> None:
    with logging_to(tmp_path, verbose=True):
        async with VoiceServer() as server, talking(server) as ear:
            await ask(ear.session)
            await ear.until(ResponseOver)
    text = "".join(path.read_text() for path in tmp_path.glob("sayso.log*"))
    assert KEY not in text
    assert "Bearer" not in text
