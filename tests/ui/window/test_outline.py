from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from ui.placement import Placement
from ui.theme import Scheme, Theme
from ui.window.window import Window

ROOT = Path(__file__).parents[3]


def pictures(qtbot: QtBot, theme: Theme, placement: Placement) -> tuple[QImage, QImage]:
    """The window as an outline and with what it holds."""
    window = Window(placement)
    qtbot.addWidget(window, before_close_func=lambda w: w.hide())
    with qtbot.waitSignal(window.outlined):
        window.show()
    before = window.grab().toImage()
    with qtbot.waitSignal(window.painted):
        window.furnish(theme, lambda command: None)
    return before, window.grab().toImage()


def colors_at(picture: QImage, *points: tuple[int, int]) -> list[str]:
    return [QColor(picture.pixel(x, y)).name() for x, y in points]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("sidebar", [True, False])
@pytest.mark.parametrize("width", [920, 1400, 500])
def test_what_follows_the_outline_stands_where_it_was(
    qtbot: QtBot, theme: Theme, scheme: Scheme, sidebar: bool, width: int
) -> None:
    theme.choose(scheme, reduce_motion=True)
    placement = Placement(width, 680, sidebar=sidebar, scheme=scheme.value)
    before, after = pictures(qtbot, theme, placement)
    left = 240 if sidebar and width >= 720 else 0
    points = [(left + 2, y) for y in range(80, 680, 50)]
    points += [(max(left - 1, 0), y) for y in range(80, 600, 50)]
    points += [(left + (width - left) // 2, y) for y in (540, 561, 563, 660, 662, 664, 679)]
    assert colors_at(before, *points) == colors_at(after, *points)
    words = [(x, y) for x in range(left + 54, left + 180) for y in range(12, 40)]
    assert colors_at(before, *words) == colors_at(after, *words)
    assert len(set(colors_at(before, *words))) > 2


def test_the_ground_follows_a_scheme_that_is_chosen_later(qtbot: QtBot, theme: Theme) -> None:
    theme.choose(Scheme.LIGHT, reduce_motion=True)
    window = Window(Placement(scheme=Scheme.LIGHT.value))
    qtbot.addWidget(window, before_close_func=lambda w: w.hide())
    window.show()
    window.furnish(theme, lambda command: None)
    for scheme in (Scheme.DARK, Scheme.LIGHT):
        theme.choose(scheme, reduce_motion=True)
        assert colors_at(window.grab().toImage(), (600, 300)) == [theme.tokens.background.lower()]


def test_first_frame_needs_neither_the_content_nor_the_enums_of_qt() -> None:
    program = """
import sys
from ui.main import Running
from ui.window.window import Window
from PySide6 import QtCore
from PySide6.QtWidgets import QApplication
application = QApplication(["sayso", "-style", "Fusion"])
window = Window()
window.outlined.connect(application.exit)
window.show()
application.exec()
print([name for name in ("ui.theme", "ui.window.content", "ui.bridge") if name in sys.modules])
print("Qt" in vars(QtCore))
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL, env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
    )  # fmt: skip
    assert done.stdout.split() == ["[]", "False"]
