"""Every fault by name, and what must come of it. Behaviours are made from the right answer."""

from __future__ import annotations

import asyncio
import datetime
import email.utils
import gzip
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.errors import Code
from tests.faults import responses
from tests.faults.api import Answer, Call, Service
from tests.faults.server import FaultOf
from tests.faults.whole import KEY
from tests.providers.openai import fault_server as wire
from tests.providers.openai.fault_server import HTML, Behaviour, Exchange

TRANSCRIPTION, CHAT, SPEECH = Service.TRANSCRIPTION, Service.CHAT, Service.SPEECH
ALL = (TRANSCRIPTION, CHAT, SPEECH)
STREAMS = (CHAT, SPEECH)
_EVENT_STREAM = "text/event-stream"
_VENDOR = "vendor's own words"
"""Stands in every error text of the server; nobody must ever read it."""


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


def _fixed(behaviour: Behaviour) -> FaultOf:
    return lambda whole: behaviour


def _half(then: str) -> FaultOf:
    """The first half of the right answer, and then something else than its end."""

    def of(whole: Answer) -> Behaviour:
        data = b"".join(whole.pieces)
        if whole.kind == _EVENT_STREAM:
            pieces: Sequence[bytes] = whole.pieces[: len(whole.pieces) // 2]
        else:
            pieces = [data[: len(data) // 4 * 2]]
        return wire.stream(pieces, then, whole.kind)

    return of


def _drip(whole: Answer) -> Behaviour:
    """A byte every two seconds: never silent for long, and never done."""

    async def behave(exchange: Exchange) -> None:
        await exchange.head(200, whole.kind)
        for byte in b"".join(whole.pieces):
            await exchange.chunk(bytes([byte]))
            await asyncio.sleep(2.0)
        await exchange.end()

    return behave


def _as_kind(kind: str) -> FaultOf:
    return lambda whole: wire.stream(whole.pieces, "end", kind)


def _status(status: int, code: str | None = None, **headers: str) -> FaultOf:
    return _fixed(wire.error(status, _VENDOR, code=code, **headers))


def _oversized(whole: Answer) -> Behaviour:
    async def behave(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nx-long: " + b"a" * 1_000_000 + b"\r\n\r\n")

    return behave


async def _no_content(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 204 No content\r\n\r\n")


def _spoiled(spoil: Callable[[bytes], bytes]) -> FaultOf:
    """The right answer with each piece changed."""
    return lambda whole: wire.stream([spoil(piece) for piece in whole.pieces], "end", whole.kind)


def _middle(extra: bytes) -> FaultOf:
    """The right answer with something in its middle."""

    def of(whole: Answer) -> Behaviour:
        at = len(whole.pieces) // 2
        return wire.stream([*whole.pieces[:at], extra, *whole.pieces[at:]], "end", whole.kind)

    return of


def _by_date() -> FaultOf:
    """Retry-After as a date, two seconds from the moment of the answer."""

    def of(whole: Answer) -> Behaviour:
        soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
        date = email.utils.format_datetime(soon, usegmt=True)
        return wire.error(429, _VENDOR, code="slow_down", retry_after=date)

    return of


def _calls(*calls: Call) -> FaultOf:
    """The model calls these, whatever it is asked, every time that it is asked."""

    def of(whole: Answer) -> Behaviour:
        async def behave(exchange: Exchange) -> None:
            if exchange.request.path == "/v1/responses":
                told = [(call.name, call.arguments, call.call_id) for call in calls]
                pieces = responses.call_events("m", told)
            else:
                pieces = _chat_calls(calls)
            await wire.stream(pieces)(exchange)

        return behave

    return of


def _once(fault: FaultOf) -> FaultOf:
    """Only as long as no tool's result is in the request."""

    def of(whole: Answer) -> Behaviour:
        async def behave(exchange: Exchange) -> None:
            body = exchange.request.body
            answered = b'"role":"tool"' in body.replace(b" ", b"") or b"call_output" in body
            good = wire.stream(whole.pieces, "end", whole.kind)
            await (good if answered else fault(whole))(exchange)

        return behave

    return of


def _chat_calls(calls: Sequence[Call]) -> list[bytes]:
    chunks = [wire.chat_event({"role": "assistant", "content": None})]
    for index, call in enumerate(calls):
        function = {"name": call.name, "arguments": call.arguments}
        entry = {"index": index, "id": call.call_id, "type": "function", "function": function}
        chunks.append(wire.chat_event({"tool_calls": [entry]}))
    return [*chunks, wire.chat_event({}, "tool_calls"), wire.DONE]


def _ends_early(finish: str, reason: str) -> FaultOf:
    """A reply that begins and is ended by the server for a reason."""

    def of(whole: Answer) -> Behaviour:
        async def behave(exchange: Exchange) -> None:
            if exchange.request.path == "/v1/responses":
                pieces = responses.incomplete("m", reason)
            else:
                pieces = [wire.chat_event({"role": "assistant", "content": "I have heard"})]
                pieces += [wire.chat_event({}, finish), wire.DONE]
            await wire.stream(pieces)(exchange)

        return behave

    return of


def _error_event(code: str) -> FaultOf:
    """The reply begins, and then an event tells of an error."""

    def of(whole: Answer) -> Behaviour:
        async def behave(exchange: Exchange) -> None:
            if exchange.request.path == "/v1/responses":
                pieces = responses.failed("m", code, _VENDOR)
            else:
                told = {"error": {"message": _VENDOR, "code": code}}
                pieces = [*whole.pieces[: len(whole.pieces) // 2], wire.event(told)]
            await wire.stream(pieces)(exchange)

        return behave

    return of


def _nan(piece: bytes) -> bytes:
    return piece.replace(b'"created": 1,', b'"created": NaN,').replace(b"7,", b"NaN,")


def _text(value: object) -> FaultOf:
    body = json.dumps({"text": value}).encode()
    return _fixed(wire.answer(200, body))


def _all(code: Code | None, *, once: bool = False) -> dict[Service, Expected]:
    return dict.fromkeys(ALL, Expected(code, once))


def _only(service: Service, code: Code | None, *, once: bool = False) -> dict[Service, Expected]:
    return {service: Expected(code, once)}


_BROKEN_GZIP = gzip.compress(b"x" * 99)[:-20] + b"!" * 30
_QUOTING = f"Incorrect API key provided: {KEY[:8]}****{KEY[-4:]} or {KEY}. {_VENDOR}"
_TIMER = Call("set_timer", '{"seconds": 60, "label": "tea"}')

FAULTS = (
    Fault("reset before the answer", _fixed(wire.reset_unanswered), _all(Code.SERVER_CUT_OFF)),
    Fault("closed before the answer", _fixed(wire.close_unanswered), _all(Code.SERVER_CUT_OFF)),
    Fault("takes the request and is silent", _fixed(wire.hang), _all(Code.SERVER_SILENT)),
    Fault(
        "silent after the head",
        lambda whole: wire.stream([], "hang", whole.kind),
        _all(Code.SERVER_SILENT),
    ),
    Fault("reset in the middle", _half("reset"), _all(Code.SERVER_CUT_OFF)),
    Fault("closed in the middle", _half("close"), _all(Code.SERVER_CUT_OFF)),
    Fault("silent in the middle", _half("hang"), _all(Code.SERVER_SILENT)),
    Fault("a byte every two seconds", _drip, _all(Code.SERVER_SILENT)),
    Fault("ends without its end mark", _half("end"), _only(CHAT, Code.SERVER_CUT_OFF)),
    Fault("truncated JSON", _half("end"), _only(TRANSCRIPTION, Code.SERVER_NOT_API, once=True)),
    Fault(
        "a page instead of an answer",
        _fixed(wire.answer(200, HTML, "text/html")),
        _all(Code.SIGN_IN_PAGE, once=True),
    ),
    Fault(
        "redirect",
        _fixed(wire.answer(302, b"", location="https://elsewhere.invalid/")),
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
        _fixed(_no_content),
        {
            TRANSCRIPTION: Expected(Code.SERVER_NOT_API, once=True),
            CHAT: Expected(Code.SERVER_NOT_API, once=True),
            SPEECH: Expected(Code.SERVER_CUT_OFF),
        },
    ),
    Fault(
        "another content type",
        _as_kind("text/plain"),
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
        _middle(b"data: {not json\n\n"),
        _only(CHAT, Code.SERVER_NOT_API, once=True),
    ),
    Fault("an error event", _error_event("server_error"), _only(CHAT, Code.SERVER_ERROR)),
    Fault(
        "an error event: no credit",
        _error_event("insufficient_quota"),
        _only(CHAT, Code.QUOTA_SPENT, once=True),
    ),
    Fault("400", _status(400), _all(Code.REQUEST_REFUSED, once=True)),
    Fault(
        "400 unknown option",
        _status(400, "unknown_parameter"),
        _all(Code.REQUEST_REFUSED, once=True),
    ),
    Fault("401", _status(401, "invalid_api_key"), _all(Code.KEY_WRONG, once=True)),
    Fault(
        "401 quoting the key",
        _fixed(wire.error(401, _QUOTING, code="invalid_api_key")),
        _all(Code.KEY_WRONG, once=True),
    ),
    Fault("403", _status(403), _all(Code.ACCESS_DENIED, once=True)),
    Fault("404 model", _status(404, "model_not_found"), _all(Code.MODEL_UNKNOWN, once=True)),
    Fault("404 path", _status(404), _all(Code.SERVER_NOT_API, once=True)),
    Fault("408", _status(408), _all(Code.SERVER_SILENT)),
    Fault("409", _status(409), _all(Code.REQUEST_REFUSED, once=True)),
    Fault("413", _status(413), _all(Code.REQUEST_TOO_LARGE, once=True)),
    Fault("422", _status(422), _all(Code.REQUEST_REFUSED, once=True)),
    Fault("429 after 1 s", _status(429, "slow_down", retry_after="1"), _all(Code.SERVER_BUSY)),
    Fault("429 until a date", _by_date(), _all(Code.SERVER_BUSY)),
    Fault(
        "429 after 600 s",
        _status(429, "slow_down", retry_after="600"),
        _all(Code.SERVER_BUSY, once=True),
    ),
    Fault("429", _status(429, "slow_down"), _all(Code.SERVER_BUSY)),
    Fault("429 no credit", _status(429, "insufficient_quota"), _all(Code.QUOTA_SPENT, once=True)),
    Fault("500 as a page", _fixed(wire.answer(500, HTML, "text/html")), _all(Code.SERVER_ERROR)),
    Fault("500", _status(500), _all(Code.SERVER_ERROR)),
    Fault("502", _status(502), _all(Code.SERVER_ERROR)),
    Fault("503 overloaded", _status(503, "server_is_overloaded"), _all(Code.SERVER_BUSY)),
    Fault("503 after 1 s", _status(503, retry_after="1"), _all(Code.SERVER_ERROR)),
    Fault("504", _status(504), _all(Code.SERVER_ERROR)),
    Fault("a header of 1 MB", _oversized, _all(Code.SERVER_NOT_API, once=True)),
    Fault(
        "not UTF-8",
        _spoiled(lambda piece: piece.replace(b"number", b"n\xffmber").replace(b"heard", b"h\xff")),
        {
            TRANSCRIPTION: Expected(Code.SERVER_NOT_API, once=True),
            CHAT: Expected(Code.SERVER_NOT_API, once=True),
        },
    ),
    Fault("not a number", _spoiled(_nan), _only(CHAT, None)),
    Fault("PCM with an odd byte", _middle(b"\x01"), _only(SPEECH, None)),
    Fault(
        "MP3 instead of PCM",
        lambda whole: wire.stream([b"ID3\x04" + bytes(99)], "end", "audio/mpeg"),
        _only(SPEECH, Code.VOICE_FORMAT, once=True),
    ),
    Fault("a transcript of no words", _text(""), _only(TRANSCRIPTION, Code.NOT_UNDERSTOOD)),
    Fault(
        "a transcript that is null",
        _text(None),
        _only(TRANSCRIPTION, Code.SERVER_NOT_API, once=True),
    ),
    Fault(
        "a transcript that is NaN",
        _text(float("nan")),
        _only(TRANSCRIPTION, Code.SERVER_NOT_API, once=True),
    ),
    Fault(
        "a tool call of broken JSON",
        _once(_calls(Call("set_timer", '{"seconds": 6'))),
        _only(CHAT, None),
    ),
    Fault("an unknown tool", _once(_calls(Call("launch_rocket", "{}"))), _only(CHAT, None)),
    Fault(
        "two tool calls of one id",
        _once(_calls(_TIMER, Call("current_time", "{}"))),
        _only(CHAT, None),
    ),
    Fault(
        "tool calls without end", _calls(Call("current_time", "{}")), _only(CHAT, Code.TOOL_LIMIT)
    ),
    Fault("ends for length", _ends_early("length", "max_output_tokens"), _only(CHAT, None)),
    Fault("content filter", _ends_early("content_filter", "content_filter"), _only(CHAT, None)),
)
BY_NAME = {fault.name: fault for fault in FAULTS}
