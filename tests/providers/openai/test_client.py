from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from app.errors import AppError, Code
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.secrets import Secret
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY, TIRELESS, connected, served
from tests.providers.openai.fault_server import FaultServer

MODELS = faults.answer(200, b'{"object": "list", "data": []}')


@pytest.mark.parametrize(
    ("address", "key", "code"),
    [
        ("", KEY, Code.SERVER_ADDRESS_INVALID),
        ("api.openai.com", KEY, Code.SERVER_ADDRESS_INVALID),
        ("https://user:pass@host/v1", "", Code.SERVER_ADDRESS_INVALID),
        ("http://example.com/v1", KEY, Code.KEY_NEEDS_HTTPS),
        ("http://8.8.8.8/v1", KEY, Code.KEY_NEEDS_HTTPS),
        ("https://example.com/v1", "two words", Code.KEY_WRONG),
        ("https://example.com/v1", "line\nbreak", Code.KEY_WRONG),
        ("https://example.com/v1", "schlüssel", Code.KEY_WRONG),
    ],
)
def test_bad_address_or_key_is_refused_at_once(address: str, key: str, code: Code) -> None:
    with pytest.raises(AppError) as caught:
        OpenAIClient(address, Secret(key))
    assert caught.value.code is code
    assert KEY not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["http://localhost:11434/v1", "http://192.168.1.5/v1", "http://nas:8000", "http://a.lan"],
)
def test_a_key_may_go_over_plain_http_nearby(address: str) -> None:
    assert OpenAIClient(address, Secret(KEY)).peer().has_key


def test_without_a_key_plain_http_may_go_anywhere() -> None:
    assert not OpenAIClient("http://example.com/v1", Secret("")).peer().has_key


async def test_only_our_key_and_headers_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-from-the-environment")
    monkeypatch.setenv("OPENAI_ADMIN_KEY", "sk-admin-of-the-environment")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Extra: sk-extra\nAuthorization: Bearer sk-other")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    for key, expected in ((KEY, f"Bearer {KEY}"), ("", None)):
        async with served(MODELS, key=key) as (client, server):
            await client.warm()
            headers = server.requests[0].headers
        assert headers.get("authorization") == expected
        told = {value for value in headers.values() if "secret" in value or "sk-" in value}
        assert told == ({expected} if expected else set())


@pytest.mark.parametrize("to", ["elsewhere", "the same server"])
async def test_a_redirect_is_not_followed(to: str) -> None:
    async with FaultServer(MODELS) as elsewhere:
        root = elsewhere.base_url if to == "elsewhere" else "/v1"
        async with served(faults.answer(307, b"", location=f"{root}/models")) as (client, server):
            await client.warm()
            assert len(server.requests) == 2
        assert elsewhere.requests == []


async def test_no_request_leaves_for_another_host() -> None:
    async with FaultServer(MODELS) as elsewhere, served(MODELS) as (client, _):
        sdk = await client.sdk()
        with pytest.raises(AppError) as caught:
            await sdk.get(f"{elsewhere.base_url}/models", cast_to=object)
        assert caught.value.code is Code.KEY_FOR_OTHER_HOST
        assert elsewhere.requests == []


@pytest.mark.logs("cannot be used")
@pytest.mark.parametrize(
    ("name", "value", "code", "detail"),
    [
        ("HTTPS_PROXY", "socks5://127.0.0.1:9", Code.PROXY_INVALID, "HTTPS_PROXY"),
        ("HTTPS_PROXY", "gopher://127.0.0.1:9", Code.PROXY_INVALID, "HTTPS_PROXY"),
        ("HTTPS_PROXY", "http://127.0.0.1:port", Code.PROXY_INVALID, "HTTPS_PROXY"),
        (
            "HTTPS_PROXY",
            "http://me:secret@127.0.0.1:9",
            Code.SERVER_UNREACHABLE,
            "The proxy 127.0.0.1:9",
        ),
        (
            "SSL_CERT_FILE",
            "/nonexistent/ca.pem",
            Code.CERTIFICATES_UNREADABLE,
            "SSL_CERT_FILE",
        ),
        ("SSL_CERT_FILE", __file__, Code.CERTIFICATES_UNREADABLE, "SSL_CERT_FILE"),
    ],
)
async def test_a_bad_environment_is_an_app_error(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, code: Code, detail: str
) -> None:
    monkeypatch.setenv(name, value)
    client = OpenAIClient("https://nowhere.invalid/v1", policies=TIRELESS)
    await client.warm()
    with pytest.raises(AppError) as caught:
        await anext(ChatCompletionsModel(client, "m").reply([], []))
    assert (caught.value.code, caught.value.detail) == (code, detail)
    await client.aclose()


async def test_the_library_is_made_once() -> None:
    async with connected("http://127.0.0.1:9/v1") as client:
        first, second = await asyncio.gather(client.sdk(), client.sdk())
        assert first is second


async def test_a_closed_client_opens_again() -> None:
    async with served(MODELS) as (client, server):
        await client.warm()
        await client.aclose()
        await client.warm()
        assert len(server.requests) == 4


async def test_warming_up_opens_two_connections_at_once_and_none_while_they_are_warm() -> None:
    arrived, ports = asyncio.Event(), set()

    async def behave(exchange: faults.Exchange) -> None:
        ports.add(exchange.peer_port)
        if len(ports) == 2:
            arrived.set()
        await arrived.wait()
        await MODELS(exchange)

    async with served(behave) as (client, server):
        await asyncio.gather(client.warm(), client.warm(), client.warm())
        await client.warm()
        assert len(ports) == len(server.requests) == 2


def test_the_library_is_not_loaded_before_it_is_needed() -> None:
    code = (
        "import sys, app.providers.openai.chat_completions, app.providers.openai.speech\n"
        "import app.providers.openai.transcriber, app.providers.registry, app.secrets\n"
        "from app.providers.openai.client import OpenAIClient\n"
        "OpenAIClient('https://api.openai.com/v1')\n"
        "print(sorted({'openai', 'httpx2', 'keyring'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
