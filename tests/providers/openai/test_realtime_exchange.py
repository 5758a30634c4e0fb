from __future__ import annotations

import base64
import dataclasses
import json
from typing import Any

import pytest

from app.errors import Code
from app.providers.base import ChatMessage, ChatRole, Hints, Image, ToolCall, ToolSpec
from app.providers.voice_session import (
    Committed,
    Near,
    Refused,
    ResponseBegun,
    ResponseCall,
    ResponseEnd,
    ResponseOver,
    ResponseSound,
    ResponseText,
    SessionSetup,
    SpeechHeard,
    TokenCounts,
    TurnEnds,
    UserWords,
    UserWordsFailed,
)
from tests.providers.openai.realtime_events import (
    SETUP,
    SOUND,
    Json,
    Stand,
    call_item,
    created,
    done,
    error,
    event,
    sound,
    text,
)

WORDS = "conversation.item.input_audio_transcription"
WEATHER = ToolSpec("get_weather", "The weather.", {"type": "object", "properties": {}})
FULL = SessionSetup(
    "Be brief.", (WEATHER,), Hints("de", vocabulary=("Sayso",)), "nova", 1.2, TurnEnds.SEMANTIC
)
PICTURE = Image(b"\x89PNG", "image/png")
HISTORY = [
    ChatMessage(ChatRole.SYSTEM, "So far: a talk about weather."),
    ChatMessage(ChatRole.USER, "weather?", images=(PICTURE,)),
    ChatMessage(ChatRole.ASSISTANT, "", (ToolCall("call_" + "x" * 40, "get_weather", "{}"),)),
    ChatMessage(ChatRole.TOOL, "21", call_id="call_" + "x" * 40),
    ChatMessage(ChatRole.ASSISTANT, "21 degrees.", (ToolCall("lost", "get_weather", "{}"),)),
    ChatMessage(ChatRole.TOOL, "of nobody", call_id="other"),
]


def committed(item_id: str | None = "user_1") -> Json:
    return event("input_audio_buffer.committed", **({"item_id": item_id} if item_id else {}))


def begun(stand: Stand, response_id: str = "resp_1") -> str:
    ref = stand.exchange.respond()
    assert stand.take(created(response_id, ref)) == [ResponseBegun(response_id, ref)]
    stand.sent()
    return ref


def everything_sent() -> list[Json]:
    sent: list[Json] = []
    written = dataclasses.replace(FULL, turn_ends=TurnEnds.SERVER, aloud=False, near=Near.OFF)
    for setup in (FULL, SETUP, written):
        stand = Stand(setup, HISTORY, prunes=True)
        exchange = stand.exchange
        exchange.append(SOUND)
        exchange.commit()
        exchange.add([ChatMessage(ChatRole.USER, "look", images=(PICTURE,))])
        exchange.add([ChatMessage(ChatRole.TOOL, "21", call_id="c")])
        exchange.respond("Say it in one word.")
        exchange.respond("Sum up.", aside=True)
        stand.take(created("resp_1"), sound("resp_1"))
        exchange.truncate("item_1", 60)
        exchange.cancel("resp_1")
        exchange.cancel()
        exchange.clear()
        exchange.delete("item_1")
        exchange.update(dataclasses.replace(setup, instructions="", near=Near.HEADSET, tools=()))
        sent += stand.first + stand.sent()
    return sent


def test_all_that_is_sent_is_what_the_schema_says(oracle: Any) -> None:
    sent = everything_sent()
    assert len({one["type"] for one in sent}) == 9
    assert [problem for one in sent for problem in oracle.check_client_event(one)] == []


def test_every_event_has_an_id_of_its_own_that_says_what_it_is() -> None:
    for stand_events in (everything_sent()[:14],):
        ids = [one["event_id"] for one in stand_events]
        assert len(set(ids)) == len(ids)
        assert ids[0] == "setup"


def test_a_new_session_is_told_the_history_without_halves_of_calls() -> None:
    _, *items = Stand(history=HISTORY).first
    shown = [(item["item"]["type"], item["item"].get("role", "")) for item in items]
    assert shown == [
        ("message", "system"),
        ("message", "user"),
        ("function_call", ""),
        ("function_call_output", ""),
        ("message", "assistant"),
    ]
    call, output = items[2]["item"], items[3]["item"]
    assert call["call_id"] == output["call_id"]
    assert len(call["call_id"]) <= 32
    assert items[1]["item"]["content"] == [{"type": "input_text", "text": "weather?"}]
    assert items[4]["item"]["content"] == [{"type": "output_text", "text": "21 degrees."}]


