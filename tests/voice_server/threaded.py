"""The Realtime server and the one for everything else, on a thread, for tests that block."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from tests.faults.server import ApiServer
from tests.voice_server.habits import Delays, Habits
from tests.voice_server.server import VoiceServer

_T = TypeVar("_T")


class Served:
    """`voice` and `api` belong to their thread: `do` calls something there."""

    def __init__(self, habits: Habits, delays: Delays) -> None:
        self.voice = VoiceServer(habits, delays)
        self.api = ApiServer()
        self._loop = asyncio.new_event_loop()
        self._entered = threading.Event()
        self._leave = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def base_url(self) -> str:
        """What a client is given."""
        return self.api.base_url

    def do(self, act: Callable[[], _T]) -> _T:
        """Call this on the servers' thread; what it returns."""

        async def acted() -> _T:
            return act()

        return asyncio.run_coroutine_threadsafe(acted(), self._loop).result(10)

    def begin(self) -> None:
        """Serve."""
        self._thread.start()
        assert self._entered.wait(10)

    def end(self) -> None:
        """Stop, and close all connections."""
        self._loop.call_soon_threadsafe(self._leave.set)
        self._thread.join(10)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        async with self.voice, self.api:
            self.api.realtime_port = self.voice.port
            self._entered.set()
            await self._leave.wait()


@contextlib.contextmanager
def served(habits: Habits | None = None, delays: Delays | None = None) -> Iterator[Served]:
    """Both servers, as long as the context lasts."""
    both = Served(habits or Habits(), delays or Delays())
    both.begin()
    try:
        yield both
    finally:
        both.end()
