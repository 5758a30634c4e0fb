from __future__ import annotations

import pytest
from PySide6.QtCore import QBuffer, QByteArray, QObject, QSize
from PySide6.QtGui import QImage, QImageWriter
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.shots.commands import AttachShot
from app.shots.shot import Edit, EditKind, Rect
from tests.ui.conftest import Shown
from tests.ui.shots.pictures import BLUE, image, png, prepared, taken
from ui.shots import page as preview_module
from ui.shots.decoding import Decoder
from ui.shots.pictures import decoded, fitting, size_of, thumbnail

LARGE = png(image(1000, 800))
LARGE_BLUE = png(image(1000, 800, BLUE))


@pytest.fixture
def decoder(qapp) -> Decoder:
    return Decoder()


def test_small_pictures_are_there_at_once(decoder: Decoder) -> None:
    drawn: list[QImage] = []
    decoder.decode(png(), decoder, drawn.append)
    assert drawn == [image()]


def test_large_ones_come_later_and_in_order(decoder: Decoder, qtbot: QtBot) -> None:
    drawn: list[QImage] = []
    decoder.decode(LARGE, decoder, drawn.append)
    decoder.decode(LARGE_BLUE, decoder, drawn.append)
    assert drawn == []
    qtbot.waitUntil(lambda: len(drawn) == 2)
    assert drawn == [decoded(LARGE), decoded(LARGE_BLUE)]


def test_nobody_is_called_who_is_gone(decoder: Decoder, qtbot: QtBot) -> None:
    drawn: list[QImage] = []
    owner = QObject()
    decoder.decode(LARGE, owner, drawn.append)
    delete(owner)
    decoder.decode(LARGE_BLUE, decoder, drawn.append)
    qtbot.waitUntil(lambda: drawn != [])
    assert drawn == [decoded(LARGE_BLUE)]


def test_a_thumbnail_has_its_size_before_it_has_its_picture(decoder: Decoder, qtbot: QtBot) -> None:
    room = QSize(100, 100)
    with qtbot.waitSignal(decoder.ready):
        blank = decoder.thumbnail(LARGE, room, 2.0)
        assert blank.size() == QSize(200, 160)
        assert blank.pixelColor(5, 5).alpha() == 0
    made = decoder.thumbnail(LARGE, room, 2.0)
    assert made == thumbnail(LARGE, room, 2.0)
    assert made.deviceIndependentSize().toSize() == QSize(100, 80)


def test_a_thumbnail_is_never_enlarged() -> None:
    assert fitting(QSize(30, 20), QSize(100, 100), 1.0) == QSize(30, 20)
    assert fitting(QSize(3000, 2), QSize(100, 100), 1.0) == QSize(100, 1)
    assert fitting(QSize(), QSize(10, 20), 2.0) == QSize(20, 40)


def test_what_is_not_drawn_yet_cannot_be_attached(
    shown: Shown, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview_module, "_ENTER_AFTER_MS", -1)
    shown.tell(taken("s", 1000, 800), prepared("s", LARGE))
    preview = shown.window.area.preview
    assert not preview.attach.isEnabled()
    qtbot.waitUntil(preview.attach.isEnabled)
    assert preview.canvas.shown == decoded(LARGE)
    cover = Edit(EditKind.COVER, Rect(0, 0, 999, 799))
    preview.canvas.edited.emit(cover)
    shown.tell(prepared("s", LARGE_BLUE, edits=(cover,)))
    assert not preview.attach.isEnabled()
    assert preview.canvas.shown == decoded(LARGE), "until the new one is there"
    qtbot.waitUntil(preview.attach.isEnabled)
    assert preview.canvas.shown == decoded(LARGE_BLUE)
    preview.attach.click()
    assert shown.sent[-1] == AttachShot("s")


def test_what_cannot_be_shown_cannot_be_attached(shown: Shown) -> None:
    shown.tell(taken("s"), prepared("s", b"no picture"))
    preview = shown.window.area.preview
    assert not preview.attach.isEnabled()
    assert "cannot be shown" in preview.facts.text()


@pytest.mark.parametrize("form", [b"PNG", b"JPEG"])
def test_the_size_is_read_without_decoding(form: bytes) -> None:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(form)).write(image(123, 45))
    data = bytes(buffer.data().data())
    assert size_of(data) == QSize(123, 45)
    assert not size_of(data[:12]).isValid()


def test_the_window_reads_pictures_while_others_are_decoded(decoder: Decoder, qtbot: QtBot) -> None:
    drawn: list[QImage] = []
    for _ in range(20):
        decoder.decode(LARGE, decoder, drawn.append)
        decoder.decode(png(), decoder, drawn.append)
    qtbot.waitUntil(lambda: len(drawn) == 40, timeout=30_000)
