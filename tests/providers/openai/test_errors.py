from __future__ import annotations

import datetime
import ssl

import httpx2
import openai
import pytest

from app.errors import Code
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
        (_from(httpx2.ConnectTimeout("")), Code.SERVER_SILENT),
        (_from(httpx2.PoolTimeout("")), Code.SERVER_SILENT),
        (_from(httpx2.ConnectError("")), Code.SERVER_UNREACHABLE),
        (_from(httpx2.ProxyError("")), Code.SERVER_UNREACHABLE),
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