def test_a_picture_is_a_data_url() -> None:
    stand = Stand()
    stand.exchange.add([ChatMessage(ChatRole.USER, "look", images=(PICTURE,))])
    (sent,) = stand.sent()
    encoded = base64.b64encode(PICTURE.data).decode()
    url = f"data:image/png;base64,{encoded}"
    assert sent["item"]["content"][1] == {
        "type": "input_image",
        "image_url": url,
        "detail": "auto",
    }


def test_an_update_says_only_what_differs() -> None:
    stand = Stand(FULL)
    stand.exchange.update(FULL)
    assert stand.sent() == []
    stand.exchange.update(dataclasses.replace(FULL, instructions="Be long.", near=Near.HEADSET))
    (sent,) = stand.sent()
    assert sent["session"] == {
        "type": "realtime",
        "instructions": "Be long.",
        "audio": {"input": {"noise_reduction": {"type": "near_field"}}},
    }
    stand.exchange.update(FULL)
    assert stand.sent()[0]["session"]["instructions"] == "Be brief."
    stand.exchange.update(dataclasses.replace(FULL, near=Near.OFF))
    assert stand.sent()[0]["session"]["audio"] == {"input": {"noise_reduction": None}}


def test_the_voice_stays_from_the_first_sound_and_the_pace_while_it_speaks() -> None:
    stand = Stand(FULL)
    stand.exchange.update(dataclasses.replace(FULL, voice="cedar"))
    assert stand.sent()[0]["session"]["audio"] == {"output": {"voice": "cedar"}}
    begun(stand)
    stand.take(sound("resp_1"))
    stand.exchange.update(dataclasses.replace(FULL, voice="marin", speed=1.5))
    assert stand.sent() == []
    stand.take(done("resp_1"))
    assert stand.sent()[0]["session"]["audio"] == {"output": {"speed": 1.5}}


def test_an_update_that_was_refused_counts_as_not_told() -> None:
    stand = Stand(FULL)
    slower = dataclasses.replace(FULL, speed=0.5)
    stand.exchange.update(slower)
    (update,) = stand.sent()
    (refused,) = stand.take(error(update["event_id"]))
    assert isinstance(refused, Refused)
    assert (refused.ref, refused.error.code) == (update["event_id"], Code.REQUEST_REFUSED)
    stand.exchange.update(slower)
    assert stand.sent()[0]["session"] == update["session"]


def test_a_turn_from_its_sound_to_its_reply() -> None:
    stand = Stand()
    stand.exchange.append(SOUND)
    commit, respond = stand.exchange.commit(), stand.exchange.respond()
    assert stand.kinds() == [
        "input_audio_buffer.append",
        "input_audio_buffer.commit",
        "response.create",
    ]
    usage = {
        "input_tokens": 132,
        "input_token_details": {
            "text_tokens": 119,
            "audio_tokens": 13,
            "image_tokens": 0,
            "cached_tokens_details": {"text_tokens": 64, "audio_tokens": 3},
        },
        "output_token_details": {"text_tokens": 30, "audio_tokens": 91},
    }
    assert stand.take(
        committed(),
        created("resp_1", respond),
        text("resp_1", "Hel"),
        sound("resp_1", pcm=b"\1\2\3"),
        event(f"{WORDS}.delta", item_id="user_1", delta="hi "),
        sound("resp_1", pcm=b"\4\5\6"),
        event(f"{WORDS}.delta", item_id="user_1", delta="you"),
        event(
            f"{WORDS}.completed",
            item_id="user_1",
            transcript="Hi, you.",
            usage={"type": "duration", "seconds": 2.5},
        ),
        event(
            "response.output_audio_transcript.done",
            response_id="resp_1",
            item_id="item_1",
            transcript="Hello.",
        ),
        done("resp_1", usage=usage),
    ) == [
        Committed("user_1", commit),
        ResponseBegun("resp_1", respond),
        ResponseText("resp_1", "item_1", "Hel"),
        ResponseSound("resp_1", "item_1", b"\1\2"),
        UserWords("user_1", "hi ", final=False),
        ResponseSound("resp_1", "item_1", b"\3\4\5\6"),
        UserWords("user_1", "hi you", final=False),
        UserWords("user_1", "Hi, you.", final=True, seconds=2.5),
        ResponseText("resp_1", "item_1", "lo."),
        ResponseOver("resp_1", ResponseEnd.COMPLETED, TokenCounts(119, 13, 0, 64, 3, 0, 30, 91)),
    ]


