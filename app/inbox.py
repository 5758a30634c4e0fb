"""The core's one queue, and the tasks whose results come back through it. Core thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable

from app.errors import AppError, Code

_log = logging.getLogger(__name__)


class Inbox:
    """The one queue, and the tasks whose results come back through it."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[object] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def post(self, item: object) -> None:
        """From the core's loop only."""
        self._queue.put_nowait(item)

    async def next(self) -> object:
        """The next thing that happened."""
        return await self._queue.get()

    def spawn(self, work: Awaitable[None], name: str) -> asyncio.Task[None]:
        """Begin a task; it is owned here and cancelled at the end."""
        # A coroutine itself, not one around it: one that never began would complain of that.
        task = asyncio.create_task(work if asyncio.iscoroutine(work) else _run(work), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)
        return task

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("task %s failed", task.get_name(), exc_info=error)
            self.post(AppError(Code.INTERNAL))

    async def cancel_all(self) -> None:
        """End what still runs."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _run(work: Awaitable[None]) -> None:
    await work
