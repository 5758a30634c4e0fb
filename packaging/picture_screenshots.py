"""Pictures of what the window does with pictures: region, preview, attachments, transcript.

    python packaging/picture_screenshots.py FOLDER [--platform offscreen|xcb] [--only NAME]

Each scale is drawn by a process of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from PySide6.QtCore import QBuffer, QByteArray, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QImageWriter, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from screenshots import LISTED, READY, SUMMARIES, reply, settle

from app import events
from app.conversation.message import Message, Role
from app.providers.base import Image
from app.settings import Settings, changed
from app.shots.events import (
    AttachmentsChanged,
    RegionWanted,
    ShotDelayed,
    ShotEvent,
    ShotPrepared,
    ShotTaken,
)
from app.shots.shot import Attachment, Monitor, Pixels, Rect, SecretFound, SecretKind
from ui.placement import Placement
from ui.shots.region_overlay import RegionOverlay
from ui.theme import Scheme, Theme
from ui.window.remedies import Destination, Page
from ui.window.window import Window

SCALES, SCHEMES = ("1", "2"), ("light", "dark")
WIDE, NARROW = (920, 680), (420, 640)
LETTERS = ("Traceback (most recent call last):", '  File "report.py", line 12, in <module>',
           "    total = sum(row.price for row in rows)",
           "AttributeError: 'tuple' object has no attribute 'price'", "",
           "$ export API_KEY=sk-proj-9hT2x…", "$ python report.py")  # fmt: skip
SECRET = SecretFound(SecretKind.KEY, Rect(168, 208, 190, 22))


def screen(width: int = 1280, height: int = 720) -> QImage:
    """A desktop with a terminal on it."""
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("#3b6ea5"))
    painter = QPainter(image)
    painter.fillRect(40, 30, width - 80, height - 90, QColor("#1d1f21"))
    painter.fillRect(40, 30, width - 80, 28, QColor("#d8d8d8"))
    letters = QFont("monospace")
    letters.setPixelSize(16)
    painter.setFont(letters)
    painter.drawText(60, 50, "Terminal")
    painter.setPen(QColor("#e8e8e8"))
    for number, line in enumerate(LETTERS):
        painter.drawText(60, 96 + 26 * number, line)
    painter.end()
    return image


def png(image: QImage) -> bytes:
    """The picture as a file."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"PNG")).write(image)
    return bytes(buffer.data().data())


def attachment(shot_id: str, image: QImage, source: str) -> Attachment:
    """What would be sent."""
    data = png(image)
    sha = hashlib.sha256(data).hexdigest()
    size = (image.width(), image.height())
    return Attachment(shot_id, data, "image/png", *size, sha, source, 1105, 0.00276)


def shot(shot_id: str, source: str, **more: object) -> tuple[ShotEvent, ...]:
    """A picture that is to be looked at."""
    image = screen()
    pixels = Pixels(image.width(), image.height(), b"")
    prepared = ShotPrepared(attachment(shot_id, image, source), **more)  # type: ignore[arg-type]
    return ShotTaken(shot_id, pixels, source), prepared


def attached(count: int) -> ShotEvent:
    """Pictures that go with the next turn."""
    names = ("Terminal", "Region", "invoice.png")
    sizes = ((1280, 720), (300, 400), (900, 200))
    made = [attachment(f"a{n}", screen(*sizes[n]), names[n]) for n in range(count)]
    return AttachmentsChanged(tuple(made))


def talk() -> events.Event:
    """A conversation about pictures."""
    image = Image(png(screen()), "image/png")
    small = Image(png(screen(300, 400)), "image/png")
    asked = Message(Role.USER, "What does this error mean?", "m1", images=(image,))
    two = Message(Role.USER, "And these two?", "m2", images=(image, small))
    said = "`rows` has tuples, and a tuple has no `price`. Use `row[1]`, or make them named tuples."
    return events.ConversationOpened(SUMMARIES[0], (asked, reply(said), two))


def drag(window: Window) -> None:
    """Mark a part of the preview."""
    canvas = window.area.preview.canvas
    start, end = QPoint(200, 150), QPoint(380, 260)
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas, QPoint(300, 200))
    QTest.mouseMove(canvas, end)


def agree(window: Window) -> None:
    """Attach in spite of a secret."""
    window.area.preview.attach.click()


def menu(window: Window) -> None:
    """Open the menu."""
    window.area.conversation.composer.open_menu()


@dataclass(frozen=True)
class Situation:
    """What is on screen."""

    told: tuple[events.Event, ...]
    size: tuple[int, int] = WIDE
    does: Callable[[Window], None] = lambda window: None


EMPTY = (READY, LISTED)


