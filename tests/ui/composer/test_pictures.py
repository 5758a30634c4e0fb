from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app import commands
from app.shots.commands import CancelShot, GivePicture, ListWindows, RemoveShot, TakeShot
from app.shots.events import (
    AttachmentsChanged,
    ShotDelayed,
    ShownWindow,
    WindowsListed,
)
from app.shots.shot import ShotKind
from tests.ui.conftest import Shown
from tests.ui.shots.pictures import attachment, image, png, shot
from ui.composer.composer import Composer
from ui.composer.text_input import PLACEHOLDER
from ui.shots.pictures import decoded
from ui.window.remedies import Page

CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def composer(shown: Shown) -> Composer:
    return shown.window.area.conversation.composer


def trigger(menu: QMenu, words: str) -> None:
    by_name = {action.text().replace("&", ""): action for action in menu.actions()}
    by_name[words].trigger()


def data_with_picture() -> QMimeData:
    data = QMimeData()
    data.setData("image/png", png())
    return data


def data_with_files(*names: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(name) for name in names])
    return data


def test_the_menu_asks_for_each_kind(shown: Shown, composer: Composer) -> None:
    composer.show_button.click()
    menu = composer._menu
    assert menu is not None
    assert shown.sent == [ListWindows()]
    for words in ("Region…", "Same region again", "This screen", "From the clipboard"):
        trigger(menu, words)
    trigger(menu.later, "In 5 seconds")
    assert shown.sent[1:] == [
        TakeShot(ShotKind.REGION),
        TakeShot(ShotKind.SAME_REGION),
        TakeShot(ShotKind.POINTER_MONITOR),
        TakeShot(ShotKind.CLIPBOARD),
        TakeShot(ShotKind.REGION, delay_s=5.0),
    ]
    menu.close()


def test_windows_are_listed_once_they_are_known(shown: Shown, composer: Composer) -> None:
    composer.open_menu()
    menu = composer._menu
    assert menu is not None
    assert [action.text() for action in menu.windows.actions()] == ["Looking…"]
    windows = (ShownWindow("1", "R&D - Mail", "thunderbird"), ShownWindow("2", "", "xterm"))
    shown.tell(WindowsListed(windows))
    titles = [action.text() for action in menu.windows.actions()]
    assert titles == ["R&&D - Mail · thunderbird", "xterm"]
    menu.windows.actions()[0].trigger()
    assert shown.sent[-1] == TakeShot(ShotKind.WINDOW, name="1")
    shown.tell(WindowsListed(()))
    assert not menu.windows.actions()[0].isEnabled()
    menu.close()


