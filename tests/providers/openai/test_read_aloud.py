"""Against a scripted Realtime server on loopback; the published schema judges both sides."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import AppError, Code
from app.net.policy import Policies
from app.providers.openai.read_aloud import ReadAloudSpeech
from app.providers.openai.read_aloud_protocol import (
    UNCHECKED_BYTES,
    read_request,
    session_update,
)
from app.providers.openai.realtime_link import KeepAlive
from app.providers.openai.realtime_protocol import response_cancel
from app.providers.openai.realtime_protocol_setup import realtime_voice
from tests.logged import logging_to
from tests.providers.openai.connection import KEY, PATIENT, QUICK, connected
from tests.providers.openai.realtime_server import RealtimeServer, Script, Talk, saying

pytest.importorskip("websockets")

TEXT = "The quick brown fox jumps over the lazy dog."
ANSWER = "I would rather talk about something else, if that is fine with you."
SOUND = bytes(range(1, 251)) * 40


@contextlib.asynccontextmanager
async def reading(
    script: Script, policies: Policies = PATIENT, **server: Any
) -> AsyncIterator[tuple[ReadAloudSpeech, RealtimeServer]]:
    async with (
        RealtimeServer(script, **server) as serving,
        connected(serving.base_url, policies) as client,
    ):
        speech = ReadAloudSpeech(client, "gpt-realtime-2.1-mini", "nova", speed=1.2)
        try:
            yield speech, serving
        finally:
            await speech.aclose()


async def heard(speech: ReadAloudSpeech, text: str = TEXT) -> bytes:
    async with contextlib.aclosing(speech.speak(text)) as clips:
        sounds = [clip async for clip in clips]
    assert all(clip.rate_hz == 24_000 and len(clip.data) % 2 == 0 for clip in sounds)
    return b"".join(clip.data for clip in sounds)


async def test_a_text_is_read_and_both_sides_keep_to_the_schema(oracle: Any) -> None:
    async with reading(saying(None, SOUND)) as (speech, server):
        assert await heard(speech) == SOUND
        assert await heard(speech, "Once more.") == SOUND
        assert server.kinds == ["session.update", "response.create", "response.create"]
        assert len(server.handshakes) == 1
        handshake = server.handshakes[0]
        assert handshake.path == "/v1/realtime?model=gpt-realtime-2.1-mini"
        assert handshake.headers["Authorization"] == f"Bearer {KEY}"
        assert "OpenAI-Beta" not in handshake.headers
        problems = [oracle.check_client_event(event) for event in server.received]
        problems += [oracle.check_server_event(event) for event in server.sent]
    assert [problem for problem in problems if problem] == []
    assert speech.reworded == 0


@pytest.mark.parametrize(
    "event",
    [
        session_update("marin", 1.0),
        session_update("onyx", 9.0),
        read_request("Hello.", "reading-1"),
        response_cancel("cancel-1", "resp_1"),
    ],
)
def test_every_event_is_what_the_schema_says(event: dict[str, Any], oracle: Any) -> None:
    assert oracle.check_client_event(event) == []


@pytest.mark.parametrize(("voice", "there"), [("nova", "marin"), ("sage", "sage"), ("x", "x")])
def test_a_voice_that_is_not_there_is_replaced(voice: str, there: str) -> None:
    assert realtime_voice(voice) == there


async def test_warming_up_opens_the_session_once() -> None:
    async with reading(saying(None, SOUND)) as (speech, server):
        await asyncio.gather(speech.warm(), speech.warm())
        assert await heard(speech) == SOUND
        assert len(server.handshakes) == 1


async def test_sound_is_given_before_the_rest_is_read() -> None:
    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        await talk.created(request, response_id)
        await talk.say(response_id, "The quick brown fox ", SOUND[:100])

    async with reading(script) as (speech, server):
        clips = speech.speak(TEXT)
        assert (await anext(clips)).data == SOUND[:100]
        await clips.aclose()
        await server.until(lambda: "response.cancel" in server.kinds)
        assert server.received[-1]["response_id"] == "resp_1"
        # The session goes on.
        server.script = saying(None, SOUND)
        assert await heard(speech) == SOUND
        assert len(server.handshakes) == 1


async def test_a_reading_that_is_left_before_it_began_is_cancelled_when_it_begins() -> None:
    begin = asyncio.Event()

    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        if response_id == "resp_1":
            await begin.wait()
        await saying(None, SOUND)(talk, request, response_id)

    async with reading(script) as (speech, server):
        first = asyncio.ensure_future(heard(speech))
        await server.until(lambda: "response.create" in server.kinds)
        first.cancel()
        await asyncio.wait([first])
        second = asyncio.ensure_future(heard(speech, "Once more."))
        begin.set()
        assert await second == SOUND
        await server.until(lambda: "response.cancel" in server.kinds)
        cancelled = [e for e in server.received if e["type"] == "response.cancel"]
        assert [event["response_id"] for event in cancelled] == ["resp_1"]


async def test_an_answer_in_place_of_a_reading_is_never_heard() -> None:
    async with reading(saying(ANSWER, SOUND)) as (speech, server):
        with pytest.raises(AppError) as caught:
            await heard(speech)
        assert caught.value.code is Code.VOICE_STRAYED
        assert server.kinds.count("response.create") == 2
        await server.until(lambda: server.kinds.count("response.cancel") == 2)
        assert speech.reworded == 2


async def test_a_second_try_that_reads_is_heard() -> None:
    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        words = ANSWER if response_id == "resp_1" else None
        await saying(words, SOUND)(talk, request, response_id)

    async with reading(script) as (speech, _):
        assert await heard(speech) == SOUND


async def test_a_reading_that_strays_later_is_stopped() -> None:
    said = f"The quick brown fox {ANSWER} {ANSWER}"
    async with reading(saying(said, SOUND)) as (speech, server):
        with pytest.raises(AppError) as caught:
            await heard(speech)
        assert caught.value.code is Code.VOICE_STRAYED
        assert server.kinds.count("response.create") == 1


async def test_words_after_the_text_are_cut_off() -> None:
    async with reading(saying(f"{TEXT} {ANSWER} {ANSWER}", SOUND)) as (speech, server):
        sound = await heard(speech)
        assert sound == SOUND[: len(sound)]
        assert 0 < len(sound) < len(SOUND) * 2 // 3
        await server.until(lambda: "response.cancel" in server.kinds)
    assert speech.reworded == 1


async def test_other_words_of_the_same_sense_are_counted_and_not_written_down(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    said = "The swift brown fox jumps over the lazy dog."
    async with reading(saying(said, SOUND)) as (speech, _):
        assert await heard(speech) == SOUND
    assert speech.reworded == 1
    assert "reworded a piece" in caplog.text
    assert "fox" not in caplog.text


async def test_a_server_without_transcripts_is_heard_after_a_second_of_sound() -> None:
    sound = bytes(range(250)) * 400

    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        await talk.created(request, response_id)
        for at in range(0, len(sound), 999):
            await talk.say(response_id, "", sound[at : at + 999])
            if at < UNCHECKED_BYTES:
                assert not first.done()

    async with reading(script) as (speech, _):
        clips = speech.speak(TEXT)
        first = asyncio.ensure_future(anext(clips))
        assert len((await first).data) >= UNCHECKED_BYTES
        await clips.aclose()


async def test_the_names_of_the_beta_are_understood() -> None:
    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        old = talk.send

        async def send(kind: str, **fields: Any) -> None:
            await old(kind.replace("output_audio", "audio"), **fields)

        talk.send = send  # type: ignore[method-assign]
        await saying(None, SOUND)(talk, request, response_id)

    async with reading(script) as (speech, _):
        assert await heard(speech) == SOUND


# --- faults --------------------------------------------------------------------------------------


async def _cut(talk: Talk, request: dict[str, Any], response_id: str) -> None:
    await talk.created(request, response_id)
    talk.connection.transport.abort()


async def _silent(talk: Talk, request: dict[str, Any], response_id: str) -> None:
    await talk.created(request, response_id)


async def _not_json(talk: Talk, request: dict[str, Any], response_id: str) -> None:
    await talk.connection.send("<html>")


async def _no_sound(talk: Talk, request: dict[str, Any], response_id: str) -> None:
    await talk.created(request, response_id)
    await talk.done(response_id)


async def _not_base64(talk: Talk, request: dict[str, Any], response_id: str) -> None:
    await talk.created(request, response_id)
    part = {"response_id": response_id, "item_id": "i", "output_index": 0, "content_index": 0}
    await talk.send("response.output_audio.delta", delta="?", **part)


def _error(**error: Any) -> Script:
    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        await talk.error(event_id=request["event_id"], **error)

    return script


def _failed(**error: Any) -> Script:
    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        await talk.created(request, response_id)
        await talk.done(response_id, "failed", type="failed", error=error)

    return script


@pytest.mark.parametrize(
    ("script", "code", "calls"),
    [
        (_cut, Code.SERVER_CUT_OFF, 3),
        (_not_json, Code.SERVER_CUT_OFF, 3),
        (_no_sound, Code.SERVER_CUT_OFF, 3),
        (_silent, Code.SERVER_SILENT, 2),
        (_not_base64, Code.SERVER_ERROR, 3),
        (_error(type="invalid_request_error", code="invalid_value"), Code.REQUEST_REFUSED, 1),
        (_error(type="invalid_request_error", code="model_not_found"), Code.MODEL_UNKNOWN, 1),
        (_error(type="server_error"), Code.SERVER_ERROR, 3),
        (_failed(type="insufficient_quota", code="insufficient_quota"), Code.QUOTA_SPENT, 1),
        (_failed(type="server_error"), Code.SERVER_ERROR, 3),
    ],
)
async def test_a_fault_becomes_one_app_error(script: Script, code: Code, calls: int) -> None:
    async with reading(script, QUICK) as (speech, server):
        with pytest.raises(AppError) as caught:
            await heard(speech)
        assert caught.value.code is code
        assert server.kinds.count("response.create") == calls


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, {"error": {"message": f"Incorrect {KEY}", "code": "invalid_api_key"}}, "key_wrong"),
        (403, {}, "access_denied"),
        (404, {"error": {"code": "model_not_found"}}, "model_unknown"),
        (404, {}, "server_not_api"),
        (429, {"error": {"code": "insufficient_quota"}}, "quota_spent"),
        (503, {}, "server_error"),
    ],
)
async def test_a_refused_session_becomes_one_app_error(
    status: int, body: dict[str, Any], code: str
) -> None:
    refuse = (status, json.dumps(body).encode())
    async with reading(saying(None, SOUND), QUICK, refuse=refuse) as (speech, server):
        with pytest.raises(AppError) as caught:
            await heard(speech)
        assert caught.value.code == code
        assert KEY not in repr(caught.value)
        await speech.warm()
        assert server.received == []


async def test_the_key_follows_no_redirect() -> None:
    async with RealtimeServer(saying(None, SOUND)) as elsewhere:
        refuse = (302, b"{}")
        async with reading(saying(None, SOUND), refuse=refuse) as (speech, server):
            server.location = elsewhere.base_url.replace("http", "ws")
            with pytest.raises(AppError) as caught:
                await heard(speech)
            assert caught.value.code is Code.SERVER_NOT_API
            assert elsewhere.handshakes == []


async def test_a_closed_port_is_unreachable() -> None:
    async with RealtimeServer(_silent) as server:
        url = server.base_url
    async with connected(url) as client:
        speech = ReadAloudSpeech(client, "m", "marin")
        with pytest.raises(AppError) as caught:
            await heard(speech)
    assert caught.value.code is Code.SERVER_UNREACHABLE


async def test_what_came_before_a_cut_is_given_and_the_next_piece_gets_a_new_session() -> None:
    async def script(talk: Talk, request: dict[str, Any], response_id: str) -> None:
        await talk.created(request, response_id)
        await talk.say(response_id, "The quick brown fox ", SOUND[:100])
        await talk.connection.close(1001)

    async with reading(script) as (speech, server):
        clips = speech.speak(TEXT)
        assert (await anext(clips)).data == SOUND[:100]
        with pytest.raises(AppError) as caught:
            await anext(clips)
        assert caught.value.code is Code.SERVER_CUT_OFF
        server.script = saying(None, SOUND)
        assert await heard(speech) == SOUND
        assert len(server.handshakes) == 2


async def test_a_session_that_closed_while_it_was_idle_is_replaced() -> None:
    async with reading(saying(None, SOUND)) as (speech, server):
        await speech.warm()
        await server.open[0].close(1001)
        assert await heard(speech) == SOUND


async def test_an_old_session_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.providers.openai.realtime_socket.OLDEST_S", -1.0)
    async with reading(saying(None, SOUND)) as (speech, server):
        await speech.warm()
        assert await heard(speech) == SOUND
        assert len(server.handshakes) == 2
        await server.until(lambda: len(server.open) == 1)


async def test_a_line_that_went_dead_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    alive = KeepAlive(ping_every_s=0.05, pong_within_s=0.05, close_within_s=0.5)
    async with reading(saying(None, SOUND)) as (speech, server):
        with monkeypatch.context() as impatient:
            impatient.setattr("app.providers.openai.read_aloud_socket.ALIVE", alive)
            await speech.warm()
        server.open[0].transport.pause_reading()
        socket = speech._socket
        assert socket is not None
        async with asyncio.timeout(30):
            await asyncio.wait([socket._receiving])
        assert not socket.is_usable
        assert await heard(speech) == SOUND


async def test_the_key_is_in_no_log_at_debug(tmp_path: Path) -> None:
    with logging_to(tmp_path, verbose=True):
        async with reading(saying(None, SOUND)) as (speech, _):
            for name in list(logging.root.manager.loggerDict):
                logging.getLogger(name).setLevel(logging.DEBUG)
            try:
                await heard(speech)
            finally:
                for name in list(logging.root.manager.loggerDict):
                    logging.getLogger(name).setLevel(logging.NOTSET)
    text = "".join(path.read_text() for path in tmp_path.glob("sayso.log*"))
    assert "Bearer" not in text
    assert KEY not in text
    assert "•••" not in text
