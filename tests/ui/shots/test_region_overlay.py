from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest

from app.shots.commands import RegionChosen
from app.shots.events import RegionWanted
from app.shots.shot import Monitor, Rect
from tests.ui.pointer import move_to
from tests.ui.shots.pictures import wanted
from ui.shots.pictures import Grabbed
from ui.shots.region_overlay import RegionOverlay, screen_of
from ui.shots.region_pane import CHOSEN_HINT, HINT
from ui.theme import Theme

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


class Dragging:
    """An open overlay, and what it answered."""

    def __init__(self, asked: RegionWanted) -> None:
        self.answers: list[RegionChosen] = []
        self.overlay = RegionOverlay(asked)
        self.overlay.chosen.connect(self.answers.append)
        self.overlay.open()
        self.pane = self.overlay.panes[0]

    def press(self, x: int, y: int) -> None:
        QTest.mousePress(self.pane, LEFT, pos=QPoint(x, y))

    def move(self, x: int, y: int) -> None:
        move_to(self.pane, QPoint(x, y), LEFT)
        self.pane.moved.emit(self.pane.mapping.to_shot(x, y))

    def release(self, x: int, y: int) -> None:
        QTest.mouseRelease(self.pane, LEFT, pos=QPoint(x, y))

    def drag(self, begin: tuple[int, int], end: tuple[int, int]) -> None:
        self.press(*begin)
        self.move(*end)
        self.release(*end)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.pane, key, modifiers)

    @property
    def rect(self) -> Rect | None:
        return self.overlay.selection.rect


pytestmark = pytest.mark.filterwarnings("ignore:This plugin does not support")


@pytest.fixture
def dragging(qapp, theme: Theme) -> Iterator[Dragging]:
    made = Dragging(wanted())
    yield made
    made.overlay.give_up()


def test_a_drag_and_enter_answer_with_the_pixels(dragging: Dragging) -> None:
    dragging.drag((10, 20), (59, 79))
    assert dragging.answers == []
    dragging.key(Qt.Key.Key_Return)
    assert dragging.answers == [RegionChosen("r", Rect(10, 20, 50, 60))]
    assert not dragging.pane.isVisible()


def test_escape_and_the_right_button_give_it_up(dragging: Dragging) -> None:
    dragging.drag((10, 20), (59, 79))
    dragging.key(Qt.Key.Key_Escape)
    assert dragging.answers == [RegionChosen("r", None)]
    other = Dragging(wanted())
    QTest.mouseClick(other.pane, Qt.MouseButton.RightButton, pos=QPoint(5, 5))
    assert other.answers == [RegionChosen("r", None)]


def test_it_answers_once(dragging: Dragging) -> None:
    dragging.overlay.give_up()
    dragging.overlay.take()
    assert len(dragging.answers) == 1


def test_arrows_by_one_and_by_ten_and_resizing(dragging: Dragging) -> None:
    dragging.drag((100, 100), (149, 149))
    dragging.key(Qt.Key.Key_Right)
    dragging.key(Qt.Key.Key_Up, SHIFT)
    assert dragging.rect == Rect(101, 90, 50, 50)
    dragging.key(Qt.Key.Key_Down, CONTROL)
    dragging.key(Qt.Key.Key_Left, CONTROL | SHIFT)
    assert dragging.rect == Rect(101, 90, 40, 51)


def test_without_a_pointer(dragging: Dragging) -> None:
    before = dragging.overlay.selection.point
    dragging.key(Qt.Key.Key_Right)
    dragging.key(Qt.Key.Key_Right, CONTROL | SHIFT)
    dragging.key(Qt.Key.Key_Down, CONTROL | SHIFT)
    assert dragging.rect == Rect(before[0] + 1, before[1], 11, 11)
    dragging.key(Qt.Key.Key_Return)
    assert dragging.answers == [RegionChosen("r", Rect(before[0] + 1, before[1], 11, 11))]


def test_enter_without_a_region_takes_the_monitor(dragging: Dragging) -> None:
    dragging.key(Qt.Key.Key_Return)
    assert dragging.answers == [RegionChosen("r", Rect(0, 0, 800, 800))]


