"""Every fault of a server ends in one AppError, for every way of using it, and can be cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import logging
import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatRole, Hints
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.providers.openai.responses import ResponsesModel
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
from audio.pcm import Clip
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY, PATIENT, connected
from tests.providers.openai.fault_server import Behaviour, FaultServer

SOUND = Clip(16_000, bytes(2 * 16_000))
QUESTION = [ChatMessage(ChatRole.USER, "hi")]

Use = Callable[[OpenAIClient], Awaitable[object]]


async def _chat(client: OpenAIClient) -> object:
    reply = ChatCompletionsModel(client, "llama3").reply(QUESTION, [])
    async with contextlib.aclosing(reply):
        return [chunk async for chunk in reply]


async def _respond(client: OpenAIClient) -> object:
    reply = ResponsesModel(client, "llama3").reply(QUESTION, [])
    async with contextlib.aclosing(reply):
        return [chunk async for chunk in reply]


async def _transcribe(client: OpenAIClient) -> object:
    return await OpenAITranscriber(client, "llama3").transcribe(SOUND, Hints())


async def _speak(client: OpenAIClient) -> object:
    clips = OpenAISpeech(client, "llama3", "alloy").speak("Hello there.")
    async with contextlib.aclosing(clips):
        return [clip async for clip in clips]


USES: dict[str, Use] = {
    "chat": _chat,
    "responses": _respond,
    "transcription": _transcribe,
    "speech": _speak,
}


@dataclass(frozen=True)
class Fault:
    behaviour: Behaviour
    code: Code
    calls: int = 1
    """How often a client asks: once where a retry cannot help, else three times."""
    uses: tuple[str, ...] = ("chat", "responses", "transcription", "speech")


_CHAT = ("chat",)
_SPEECH = ("speech",)
_UPLOAD = ("transcription",)
_QUOTES = "Incorrect API key provided: sk-canar************mnop. Find yours in the settings."
_NO_MODEL = "The model `llama3` does not exist or you do not have access to it."

FAULTS: dict[str, Fault] = {
    "401 quoting the key": Fault(
        faults.error(401, _QUOTES, code="invalid_api_key"), Code.KEY_WRONG
    ),
    "401 quoting all of the key": Fault(faults.error(401, f"No {KEY}"), Code.KEY_WRONG),
    "402": Fault(faults.error(402, "pay"), Code.QUOTA_SPENT),
    "403": Fault(faults.error(403, "no"), Code.ACCESS_DENIED),
    "403 as a page": Fault(faults.answer(403, faults.HTML, "text/html"), Code.SERVER_NOT_API),
    "404 model": Fault(faults.error(404, _NO_MODEL, code="model_not_found"), Code.MODEL_UNKNOWN),
    "404 model without a code": Fault(
        faults.answer(404, b'{"error": "model \'llama3\' not found, try pulling it first"}'),
        Code.MODEL_UNKNOWN,
    ),
    "404 path": Fault(faults.answer(404, b'{"detail": "Not Found"}'), Code.SERVER_NOT_API),
    "405": Fault(faults.answer(405, b""), Code.SERVER_NOT_API),
    "redirect": Fault(
        faults.answer(301, b"", location="https://elsewhere.invalid/"), Code.SERVER_NOT_API
    ),
    "400": Fault(faults.error(400, "bad"), Code.REQUEST_REFUSED),
    "413": Fault(faults.answer(413, b"too large", "text/plain"), Code.REQUEST_TOO_LARGE),
    "400 unknown model": Fault(
        faults.error(400, "no such model", code="model_not_found"), Code.MODEL_UNKNOWN
    ),
    "429 with Retry-After": Fault(
        faults.error(429, "slow", retry_after="0.01"), Code.SERVER_BUSY, calls=3
    ),
    "429 with a long Retry-After": Fault(
        faults.error(429, "slow", retry_after="600"), Code.SERVER_BUSY
    ),
    "429 as a page": Fault(faults.answer(429, faults.HTML, "text/html"), Code.SERVER_BUSY, calls=3),
    "429 quota": Fault(faults.error(429, "spent", code="insufficient_quota"), Code.QUOTA_SPENT),
    "429 billing": Fault(
        faults.error(429, "spent", code="billing_hard_limit_reached"), Code.QUOTA_SPENT
    ),
    "500 as a page": Fault(
        faults.answer(500, faults.HTML, "text/html"), Code.SERVER_ERROR, calls=3
    ),
    "503 overloaded": Fault(
        faults.error(503, "later", code="server_is_overloaded"), Code.SERVER_BUSY, calls=3
    ),
    "200 as a page": Fault(
        faults.answer(200, b"<html><body>Nothing here</body></html>", "text/html"),
        Code.SERVER_NOT_API,
    ),
    "a sign-in page": Fault(faults.answer(200, faults.HTML, "text/html"), Code.SIGN_IN_PAGE),
    "511": Fault(faults.answer(511, faults.HTML, "text/html"), Code.SIGN_IN_PAGE),
    "a way to a sign-in page": Fault(
        faults.answer(302, b"", location="http://portal.invalid/login"), Code.SIGN_IN_PAGE
    ),
    "a way to another path": Fault(faults.answer(302, b"", location="/login"), Code.SERVER_NOT_API),
    "200 as an unnamed page": Fault(faults.answer(200, faults.HTML, None), Code.SERVER_NOT_API),
    "200 with an error": Fault(
        faults.answer(200, b'{"error": {"message": "no"}}'), Code.SERVER_NOT_API
    ),
    "truncated JSON": Fault(faults.answer(200, b'{"text": "hel'), Code.SERVER_NOT_API),
    "broken gzip": Fault(
        faults.answer(200, gzip.compress(b"x" * 99)[:-20] + b"!" * 30, content_encoding="gzip"),
        Code.SERVER_NOT_API,
        uses=("transcription",),
    ),
    "not HTTP": Fault(faults.not_http, Code.SERVER_NOT_API),
    "closed without answer": Fault(faults.close_unanswered, Code.SERVER_CUT_OFF, calls=3),
    "reset without answer": Fault(faults.reset_unanswered, Code.SERVER_CUT_OFF, calls=3),
    "no answer": Fault(
        faults.hang, Code.SERVER_SILENT, calls=2, uses=("chat", "responses", "speech")
    ),
    "no answer to an upload": Fault(faults.hang, Code.SERVER_SILENT, uses=("transcription",)),
    "silent after the head": Fault(
        faults.stream([], "hang", None),
        Code.SERVER_SILENT,
        calls=2,
        uses=("chat", "responses", "speech"),
    ),
    "chat: no event": Fault(faults.stream([]), Code.SERVER_CUT_OFF, calls=3, uses=_CHAT),
    "chat: no finish mark": Fault(
        faults.stream(faults.chat("Hel", finish=None)), Code.SERVER_CUT_OFF, uses=_CHAT
    ),
    "chat: closed in the middle": Fault(
        faults.stream(faults.chat("Hel", finish=None), "close"), Code.SERVER_CUT_OFF, uses=_CHAT
    ),
    "chat: reset in the middle": Fault(
        faults.stream(faults.chat("Hel", finish=None), "reset"), Code.SERVER_CUT_OFF, uses=_CHAT
    ),
    "chat: stalls in the middle": Fault(
        faults.stream(faults.chat("Hel", finish=None), "hang"), Code.SERVER_SILENT, uses=_CHAT
    ),
    "chat: drips comments": Fault(
        faults.stream(faults.chat("Hel", finish=None), "drip"), Code.SERVER_SILENT, uses=_CHAT
    ),
    "chat: malformed event": Fault(
        faults.stream([*faults.chat("Hel", finish=None), b"data: {not json\n\n"]),
        Code.SERVER_NOT_API,
        uses=_CHAT,
    ),
    "chat: not UTF-8": Fault(
        faults.stream([b"data: \xff\xfe\n\n"]), Code.SERVER_NOT_API, uses=_CHAT
    ),
    "chat: error event": Fault(
        faults.stream([faults.event({"error": {"message": KEY, "code": "server_error"}})]),
        Code.SERVER_ERROR,
        calls=3,
        uses=_CHAT,
    ),
    "chat: quota event": Fault(
        faults.stream([faults.event({"error": {"message": "", "type": "insufficient_quota"}})]),
        Code.QUOTA_SPENT,
        uses=_CHAT,
    ),
    "chat: events that are none": Fault(
        faults.stream([faults.event([1]), faults.event(5), faults.event({"choices": 3})]),
        Code.SERVER_CUT_OFF,
        calls=3,
        uses=_CHAT,
    ),
    "speech: nothing": Fault(
        faults.stream([], content_type="audio/pcm"), Code.SERVER_CUT_OFF, calls=3, uses=_SPEECH
    ),
    "speech: a page called sound": Fault(
        faults.stream([faults.HTML], content_type="audio/pcm"), Code.SERVER_NOT_API, uses=_SPEECH
    ),
    "speech: MP3": Fault(
        faults.stream([b"ID3\x04" + bytes(99)], content_type="audio/mpeg"),
        Code.VOICE_FORMAT,
        uses=_SPEECH,
    ),
    "speech: reset in the middle": Fault(
        faults.stream([bytes(4800)], "reset", "audio/pcm"), Code.SERVER_CUT_OFF, uses=_SPEECH
    ),
    "speech: stalls in the middle": Fault(
        faults.stream([bytes(4800)], "hang", "audio/pcm"), Code.SERVER_SILENT, uses=_SPEECH
    ),
    "transcription: no text": Fault(
        faults.answer(200, b'{"words": []}'), Code.SERVER_NOT_API, uses=_UPLOAD
    ),
    "transcription: a list": Fault(faults.answer(200, b"[]"), Code.SERVER_NOT_API, uses=_UPLOAD),
    "transcription: not UTF-8": Fault(
        faults.answer(200, b'{"text": "\xff"}'), Code.SERVER_NOT_API, uses=_UPLOAD
    ),
}
CASES = [
    pytest.param(fault, use, id=f"{name}-{use}")
    for name, fault in FAULTS.items()
    for use in fault.uses
]


@pytest.mark.parametrize(("fault", "use"), CASES)
async def test_fault_becomes_one_app_error(fault: Fault, use: str) -> None:
    async with FaultServer(fault.behaviour) as server, connected(server.base_url) as client:
        with pytest.raises(AppError) as caught:
            await USES[use](client)
        assert caught.value.code is fault.code
        assert "canar" not in f"{caught.value} {caught.value.detail} {caught.value!r}"
        assert len(server.requests) == fault.calls
        expected = "llama3" if fault.code is Code.MODEL_UNKNOWN else f"127.0.0.1:{server.port}"
        assert caught.value.detail == expected


@pytest.mark.parametrize("use", USES)
async def test_refused_port_is_unreachable(use: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    async with connected(f"http://127.0.0.1:{port}/v1") as client:
        with pytest.raises(AppError) as caught:
            await USES[use](client)
    assert caught.value.code is Code.SERVER_UNREACHABLE


@pytest.mark.parametrize("use", USES)
async def test_unknown_host_is_unreachable(use: str) -> None:
    async with connected("https://nowhere.invalid/v1") as client:
        with pytest.raises(AppError) as caught:
            await USES[use](client)
    assert caught.value.code is Code.SERVER_UNREACHABLE
    assert caught.value.detail == "nowhere.invalid"


@pytest.fixture(scope="module")
def unknown_certificate(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    folder: Path = tmp_path_factory.mktemp("tls")
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        + ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
        + ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        capture_output=True,
    )
    if made.returncode != 0:
        pytest.skip("openssl cannot make a certificate here")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


@pytest.mark.parametrize("use", USES)
async def test_unknown_certificate_is_untrusted_and_sees_no_key(
    use: str, unknown_certificate: ssl.SSLContext
) -> None:
    server = FaultServer(faults.error(500, "never asked"), unknown_certificate)
    async with server, connected(server.base_url) as client:
        with pytest.raises(AppError) as caught:
            await USES[use](client)
        assert caught.value.code is Code.TLS_UNTRUSTED
        assert server.requests == []


async def test_tls_towards_a_plain_server_is_untrusted() -> None:
    async with FaultServer(faults.hang) as server:
        async with connected(f"https://127.0.0.1:{server.port}/v1") as client:
            with pytest.raises(AppError) as caught:
                await _chat(client)
    assert caught.value.code in (Code.TLS_UNTRUSTED, Code.SERVER_UNREACHABLE, Code.SERVER_CUT_OFF)


@pytest.mark.parametrize("use", USES)
async def test_a_call_that_hangs_is_cancelled_and_its_connection_closed(use: str) -> None:
    async with FaultServer(faults.hang) as server, connected(server.base_url, PATIENT) as client:
        call = asyncio.ensure_future(USES[use](client))
        await server.until(lambda: len(server.requests) == 1)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            async with asyncio.timeout(30):
                await call
        await server.until(lambda: server.ended == 1)


@pytest.mark.parametrize(
    ("use", "pieces", "kind"),
    [
        ("chat", faults.chat("Hel", finish=None), "text/event-stream"),
        ("speech", [bytes(4800)], "audio/pcm"),
    ],
)
async def test_closing_the_generator_closes_the_connection(
    use: str, pieces: list[bytes], kind: str
) -> None:
    server = FaultServer(faults.stream(pieces, "hang", kind))
    async with server, connected(server.base_url, PATIENT) as client:
        if use == "chat":
            async with contextlib.aclosing(
                ChatCompletionsModel(client, "m").reply(QUESTION, [])
            ) as reply:
                await anext(reply)
        else:
            async with contextlib.aclosing(OpenAISpeech(client, "m", "v").speak("Hi")) as clips:
                await anext(clips)
        await server.until(lambda: server.ended == 1)


async def test_a_client_that_is_closed_cuts_off_its_streams() -> None:
    server = FaultServer(faults.stream(faults.chat("Hel", finish=None), "hang"))
    async with server, connected(server.base_url, PATIENT) as client:
        async with contextlib.aclosing(
            ChatCompletionsModel(client, "m").reply(QUESTION, [])
        ) as reply:
            await anext(reply)
            await client.aclose()
            with pytest.raises(AppError) as caught:
                await anext(reply)
    assert caught.value.code is Code.SERVER_CUT_OFF


async def test_retry_after_is_told() -> None:
    behaviour = faults.error(429, "slow", retry_after="600")
    async with FaultServer(behaviour) as server, connected(server.base_url) as client:
        with pytest.raises(AppError) as caught:
            await _chat(client)
    assert caught.value.retry_after_s == 600


async def test_a_server_that_wants_a_key_says_so() -> None:
    behaviour = faults.error(401, "You didn't provide an API key")
    async with FaultServer(behaviour) as server, connected(server.base_url, key="") as client:
        with pytest.raises(AppError) as caught:
            await _chat(client)
        assert caught.value.code is Code.KEY_MISSING
        assert "authorization" not in server.requests[0].headers


async def test_a_second_call_can_succeed_where_the_first_failed() -> None:
    failed = False

    async def behave(exchange: faults.Exchange) -> None:
        nonlocal failed
        good = faults.stream(faults.chat("Hello"))
        await (good if failed else faults.error(500, "once"))(exchange)
        failed = True

    async with FaultServer(behave) as server, connected(server.base_url) as client:
        chunks = await _chat(client)
    assert isinstance(chunks, list)
    assert chunks[0].text == "Hello"


async def test_warming_up_never_fails(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for behaviour in (faults.error(401, _QUOTES), faults.hang, faults.not_http):
        async with FaultServer(behaviour) as server, connected(server.base_url) as client:
            await client.warm()
            assert {request.path for request in server.requests} == {"/v1/models"}
    async with connected("https://nowhere.invalid/v1") as client:
        await client.warm()
