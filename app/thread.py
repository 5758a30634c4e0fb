"""The core's own thread: one asyncio loop beside any front end's."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from app import commands, events
from app.postponed import load_postponed

if TYPE_CHECKING:  # the window does not wait for it
    import asyncio

_log = logging.getLogger(__name__)

Publish = Callable[["events.Event"], None]
Post = Callable[[object], None]
Main = Callable[[Publish, Callable[[Post], None]], Awaitable[None]]
"""Runs the core: told how to publish, it hands back how to post once it can take commands."""


class CoreThread:
    """Commands may be sent from any thread, also before the loop runs; none is lost."""

    def __init__(self, main: Main, prepare: Callable[[], None] = lambda: None) -> None:
        """`prepare` makes ready what the core will need; it must not wait for anything."""
        self._main = main
        self._prepare: Callable[[], None] | None = prepare
        self._listeners: list[Callable[[events.Event], None]] = []
        self._thread = threading.Thread(target=self._run, name="core", daemon=True)
        self._lock = threading.Lock()
        self._early: list[object] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._post: Post | None = None
        self.failure: BaseException | None = None

    def subscribe(self, listener: Callable[[events.Event], None]) -> None:
        """Hear every event, on the core thread. Before `start` only."""
        self._listeners.append(listener)

    def prepare(self) -> None:
        """Make ready what the core will need, once; a front end calls it as soon as it is seen."""
        prepare, self._prepare = self._prepare, None
        if prepare is not None:
            prepare()

    def start(self) -> None:
        """Begin. Returns at once."""
        self.prepare()
        load_postponed()
        self._thread.start()

    def send(self, command: commands.Command) -> None:
        """Ask for something. After the end it is ignored."""
        with self._lock:
            if self._post is None or self._loop is None:
                self._early.append(command)
                return
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._post, command)

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Ask for the end and wait for it; False when it took longer."""
        self.send(commands.Shutdown())
        return self.join(timeout_s)

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; False when it took longer."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        import asyncio

        from app import logs

        try:
            with asyncio.Runner() as runner:
                self._loop = runner.get_loop()
                self._loop.set_exception_handler(logs.on_loop_error)
                runner.run(self._core())
        except BaseException as failure:  # noqa: BLE001 - the thread's border: the front end must end
            self.failure = failure
            _log.critical("the core ended", exc_info=failure)
            self._publish(events.Closed())

    async def _core(self) -> None:
        await self._main(self._publish, self._on_ready)

    def _on_ready(self, post: Post) -> None:
        with self._lock:
            self._post = post
            early, self._early = self._early, []
        for command in early:
            post(command)

    def _publish(self, event: events.Event) -> None:
        for listener in self._listeners:
            listener(event)
