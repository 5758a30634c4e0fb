"""Tests of several workers run beside each other, or one of them alone."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class Turnstile:
    """Shared by all workers through a folder. On Windows nobody waits."""

    def __init__(self, folder: Path) -> None:
        self._gate = folder / "gate.lock"
        self._room = folder / "room.lock"

    @contextlib.contextmanager
    def beside(self) -> Iterator[None]:
        """Run beside others, once whoever wanted to be alone is done."""
        with contextlib.ExitStack() as room:
            with _held(self._gate, alone=True):
                room.enter_context(_held(self._room, alone=False))
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Run when all others are done; the next ones wait at the gate meanwhile."""
        with _held(self._gate, alone=True), _held(self._room, alone=True):
            yield


@contextlib.contextmanager
def _held(path: Path, *, alone: bool) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
