"""The errors of many servers, as they really look, each become one code."""

from __future__ import annotations

from typing import Any

import httpx2
import openai
import pytest

from app.errors import Code
from app.providers.openai.errors import Peer, told_error, translate
from app.providers.openai.refusals import read_refusal

PEER = Peer("host", model="m-1")
REQUEST = httpx2.Request("POST", "https://host/v1")
SDK = openai.AsyncOpenAI(api_key="none")


def _openai(code: str | None, message: str = "…", kind: str = "invalid_request_error") -> Any:
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


CASES: dict[str, tuple[int, Any, Code]] = {
    "quota": (429, _openai("insufficient_quota", kind="insufficient_quota"), Code.QUOTA_SPENT),
    "hard limit": (400, _openai("billing_hard_limit_reached"), Code.QUOTA_SPENT),
    "inactive": (429, _openai("billing_not_active"), Code.QUOTA_SPENT),
    "spend limit": (429, _openai("spend_limit_reached"), Code.QUOTA_SPENT),
    "rate": (429, _openai("rate_limit_exceeded", kind="tokens"), Code.SERVER_BUSY),
    "slow down": (503, _openai("slow_down"), Code.SERVER_BUSY),
    "overloaded": (503, _openai("server_is_overloaded"), Code.SERVER_BUSY),
    "wrong key": (401, _openai("invalid_api_key"), Code.KEY_WRONG),
    "deactivated": (401, _openai("account_deactivated"), Code.ACCOUNT_CLOSED),
    "country": (403, _openai("unsupported_country_region_territory"), Code.REGION_REFUSED),
    "rights": (403, _openai(None, "You have insufficient permissions."), Code.ACCESS_DENIED),
    "model": (404, _openai("model_not_found"), Code.MODEL_UNKNOWN),
    "retired model": (
        404,
        _openai(None, "The model `m-1` has been deprecated, learn more here: https://…"),
        Code.MODEL_UNKNOWN,
    ),
    "Groq's retired model": (400, _openai("model_decommissioned"), Code.MODEL_UNKNOWN),
    "LiteLLM model": (
        400,
        {"error": {"message": "Invalid model name passed in model=m-1.", "code": "400"}},
        Code.MODEL_UNKNOWN,
    ),
    "LiteLLM key without a database": (
        400,
        {"error": {"message": "No connected db.", "type": "no_db_connection", "code": "400"}},
        Code.KEY_WRONG,
    ),
    "context": (400, _openai("context_length_exceeded"), Code.CONVERSATION_TOO_LONG),
    "too many tokens at once": (
        429,
        _openai(None, "Request too large for m-1 on tokens per min: Limit 30000", "tokens"),
        Code.REQUEST_TOO_LARGE,
    ),
    "content": (400, _openai("content_filter"), Code.CONTENT_REFUSED),
    "upload": (413, _openai(None, "Maximum content size limit exceeded"), Code.REQUEST_TOO_LARGE),
    "long audio": (
        400,
        _openai("invalid_value", "audio duration 1600 seconds is longer than 1400 seconds"),
        Code.TAKE_TOO_LONG,
    ),
    "Azure key": (
        401,
        {"error": {"code": "401", "message": "Access denied due to invalid subscription key."}},
        Code.KEY_WRONG,
    ),
    "Azure deployment": (
        404,
        {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}},
        Code.MODEL_UNKNOWN,
    ),
    "Azure filter": (
        400,
        {
            "error": {
                "code": "content_filter",
                "message": "The response was filtered due to the content management policy.",
                "innererror": {"code": "ResponsibleAIPolicyViolation"},
            }
        },
        Code.CONTENT_REFUSED,
    ),
    "Azure path": (
        404,
        {"error": {"code": "404", "message": "Resource not found"}},
        Code.SERVER_NOT_API,
    ),
    "LiteLLM key": (
        400,
        {
            "error": {
                "message": "Authentication Error, Invalid proxy server token passed.",
                "type": "auth_error",
                "param": "None",
                "code": "400",
            }
        },
        Code.KEY_WRONG,
    ),
    "LiteLLM budget": (
        400,
        {"error": {"message": "Budget has been exceeded!", "type": "budget_exceeded"}},
        Code.QUOTA_SPENT,
    ),
    "xAI key": (400, {"code": "invalid", "error": "Incorrect API key provided: x"}, Code.KEY_WRONG),
    "Gemini key": (
        400,
        [{"error": {"code": 400, "message": "API key not valid.", "status": "INVALID_ARGUMENT"}}],
        Code.KEY_WRONG,
    ),
    "Gemini rate": (
        429,
        [
            {
                "error": {
                    "code": 429,
                    "message": "You exceeded your current quota, please check your plan and "
                    "billing details. Please retry in 34.07s.",
                    "status": "RESOURCE_EXHAUSTED",
                }
            }
        ],
        Code.SERVER_BUSY,
    ),
    "Gemini region": (
        400,
        [{"error": {"message": "User location is not supported for the API use."}}],
        Code.REGION_REFUSED,
    ),
    "Ollama model": (
        404,
        {"error": {"message": "model 'm-1' not found, try pulling it first", "type": "api_error"}},
        Code.MODEL_UNKNOWN,
    ),
    "llama.cpp loads": (
        503,
        {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}},
        Code.MODEL_LOADING,
    ),
    "llama.cpp context": (
        400,
        {"error": {"code": 400, "message": "too big", "type": "exceed_context_size_error"}},
        Code.CONVERSATION_TOO_LONG,
    ),
    "vLLM model": (
        404,
        {"object": "error", "message": "The model `m-1` does not exist.", "type": "NotFoundError"},
        Code.MODEL_UNKNOWN,
    ),
    "vLLM context": (
        400,
        {
            "object": "error",
            "message": "This model's maximum context length is 4096 tokens.",
            "type": "BadRequestError",
        },
        Code.CONVERSATION_TOO_LONG,
    ),
    "OpenRouter credit": (402, {"error": {"code": 402, "message": "x"}}, Code.QUOTA_SPENT),
    "FastAPI": (422, {"detail": [{"loc": ["body"], "msg": "missing"}]}, Code.REQUEST_REFUSED),
    "text": (500, "Internal Server Error", Code.SERVER_ERROR),
    "proxy": (407, "", Code.PROXY_REFUSED),
    "overload": (529, "", Code.SERVER_BUSY),
}


