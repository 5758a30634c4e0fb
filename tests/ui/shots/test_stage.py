from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app import commands
from app.shots.commands import HiddenForShot, RegionChosen
from app.shots.events import HideForShot, ShowAfterShot
from tests.ui.shots.pictures import wanted
from ui.overlay.overlay import Overlay
from ui.shots.stage import Stage
from ui.theme import Theme


class Pill:
    """Remembers whether it is aside."""

    def __init__(self) -> None:
        self.is_aside = False

    def step_aside(self, aside: bool) -> None:
        self.is_aside = aside


class Scene:
    def __init__(self, qtbot: QtBot) -> None:
        self.window = QWidget()
        self.pill = Pill()
        self.sent: list[commands.Command] = []
        self.stage = Stage(self.window, self.pill, self.sent.append, self.window)
        qtbot.addWidget(self.window)


@pytest.fixture
def scene(qtbot: QtBot, theme: Theme) -> Scene:
    made = Scene(qtbot)
    with qtbot.waitExposed(made.window):
        made.window.show()
    return made


def test_nothing_of_sayso_is_there_when_it_says_so(scene: Scene, qtbot: QtBot) -> None:
    menu = QWidget(scene.window, Qt.WindowType.Popup)
    menu.show()
    scene.stage.on_event(HideForShot("h"))
    qtbot.waitUntil(lambda: scene.sent == [HiddenForShot("h")])
    assert not scene.window.isVisible()
    assert not menu.isVisible()
    assert scene.pill.is_aside
    scene.stage.on_event(ShowAfterShot("h"))
    qtbot.waitUntil(scene.window.isVisible)
    assert not menu.isVisible()
    assert not scene.pill.is_aside


def test_a_window_that_was_hidden_stays_so(scene: Scene, qtbot: QtBot) -> None:
    scene.window.hide()
    scene.stage.on_event(HideForShot("h"))
    qtbot.waitUntil(lambda: scene.sent == [HiddenForShot("h")])
    scene.stage.on_event(ShowAfterShot("h"))
    qtbot.waitUntil(lambda: not scene.pill.is_aside)
    assert not scene.window.isVisible()


def test_windows_come_back_after_the_region_is_chosen(scene: Scene, qtbot: QtBot) -> None:
    scene.stage.on_event(HideForShot("h"))
    qtbot.waitUntil(lambda: scene.sent != [])
    scene.stage.on_event(ShowAfterShot("h"))
    scene.stage.on_event(wanted())
    assert scene.stage.region is not None
    qtbot.waitUntil(lambda: not scene.stage._return.isActive())
    assert not scene.window.isVisible()
    QTest.keyClick(scene.stage.region.panes[0], Qt.Key.Key_Escape)
    assert scene.sent[-1] == RegionChosen("r", None)
    assert scene.window.isVisible()
    assert scene.stage.region is None


def test_a_second_region_gives_up_the_first(scene: Scene) -> None:
    scene.stage.on_event(wanted())
    scene.stage.on_event(wanted())
    assert scene.sent == [RegionChosen("r", None)]
    scene.stage.close()
    assert scene.sent == [RegionChosen("r", None)] * 2


def test_the_pill_steps_aside_and_comes_back_only_if_it_is_due(qtbot: QtBot, theme: Theme) -> None:
    overlay = Overlay(theme)
    overlay.step_aside(True)
    overlay.step_aside(False)
    assert overlay._pill is None or not overlay.pill.isVisible()
    overlay.close()
