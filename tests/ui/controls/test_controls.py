from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QTextDocument, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from ui.controls.buttons import Button, IconButton, Kind, Switch
from ui.controls.fields import ChoiceBox, NumberField, SecretField, TextField
from ui.controls.icons import Icon, application_icon, draw
from ui.controls.meter import LevelMeter
from ui.controls.surfaces import ElidedLabel, label
from ui.theme import Theme


def drawn(icon: Icon, color: str) -> QImage:
    image = QImage(32, 32, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    draw(painter, icon, QPointF(16, 16), 32, QColor(color))
    painter.end()
    return image


@pytest.mark.parametrize("icon", Icon)
def test_every_icon_is_drawn(qapp, icon: Icon) -> None:
    blank = QImage(32, 32, QImage.Format.Format_ARGB32)
    blank.fill(Qt.GlobalColor.transparent)
    assert drawn(icon, "#112233") != blank


def test_icons_take_the_colour_that_is_asked_for(qapp) -> None:
    assert drawn(Icon.COPY, "#ff0000") != drawn(Icon.COPY, "#0000ff")


def test_application_icon_has_several_sizes(qapp) -> None:
    assert len(application_icon().availableSizes()) >= 3


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_buttons_are_pressed_by_key(qtbot: QtBot, theme: Theme, key: Qt.Key) -> None:
    for button in (Button("Go", Kind.PRIMARY), IconButton(Icon.COPY, "Copy"), Switch("On")):
        qtbot.addWidget(button)
        with qtbot.waitSignal(button.clicked):
            QTest.keyClick(button, key)


@pytest.mark.parametrize("kind", Kind)
def test_kinds_of_button_look_different(qtbot: QtBot, theme: Theme, kind: Kind) -> None:
    pictures = []
    for other in Kind:
        button = Button("Go", other)
        qtbot.addWidget(button)
        pictures.append((other, button.grab().toImage()))
    own = next(picture for other, picture in pictures if other is kind)
    assert all(picture != own for other, picture in pictures if other is not kind)


def test_long_line_is_elided_and_whole_in_the_tip(qtbot: QtBot, theme: Theme) -> None:
    line = ElidedLabel()
    qtbot.addWidget(line)
    line.resize(100, 20)
    line.show()
    line.show_text("A title that is\nmuch too long for this")
    assert line.text().endswith("…")
    assert line.whole == line.toolTip() == line.accessibleName()
    line.resize(1000, 20)
    assert line.text() == "A title that is much too long for this"
    assert line.toolTip() == ""
    line.resize(30, 20)
    line.show_text("<b>bold</b> words & more of them")
    shown = QTextDocument()
    shown.setHtml(line.toolTip())
    assert shown.toPlainText() == line.whole


def test_labels_show_markup_as_words(qtbot: QtBot, theme: Theme) -> None:
    line = label("<b>bold</b>")
    qtbot.addWidget(line)
    assert line.textFormat() is Qt.TextFormat.PlainText


def test_text_is_committed_when_finished_and_only_if_changed(qtbot: QtBot, theme: Theme) -> None:
    field = TextField("Name")
    qtbot.addWidget(field)
    field.show_value("old")
    with qtbot.assertNotEmitted(field.committed):
        QTest.keyClick(field, Qt.Key.Key_Return)
    field.setText("new")
    with qtbot.waitSignal(field.committed) as committed:
        QTest.keyClick(field, Qt.Key.Key_Return)
    assert committed.args == ["new"]


def test_secret_leaves_nothing_behind(qtbot: QtBot, theme: Theme) -> None:
    field = SecretField("Key")
    qtbot.addWidget(field)
    QTest.keyClicks(field, " abc ")
    assert field.displayText() != " abc "
    assert field.take() == "abc"
    field.undo()
    assert field.text() == ""


def test_wheel_never_changes_a_value(qtbot: QtBot, theme: Theme) -> None:
    box = ChoiceBox("Choice")
    box.addItems(["a", "b", "c"])
    box.setCurrentIndex(1)
    number = NumberField("Number", 0, 1000)
    number.show_value(500)
    for widget in (box, number.box):
        qtbot.addWidget(widget)
        widget.show()
        wheel = QWheelEvent(
            QPointF(5, 5), QPointF(5, 5), QPoint(0, 120), QPoint(0, 120),
            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(widget, wheel)
    assert box.currentIndex() == 1
    assert number.box.value() == 500


def test_number_is_stepped_within_its_range(qtbot: QtBot, theme: Theme) -> None:
    number = NumberField("Pause", 400, 3000)
    qtbot.addWidget(number)
    number.show_value(425)
    sent: list[int] = []
    number.committed.connect(sent.append)
    less, more = number.findChildren(IconButton)
    less.click()
    less.click()
    more.click()
    assert sent == [400, 450]
    assert {less.accessibleName(), more.accessibleName()} == {"Less: Pause", "More: Pause"}


def test_meter_shows_the_level(qtbot: QtBot, theme: Theme) -> None:
    meter = LevelMeter("Level")
    qtbot.addWidget(meter)
    quiet = meter.grab().toImage()
    meter.show_level(0.9)
    assert meter.grab().toImage() != quiet
    meter.show_level(-1)
    assert meter.grab().toImage() == quiet