def test_the_shortcut_opens_the_menu(shown: Shown, composer: Composer, qtbot: QtBot) -> None:
    QTest.keyClick(shown.window, Qt.Key.Key_S, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert composer._menu is not None
    qtbot.waitUntil(composer._menu.isVisible)
    composer._menu.close()


def test_chips_open_and_remove(shown: Shown, composer: Composer) -> None:
    assert composer.attachments.isHidden()
    shown.tell(AttachmentsChanged((attachment("a"), attachment("b", source="Mail"))))
    chips = composer.attachments.chips
    assert list(chips) == ["a", "b"]
    assert chips["b"].picture.accessibleName() == "Mail. Open what will be sent"
    chips["b"].remove.click()
    assert shown.sent == [RemoveShot("b")]
    chips["a"].picture.click()
    assert shown.page() is Page.PICTURE
    shown.tell(AttachmentsChanged(()))
    assert composer.attachments.isHidden()


def test_a_picture_can_be_sent_without_words(shown: Shown, composer: Composer) -> None:
    assert not composer._send.isEnabled()
    shown.tell(AttachmentsChanged((attachment("a"),)))
    assert composer._send.isEnabled()
    assert "What is this?" in composer.input.placeholderText()
    QTest.keyClick(composer.input, Qt.Key.Key_Return)
    assert shown.sent == [commands.SendText("What is this?")]
    shown.tell(AttachmentsChanged(()))
    assert composer.input.placeholderText() == PLACEHOLDER
    QTest.keyClick(composer.input, Qt.Key.Key_Return)
    assert len(shown.sent) == 1


def test_words_go_with_the_picture_as_they_are(shown: Shown, composer: Composer) -> None:
    shown.tell(AttachmentsChanged((attachment("a"),)))
    composer.input.setPlainText("Which one?")
    composer._send.click()
    assert shown.sent == [commands.SendText("Which one?")]


def test_what_waits_to_be_looked_at_does_not_ask_for_itself(
    shown: Shown, composer: Composer
) -> None:
    shown.tell(*shot("s"))
    assert list(composer.attachments.chips) == ["s"]
    assert composer.input.stands_for == ""


def test_a_delay_is_counted_down_and_can_be_cancelled(shown: Shown, composer: Composer) -> None:
    shown.tell(ShotDelayed(4.6))
    assert composer.attachments.isVisible()
    assert composer.attachments.countdown.text() == "The screen freezes in 5 s"
    composer.attachments.cancel.click()
    assert shown.sent == [CancelShot()]
    shown.tell(ShotDelayed(0))
    assert composer.attachments.isHidden()


def test_a_picture_is_pasted(shown: Shown, composer: Composer, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().setImage(image())
    QTest.keyClick(composer.input, Qt.Key.Key_V, CONTROL)
    qtbot.waitUntil(lambda: shown.sent != [])
    (command,) = shown.sent
    assert isinstance(command, GivePicture)
    assert command.source == "Clipboard"
    assert decoded(command.data) == image()
    assert composer.input.toPlainText() == ""


def paste(composer: Composer, data: QMimeData) -> None:
    QGuiApplication.clipboard().setMimeData(data)
    QTest.keyClick(composer.input, Qt.Key.Key_V, CONTROL)


def test_words_are_pasted_as_words_even_beside_a_picture(
    shown: Shown, composer: Composer, qtbot: QtBot
) -> None:
    data = data_with_picture()
    data.setText("from a spreadsheet")
    paste(composer, data)
    qtbot.waitUntil(lambda: composer.input.toPlainText() == "from a spreadsheet")
    assert shown.sent == []


def test_files_of_pictures_are_shown(shown: Shown, composer: Composer, qtbot: QtBot) -> None:
    composer.input.setPlainText("before ")
    composer.input.moveCursor(QTextCursor.MoveOperation.End)
    paste(composer, data_with_files("/tmp/a.PNG", "/tmp/b.jpg"))
    qtbot.waitUntil(lambda: shown.sent != [])
    assert shown.sent == [
        TakeShot(ShotKind.FILE, name="/tmp/a.PNG"),
        TakeShot(ShotKind.FILE, name="/tmp/b.jpg"),
    ]
    assert composer.input.toPlainText() == "before "


def test_other_files_are_no_pictures(shown: Shown, composer: Composer, qtbot: QtBot) -> None:
    paste(composer, data_with_files("/tmp/a.png", "/tmp/b.txt"))
    qtbot.waitUntil(lambda: "b.txt" in composer.input.toPlainText())
    assert shown.sent == []


def test_the_name_of_a_picture_is_words(shown: Shown, composer: Composer, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setText("/tmp/a.png")
    paste(composer, data)
    qtbot.waitUntil(lambda: composer.input.toPlainText() == "/tmp/a.png")
    QTest.qWait(0)
    assert composer.input.toPlainText() == "/tmp/a.png"
    assert shown.sent == []


def test_a_file_dropped_on_the_field(shown: Shown, composer: Composer) -> None:
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none, data = Qt.KeyboardModifier.NoModifier, data_with_files("/tmp/a.png")
    field = composer.input.viewport()
    QApplication.sendEvent(field, QDragEnterEvent(QPoint(5, 5), copy, data, left, none))
    QApplication.sendEvent(field, QDropEvent(QPointF(5, 5), copy, data, left, none))
    assert shown.sent == [TakeShot(ShotKind.FILE, name="/tmp/a.png")]
    assert composer.input.toPlainText() == ""


def test_a_drop_anywhere_on_the_page(shown: Shown) -> None:
    page = shown.window.area.conversation
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    picture = data_with_picture()
    enter = QDragEnterEvent(QPoint(5, 5), copy, picture, left, none)
    QApplication.sendEvent(page, enter)
    assert enter.isAccepted()
    drop = QDropEvent(QPointF(5, 5), copy, picture, left, none)
    QApplication.sendEvent(page, drop)
    assert shown.sent == [GivePicture(png(), "Dropped picture")]
    words = QMimeData()
    words.setText("words")
    refused = QDragEnterEvent(QPoint(5, 5), copy, words, left, none)
    QApplication.sendEvent(page, refused)
    assert not refused.isAccepted()
