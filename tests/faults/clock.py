"""An event loop whose waiting passes faster than real time; working takes as long as it takes.

Deadlines, back-offs and countdowns keep their own lengths on the loop's clock, so what a person
would have waited for can be read from it.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

SPEED = 40.0
"""Seconds on the loop's clock for each second of waiting."""

T = TypeVar("T")


class _HurriedSelector(selectors.DefaultSelector):
    """Waits a fraction of what it is asked to, and notes what it left out."""

    def __init__(self, speed: float) -> None:
        super().__init__()
        self.left_out_s = 0.0
        self._speed = speed

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
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
    """`time()` runs `speed` times as fast while the loop waits."""

    def __init__(self, speed: float = SPEED) -> None:
        self._hurried = _HurriedSelector(speed)
        super().__init__(self._hurried)

    def time(self) -> float:
        """Seconds on the clock that deadlines are kept by."""
        return super().time() + self._hurried.left_out_s


def run_hurried(main: Coroutine[Any, Any, T], speed: float = SPEED) -> T:
    """Run `main` to its end on a loop of its own."""
    with asyncio.Runner(loop_factory=lambda: HurriedLoop(speed)) as runner:
        return runner.run(main)
