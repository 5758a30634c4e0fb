from __future__ import annotations

import datetime
import errno
import socket
import ssl

import httpx2
import openai
import pytest

from app.errors import Code
from app.providers.openai import errors
from app.providers.openai.errors import Peer, retry_after_s, told_error, translate

NOW = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
PEER = Peer("host", model="m")
REQUEST = httpx2.Request("POST", "https://host/v1")


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "9" * 400}, 86400),
        ({"retry-after-ms": "250", "retry-after": "7"}, 0.25),
        ({"retry-after-ms": "x", "retry-after": "7"}, 7),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:00 GMT"}, 60),
        ({"retry-after": "Sat, 21 Nov 2026 11:59:00 GMT"}, None),
        ({"retry-after": "Sat, 21 Nov 2026 12:01:00"}, None),
    ],
)
def test_retry_after(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers, NOW) == seconds


def _from(cause: BaseException) -> Exception:
    error = openai.APIConnectionError(request=REQUEST)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (openai.APITimeoutError(REQUEST), Code.SERVER_SILENT),
        (_from(httpx2.ConnectTimeout("")), Code.SERVER_UNREACHABLE),
        (_from(httpx2.PoolTimeout("")), Code.SERVER_SILENT),
        (_from(httpx2.ConnectError("")), Code.SERVER_UNREACHABLE),
        (_from(httpx2.ProxyError("")), Code.PROXY_REFUSED),
        (_from(httpx2.ReadError("")), Code.SERVER_CUT_OFF),
        (_from(httpx2.WriteError("")), Code.SERVER_CUT_OFF),
        (_from(httpx2.UnsupportedProtocol("")), Code.SERVER_ADDRESS_INVALID),
        (_from(httpx2.TooManyRedirects("")), Code.SERVER_NOT_API),
        (_from(httpx2.DecodingError("")), Code.SERVER_NOT_API),
        (_from(ssl.SSLCertVerificationError("expired")), Code.TLS_UNTRUSTED),
        (_from(OSError("no route")), Code.SERVER_UNREACHABLE),
        (httpx2.StreamClosed(), Code.SERVER_CUT_OFF),
        (httpx2.InvalidURL("x"), Code.SERVER_ADDRESS_INVALID),
        (TimeoutError(), Code.SERVER_SILENT),
        (
            openai.APIResponseValidationError(httpx2.Response(200, request=REQUEST), body=None),
            Code.SERVER_NOT_API,
        ),
    ],
)
def test_exception_becomes_code(error: Exception, code: Code) -> None:
    assert translate(error, PEER).code is code


@pytest.mark.logs("Unforeseen in a call to host")
@pytest.mark.parametrize("error", [ValueError("x"), openai.OpenAIError("x")])
def test_what_nobody_foresaw_is_internal_and_logged(error: Exception) -> None:
    assert translate(error, PEER).code is Code.INTERNAL


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": "rate_limit_exceeded"}, Code.SERVER_BUSY),
        ({"type": "insufficient_quota"}, Code.QUOTA_SPENT),
        ({"code": "invalid_api_key"}, Code.KEY_WRONG),
        ({"code": 500, "message": "boom"}, Code.SERVER_ERROR),
        ("boom", Code.SERVER_ERROR),
        (True, Code.SERVER_ERROR),
    ],
)
def test_error_in_a_stream_becomes_code(error: object, code: Code) -> None:
    assert told_error(error, PEER).code is code


def _unresolved(reason: int) -> Exception:
    return _from(_caused(httpx2.ConnectError(""), socket.gaierror(reason, "name")))


def _caused(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


ALL_FAILED = OSError("All connection attempts failed")
ALL_FAILED.__cause__ = ExceptionGroup("several", [OSError(errno.ENETUNREACH, "no way")])


@pytest.mark.parametrize(
    ("error", "has_route", "is_near", "code"),
    [
        (_unresolved(socket.EAI_NONAME), False, False, Code.OFFLINE),
        (_unresolved(socket.EAI_NONAME), True, False, Code.SERVER_UNREACHABLE),
        (_unresolved(socket.EAI_AGAIN), True, False, Code.OFFLINE),
        (_unresolved(socket.EAI_AGAIN), True, True, Code.SERVER_UNREACHABLE),
        (_from(_caused(httpx2.ConnectError(""), ALL_FAILED)), False, False, Code.OFFLINE),
        (_from(_caused(httpx2.ConnectError(""), ALL_FAILED)), True, False, Code.SERVER_UNREACHABLE),
        (_from(ConnectionRefusedError(111, "no")), False, False, Code.SERVER_UNREACHABLE),
        (_from(httpx2.ConnectTimeout("")), False, False, Code.OFFLINE),
        (_from(httpx2.ConnectTimeout("")), False, True, Code.SERVER_UNREACHABLE),
        (_from(httpx2.ReadTimeout("")), False, False, Code.SERVER_SILENT),
    ],
)
def test_no_network_is_told_from_a_server_that_is_down(
    monkeypatch: pytest.MonkeyPatch, error: Exception, has_route: bool, is_near: bool, code: Code
) -> None:
    monkeypatch.setattr(errors, "has_route", lambda: has_route)
    assert translate(error, Peer("host", is_near=is_near)).code is code


def test_behind_a_proxy_it_is_the_proxy_that_cannot_be_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(errors, "has_route", lambda: False)
    error = translate(_from(httpx2.ConnectError("")), Peer("host", proxy="proxy:3128"))
    assert error.message == "The proxy proxy:3128 cannot be reached."


@pytest.mark.parametrize(
    ("verify_code", "code"),
    [(9, Code.TLS_EXPIRED), (10, Code.TLS_EXPIRED), (62, Code.TLS_OTHER_HOST),
     (64, Code.TLS_OTHER_HOST), (18, Code.TLS_UNTRUSTED), (20, Code.TLS_UNTRUSTED)],
)  # fmt: skip
def test_certificate_trouble_is_told_apart(verify_code: int, code: Code) -> None:
    error = ssl.SSLCertVerificationError("bad")
    error.verify_code = verify_code
    assert translate(_from(error), PEER).code is code
