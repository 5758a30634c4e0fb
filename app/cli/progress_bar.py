"""One line on a terminal that says how far a recording is, and what is waited for."""

from __future__ import annotations

import shutil
from typing import TextIO

from app.files.transcript import clock

_BAR = 24
_CLEAR = "\r\x1b[K"


class ProgressBar:
    """Draws on `stream` where that is a terminal, and nothing elsewhere."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name
        self._shown = stream.isatty()
        self._done_ms = 0
        self._total_ms: int | None = None
        self._waiting = ""

    def set_done(self, done_ms: int, total_ms: int | None) -> None:
        """So much sound is done, of `total_ms` where that is known."""
        self._done_ms, self._total_ms, self._waiting = done_ms, total_ms, ""
        self._draw()

    def set_waiting(self, reason: str, seconds: float) -> None:
        """A server is asked once more after a while."""
        self._waiting = f"{reason} Again in {max(1, round(seconds))} s."
        self._draw()

    def clear(self) -> None:
        """Leave the line to others."""
        if self._shown:
            self._stream.write(_CLEAR)
            self._stream.flush()

    def _draw(self) -> None:
        if not self._shown:
            return
        width = shutil.get_terminal_size().columns - 1
        line = bar_line(self._name, self._done_ms, self._total_ms, self._waiting)
        self._stream.write(_CLEAR + line[:width])
        self._stream.flush()


def bar_line(name: str, done_ms: int, total_ms: int | None, waiting: str = "") -> str:
    """The line; without `total_ms` it says only how much is done."""
    if not total_ms:
        return f"{name} {clock(done_ms)} {waiting}".rstrip()
    share = min(1.0, done_ms / total_ms)
    filled = round(share * _BAR)
    bar = "█" * filled + "░" * (_BAR - filled)
    times = f"{clock(min(done_ms, total_ms))} of {clock(total_ms)}"
    return f"{name} {bar} {share:4.0%} {times} {waiting}".rstrip()
