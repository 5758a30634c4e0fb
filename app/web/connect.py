"""Opens a connection to a web server: the name is looked up once, checked, and exactly that IP
address is connected to, so that a second answer of the name's server cannot lead elsewhere.
"""

from __future__ import annotations

import asyncio
import base64
import functools
import itertools
import socket
import ssl
import sys
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.tools.base import ToolFailed
from app.web.address import AddressRefused, WebAddress, is_public

CONNECT_S = 8.0
MAX_TRIED = 3
"""IP addresses of one name that are tried one after another."""

_LONGEST_LINE = 65_536

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The IP addresses of a name. Raises OSError."""

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class PageFailed(ToolFailed):
    """A page could not be had; the text says why, `status` what the server answered, if it did."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


@dataclass(frozen=True, slots=True)
class Way:
    """How servers are reached. `is_allowed` judges an IP address, `proxy` names one for a host.

    `trust` makes what certificates are checked with; it may read files.
    """

    resolve: Resolve
    is_allowed: Callable[[str], bool]
    proxy: Callable[[WebAddress], str]
    trust: Callable[[], ssl.SSLContext]


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(entry[4][0]) for entry in found))


def environment_proxy(address: WebAddress) -> str:
    """The proxy that the environment names, for https alone; empty for none."""
    if address.scheme != "https" or urllib.request.proxy_bypass(address.host):
        return ""
    proxies = urllib.request.getproxies()
    return proxies.get("https", proxies.get("all", ""))


@functools.cache
def system_trust() -> ssl.SSLContext:
    """The system's certificates, and those that SSL_CERT_FILE or SSL_CERT_DIR name."""
    if sys.platform in ("darwin", "win32"):
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return ssl.create_default_context()


def public_way() -> Way:
    """The public internet alone."""
    return Way(system_resolve, is_public, environment_proxy, system_trust)


def chosen_server_way() -> Way:
    """For a server that the user named in the settings, wherever it is."""
    return Way(system_resolve, lambda _: True, environment_proxy, system_trust)


async def connected(address: WebAddress, way: Way) -> Connection:
    """A connection to the server, encrypted for https. Raises PageFailed and AddressRefused."""
    label = address.authority
    ips = await _checked_ips(address, way)
    proxy = way.proxy(address)
    try:
        context = await asyncio.to_thread(way.trust) if address.scheme == "https" else None
    except OSError as error:
        raise PageFailed("The certificates of this computer cannot be read.") from error
    last: Exception = OSError("no address")
    for ip in in_turn(ips)[:MAX_TRIED]:
        try:
            async with asyncio.timeout(CONNECT_S):
                if proxy:
                    return await _through(proxy, ip, address, context)
                return await asyncio.open_connection(
                    ip,
                    address.port,
                    ssl=context,
                    server_hostname=address.host if context else None,
                    limit=_LONGEST_LINE,
                )
        except ssl.SSLCertVerificationError as error:
            raise PageFailed(f"The certificate of {label} is not valid.") from error
        except (OSError, TimeoutError) as error:
            last = error
    raise PageFailed(f"{label} could not be reached.") from last


def in_turn(ips: Sequence[str]) -> list[str]:
    """The same, the two kinds of addresses in turn: one of them may have no way out."""
    first = [ip for ip in ips if (":" in ip) == (":" in ips[0])]
    second = [ip for ip in ips if ip not in first]
    pairs = itertools.zip_longest(first, second)
    return [ip for pair in pairs for ip in pair if ip is not None]


async def _checked_ips(address: WebAddress, way: Way) -> Sequence[str]:
    """Where the name leads. One address inside the own network among them spoils them all."""
    try:
        async with asyncio.timeout(CONNECT_S):
            ips = await way.resolve(address.host, address.port)
    except (OSError, TimeoutError, UnicodeError) as error:
        raise PageFailed(f"{address.host} was not found.") from error
    if not ips:
        raise PageFailed(f"{address.host} was not found.")
    if not all(way.is_allowed(ip) for ip in ips):
        raise AddressRefused(f"{address.host} leads into the own network, so it is not opened.")
    return ips


async def _through(
    proxy: str, ip: str, address: WebAddress, context: ssl.SSLContext | None
) -> Connection:
    """A tunnel to the checked IP address."""
    parts = urllib.parse.urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if parts.scheme != "http" or not parts.hostname:
        raise PageFailed("The proxy in the environment is of a kind that pages are not read by.")
    reader, writer = await asyncio.open_connection(
        parts.hostname, parts.port or 80, limit=_LONGEST_LINE
    )
    try:
        there = f"[{ip}]:{address.port}" if ":" in ip else f"{ip}:{address.port}"
        lines = [f"CONNECT {there} HTTP/1.1", f"Host: {there}"]
        if parts.username is not None:
            named = f"{urllib.parse.unquote(parts.username)}:"
            named += urllib.parse.unquote(parts.password or "")
            token = base64.b64encode(named.encode()).decode("ascii")
            lines.append(f"Proxy-Authorization: Basic {token}")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
        answer = await reader.readuntil(b"\r\n\r\n")
        if answer[9:12] != b"200":
            raise PageFailed("The proxy refused to open the page.")
        if context is not None:
            await writer.start_tls(context, server_hostname=address.host)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        writer.transport.abort()
        raise PageFailed("The proxy gave no answer that is understood.") from error
    except BaseException:
        writer.transport.abort()
        raise
    return reader, writer
