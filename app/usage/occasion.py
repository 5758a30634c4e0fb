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
        self._settling: list[Callable[[], None]] = []

    def enter(self) -> None:
        """From now on the running task, and those it begins, work for this."""
        _speculation.set(self)

    def commit(self) -> None:
        """It is wanted."""
        self._settle(is_certain=True)

    def revoke(self) -> None:
        """After all it is not: nothing of it was heard or done."""
        self._settle(is_certain=False)

    def join(self, other: Speculation | None) -> None:
        """It is wanted as far as `other` is, from now on; surely where there is none."""
        if other is None:
            self.commit()
        else:
            self._settle(is_certain=other.is_certain)
            other.on_settled(lambda: self._settle(is_certain=other.is_certain))

    def on_settled(self, settle: Callable[[], None]) -> None:
        """Call this whenever it becomes certain, or is not any more."""
        self._settling.append(settle)

    def _settle(self, *, is_certain: bool) -> None:
        if is_certain is not self.is_certain:
            self.is_certain = is_certain
            for settle in self._settling:
                settle()


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


@contextlib.contextmanager
def perhaps(work: Speculation) -> Iterator[None]:
    """Requests that begin within are made for this."""
    token = _speculation.set(work)
    try:
        yield
    finally:
        _speculation.reset(token)


def speculation() -> Speculation | None:
    """What the running task works for, where that may not be wanted."""
    return _speculation.get()


def purpose() -> Purpose | None:
    """What requests are made for, where their service does not tell."""
    return _purpose.get()