def situations() -> dict[str, Situation]:
    """All that is photographed; an application has to be there."""
    return {
        "preview": Situation((*EMPTY, *shot("s", "Terminal"))),
        "preview-drag": Situation((*EMPTY, *shot("s", "Terminal")), does=drag),
        "preview-secret": Situation((*EMPTY, *shot("s", "Terminal", secrets=(SECRET,)))),
        "preview-agree": Situation((*EMPTY, *shot("s", "Terminal", secrets=(SECRET,))), does=agree),
        "preview-several": Situation(
            (*EMPTY, *shot("t", "Region"), *shot("s", "Terminal", unread=("Terminal",), waits=True))
        ),
        "narrow-preview": Situation(
            (*EMPTY, *shot("s", "Terminal", secrets=(SECRET,))), NARROW, agree
        ),
        "attached": Situation((*EMPTY, talk(), attached(3))),
        "waiting": Situation((*EMPTY, attached(1), ShotDelayed(4.6))),
        "menu": Situation((*EMPTY, talk()), does=menu),
        "narrow-attached": Situation((*EMPTY, talk(), attached(3)), NARROW),
        "viewer": Situation(
            (*EMPTY, talk()), does=lambda w: w.go(Destination(Page.PICTURE, "sent/m1/0"))
        ),
        "narrow-viewer": Situation(
            (*EMPTY, attached(1)), NARROW, lambda w: w.go(Destination(Page.PICTURE, "attached/a0"))
        ),
        "settings-pictures": Situation(
            EMPTY, does=lambda w: w.go(Destination(Page.SETTINGS, "screen.region_hotkey"))
        ),
    }


def region(application: QApplication, folder: Path, name: str) -> None:
    """The overlay with something chosen."""
    image = screen(1600, 1200).convertToFormat(QImage.Format.Format_RGB32)
    pixels = Pixels(1600, 1200, bytes(image.constBits()))
    primary = application.primaryScreen()
    size, ratio = primary.size(), primary.devicePixelRatio()
    native = Rect(0, 0, round(size.width() * ratio), round(size.height() * ratio))
    overlay = RegionOverlay(RegionWanted("r", (Monitor("", native, ratio),), pixels, (0, 0)))
    overlay.open()
    pane = overlay.panes[0]
    QTest.mouseMove(pane, QPoint(300, 200))
    settle(application)
    pane.grab().save(str(folder / f"region-aim-{name}.png"))
    QTest.mousePress(pane, Qt.MouseButton.LeftButton, pos=QPoint(60, 80))
    for at in (QPoint(200, 120), QPoint(420, 230)):
        QTest.mouseMove(pane, at)
    settle(application)
    pane.grab().save(str(folder / f"region-{name}.png"))
    overlay.give_up()
    settle(application)


def photograph(folder: Path, only: str) -> None:
    """Take the pictures of this process's scale."""
    application = QApplication([])
    theme = Theme(application)
    for scheme in SCHEMES:
        theme.choose(Scheme(scheme), reduce_motion=True)
        name = f"{scheme}-{os.environ['QT_SCALE_FACTOR']}x"
        if only in "region":
            region(application, folder, name)
        for title, situation in situations().items():
            if only in title:
                take(application, theme, situation, scheme, folder / f"{title}-{name}.png")


def take(
    application: QApplication, theme: Theme, situation: Situation, scheme: str, picture: Path
) -> None:
    """Show one situation and keep what it looks like."""
    values = {"general.first_run_done": True, "appearance.reduce_motion": True}
    settings = changed(Settings(), {**values, "appearance.theme": scheme})
    window = Window(Placement(*situation.size))
    window.furnish(theme, lambda command: None)
    window.show()
    window.on_event(events.SettingsChanged(settings))
    window.render_now()
    for event in situation.told:
        window.on_event(event)
    window.render_now()
    settle(application)
    situation.does(window)
    settle(application)
    grabbed = window.grab()
    for popup in (w for w in application.topLevelWidgets() if w.isVisible() and w is not window):
        painter = QPainter(grabbed)
        at = window.mapFromGlobal(popup.mapToGlobal(QPoint(0, 0)))
        painter.drawPixmap(QRect(at, popup.size()), popup.grab())
        painter.end()
        popup.hide()
    grabbed.save(str(picture))
    window.hide()
    window.deleteLater()
    settle(application)


def main() -> int:
    """Start a process for each scale."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--platform", default="offscreen")
    parser.add_argument("--only", default="")
    parser.add_argument("--scale", choices=SCALES)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.here:
        photograph(options.folder, options.only)
        return 0
    run = partial(subprocess.run, check=False)
    for scale in [options.scale] if options.scale else SCALES:
        environment = dict(os.environ, QT_SCALE_FACTOR=scale, QT_QPA_PLATFORM=options.platform)
        command = [sys.executable, __file__, str(options.folder), "--here", "--only", options.only]
        if code := run(command, env=environment).returncode:
            return code
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
