"""Sayso with its window, and a pulse in the GUI thread.

`python -m tests.faults.watched_window LOG` runs it until it is closed. Each line of LOG is JSON:
what the core told, and every beat of the pulse that came too late.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer

import ui.main
from app import events
from app.cli import start

BEAT_MS = 10
LATE_MS = 30

Write = Callable[..., None]


def _writer(path: Path) -> Write:
    log = path.open("a", buffering=1, encoding="utf-8")

    def write(kind: str, **fields: Any) -> None:
        log.write(json.dumps({"at": time.monotonic(), "kind": kind, **fields}) + "\n")

    return write


class _Pulse:
    """Beats in the GUI thread. `cpu_ms` is what that thread worked meanwhile, `gap_ms` the time."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._last, self._cpu = time.monotonic(), time.thread_time()
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()

    def _beat(self) -> None:
        now, cpu = time.monotonic(), time.thread_time()
        gap_ms, cpu_ms = (now - self._last) * 1000, (cpu - self._cpu) * 1000
        if gap_ms > LATE_MS:
            self._write("late", gap_ms=round(gap_ms), cpu_ms=round(cpu_ms))
        self._last, self._cpu = now, cpu


def _note(event: events.Event, write: Write) -> None:
    match event:
        case events.StateChanged(state):
            write("state", phase=state.phase, detail=state.detail)
        case events.Notice(_, code, _, message):
            write("notice", code=code, message=message)
        case events.NoticeGone():
            write("notice gone")
        case events.MessageAdded(message):
            write("message", role=message.role, text=message.text)
        case events.ReplyEnded(_, message):
            write("reply", text=message.text if message is not None else "")
        case _:
            pass


def main(log: Path) -> int:
    """Run it until it is closed."""
    write = _writer(log)
    pulses: list[_Pulse] = []
    show = ui.main.Running.start

    def show_with_pulse(running: ui.main.Running) -> None:
        pulses.append(_Pulse(write))
        show(running)

    ui.main.Running.start = show_with_pulse  # type: ignore[method-assign, assignment]

    def run(core: Any, *, argv: Sequence[str]) -> int:
        core.subscribe(lambda event: _note(event, write))
        return ui.main.run(core, argv=argv)

    return start.in_window(run, verbose=False)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv.pop(1))))
