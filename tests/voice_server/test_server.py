"""The Realtime server of these tests: what it tells is what the schema says, and it is strict."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from tests.faults.api import Call, reply_to, said
from tests.providers.openai.socket_server import connection_closed
from tests.voice_server.client import Client, connected
from tests.voice_server.conversation import Conversation, Item
from tests.voice_server.ear import SERVER_RATE_HZ, Detector, Turned, frames_in, utterance
from tests.voice_server.habits import GARBAGE, Answer, Delays, Habits
from tests.voice_server.server import EXPIRED, VoiceServer

TURN = utterance(3, SERVER_RATE_HZ, 800)
TOOL = {"type": "function", "name": "look_up", "parameters": {"type": "object", "properties": {}}}
LOOK_UP = Call("look_up", '{"what": "a word that is long"}')


def calling(text: str, rounds: int) -> Answer:
    return Answer(f"{reply_to(text)} Done.") if rounds else Answer(calls=(LOOK_UP,))


def picture() -> dict[str, Any]:
    url = "data:image/png;base64,AAAA"
    content = [{"type": "input_text", "text": "This."}, {"type": "input_image", "image_url": url}]
    return {"type": "message", "role": "user", "content": content}


async def converse(client: Client) -> None:
    """A bit of everything that Sayso asks for."""
    await client.set_up(instructions="Be brief.", tools=[TOOL])
    await client.say(TURN)
    output = {"type": "function_call_output", "call_id": "call_1", "output": "yes"}
    await client.send("conversation.item.create", item=output)
    await client.send("response.create")
    done = await client.until("response.done")
    spoken = done["response"]["output"][0]["id"]
    place = {"item_id": spoken, "content_index": 0}
    await client.send("conversation.item.truncate", **place, audio_end_ms=300)
    await client.send("conversation.item.create", item=picture())
    await client.send("conversation.item.delete", item_id=spoken)
    await client.send("conversation.item.delete", item_id=spoken)
    await client.send("response.cancel")
    await client.send("input_audio_buffer.clear")
    await client.send("input_audio_buffer.commit")
    aside = {"conversation": "none", "output_modalities": ["text"], "input": [picture()]}
    await client.send("response.create", response=aside)
    await client.until("response.done")


async def test_all_that_it_tells_is_in_the_schema(oracle: Any) -> None:
    async with VoiceServer(Habits(answers=calling)) as server, connected(server) as client:
        await converse(client)

        found = {e["type"]: p for e in server.sent if (p := oracle.check_server_event(e))}
        asked = {e["type"]: p for e in server.received if (p := oracle.check_client_event(e))}
    assert (found, asked) == ({}, {})
    assert len({event["type"] for event in server.sent}) >= 20


async def test_a_turn_is_heard_answered_and_sounded() -> None:
    async with VoiceServer() as server, connected(server) as client:
        await client.set_up()
        await client.say(TURN)
        completed = await client.first("conversation.item.input_audio_transcription.completed")

    told = "".join(e["delta"] for e in client.of("response.output_audio_transcript.delta"))
    assert completed["transcript"] == said(3)
    assert told == reply_to(said(3))
    assert len(client.of("response.output_audio.delta")) == 6


async def test_a_server_turn_ends_with_a_pause_and_a_voice_cancels_the_answer() -> None:
    speech = np.random.default_rng(1).normal(0, 3000, SERVER_RATE_HZ // 2).astype("<i2").tobytes()
    delays = Delays(rate=1.0)
    async with VoiceServer(delays=delays) as server, connected(server) as client:
        await client.append(speech + bytes(SERVER_RATE_HZ * 2))
        await client.until("response.output_audio.delta")
        await client.append(speech)
        done = await client.until("response.done")

    assert done["response"]["status"] == "cancelled"
    assert done["response"]["status_details"]["reason"] == "turn_detected"
    assert len(client.of("input_audio_buffer.speech_started")) == 2


async def test_it_believes_what_a_truncation_says_and_no_more_than_there_is() -> None:
    async with VoiceServer() as server, connected(server) as client:
        await client.set_up()
        spoken = (await client.say(TURN))["response"]["output"][0]["id"]
        place = {"item_id": spoken, "content_index": 0}
        await client.send("conversation.item.truncate", **place, audio_end_ms=601)
        error = await client.until("error")
        await client.send("conversation.item.truncate", **place, audio_end_ms=250)
        await client.until("conversation.item.truncated")
        item = server.conversation.find(spoken)

    assert error["error"]["event_id"] == "conversation.item.truncate asked"
    assert item is not None
    assert (item.heard_ms, item.believed_ms) == (250, 250)
    assert reply_to(said(3)).startswith(item.text)
    assert len(item.text) < len(reply_to(said(3)))


@pytest.mark.parametrize(
    ("habits", "status"),
    [
        (Habits(fail_next=1), "failed"),
        (Habits(refuse_next=1), None),
        (Habits(twice=True), "completed"),
        (Habits(garbage=()), "completed"),
    ],
)
async def test_a_response_ends_as_it_was_told_to(habits: Habits, status: str | None) -> None:
    async with VoiceServer(habits) as server, connected(server) as client:
        await client.set_up()
        await client.append(TURN)
        await client.send("input_audio_buffer.commit")
        await client.send("response.create")
        if status is None:
            error = await client.until("error")
            assert error["error"]["event_id"] == "response.create asked"
            assert client.of("response.created") == []
        else:
            done = await client.until("response.done")
            assert done["response"]["status"] == status


async def test_a_second_response_at_a_time_is_refused_and_a_cancel_ends_the_first() -> None:
    async with (
        VoiceServer(delays=Delays(first_sound_s=30.0)) as server,
        connected(server) as client,
    ):
        await client.set_up()
        await client.send("response.create")
        await client.send("response.create")
        error = await client.until("error")
        await client.send("response.cancel")
        done = await client.until("response.done")

    assert error["error"]["code"] == "conversation_already_has_active_response"
    assert done["response"]["status_details"]["reason"] == "client_cancelled"


async def test_its_connections_are_cut_silenced_and_ended_in_order() -> None:
    async with VoiceServer() as server:
        async with connected(server) as client:
            server.cut()
            with pytest.raises(connection_closed()) as cut:
                await client.socket.recv()
        async with connected(server) as client:
            await asyncio.gather(server.expire(), client.socket.wait_closed())
            ended = (client.socket.close_code, client.socket.close_reason)
        async with connected(server) as client:
            server.half_open()
            pong = await client.socket.ping()
            done, _ = await asyncio.wait([pong], timeout=0.1)
    assert cut.value.rcvd is None
    assert ended == (1001, EXPIRED)
    assert done == set()


async def test_garbage_stands_between_its_events() -> None:
    async with VoiceServer() as server, connected(server) as client:
        server.habits.garbage = GARBAGE
        await client.send("input_audio_buffer.clear")
        came = [await client.socket.recv() for _ in range(len(GARBAGE) + 1)]

    assert came[:-1] == list(GARBAGE)
    assert "input_audio_buffer.cleared" in came[-1]


def test_every_frame_of_an_utterance_is_told_apart() -> None:
    whole = utterance(7, SERVER_RATE_HZ, 1600)
    second = SERVER_RATE_HZ * 2
    assert frames_in(bytes(4800) + whole) == {7: set(range(32))}
    assert frames_in(whole[: second // 2] + whole[second:]) == {7: {*range(10), *range(20, 32)}}


def test_the_detector_tells_when_a_voice_begins_and_ends() -> None:
    loud = np.random.default_rng(2).normal(0, 3000, SERVER_RATE_HZ // 2).astype("<i2").tobytes()
    found = Detector(500).hear(bytes(9600) + loud + bytes(SERVER_RATE_HZ * 2))
    assert found == [Turned(True, 260), Turned(False, 1200)]


def test_what_stands_unchanged_at_the_head_is_cached() -> None:
    conversation = Conversation()
    conversation.add(Item("a", role="user", sound_ms=2000))
    first = conversation.input_usage("Be brief.", [])
    conversation.add(Item("b", role="assistant", sound_ms=1000))
    second = conversation.input_usage("Be brief.", [])
    conversation.delete(conversation.items[0])
    third = conversation.input_usage("Be brief.", [])

    assert (first["audio_tokens"], first["cached_tokens"]) == (20, 0)
    assert (second["audio_tokens"], second["cached_tokens_details"]["audio_tokens"]) == (40, 20)
    assert (third["audio_tokens"], third["cached_tokens_details"]["audio_tokens"]) == (20, 0)
