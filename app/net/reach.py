"""Whether this computer has a way to other networks, whether a server can be reached, and how."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import urllib.request
from pathlib import Path

from app.net.address import ServerAddress

_ROUTES = Path("/proc/net/route")
_ROUTES_6 = Path("/proc/net/ipv6_route")
_DOCUMENTATION = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


def has_route() -> bool:
    """Whether there is a way to other networks at all. Sends nothing."""
    try:
        return has_default_route(_ROUTES.read_text("ascii"), _read(_ROUTES_6))
    except OSError:
        return any(_can_address(family, host) for family, host in _DOCUMENTATION)


def has_default_route(routes: str, routes_6: str) -> bool:
    """Read Linux's tables of routes: whether one of them leads everywhere."""
    for line in routes.splitlines()[1:]:
        fields = line.split()
        if len(fields) > 7 and fields[1] == "00000000" and fields[7] in ("00000000", "00000080"):
            return True
    for line in routes_6.splitlines():
        fields = line.split()
        if len(fields) > 9 and set(fields[0]) == {"0"} and fields[1] == "00" and fields[9] != "lo":
            return True
    return False


def proxy_of(address: ServerAddress) -> str:
    """The proxy that the environment names for this server, as `http://host:port`; or empty.

    Plain http never goes through one.
    """
    if address.scheme != "https" or urllib.request.proxy_bypass(address.host):
        return ""
    proxies = urllib.request.getproxies()
    return proxies.get("https", proxies.get("all", ""))


def label_of_proxy(proxy: str) -> str:
    """Host and port of a proxy, without credentials."""
    return proxy.rpartition("://")[2].rpartition("@")[2].rstrip("/")


async def answers(host: str, port: int, within_s: float) -> bool:
    """Whether something takes a connection there; it is closed at once."""
    try:
        async with asyncio.timeout(within_s):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


def _read(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("ascii")
    return ""


def _can_address(family: socket.AddressFamily, host: str) -> bool:
    """Whether the system would know where to send to; a datagram socket sends nothing yet."""
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((host, 9))
    except OSError:
        return False
    return True
