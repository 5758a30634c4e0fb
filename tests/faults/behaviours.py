"""How each fault is done: behaviours that are made from the right answer."""

from __future__ import annotations

import asyncio
import datetime
import email.utils
import json
from collections.abc import Callable, Sequence

from tests.faults import responses
from tests.faults.api import Answer, Call
from tests.faults.server import FaultOf
from tests.providers.openai import fault_server as wire
from tests.providers.openai.fault_server import Behaviour, Exchange

VENDOR = "vendor's own words"
"""Stands in every error text of the server; nobody must ever read it."""

_EVENT_STREAM = "text/event-stream"


def fixed(behaviour: Behaviour) -> FaultOf:
    """The same behaviour, whatever would be right."""
    return lambda whole: behaviour


def half(then: str) -> FaultOf:
    """The first half of the right answer, and then something else than its end."""

    def of(whole: Answer) -> Behaviour:
        data = b"".join(whole.pieces)
        if whole.kind == _EVENT_STREAM:
            pieces: Sequence[bytes] = whole.pieces[: len(whole.pieces) // 2]
        else:
            pieces = [data[: len(data) // 4 * 2]]
        return wire.stream(pieces, then, whole.kind)

    return of


def drip(whole: Answer) -> Behaviour:
    """A byte every two seconds: never silent for long, and never done."""

    async def behave(exchange: Exchange) -> None:
        await exchange.head(200, whole.kind)
        for byte in b"".join(whole.pieces):
            await exchange.chunk(bytes([byte]))
            await asyncio.sleep(2.0)
        await exchange.end()

    return behave


def as_kind(kind: str) -> FaultOf:
    """The right answer under another content type."""
    return lambda whole: wire.stream(whole.pieces, "end", kind)


def status(status: int, code: str | None = None, **headers: str) -> FaultOf:
    """An error of the API, in the vendor's own words."""
    return fixed(wire.error(status, VENDOR, code=code, **headers))


def oversized(whole: Answer) -> Behaviour:
    """A head that no client should read to its end."""

    async def behave(exchange: Exchange) -> None:
        await exchange.raw(b"HTTP/1.1 200 OK\r\nx-long: " + b"a" * 1_000_000 + b"\r\n\r\n")

    return behave


async def no_content(exchange: Exchange) -> None:
    """Success, and nothing in it."""
    await exchange.raw(b"HTTP/1.1 204 No content\r\n\r\n")


def spoiled(spoil: Callable[[bytes], bytes]) -> FaultOf:
    """The right answer with each piece changed."""
    return lambda whole: wire.stream([spoil(piece) for piece in whole.pieces], "end", whole.kind)


def in_the_middle(extra: bytes) -> FaultOf:
    """The right answer with something in its middle."""

    def of(whole: Answer) -> Behaviour:
        at = len(whole.pieces) // 2
        return wire.stream([*whole.pieces[:at], extra, *whole.pieces[at:]], "end", whole.kind)

    return of


def by_date() -> FaultOf:
    """Retry-After as a date, two seconds from the moment of the answer."""

    def of(whole: Answer) -> Behaviour:
        soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=2)
        date = email.utils.format_datetime(soon, usegmt=True)
        return wire.error(429, VENDOR, code="slow_down", retry_after=date)

    return of


def calling(*calls: Call) -> FaultOf:
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


def once(fault: FaultOf) -> FaultOf:
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


def ends_early(finish: str, reason: str) -> FaultOf:
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


def error_event(code: str) -> FaultOf:
    """The reply begins, and then an event tells of an error."""

    def of(whole: Answer) -> Behaviour:
        async def behave(exchange: Exchange) -> None:
            if exchange.request.path == "/v1/responses":
                pieces = responses.failed("m", code, VENDOR)
            else:
                told = {"error": {"message": VENDOR, "code": code}}
                pieces = [*whole.pieces[: len(whole.pieces) // 2], wire.event(told)]
            await wire.stream(pieces)(exchange)

        return behave

    return of


def with_nan(piece: bytes) -> bytes:
    """Numbers that JSON does not have."""
    return piece.replace(b'"created": 1,', b'"created": NaN,').replace(b"7,", b"NaN,")


def transcript(value: object) -> FaultOf:
    """This in the place of the words."""
    body = json.dumps({"text": value}).encode()
    return fixed(wire.answer(200, body))
