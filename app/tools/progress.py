"""What a running tool tells of itself: "12 of 40 files". For the tool that runs in this task."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextvars import ContextVar

LONGEST_CHARS = 200
PACE_S = 0.1
"""Shortest time between two of what is told."""

_tell: ContextVar[Callable[[str], None] | None] = ContextVar("tell", default=None)


def progress(text: str) -> None:
    """Show how far the tool of this task has come; nothing where no tool runs."""
    tell = _tell.get()
    if tell is not None:
        tell(text)


def on_progress(tell: Callable[[str], None]) -> None:
    """From now on in this task, and those it starts, `progress` goes there."""
    _tell.set(tell)


class Paced:
    """Tells at most ten times a second, and the last text always. Any thread may call it.

    Made on the loop that `tell` belongs to; nothing is told after `close`.
    """

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._loop = asyncio.get_running_loop()
        self._waiting: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_over = False

    def __call__(self, text: str) -> None:
        if _running_loop() is self._loop:
            self._take(text)
        elif not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._take, text)

    def close(self) -> None:
        """The tool is over."""
        self._is_over = True
        if self._timer is not None:
            self._timer.cancel()

    def _take(self, text: str) -> None:
        if self._is_over:
            return
        self._waiting = text if len(text) <= LONGEST_CHARS else f"{text[:LONGEST_CHARS]}…"
        if self._timer is None:
            self._go_on()

    def _go_on(self) -> None:
        text, self._waiting, self._timer = self._waiting, None, None
        if text is not None:
            self._timer = self._loop.call_later(PACE_S, self._go_on)
            self._tell(text)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
