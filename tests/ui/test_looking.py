"""The picture of one question, where no other window of Sayso is open."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app import commands, events
from app.shots.commands import AttachShot, RegionChosen, RemoveShot
from app.shots.events import ShotGone
from app.shots.shot import Rect
from tests.ui.shots.pictures import shot, wanted
from ui.looking import Looking
from ui.scripted_core import ScriptedCore
from ui.theme import Theme


class Scene:
    def __init__(self, qtbot: QtBot) -> None:
        self.core = ScriptedCore()
        self.looking = Looking(self.core)
        self.window = self.looking.window
        qtbot.addWidget(self.window)


@pytest.fixture
def scene(qtbot: QtBot, theme: Theme) -> Scene:
    return Scene(qtbot)


def test_it_is_shown_while_it_waits_for_a_yes(scene: Scene, qtbot: QtBot) -> None:
    scene.core.publish(*shot(waits=True))
    qtbot.waitUntil(scene.window.isVisible)
    qtbot.waitUntil(scene.window.page.attach.isEnabled)
    QTest.mouseClick(scene.window.page.attach, Qt.MouseButton.LeftButton)
    assert scene.core.sent == [AttachShot("s")]
    scene.core.publish(ShotGone("s"))
    qtbot.waitUntil(lambda: not scene.window.isVisible())


def test_what_nobody_has_to_look_at_is_not_shown(scene: Scene, qtbot: QtBot) -> None:
    scene.core.publish(*shot(waits=True), ShotGone("s"))
    qtbot.waitUntil(lambda: scene.core.stop())
    qtbot.wait(150)
    assert not scene.window.isVisible()


def test_closing_the_window_is_a_no(scene: Scene, qtbot: QtBot) -> None:
    scene.core.publish(*shot(waits=True))
    qtbot.waitUntil(scene.window.isVisible)
    scene.window.close()
    assert scene.core.sent == [RemoveShot("s")]


def test_a_region_is_dragged_without_it(scene: Scene, qtbot: QtBot) -> None:
    scene.core.publish(wanted())
    qtbot.waitUntil(lambda: scene.looking.stage.region is not None)
    region = scene.looking.stage.region
    assert region is not None
    region.take()
    assert scene.core.sent == [RegionChosen("r", Rect(0, 0, 800, 800))]
    assert not scene.window.isVisible()


def test_the_end_of_the_core_is_its_end(scene: Scene, qtbot: QtBot) -> None:
    with qtbot.waitSignal(scene.looking.ended):
        scene.looking.stop()
    assert scene.core.sent == [commands.Shutdown()]
    scene.core.publish(events.ShowWindow())
