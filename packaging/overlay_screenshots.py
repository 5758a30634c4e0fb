"""Pictures of the pill in each of its states, on $DISPLAY, above a page of text.

    python packaging/overlay_screenshots.py FOLDER [--only NAME]

Each scale is drawn by a process of its own; all states of a scheme are in one picture as well.
"""

from __future__ import annotations

import argparse
import datetime
import math
import os
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QMargins, QPoint
from PySide6.QtGui import QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QLabel

from app import events
from app.dictation.events import (
    DictationEnded,
    DictationEvent,
    DictationPartial,
    DictationPhaseChanged,
    DictationStarted,
)
from app.dictation.record import DictationPhase, Outcome, Remedy, Target
from app.services import Service
from ui.overlay.overlay import Overlay
from ui.theme import Scheme, Theme

SCALES = ("1", "2")
SETTLE_S = 0.35
AROUND = QMargins(20, 20, 20, 20)
NOW = datetime.datetime.now(datetime.UTC)
PAPER = {
    "light": "background:#ffffff; color:#c8c8c8;",
    "dark": "background:#1c1c1f; color:#4a4a50;",
}
Told = tuple[events.Event | DictationEvent, ...]

SHORT = "Dear Anna, thank you for"
LONG = (
    "Dear Anna, thank you for your letter of last Tuesday. I have read the draft twice and I "
    "agree with nearly all of it, except for the second paragraph, where the dates are wrong"
)
HEBREW = "שלום, זה מבחן קצר של הכתבה מימין לשמאל"


def levels() -> Told:
    """A voice."""
    return tuple(events.LevelChanged(0.5 + 0.45 * math.sin(n * 1.7), 0.0) for n in range(12))


def begun(mode: str = "") -> Told:
    """A dictation that listens."""
    return (DictationStarted("d", NOW, Target("Firefox", "Mail"), mode=mode), *levels())


def said(text: str, mode: str = "") -> Told:
    """With words so far."""
    return (*begun(mode), DictationPartial("d", text))


def phase(value: DictationPhase) -> DictationEvent:
    """What is done with it."""
    return DictationPhaseChanged("d", value)


def ended(outcome: Outcome, message: str, action: Remedy = Remedy.NONE, text: str = "") -> Told:
    """What became of it."""
    return (*said(SHORT), DictationEnded("d", outcome, text, message, action))


STATES: dict[str, Told] = {
    "silent": (DictationStarted("d", NOW, Target("Firefox", "Mail")),),
    "listening": begun(),
    "mode": begun("E-mail"),
    "partial-1": said(SHORT),
    "partial-3": said(LONG, "Code comment"),
    "partial-rtl": said(HEBREW),
    "transcribing": (*said(LONG), phase(DictationPhase.TRANSCRIBING)),
    "waiting": (
        *said(SHORT),
        phase(DictationPhase.TRANSCRIBING),
        events.RetryWaiting("w", Service.TRANSCRIPTION, "OpenAI is busy.", 4.0),
    ),
    "cleaning": (*begun("E-mail"), phase(DictationPhase.CLEANING)),
    "inserting": (*begun(), phase(DictationPhase.INSERTING)),
    "inserted": ended(Outcome.INSERTED, "Inserted into Firefox."),
    "copied": ended(
        Outcome.COPIED,
        "Firefox did not take the text. It is in the clipboard.",
        Remedy.INSERT_AGAIN,
        LONG,
    ),
    "held": ended(Outcome.HELD, "The window changed while you spoke.", Remedy.INSERT_AGAIN, LONG),
    "kept": ended(
        Outcome.KEPT,
        "There is no connection to the internet. The recording is kept.",
        Remedy.RETRY,
    ),
    "nothing": ended(Outcome.NOTHING_HEARD, "Nothing was heard."),
    "dropped": ended(
        Outcome.NOTHING_HEARD, "Nothing was heard but a noise.", Remedy.BRING_BACK, "Thank you."
    ),
    "cancelled": ended(Outcome.CANCELLED, "Cancelled."),
    "failed": ended(
        Outcome.FAILED,
        "api.groq.com did not accept the key. The recording is kept, and you can try again "
        "once the key is right in the settings.",
        Remedy.RETRY,
    ),
}


def photograph(folder: Path, only: str) -> None:
    """Take the pictures of this process's scale."""
    application = QApplication([])
    theme = Theme(application)
    scale = os.environ["QT_SCALE_FACTOR"]
    for scheme in ("light", "dark"):
        theme.choose(Scheme(scheme), reduce_motion=False)
        page = paper(scheme)
        shots = {}
        for name, told in STATES.items():
            if only in name:
                shots[name] = take(told)
                shots[name].save(str(folder / f"{name}-{scheme}-{scale}x.png"))
        together(shots).save(str(folder / f"all-{scheme}-{scale}x.png"))
        page.close()


def paper(scheme: str) -> QLabel:
    """A page of text behind it."""
    page = QLabel("the quick brown fox jumps over the lazy dog " * 200)
    page.setWordWrap(True)
    page.setStyleSheet(PAPER[scheme])
    page.setGeometry(QGuiApplication.primaryScreen().geometry())
    page.showFullScreen()
    settle()
    return page


def take(told: Told) -> QPixmap:
    """Show one state and keep that part of the screen."""
    overlay = Overlay()
    for event in told:
        overlay.on_event(event)
    settle()
    area = overlay.pill.geometry().marginsAdded(AROUND)
    picture = QGuiApplication.primaryScreen().grabWindow(
        0, area.x(), area.y(), area.width(), area.height()
    )
    overlay.close()
    settle(0.05)
    return picture


def together(shots: dict[str, QPixmap]) -> QPixmap:
    """All of them in columns."""
    ratio = next(iter(shots.values())).devicePixelRatio()
    cell_width = max(shot.width() for shot in shots.values())
    cell_height = max(shot.height() for shot in shots.values())
    columns = 4
    rows = math.ceil(len(shots) / columns)
    sheet = QPixmap(columns * cell_width, rows * cell_height)
    sheet.setDevicePixelRatio(ratio)
    sheet.fill("#808080")
    painter = QPainter(sheet)
    for number, shot in enumerate(shots.values()):
        row, column = divmod(number, columns)
        at = QPoint(round(column * cell_width / ratio), round(row * cell_height / ratio))
        painter.drawPixmap(at, shot)
    painter.end()
    return sheet


def settle(seconds: float = SETTLE_S) -> None:
    """Let everything be laid out and painted."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        QApplication.processEvents()
        time.sleep(0.005)


def main() -> int:
    """Start a process for each scale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="", help="a part of the state's name")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.here:
        photograph(options.folder, options.only)
        return 0
    for scale in SCALES:
        environment = dict(os.environ, QT_SCALE_FACTOR=scale, QT_QPA_PLATFORM="xcb")
        command = [sys.executable, __file__, str(options.folder), "--here", "--only", options.only]
        done = subprocess.run(command, env=environment, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