def test_nothing_to_commit_is_known_here_and_little_gets_silence_behind_it() -> None:
    stand = Stand()
    ref = stand.exchange.commit()
    assert stand.kinds() == []
    (refused,) = stand.told()
    assert isinstance(refused, Refused)
    assert (refused.ref, refused.error.code) == (ref, Code.NOTHING_HEARD)
    stand.exchange.append(SOUND[:480])
    stand.exchange.commit()
    pieces = [base64.b64decode(one["audio"]) for one in stand.sent() if "audio" in one]
    assert b"".join(pieces) == SOUND[:480] + bytes(4320)


def test_much_sound_goes_in_pieces() -> None:
    stand = Stand()
    stand.exchange.append(SOUND * 130)
    sent = stand.sent()
    assert len(sent) == 3
    assert b"".join(base64.b64decode(one["audio"]) for one in sent) == SOUND * 130


def test_all_calls_of_a_response_come_before_its_end_and_only_once() -> None:
    stand = Stand()
    begun(stand)
    first, second = call_item("fc_1"), call_item("fc_2", "get_time")
    told = stand.take(
        event("response.output_item.added", response_id="resp_1", item=call_item("fc_1", "get")),
        event(
            "response.function_call_arguments.done",
            response_id="resp_1",
            item_id="fc_1",
            call_id="call_fc_1",
            arguments='{"city":"Paris"}',
        ),
        event("response.output_item.done", response_id="resp_1", item=first),
        done("resp_1", output=[first, second]),
    )
    assert told == [
        ResponseCall("resp_1", ToolCall("call_fc_1", "get_weather", '{"city":"Paris"}')),
        ResponseCall("resp_1", ToolCall("call_fc_2", "get_time", '{"city":"Paris"}')),
        ResponseOver("resp_1", ResponseEnd.COMPLETED),
    ]


def test_a_call_whose_name_came_only_with_its_beginning_is_told_at_the_end() -> None:
    stand = Stand()
    begun(stand)
    item = {"id": "fc_1", "type": "function_call", "status": "in_progress", "name": "get_time"}
    told = stand.take(
        event("response.output_item.added", response_id="resp_1", item=item),
        event(
            "response.function_call_arguments.done",
            response_id="resp_1",
            item_id="fc_1",
            call_id="c",
            arguments="{}",
        ),
        done("resp_1"),
    )
    assert told[0] == ResponseCall("resp_1", ToolCall("c", "get_time", "{}"))


@pytest.mark.parametrize("status", ["cancelled", "incomplete", "failed"])
def test_a_call_that_was_cut_off_is_not_told(status: str) -> None:
    stand = Stand()
    begun(stand)
    told = stand.take(
        event(
            "response.function_call_arguments.done",
            response_id="resp_1",
            item_id="fc_1",
            call_id="c",
            name="get_weather",
            arguments='{"ci',
        ),
        done("resp_1", status, output=[call_item("fc_1", status="incomplete")]),
    )
    (over,) = told
    assert isinstance(over, ResponseOver)


ENDS = [
    ("cancelled", {"reason": "turn_detected"}, ResponseEnd.INTERRUPTED),
    ("cancelled", {"reason": "client_cancelled"}, ResponseEnd.CANCELLED),
    ("incomplete", {"reason": "max_output_tokens"}, ResponseEnd.INCOMPLETE),
    ("failed", {"error": {"code": "rate_limit_exceeded"}}, ResponseEnd.FAILED),
]


@pytest.mark.parametrize(("status", "details", "end"), ENDS)
def test_how_a_response_ended(status: str, details: Json, end: ResponseEnd) -> None:
    stand = Stand()
    begun(stand)
    (over,) = stand.take(done("resp_1", status, status_details=details))
    assert isinstance(over, ResponseOver)
    assert over.end is end
    assert over.detail == (details.get("reason") or "rate_limit_exceeded")
    assert (over.error is not None) == (end is ResponseEnd.FAILED)
    if over.error is not None:
        assert over.error.code is Code.SERVER_BUSY


