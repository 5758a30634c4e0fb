"""The focus on Windows and macOS: what looks at it runs on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

from app.desktop.target import Target

_log = logging.getLogger(__name__)


class Looking(Protocol):
    """What is used of a system to look at the focus, by one thread. OSError: no answer."""

    def target(self) -> Target | None:
        """The target right now."""
        ...

    def give_back(self) -> bool:
        """Give the keyboard to another program's front window; whether it has it."""
        ...


class SystemFocus:
    """Fills `Focus`. `looking` is made by the thread that uses it."""

    def __init__(self, looking: Callable[[], Looking]) -> None:
        self._make = looking
        self._looking: Looking | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="focus")

    async def current(self) -> Target | None:
        """The target right now."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._look)

    async def give_back(self) -> Target | None:
        """Give the keyboard to the program whose window is below Sayso's own."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._give_back)

    async def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False)

    def _look(self) -> Target | None:
        try:
            self._looking = self._looking or self._make()
            return self._looking.target()
        except OSError as failure:
            _log.info("the focus cannot be seen: %s", failure)
            return None

    def _give_back(self) -> Target | None:
        try:
            self._looking = self._looking or self._make()
            return self._looking.target() if self._looking.give_back() else None
        except OSError as failure:
            _log.info("the focus cannot be given back: %s", failure)
            return None
