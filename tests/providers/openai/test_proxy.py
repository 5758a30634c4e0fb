"""Through a proxy and with certificates of one's own, as companies have them."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.errors import AppError, Code
from app.providers.base import ChatMessage, ChatRole
from app.providers.openai.chat_completions import ChatCompletionsModel
from tests.faults.certificates import Authority
from tests.providers.openai import fault_server as faults
from tests.providers.openai.connection import KEY, connected
from tests.providers.openai.fault_server import FaultServer

HOST = "api.example.test"
HELLO = faults.stream(faults.chat("Hello"))


class ConnectProxy:
    """Takes CONNECT and leads every name to one port of this computer, or refuses with `status`."""

    def __init__(self, to_port: int, status: int = 200) -> None:
        self.asked: list[str] = []
        self.heads: list[bytes] = []
        self._to_port = to_port
        self._status = status
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> ConnectProxy:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            self.heads.append(head)
            self.asked.append(head.split(b" ")[1].decode())
            writer.write(f"HTTP/1.1 {self._status} Told\r\n\r\n".encode())
            if self._status == 200:
                there, back = await asyncio.open_connection("127.0.0.1", self._to_port)
                await asyncio.gather(_pump(reader, back), _pump(there, writer))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder: Path = tmp_path_factory.mktemp("authority")
    return Authority(folder)


async def _said(base_url: str) -> str:
    async with connected(base_url) as client:
        reply = ChatCompletionsModel(client, "m").reply([ChatMessage(ChatRole.USER, "hi")], [])
        async with contextlib.aclosing(reply):
            return "".join([getattr(chunk, "text", "") async for chunk in reply])


async def _trouble(base_url: str) -> AppError:
    with pytest.raises(AppError) as caught:
        await _said(base_url)
    assert "canar" not in f"{caught.value} {caught.value.hint}"
    return caught.value


@contextlib.asynccontextmanager
async def _proxied(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, *, status: int = 200, sign_in: str = ""
) -> AsyncIterator[tuple[ConnectProxy, FaultServer]]:
    async with (
        FaultServer(HELLO, authority.server(HOST)) as server,
        ConnectProxy(server.port, status) as proxy,
    ):
        for name in ("NO_PROXY", "no_proxy", "https_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://{sign_in}127.0.0.1:{proxy.port}")
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
        yield proxy, server


async def test_a_proxy_carries_what_it_cannot_read(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    async with _proxied(monkeypatch, authority, sign_in="me:pass@") as (proxy, server):
        assert await _said(f"https://{HOST}/v1") == "Hello"
        assert proxy.asked == [f"{HOST}:443"]
        assert base64.b64encode(b"me:pass") in proxy.heads[0]
        assert KEY.encode() not in b"".join(proxy.heads)
        assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


async def test_no_proxy_is_heeded(monkeypatch: pytest.MonkeyPatch, authority: Authority) -> None:
    async with _proxied(monkeypatch, authority) as (proxy, _):
        async with FaultServer(HELLO, authority.server("127.0.0.1")) as direct:
            monkeypatch.setenv("NO_PROXY", "127.0.0.1")
            assert await _said(direct.base_url) == "Hello"
        assert proxy.asked == []


async def test_plain_http_goes_past_the_proxy(
    monkeypatch: pytest.MonkeyPatch, authority: Authority
) -> None:
    async with _proxied(monkeypatch, authority) as (proxy, _), FaultServer(HELLO) as plain:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert await _said(plain.base_url) == "Hello"
        assert proxy.asked == []


@pytest.mark.parametrize("status", [403, 407, 502])
async def test_a_proxy_that_refuses_is_named(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, status: int
) -> None:
    async with _proxied(monkeypatch, authority, status=status) as (proxy, server):
        error = await _trouble(f"https://{HOST}/v1")
        assert (error.code, error.detail) == (Code.PROXY_REFUSED, HOST)
        assert len(proxy.asked) == 1
        assert server.requests == []


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_an_authority_of_ones_own_is_trusted(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, tmp_path: Path, variable: str
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    async with FaultServer(HELLO, authority.server("127.0.0.1")) as server:
        assert (await _trouble(server.base_url)).code is Code.TLS_UNTRUSTED
        if variable == "SSL_CERT_FILE":
            monkeypatch.setenv(variable, str(authority.path))
        else:
            _hashed(authority.path, tmp_path)
            monkeypatch.setenv(variable, str(tmp_path))
        assert await _said(server.base_url) == "Hello"


@pytest.mark.parametrize(
    ("name", "expired", "code"),
    [("127.0.0.1", True, Code.TLS_EXPIRED), ("other.test", False, Code.TLS_OTHER_HOST)],
)
async def test_what_is_wrong_with_a_certificate_is_told(
    monkeypatch: pytest.MonkeyPatch, authority: Authority, name: str, expired: bool, code: Code
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))
    async with FaultServer(HELLO, authority.server(name, expired=expired)) as server:
        error = await _trouble(server.base_url)
        assert (error.code, error.detail) == (code, f"127.0.0.1:{server.port}")
        assert server.requests == []


def _hashed(certificate: Path, folder: Path) -> None:
    """Put a certificate where OpenSSL finds it in a directory: under the hash of its name."""
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    (folder / f"{done.stdout.strip()}.0").write_bytes(certificate.read_bytes())
