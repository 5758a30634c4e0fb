"""Notices that a server which failed is there again. Nothing is asked while nothing failed.

Core thread; one task for each server that is watched.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.errors import AppError, Code
from app.net.address import parse_origin
from app.net.policy import RETRIED
from app.net.reach import answers, proxy_of

_log = logging.getLogger(__name__)

UNREACHED = frozenset({Code.OFFLINE, Code.SERVER_UNREACHABLE})
"""Trouble whose end a mere connection proves."""

Spawn = Callable[[Awaitable[None], str], asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class WatchPace:
    """Seconds between two looks: the first wait, how it grows, and the longest.

    The first wait doubles, up to `longest_first_s`, each time the server fails again at once.
    """

    first_s: float = 2.0
    growth: float = 1.5
    longest_s: float = 30.0
    longest_first_s: float = 300.0
    connect_s: float = 5.0


class ReturnWatch:
    """`on_back(server)` is called once a server that failed takes connections again.

    Where it had taken them all along, because it was busy or silent, that is merely after
    `rest_s(server)`: worth another try. `spawn` owns the tasks.
    """

    def __init__(
        self,
        spawn: Spawn,
        on_back: Callable[[str], None],
        rest_s: Callable[[str], float],
        pace: WatchPace = WatchPace(),
    ) -> None:
        self._spawn = spawn
        self._on_back = on_back
        self._rest_s = rest_s
        self._pace = pace
        self._watched: dict[str, asyncio.Task[None]] = {}
        self._first_s: dict[str, float] = {}

    @property
    def watched(self) -> frozenset[str]:
        """The servers that are watched now."""
        return frozenset(self._watched)

    def failed(self, server: str, error: AppError) -> None:
        """Watch it from now on, unless it is watched already or will not heal by itself."""
        if server in self._watched or error.code not in RETRIED:
            return
        first_s = self._first_s.get(server, self._pace.first_s)
        self._first_s[server] = min(self._pace.longest_first_s, 2 * first_s)
        watch = self._watch(server, error.code, first_s)
        self._watched[server] = self._spawn(watch, f"watch {server}")

    def works(self, server: str) -> None:
        """It was used with success: there is nothing to watch."""
        self._first_s.pop(server, None)
        task = self._watched.pop(server, None)
        if task is not None:
            task.cancel()

    async def _watch(self, server: str, code: Code, first_s: float) -> None:
        if code in UNREACHED:
            await self._until_it_answers(server, first_s)
        else:
            await asyncio.sleep(max(first_s, self._rest_s(server)))
        self._watched.pop(server, None)
        _log.info("%s may be there again", server)
        self._on_back(server)

    async def _until_it_answers(self, server: str, wait_s: float) -> None:
        pace = self._pace
        host, port = _first_hop(server)
        while True:
            await asyncio.sleep(wait_s)
            if await answers(host, port, pace.connect_s):
                return
            wait_s = min(max(pace.longest_s, wait_s), wait_s * pace.growth)


def _first_hop(server: str) -> tuple[str, int]:
    """Where a connection to the server begins: there, or at the proxy on the way."""
    address = parse_origin(server)
    proxy = urlsplit(proxy_of(address))
    if proxy.hostname is None:
        return address.host, address.port
    return proxy.hostname, proxy.port or 80