def test_a_response_waits_for_the_one_that_goes_on() -> None:
    stand = Stand()
    begun(stand)
    second = stand.exchange.respond()
    aside = stand.exchange.respond("Sum up.", aside=True)
    (sent,) = stand.sent()
    assert (sent["event_id"], sent["response"]["conversation"]) == (aside, "none")
    stand.take(done("resp_1"))
    assert [one["event_id"] for one in stand.sent()] == [second]


def test_one_that_the_server_begins_by_itself_is_waited_for_too() -> None:
    stand = Stand(dataclasses.replace(SETUP, turn_ends=TurnEnds.SERVER))
    assert stand.take(created("resp_1")) == [ResponseBegun("resp_1")]
    stand.exchange.respond()
    assert stand.sent() == []
    stand.take(done("resp_1"))
    assert stand.kinds() == ["response.create"]


def test_a_refused_response_is_told_with_its_ref_and_the_next_is_asked_for() -> None:
    stand = Stand()
    first, second = stand.exchange.respond(), stand.exchange.respond()
    stand.sent()
    (refused,) = stand.take(error(first, "rate_limit_exceeded"))
    assert isinstance(refused, Refused)
    assert (refused.ref, refused.error.code) == (first, Code.SERVER_BUSY)
    assert [one["event_id"] for one in stand.sent()] == [second]


@pytest.mark.parametrize("named", [True, False])
@pytest.mark.parametrize(
    "message",
    [
        "Conversation already has an active response in progress: resp_9.",
        "Cannot create response while another response is in progress or pending.",
    ],
)
def test_a_race_for_the_turn_is_no_error(message: str, named: bool) -> None:
    stand = Stand(dataclasses.replace(SETUP, turn_ends=TurnEnds.SERVER))
    ref = stand.exchange.respond()
    stand.sent()
    stand.take(created("resp_9", "another"))
    assert stand.take(error(ref if named else None, None, message)) == []
    assert stand.sent() == []
    stand.take(done("resp_9"))
    assert [one["event_id"] for one in stand.sent()] == [ref]
    assert stand.take(created("resp_10", ref)) == [ResponseBegun("resp_10", ref)]


def test_a_server_that_always_says_it_is_busy_is_asked_three_times() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    for _ in range(3):
        assert stand.kinds() == ["response.create"]
        told = stand.take(error(ref, "conversation_already_has_active_response"))
    assert stand.sent() == []
    assert [type(one) for one in told] == [Refused]


def test_an_error_without_a_cause_is_that_of_the_response_that_is_due() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    (refused,) = stand.take(error(None, None, "cannot"))
    assert isinstance(refused, Refused)
    assert refused.ref == ref


def test_races_are_told_to_nobody() -> None:
    stand = Stand()
    begun(stand)
    stand.exchange.cancel()
    (cancel,) = stand.sent()
    for told in (error(cancel["event_id"], "response_cancel_not_active"), error(None, None, "")):
        assert not any(one for one in stand.take(told) if getattr(one, "ref", "x") != "")
    stand.exchange.append(SOUND)
    ref = stand.exchange.commit()
    (refused,) = stand.take(error(None, "input_audio_buffer_commit_empty"))
    assert isinstance(refused, Refused)
    assert (refused.ref, refused.error.code) == (ref, Code.NOTHING_HEARD)


def test_after_a_cancel_only_the_end_is_told() -> None:
    stand = Stand()
    begun(stand)
    stand.take(sound("resp_1"))
    waits = stand.exchange.respond()
    stand.exchange.cancel()
    (refused,) = stand.told()
    assert isinstance(refused, Refused)
    assert (refused.ref, refused.error.code) == (waits, Code.STOPPED)
    stand.exchange.cancel("resp_1")
    assert [one.get("response_id") for one in stand.sent()] == ["resp_1"]
    told = stand.take(
        sound("resp_1"), text("resp_1", "late"), done("resp_1", "cancelled"), sound("resp_1")
    )
    assert told == [ResponseOver("resp_1", ResponseEnd.CANCELLED)]
    stand.exchange.cancel()
    assert stand.sent() == []


