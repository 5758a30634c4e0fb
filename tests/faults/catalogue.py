"""Every fault by name, and what must come of it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from dataclasses import dataclass

from app.errors import Code
from tests.faults.api import Call, Service
from tests.faults.behaviours import (
    VENDOR,
    as_kind,
    by_date,
    calling,
    drip,
    ends_early,
    error_event,
    fixed,
    half,
    in_the_middle,
    no_content,
    once,
    oversized,
    spoiled,
    status,
    transcript,
    with_nan,
)
from tests.faults.server import FaultOf
from tests.providers.openai import fault_server as wire
from tests.providers.openai.connection import KEY
from tests.providers.openai.fault_server import HTML

TRANSCRIPTION, CHAT, SPEECH = Service.TRANSCRIPTION, Service.CHAT, Service.SPEECH
ALL = (TRANSCRIPTION, CHAT, SPEECH)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a person is told (no code: nothing), and how often a request may be made.

    `once` is for faults that no second try can help.
    """

    code: Code | None
    once: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that a server can do wrong."""

    name: str
    of: FaultOf
    expected: Mapping[Service, Expected]


def _all(code: Code | None, *, once: bool = False) -> dict[Service, Expected]:
    return dict.fromkeys(ALL, Expected(code, once))


def _only(service: Service, code: Code | None, *, once: bool = False) -> dict[Service, Expected]:
    return {service: Expected(code, once)}


_BROKEN_GZIP = gzip.compress(b"x" * 99)[:-20] + b"!" * 30
_QUOTING = f"Incorrect API key provided: {KEY[:8]}****{KEY[-4:]} or {KEY}. {VENDOR}"
_TIMER = Call("set_timer", '{"seconds": 60, "label": "tea"}')

FAULTS = (
    Fault("reset before the answer", fixed(wire.reset_unanswered), _all(Code.SERVER_CUT_OFF)),
    Fault("closed before the answer", fixed(wire.close_unanswered), _all(Code.SERVER_CUT_OFF)),
    Fault("takes the request and is silent", fixed(wire.hang), _all(Code.SERVER_SILENT)),
    Fault(
        "silent after the head",
        lambda whole: wire.stream([], "hang", whole.kind),
        _all(Code.SERVER_SILENT),
    ),
    Fault("reset in the middle", half("reset"), _all(Code.SERVER_CUT_OFF)),
    Fault("closed in the middle", half("close"), _all(Code.SERVER_CUT_OFF)),
    Fault("silent in the middle", half("hang"), _all(Code.SERVER_SILENT)),
    Fault("a byte every two seconds", drip, _all(Code.SERVER_SILENT)),
    Fault("ends without its end mark", half("end"), _only(CHAT, Code.SERVER_CUT_OFF)),
    Fault("truncated JSON", half("end"), _only(TRANSCRIPTION, Code.SERVER_NOT_API, once=True)),
    Fault(
        "a page instead of an answer",
        fixed(wire.answer(200, HTML, "text/html")),
        _all(Code.SIGN_IN_PAGE, once=True),
    ),
    Fault(
        "redirect",
        fixed(wire.answer(302, b"", location="https://elsewhere.invalid/")),
        _all(Code.SIGN_IN_PAGE, once=True),
    ),
    Fault(
        "200 with nothing",
        lambda whole: wire.stream([], "end", whole.kind),
        {
            TRANSCRIPTION: Expected(Code.SERVER_NOT_API, once=True),
            CHAT: Expected(Code.SERVER_CUT_OFF),
            SPEECH: Expected(Code.SERVER_CUT_OFF),
        },
    ),
    Fault(
        "204",
        fixed(no_content),
        {
            TRANSCRIPTION: Expected(Code.SERVER_NOT_API, once=True),
            CHAT: Expected(Code.SERVER_NOT_API, once=True),
            SPEECH: Expected(Code.SERVER_CUT_OFF),
        },
    ),
    Fault(
        "another content type",
        as_kind("text/plain"),
        {
            TRANSCRIPTION: Expected(None),
            CHAT: Expected(None),
            SPEECH: Expected(Code.SERVER_NOT_API, once=True),
        },
    ),
    Fault(
        "broken gzip",
        lambda whole: wire.answer(200, _BROKEN_GZIP, whole.kind, content_encoding="gzip"),
        _all(Code.SERVER_NOT_API, once=True),
    ),
    Fault(
        "an event that is no JSON",
        in_the_middle(b"data: {not json\n\n"),
        _only(CHAT, Code.SERVER_NOT_API, once=True),
    ),
    Fault("an error event", error_event("server_error"), _only(CHAT, Code.SERVER_ERROR)),
    Fault(
        "an error event: no credit",
        error_event("insufficient_quota"),
        _only(CHAT, Code.QUOTA_SPENT, once=True),
    ),
    Fault("400", status(400), _all(Code.REQUEST_REFUSED, once=True)),
    Fault(
        "400 unknown option",
        status(400, "unknown_parameter"),
        _all(Code.REQUEST_REFUSED, once=True),
    ),
    Fault("401", status(401, "invalid_api_key"), _all(Code.KEY_WRONG, once=True)),
    Fault(
        "401 quoting the key",
        fixed(wire.error(401, _QUOTING, code="invalid_api_key")),
        _all(Code.KEY_WRONG, once=True),
    ),
    Fault("403", status(403), _all(Code.ACCESS_DENIED, once=True)),
    Fault("404 model", status(404, "model_not_found"), _all(Code.MODEL_UNKNOWN, once=True)),
    Fault("404 path", status(404), _all(Code.SERVER_NOT_API, once=True)),
    Fault("408", status(408), _all(Code.SERVER_SILENT)),
    Fault("409", status(409), _all(Code.REQUEST_REFUSED, once=True)),
    Fault("413", status(413), _all(Code.REQUEST_TOO_LARGE, once=True)),
    Fault("422", status(422), _all(Code.REQUEST_REFUSED, once=True)),
    Fault("429 after 1 s", status(429, "slow_down", retry_after="1"), _all(Code.SERVER_BUSY)),
    Fault("429 until a date", by_date(), _all(Code.SERVER_BUSY)),
    Fault(
        "429 after 600 s",
        status(429, "slow_down", retry_after="600"),
        _all(Code.SERVER_BUSY, once=True),
    ),
    Fault("429", status(429, "slow_down"), _all(Code.SERVER_BUSY)),
    Fault("429 no credit", status(429, "insufficient_quota"), _all(Code.QUOTA_SPENT, once=True)),
    Fault("500 as a page", fixed(wire.answer(500, HTML, "text/html")), _all(Code.SERVER_ERROR)),
    Fault("500", status(500), _all(Code.SERVER_ERROR)),
    Fault("502", status(502), _all(Code.SERVER_ERROR)),
    Fault("503 overloaded", status(503, "server_is_overloaded"), _all(Code.SERVER_BUSY)),
    Fault("503 after 1 s", status(503, retry_after="1"), _all(Code.SERVER_ERROR)),
    Fault("504", status(504), _all(Code.SERVER_ERROR)),
    Fault("a header of 1 MB", oversized, _all(Code.SERVER_NOT_API, once=True)),
    Fault(
        "not UTF-8",
        spoiled(lambda piece: piece.replace(b"number", b"n\xffmber").replace(b"heard", b"h\xff")),
        {
            TRANSCRIPTION: Expected(Code.SERVER_NOT_API, once=True),
            CHAT: Expected(Code.SERVER_NOT_API, once=True),
        },
    ),
    Fault("not a number", spoiled(with_nan), _only(CHAT, None)),
    Fault("PCM with an odd byte", in_the_middle(b"\x01"), _only(SPEECH, None)),
    Fault(
        "MP3 instead of PCM",
        lambda whole: wire.stream([b"ID3\x04" + bytes(99)], "end", "audio/mpeg"),
        _only(SPEECH, Code.VOICE_FORMAT, once=True),
    ),
    Fault("a transcript of no words", transcript(""), _only(TRANSCRIPTION, Code.NOT_UNDERSTOOD)),
    Fault(
        "a transcript that is null",
        transcript(None),
        _only(TRANSCRIPTION, Code.SERVER_NOT_API, once=True),
    ),
    Fault(
        "a transcript that is NaN",
        transcript(float("nan")),
        _only(TRANSCRIPTION, Code.SERVER_NOT_API, once=True),
    ),
    Fault(
        "a tool call of broken JSON",
        once(calling(Call("set_timer", '{"seconds": 6'))),
        _only(CHAT, None),
    ),
    Fault("an unknown tool", once(calling(Call("launch_rocket", "{}"))), _only(CHAT, None)),
    Fault(
        "two tool calls of one id",
        once(calling(_TIMER, Call("current_time", "{}"))),
        _only(CHAT, None),
    ),
    Fault(
        "tool calls without end", calling(Call("current_time", "{}")), _only(CHAT, Code.TOOL_LIMIT)
    ),
    Fault(
        "ends for length",
        ends_early("length", "max_output_tokens"),
        _only(CHAT, Code.REPLY_TOO_LONG),
    ),
    Fault(
        "content filter",
        ends_early("content_filter", "content_filter"),
        _only(CHAT, Code.CONTENT_REFUSED),
    ),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
