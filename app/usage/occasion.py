"""What the running task's requests are made for, and whether that is certain. Core thread.

A task inherits it from the task that began it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from contextvars import ContextVar

from app.usage.request import Purpose


class Speculation:
    """Work begun before it is certain to be wanted; its requests are refused until `commit`."""

    def __init__(self) -> None:
        self.is_certain = False
        self._waiting: list[Callable[[], None]] = []

    def enter(self) -> None:
        """From now on the running task, and those it begins, work for this."""
        _speculation.set(self)

    def commit(self) -> None:
        """It is wanted."""
        self.is_certain = True
        waiting, self._waiting = self._waiting, []
        for settle in waiting:
            settle()

    def on_commit(self, settle: Callable[[], None]) -> None:
        """Call this should it become certain."""
        self._waiting.append(settle)


_speculation: ContextVar[Speculation | None] = ContextVar("speculation", default=None)
_purpose: ContextVar[Purpose | None] = ContextVar("purpose", default=None)


@contextlib.contextmanager
def made_for(purpose: Purpose) -> Iterator[None]:
    """Requests within are made for this, whatever their service."""
    token = _purpose.set(purpose)
    try:
        yield
    finally:
        _purpose.reset(token)


def speculation() -> Speculation | None:
    """What the running task works for, where that may not be wanted."""
    return _speculation.get()


def purpose() -> Purpose | None:
    """What requests are made for, where their service does not tell."""
    return _purpose.get()