def test_one_that_was_asked_for_and_not_begun_can_be_cancelled() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    stand.exchange.cancel()
    assert stand.kinds() == ["response.create", "response.cancel"]
    told = stand.take(created("resp_1", ref), sound("resp_1"), done("resp_1", "cancelled"))
    assert told == [
        ResponseBegun("resp_1", ref),
        ResponseOver("resp_1", ResponseEnd.CANCELLED),
    ]


@pytest.mark.parametrize(("heard_ms", "told_ms"), [(60, 60), (5000, 200), (-3, 0)])
def test_no_more_is_truncated_than_came(heard_ms: int, told_ms: int) -> None:
    stand = Stand()
    begun(stand)
    stand.take(sound("resp_1"), sound("resp_1"))
    stand.exchange.truncate("item_1", heard_ms)
    (sent,) = stand.sent()
    assert (sent["item_id"], sent["audio_end_ms"]) == ("item_1", told_ms)
    assert stand.take(sound("resp_1")) == []
    stand.exchange.truncate("never heard of", 100)
    assert stand.sent() == []
    assert stand.take(error(sent["event_id"], None, "already shorter")) == []


def test_the_name_of_a_response_deletes_all_of_its_items() -> None:
    stand = Stand()
    begun(stand)
    stand.take(sound("resp_1", "item_1"), event("response.output_item.added", item={"id": "x"}))
    stand.exchange.delete("resp_1")
    stand.take(sound("resp_1", "item_2"), done("resp_1", output=[call_item("fc_1")]))
    assert [one["item_id"] for one in stand.sent()] == ["item_1", "x", "item_2", "fc_1"]


def test_words_of_what_was_deleted_are_not_told() -> None:
    stand = Stand()
    stand.exchange.delete("user_1")
    whole = event(f"{WORDS}.completed", item_id="user_1", transcript="hi")
    assert stand.take(whole) == []


def test_words_that_fail_and_words_that_nobody_writes() -> None:
    stand = Stand()
    failed = event(f"{WORDS}.failed", item_id="user_1", error={"code": "x", "type": "y"})
    (told,) = stand.take(failed)
    assert isinstance(told, UserWordsFailed)
    silent = Stand(words_models=())
    silent.exchange.append(SOUND)
    ref = silent.exchange.commit()
    first, second = silent.take(committed())
    assert first == Committed("user_1", ref)
    assert isinstance(second, UserWordsFailed)


def test_a_server_that_does_not_name_what_was_committed() -> None:
    item = {"id": "user_7", "role": "user", "content": [{"type": "input_audio"}]}
    for after in (
        event("conversation.item.created", item=item),
        event("conversation.item.done", item=item),
        event(f"{WORDS}.delta", item_id="user_7", delta="hi"),
    ):
        stand = Stand()
        stand.exchange.append(SOUND)
        ref = stand.exchange.commit()
        assert stand.take(committed(None)) == []
        assert stand.take(after)[0] == Committed("user_7", ref)
    stand = Stand()
    stand.exchange.append(SOUND)
    ref = stand.exchange.commit()
    before = event("conversation.item.created", item=item)
    assert stand.take(before, committed(None)) == [Committed("user_7", ref)]
    stand.exchange.append(SOUND)
    ref, asked = stand.exchange.commit(), stand.exchange.respond()
    named, _ = stand.take(committed(None), created("resp_1", asked))
    assert isinstance(named, Committed)
    assert named.ref == ref


def test_a_turn_that_the_server_ended_has_no_ref() -> None:
    stand = Stand(dataclasses.replace(SETUP, turn_ends=TurnEnds.SERVER))
    told = stand.take(
        event("input_audio_buffer.speech_started", audio_start_ms=1000, item_id="user_1"),
        event("input_audio_buffer.speech_stopped", audio_end_ms=2000, item_id="user_1"),
        committed(),
        committed(),
    )
    assert told == [SpeechHeard(True, 1000), SpeechHeard(False, 2000), Committed("user_1")]


def test_old_names_are_understood() -> None:
    stand = Stand()
    begun(stand)
    old = [
        {**text("resp_1", "Hi"), "type": "response.audio_transcript.delta"},
        {**sound("resp_1"), "type": "response.audio.delta"},
        {**text("resp_1", " you", "item_2"), "type": "response.text.delta"},
        event("response.cancelled"),
    ]
    assert stand.take(*old) == [
        ResponseText("resp_1", "item_1", "Hi"),
        ResponseSound("resp_1", "item_1", SOUND),
        ResponseText("resp_1", "item_2", " you"),
        ResponseOver("resp_1", ResponseEnd.CANCELLED),
    ]