def _status_error(status: int, body: Any) -> openai.APIStatusError:
    kind = {"json": body} if not isinstance(body, str) else {"text": body}
    response = httpx2.Response(status, request=REQUEST, **kind)
    error = SDK._make_status_error_from_response(response)
    assert isinstance(error, openai.APIStatusError)
    return error


@pytest.mark.parametrize("case", CASES)
def test_a_refusal_becomes_its_code(case: str) -> None:
    status, body, code = CASES[case]
    error = translate(_status_error(status, body), PEER)
    assert error.code is code
    about_model = code in (Code.MODEL_UNKNOWN, Code.CONVERSATION_TOO_LONG)
    assert error.detail == ("m-1" if about_model else "host")


@pytest.mark.parametrize("status", [400, 401])
def test_without_a_key_a_server_wants_one(status: int) -> None:
    error = _status_error(status, _openai("invalid_api_key"))
    assert translate(error, Peer("host", has_key=False)).code is Code.KEY_MISSING


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Please try again in 20s. Visit …", 20),
        ("Please try again in 1m30.5s", 90.5),
        ("please retry in 6ms", 0.006),
        ("Please try again in 1h2m3s.", 3723),
        ("Please try again in 2m", 120),
        ("Please try again in a moment", None),
        ("Please try again in 1.2.3s", None),
        ("Slow down", None),
    ],
)
def test_a_wait_that_is_only_said(text: str, seconds: float | None) -> None:
    assert read_refusal({"message": text}).wait_s == seconds
    error = translate(_status_error(429, _openai("rate_limit_exceeded", text)), PEER)
    assert error.retry_after_s == seconds


def test_a_long_wait_is_told_as_a_time_of_day() -> None:
    error = _status_error(429, _openai("rate_limit_exceeded", "Please try again in 2h0m0s"))
    assert translate(error, PEER).hint.startswith("Try again after ")
    soon = _status_error(429, _openai("rate_limit_exceeded", "Please try again in 3s"))
    assert translate(soon, PEER).hint == "Try again in a moment."


@pytest.mark.parametrize("body", [None, 5, [], {}, {"error": None}, [[[[[["deep"]]]]]]])
def test_a_body_without_sense_says_nothing(body: Any) -> None:
    assert read_refusal(body).code is None


def test_an_error_in_a_stream_says_the_same() -> None:
    error = {"type": "error", "code": "context_length_exceeded", "message": "…"}
    assert told_error(error, PEER).code is Code.CONVERSATION_TOO_LONG
