"""Shows the pill: reads one word a line, and prints what it was asked for."""

from __future__ import annotations

import datetime
import itertools
import sys

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication

from app import events
from app.dictation.events import DictationEnded, DictationEvent, DictationPartial, DictationStarted
from app.dictation.record import Outcome, Remedy, ScreenRect
from ui.overlay.overlay import Overlay
from ui.theme import Theme

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)


_ids = itertools.count()


def event_of(line: str) -> events.Event | DictationEvent:
    """`start X Y` with a caret there; `partial`; `held`."""
    word, *rest = line.split()
    if word == "start":
        x, y = map(int, rest)
        return DictationStarted(f"{next(_ids)}", NOW, caret=ScreenRect(x, y, 2, 20))
    if word == "partial":
        return DictationPartial("0", "Dear Anna, thank you for your letter. " * 5)
    return DictationEnded("0", Outcome.HELD, "Dear Anna", "The window changed.", Remedy.COPY)


def main() -> None:
    """Run until the input ends."""
    application = QApplication([])
    theme = Theme(application)
    overlay = Overlay(theme)
    overlay.asked.connect(lambda command: print(f"asked {type(command).__name__}", flush=True))

    def take() -> None:
        line = sys.stdin.readline()
        if not line:
            application.quit()
            return
        overlay.on_event(event_of(line))
        application.processEvents()
        box = overlay.pill.frameGeometry()
        button = overlay.pill.button.geometry().center()
        place = overlay.pill.mapToGlobal(button)
        print(f"at {box.x()} {box.y()} {box.width()} {box.height()} {place.x()} {place.y()}",
              flush=True)  # fmt: skip

    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(take)
    application.exec()


if __name__ == "__main__":
    main()