def test_a_click_chooses_nothing(dragging: Dragging) -> None:
    dragging.drag((10, 20), (10, 20))
    assert dragging.rect is None


def test_space_moves_what_is_dragged(dragging: Dragging) -> None:
    dragging.press(100, 100)
    dragging.move(149, 149)
    QTest.keyPress(dragging.pane, Qt.Key.Key_Space)
    dragging.move(159, 169)
    assert dragging.rect == Rect(110, 120, 50, 50)
    QTest.keyRelease(dragging.pane, Qt.Key.Key_Space)
    dragging.move(169, 169)
    assert dragging.rect == Rect(110, 120, 60, 50)


def test_a_double_click_takes_it(dragging: Dragging) -> None:
    dragging.drag((10, 10), (60, 60))
    QTest.mouseDClick(dragging.pane, LEFT, pos=QPoint(30, 30))
    assert dragging.answers == [RegionChosen("r", Rect(10, 10, 51, 51))]


def test_a_monitor_of_twice_the_scale_tells_device_pixels(qapp, theme: Theme) -> None:
    """The monitor has 1600 × 1600 pixels, which Qt covers with 800 × 800 of its own."""
    asked = wanted(Monitor("", Rect(0, 0, 1600, 1600), 2.0), size=(1600, 1600))
    dragging = Dragging(asked)
    dragging.drag((10, 20), (59, 79))
    dragging.key(Qt.Key.Key_Return)
    assert dragging.answers == [RegionChosen("r", Rect(20, 40, 99, 119))]


def test_two_monitors_and_a_corner_left_of_nothing(qapp, theme: Theme) -> None:
    left, right = Rect(-800, -10, 800, 800), Rect(0, 0, 800, 800)
    asked = wanted(Monitor("a", left), Monitor("b", right), size=(1600, 810), origin=(-800, -10))
    dragging = Dragging(asked)
    dragging.drag((790, 0), (809, 9))
    assert dragging.rect == Rect(-10, -10, 20, 10), "a drag goes on into the next monitor"
    dragging.overlay.give_up()
    assert not any(pane.isVisible() for pane in dragging.overlay.panes)


def test_what_is_chosen_is_shown_as_it_is_and_the_rest_dimmed(dragging: Dragging) -> None:
    dragging.drag((60, 300), (139, 379))
    shown = dragging.pane.grab().toImage()
    assert shown.pixelColor(90, 350) == QColor(0, 0, 255)
    assert shown.pixelColor(110, 350) == QColor(255, 0, 0)
    dimmed = shown.pixelColor(20, 350)
    assert (dimmed.red(), dimmed.green()) == (0, 0)
    assert 100 < dimmed.blue() < 180


def test_the_picture_is_not_copied() -> None:
    pixels = wanted().desktop
    grabbed = Grabbed.of(pixels)
    assert bytes(grabbed.image.constBits()[:400]) == pixels.data[:400]
    assert grabbed.data is pixels.data
    assert grabbed.image.pixelColor(99, 0) == QColor(0, 0, 255)
    assert grabbed.image.pixelColor(100, 0) == QColor(255, 0, 0)


def test_screen_by_its_pixels(qapp) -> None:
    screen = QGuiApplication.primaryScreen()
    assert screen_of(Monitor("", Rect(100, 100, 50, 50)), [screen]) is screen
    assert screen_of(Monitor(screen.name(), Rect(0, 0, 800, 800)), [screen]) is screen
    assert screen_of(Monitor("", Rect(5000, 0, 50, 50)), [screen]) is None


def test_what_comes_next_is_said_away_from_what_is_chosen(dragging: Dragging) -> None:
    pane = dragging.pane
    assert pane._hint == HINT
    dragging.press(0, 0)
    dragging.move(pane.width() - 1, 70)
    assert pane._hint == ""
    dragging.release(pane.width() - 1, 70)
    assert pane._hint == CHOSEN_HINT
    chosen = pane._chosen()
    assert chosen is not None
    assert not chosen.intersects(pane._hint_area())
