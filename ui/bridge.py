"""The only crossing between the core's thread and Qt's: commands go down, events come up."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, Qt, Signal

from app import commands, events


class CoreLike(Protocol):
    """The core on its own thread, as `app.thread.CoreThread` is."""

    def subscribe(self, listener: Callable[[events.Event], None]) -> None:
        """Hear every event, on the core's thread; before `start` only."""

    def prepare(self) -> None:
        """Make ready what it will need; as soon as the window is seen."""

    def start(self) -> None:
        """Begin."""

    def send(self, command: commands.Command) -> None:
        """Ask for something, from any thread."""

    def stop(self, timeout_s: float = 5.0) -> bool:
        """End it; whether it has ended within the time."""


class Bridge(QObject):
    """`published` brings events, in order, on the thread that made the bridge.

    Of levels that wait while the GUI is busy only the latest is delivered.
    """

    published = Signal(object)
    _woken = Signal()

    def __init__(self, core: CoreLike, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._core = core
        self._waiting: deque[events.Event] = deque()
        self._is_awake = False
        self._is_open = True
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        core.subscribe(self._on_core_event)

    def send(self, command: commands.Command) -> None:
        """Hand a command to the core."""
        self._core.send(command)

    def close(self) -> None:
        """Deliver nothing more; what still comes from the core is dropped."""
        self._is_open = False
        self._waiting.clear()

    def _on_core_event(self, event: events.Event) -> None:
        """Core thread. The flag is read after the append, so that no event is left behind."""
        if not self._is_open:
            return
        self._waiting.append(event)
        if not self._is_awake:
            self._is_awake = True
            self._woken.emit()

    def _deliver(self) -> None:
        self._is_awake = False
        level: events.LevelChanged | None = None
        while self._waiting:
            event = self._waiting.popleft()
            if isinstance(event, events.LevelChanged):
                level = event
            else:
                self.published.emit(event)
        if level is not None and self._is_open:
            self.published.emit(level)