def test_the_same_event_twice_is_one() -> None:
    stand = Stand()
    begun(stand)
    piece, end = sound("resp_1"), done("resp_1")
    told = stand.take(piece, piece, created("resp_1"), end, end, done("resp_1"))
    assert told == [
        ResponseSound("resp_1", "item_1", SOUND),
        ResponseOver("resp_1", ResponseEnd.COMPLETED),
    ]


def test_sound_before_its_response_began_is_that_of_the_one_asked_for() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    told = stand.take(sound("resp_1"), created("resp_1", ref), done("resp_1"))
    assert told == [
        ResponseBegun("resp_1", ref),
        ResponseSound("resp_1", "item_1", SOUND),
        ResponseOver("resp_1", ResponseEnd.COMPLETED),
    ]
    assert stand.take(sound("resp_stranger")) == []


def test_a_stranger_takes_no_request_over() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    junk = [sound("none"), event("response.done", response=None), event("error", error=None)]
    assert stand.take(*junk) == []
    assert stand.take(created("resp_1", ref)) == [ResponseBegun("resp_1", ref)]


def test_a_server_that_does_not_say_when_a_response_begins() -> None:
    stand = Stand()
    ref = stand.exchange.respond()
    assert stand.take(sound("resp_1"), done("resp_1")) == [
        ResponseBegun("resp_1", ref),
        ResponseSound("resp_1", "item_1", SOUND),
        ResponseOver("resp_1", ResponseEnd.COMPLETED),
    ]


def test_a_set_up_that_is_refused_loses_the_part_that_was_named() -> None:
    stand = Stand(FULL, words_models=("gpt-transcribe", "whisper-1"), prunes=True)
    exchange = stand.exchange
    exchange.is_ready = False

    def refuse(message: str) -> Json:
        exchange.take(error("setup", None, message))
        assert exchange.leave_out_refused()
        session: Json = stand.sent()[0]["session"]
        return session

    assert "noise_reduction" not in refuse("Unknown parameter: noise_reduction")["audio"]["input"]
    assert refuse("languages: not taken")["audio"]["input"]["transcription"] == {
        "model": "gpt-transcribe"
    }
    heard = refuse("transcription model is not available")["audio"]["input"]
    assert heard["transcription"] == {"model": "whisper-1"}
    assert "transcription" not in refuse("no transcription here")["audio"]["input"]
    assert refuse("semantic_vad")["audio"]["input"]["turn_detection"]["type"] == "server_vad"
    assert "truncation" not in refuse("session.truncation is unknown")
    exchange.take(error("setup", None, "You are not welcome."))
    assert not exchange.leave_out_refused()


def test_instructions_of_a_response_stand_behind_those_of_the_session() -> None:
    stand = Stand()
    stand.exchange.respond("In French.", aside=False)
    stand.exchange.respond("Sum up.", aside=True)
    asked = [one["response"] for one in stand.sent()]
    assert [one["instructions"] for one in asked] == ["Be brief.\n\nIn French.", "Sum up."]
    assert asked[1]["tool_choice"] == "none"


def test_what_is_sent_is_written_as_json_would_be() -> None:
    stand = Stand()
    stand.exchange.append(b"\1\2")
    frame = stand.exchange.wire.out[-1]
    assert json.loads(frame.text) == {
        "type": "input_audio_buffer.append",
        "event_id": json.loads(frame.text)["event_id"],
        "audio": "AQI=",
    }


def test_a_set_up_that_is_refused_late_is_told() -> None:
    stand = Stand()
    (refused,) = stand.take(error("setup", None, "no"))
    assert isinstance(refused, Refused)
    assert refused.ref == "setup"


def test_only_the_last_word_of_a_server_explains_an_end() -> None:
    stand = Stand()
    stand.take(error(None, "insufficient_quota"))
    last = stand.exchange.last_error
    assert last is not None
    assert last.code is Code.QUOTA_SPENT
    stand.take(event("rate_limits.updated"), created("resp_1"))
    assert stand.exchange.last_error is None
