"""How the engine's threads reach its loop, and how device calls stay out of it."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from audio.messages import Event, Pcm

_PATIENCE_S = 2.0


class Wake:
    """Tells the engine loop that there is sound to process; cheap enough for an audio callback."""

    def __init__(self, put: Callable[[None], None]) -> None:
        self._put = put
        self._pending = False

    def __call__(self) -> None:
        if not self._pending:
            self._pending = True
            self._put(None)

    def clear(self) -> None:
        """The loop has noticed."""
        self._pending = False


@dataclass(frozen=True, slots=True)
class Ports:
    """What the parts of the engine need from the rest of it. `send` is for the engine loop only."""

    send: Callable[[Event | Pcm], None]
    post: Callable[[Callable[[], None]], None]
    wake: Callable[[], None]
    look_for_devices: Callable[[], None]


class Worker:
    """Runs the calls for one device in order, on a thread of its own, where they may block."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    def submit(self, job: Callable[[], None]) -> None:
        """Run `job` after those before it."""
        self._jobs.put(job)

    def submit_release(self, job: Callable[[], None], done: Callable[[], None]) -> None:
        """Run `job`, then `done`. A job that hangs is left alone after a moment."""
        self._jobs.put(lambda: self._release(job, done))

    def _run(self) -> None:
        while True:
            self._jobs.get()()

    def _release(self, job: Callable[[], None], done: Callable[[], None]) -> None:
        thread = threading.Thread(target=job, name="release", daemon=True)
        thread.start()
        thread.join(_PATIENCE_S)
        done()
