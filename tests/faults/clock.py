"""An event loop whose waiting passes faster than real time; working takes as long as it takes.

Deadlines, back-offs and countdowns keep their own lengths on the loop's clock, so what a person
would have waited for can be read from it.
"""

from __future__ import annotations

import asyncio
import selectors
import socket
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

SPEED = 40.0
"""Seconds on the loop's clock for each second of waiting."""

_LOOPBACK = "127.0.0.1"

T = TypeVar("T")


class _HurriedSelector(selectors.DefaultSelector):
    """Waits a fraction of what it is asked to, and notes what it left out."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self.left_out_s = 0.0
        self.threads_at_work = 0
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if self.threads_at_work:
            return super().select(timeout)
        real_timeout = timeout / self._speed if timeout is not None and timeout > 0 else timeout
        began = time.monotonic()
        ready = super().select(real_timeout)
        waited_s = time.monotonic() - began
        passed_s = waited_s * self._speed
        # A computer that was busy elsewhere must not let a deadline pass.
        if timeout is not None:
            passed_s = max(waited_s, min(passed_s, timeout))
        self.left_out_s += passed_s - waited_s
        return ready


class HurriedLoop(asyncio.SelectorEventLoop):
    """`time()` runs `speed` times as fast while the loop waits, but not for a thread's work."""

    def __init__(self, speed: float = SPEED) -> None:
        self._hurried = _HurriedSelector(speed)
        super().__init__(self._hurried)
        self.places: dict[tuple[str, int], int] = {}
        """Names and ports of servers of these tests, and where on loopback they are."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        """The clock does not hurry before it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._hurried.threads_at_work += 1
        future.add_done_callback(self._on_done)
        return future

    def _on_done(self, _: object) -> None:
        self._hurried.threads_at_work -= 1

    async def getaddrinfo(self, host: Any, port: Any, **hints: Any) -> Any:
        """Loopback for the name of a place; other names under .test exist nowhere."""
        name = host.decode() if isinstance(host, bytes) else host
        if any(name == place for place, _ in self.places):
            host = _LOOPBACK
        elif name is not None and name.endswith(".test"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return await super().getaddrinfo(host, port, **hints)

    async def create_connection(  # type: ignore[override]
        self, factory: Any, host: Any = None, port: Any = None, **options: Any
    ) -> Any:
        """To where the place is."""
        for (name, its_port), real_port in self.places.items():
            if host in (name, _LOOPBACK) and port == its_port:
                host, port = _LOOPBACK, real_port
        return await super().create_connection(factory, host, port, **options)

    def time(self) -> float:
        """Seconds on the clock that deadlines are kept by."""
        return super().time() + self._hurried.left_out_s


def run_hurried(main: Coroutine[Any, Any, T], speed: float = SPEED) -> T:
    """Run `main` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=lambda: HurriedLoop(speed)) as runner:
        return runner.run(main)
