"""Lets a region be dragged on monitors `X,Y,WIDTH,HEIGHT,SCALE…`; prints what was chosen."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication

from app.shots.commands import RegionChosen
from app.shots.events import RegionWanted
from app.shots.shot import Monitor, Pixels, Rect
from ui.shots.region_overlay import RegionOverlay
from ui.theme import Theme


def main() -> None:
    """Run until a region is chosen or given up."""
    application = QApplication([])
    theme = Theme(application)
    monitors = []
    for word in sys.argv[1:]:
        *place, scale = word.split(",")
        monitors.append(Monitor("", Rect(*map(int, place)), float(scale)))
    width = max(m.rect.x + m.rect.width for m in monitors)
    height = max(m.rect.y + m.rect.height for m in monitors)
    line = b"\xff\x80\x40\x00" * width
    desktop = Pixels(width, height, line * height)

    def tell(answer: RegionChosen) -> None:
        rect = answer.rect
        words = "none" if rect is None else f"{rect.x} {rect.y} {rect.width} {rect.height}"
        print(f"chosen {words}", flush=True)
        application.quit()

    overlay = RegionOverlay(RegionWanted("r", tuple(monitors), desktop, (0, 0)), theme)
    overlay.chosen.connect(tell)
    overlay.open()
    print("open", flush=True)
    application.exec()


if __name__ == "__main__":
    main()
