"""Holding back: what a reply tells and does waits until its turn is certain. Core thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app import events

Publish = Callable[[events.Event], None]
Doing = Callable[[str], None]


class Commit:
    """Between a reply and the world. A reply begun in a pause may never come to be.

    Until `release`, events are kept in order and `wait` waits; nothing was told, nothing done.
    """

    def __init__(self, publish: Publish, doing: Doing) -> None:
        self._publish = publish
        self._doing = doing
        self._certain = asyncio.Event()
        self._kept: list[Callable[[], None]] = []

    def publish(self, event: events.Event) -> None:
        """Tell an event, now or at `release`."""
        self._pass(lambda: self._publish(event))

    def doing(self, what: str) -> None:
        """Tell what the reply is busy with, now or at `release`."""
        self._pass(lambda: self._doing(what))

    def release(self) -> None:
        """The turn is certain."""
        self._certain.set()
        kept, self._kept = self._kept, []
        for tell in kept:
            tell()

    async def wait(self) -> None:
        """Return once the turn is certain."""
        await self._certain.wait()

    def _pass(self, tell: Callable[[], None]) -> None:
        if self._certain.is_set():
            tell()
        else:
            self._kept.append(tell)


class Cleared:
    """Sound may start: the turn is certain, and nobody speaks."""

    def __init__(self, commit: Commit, quiet: asyncio.Event) -> None:
        self._commit = commit
        self._quiet = quiet

    async def wait(self) -> None:
        """Return when both hold."""
        await self._commit.wait()
        while not self._quiet.is_set():  # Who was woken may find that somebody speaks again.
            await self._quiet.wait()
