"""A core for tests and pictures: it says what it is told to say, and keeps what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

from app import commands, events


class ScriptedCore:
    """Publishes `opening` on a thread of its own once started, and Closed after Shutdown."""

    def __init__(self, opening: Sequence[events.Event] = (), *, closes: bool = True) -> None:
        self.sent: list[commands.Command] = []
        self._opening = tuple(opening)
        self._closes = closes
        self._listeners: list[Callable[[events.Event], None]] = []
        self._threads: list[threading.Thread] = []

    def subscribe(self, listener: Callable[[events.Event], None]) -> None:
        """Hear what is published."""
        self._listeners.append(listener)

    def prepare(self) -> None:
        """There is nothing to make ready."""

    def start(self) -> None:
        """Publish the opening."""
        self.publish(*self._opening)

    def send(self, command: commands.Command) -> None:
        """Keep the command."""
        self.sent.append(command)
        if isinstance(command, commands.Shutdown) and self._closes:
            self.publish(events.Closed())

    def stop(self, timeout_s: float = 5.0) -> bool:
        """Wait until everything was published."""
        for thread in self._threads:
            thread.join(timeout_s)
        return not any(thread.is_alive() for thread in self._threads)

    def publish(self, *told: events.Event) -> None:
        """Tell the listeners, from another thread, as the core does."""
        thread = threading.Thread(target=self._tell, args=(told,), name="scripted core")
        self._threads.append(thread)
        thread.start()

    def _tell(self, told: Sequence[events.Event]) -> None:
        for event in told:
            for listener in self._listeners:
                listener(event)
