"""Blocking work of a tool on a thread: it ends soon after its tool was given up."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import threading
from collections.abc import Callable
from typing import TypeVar

from app.tools.progress import progress

T = TypeVar("T")


class GivenUp(Exception):
    """Nobody waits for this work any more."""


class Watch:
    """What blocking work asks now and then, and tells how far it is. Any thread."""

    def __init__(self, tell: Callable[[str], None] = lambda _: None) -> None:
        self._given_up = threading.Event()
        self._tell = tell

    def check(self) -> None:
        """Raises GivenUp once the tool was cancelled or took too long."""
        if self._given_up.is_set():
            raise GivenUp

    def tell(self, text: str) -> None:
        """Show how far the work has come."""
        self._tell(text)

    def give_up(self) -> None:
        """Let the work end at its next check."""
        self._given_up.set()


async def in_thread(work: Callable[[Watch], T]) -> T:
    """What `work` gives, from a thread."""
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()

    def tell(text: str) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(progress, text, context=context)

    watch = Watch(tell)
    try:
        return await asyncio.to_thread(work, watch)
    finally:
        watch.give_up()
