"""The garbage collector, which rests while much is loaded that stays. Any thread."""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator

_lock = threading.Lock()
_pauses = 0


def pause() -> None:
    """Let it rest until `resume` was called as often as this."""
    global _pauses
    with _lock:
        _pauses += 1
        gc.disable()


def resume() -> None:
    """Let it work again, though never through what is there now: that would hold up the window."""
    global _pauses
    with _lock:
        if not _pauses:
            return
        _pauses -= 1
        if not _pauses:
            gc.freeze()
            gc.enable()


@contextlib.contextmanager
def paused() -> Iterator[None]:
    """It rests meanwhile."""
    pause()
    try:
        yield
    finally:
        resume()
