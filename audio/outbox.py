"""What the engine says to the app, written by a thread that may be kept waiting."""

from __future__ import annotations

import collections
import logging
import os
import threading
from collections.abc import Callable

from audio import wire
from audio.messages import Event, Level, Pcm

_MAX_PCM_BYTES = 8_000_000
_log = logging.getLogger(__name__)


class Outbox:
    """Sends frames in order. `put` never waits, however long the app does not read.

    A Level only ever waits as the newest one. PCM is dropped when far too much of it waits: it is
    in the journal.
    """

    def __init__(self, descriptor: int, on_broken: Callable[[], None]) -> None:
        self._descriptor = descriptor
        self._on_broken = on_broken
        self._frames: collections.deque[bytes] = collections.deque()
        self._level: bytes | None = None
        self._pcm_bytes = 0
        self._dropped_bytes = 0
        self._is_closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: Event | Pcm) -> None:
        """Send one message after those before it."""
        frame = wire.encode(message)
        with self._changed:
            if isinstance(message, Level):
                self._level = frame
            elif not isinstance(message, Pcm) or self._has_room(len(frame)):
                self._frames.append(frame)
            self._changed.notify()

    def close(self, patience_s: float) -> None:
        """Write what waits, but not for longer than this."""
        with self._changed:
            self._is_closed = True
            self._changed.notify()
        self._thread.join(patience_s)

    def _has_room(self, size: int) -> bool:
        if self._pcm_bytes + size > _MAX_PCM_BYTES:
            if not self._dropped_bytes:
                _log.warning("the app does not read; sound goes to the journal alone")
            self._dropped_bytes += size
            return False
        self._pcm_bytes += size
        return True

    def _run(self) -> None:
        try:
            while batch := self._next():
                view = memoryview(batch)
                while view:
                    view = view[os.write(self._descriptor, view) :]
        except OSError:
            self._on_broken()

    def _next(self) -> bytes:
        """Everything that waits, as soon as something does; empty when closed."""
        with self._changed:
            while not (self._frames or self._level or self._is_closed):
                self._changed.wait()
            batch = b"".join(self._frames) + (self._level or b"")
            self._frames.clear()
            self._level = None
            self._pcm_bytes = 0
            self._dropped_bytes = 0
            return batch
