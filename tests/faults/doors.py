"""What can be wrong with the way to a server, before it is asked anything."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.errors import Code
from tests.faults.api import Service
from tests.faults.certificates import Authority
from tests.faults.clock import HurriedLoop
from tests.faults.server import ApiServer

NAME = "sayso.test"
_LOOPBACK = "127.0.0.1"


class Site:
    """A place for a server: name, port and certificates. What is wrong there can be put right."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.authority = Authority(folder)
        with socket.create_server((_LOOPBACK, 0)) as taken:
            self.port: int = taken.getsockname()[1]
        self.resolves = True

    @property
    def base_url(self) -> str:
        """What the app is given."""
        return f"https://{NAME}:{self.port}/v1"

    @property
    def environment(self) -> Mapping[str, str]:
        """Trusts the site's authority and no other."""
        return {"SSL_CERT_FILE": str(self.authority.path)}

    @contextlib.asynccontextmanager
    async def serving(self, tls: ssl.SSLContext) -> AsyncIterator[ApiServer]:
        """A server there that shows `tls`."""
        self._name(True)
        async with ApiServer(tls, self.port) as server:
            yield server

    @contextlib.asynccontextmanager
    async def right(self) -> AsyncIterator[ApiServer]:
        """A server there as it should be."""
        async with self.serving(self.authority.server(NAME)) as server:
            yield server

    @contextlib.asynccontextmanager
    async def plain(self) -> AsyncIterator[None]:
        """A server there that speaks plain HTTP, and says so to whoever speaks TLS."""

        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(4096)
            writer.write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")
            writer.close()

        self._name(True)
        async with await asyncio.start_server(refuse, _LOOPBACK, self.port):
            yield

    @contextlib.asynccontextmanager
    async def closed(self, *, resolves: bool = True) -> AsyncIterator[None]:
        """Nobody listens there; perhaps not even the name exists."""
        self._name(resolves)
        yield

    @contextlib.asynccontextmanager
    async def mute(self) -> AsyncIterator[None]:
        """Connections are taken, and nothing is ever said on them."""
        self._name(True)
        held: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(
            lambda _, writer: held.append(writer), _LOOPBACK, self.port
        )
        try:
            yield
        finally:
            server.close()
            for writer in held:
                writer.transport.abort()

    def _name(self, resolves: bool) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, HurriedLoop)
        loop.places = {(NAME, self.port): self.port} if resolves else {}


@dataclass(frozen=True, slots=True)
class Door:
    """One thing that is wrong, and what a person is told."""

    name: str
    codes: frozenset[Code]
    broken: Callable[[Site], contextlib.AbstractAsyncContextManager[object]]


def _stranger(site: Site) -> contextlib.AbstractAsyncContextManager[object]:
    return site.serving(Authority(site.folder / "stranger").server(NAME))


def _of(*codes: Code) -> frozenset[Code]:
    return frozenset(codes)


DOORS = (
    Door("connection refused", _of(Code.SERVER_UNREACHABLE), lambda site: site.closed()),
    Door(
        "a name that does not resolve",
        _of(Code.SERVER_UNREACHABLE),
        lambda site: site.closed(resolves=False),
    ),
    Door("an unknown authority", _of(Code.TLS_UNTRUSTED), _stranger),
    Door(
        "an expired certificate",
        _of(Code.TLS_EXPIRED),
        lambda site: site.serving(site.authority.server(NAME, expired=True)),
    ),
    Door(
        "another host's certificate",
        _of(Code.TLS_OTHER_HOST),
        lambda site: site.serving(site.authority.server("elsewhere.test")),
    ),
    Door("plain HTTP on an https port", _of(Code.TLS_UNTRUSTED), lambda site: site.plain()),
    Door(
        "silent from the first byte",
        _of(Code.SERVER_SILENT, Code.SERVER_UNREACHABLE),
        lambda site: site.mute(),
    ),
)
SERVICES = (Service.TRANSCRIPTION, Service.CHAT, Service.SPEECH)
