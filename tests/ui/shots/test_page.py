from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.shots.commands import AskWithout, AttachShot, EditShot, RemoveShot, SaveShot
from app.shots.events import AttachmentsChanged, ShotGone, WordsHeld
from app.shots.shot import Edit, EditKind, Rect, SecretFound, SecretKind
from tests.ui import told
from tests.ui.conftest import Shown
from tests.ui.pointer import move_to
from tests.ui.shots.pictures import BLUE, attachment, image, png, prepared, shot, taken
from ui.shots import page as preview_module
from ui.shots.page import PreviewPage
from ui.shots.pictures import decoded
from ui.window.remedies import Page

LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier
SECRET = SecretFound(SecretKind.KEY, Rect(100, 100, 60, 20))


@pytest.fixture
def preview(shown: Shown, monkeypatch: pytest.MonkeyPatch) -> PreviewPage:
    monkeypatch.setattr(preview_module, "_ENTER_AFTER_MS", -1)
    shown.tell(*shot("s"))
    return shown.window.area.preview


def drag(preview: PreviewPage, begin: tuple[int, int], end: tuple[int, int]) -> None:
    """From one pixel of the shot to another."""
    canvas = preview.canvas
    places = [QPoint(*map(round, canvas.mapping.center(at))) for at in (begin, end)]
    QTest.mousePress(canvas, LEFT, pos=places[0])
    move_to(canvas, places[1], LEFT)
    QTest.mouseRelease(canvas, LEFT, pos=places[1])


def near(rect: Rect | None, wanted: Rect, by: int = 3) -> bool:
    assert rect is not None
    pairs = zip(
        (rect.x, rect.y, rect.width, rect.height),
        (wanted.x, wanted.y, wanted.width, wanted.height),
        strict=True,
    )
    return all(abs(one - other) <= by for one, other in pairs)


def test_a_shot_opens_the_preview_and_enter_attaches_it(shown: Shown, preview: PreviewPage) -> None:
    assert shown.page() is Page.PREVIEW
    assert preview.canvas.hasFocus()
    QTest.keyClick(preview.canvas, Qt.Key.Key_Return)
    assert shown.sent == [AttachShot("s")]
    shown.tell(AttachmentsChanged((attachment("s"),)))
    assert shown.page() is Page.CONVERSATION
    assert shown.window.area.conversation.composer.input.hasFocus()


def test_words_that_wait_are_shown_and_can_be_asked_alone(
    shown: Shown, preview: PreviewPage
) -> None:
    assert not preview.held.isVisible()
    shown.tell(WordsHeld("What does this mean?"))
    assert preview.held.text() == "“What does this mean?” goes with it."
    QTest.mouseClick(preview.alone, LEFT)
    assert shown.sent == [AskWithout()]
    shown.tell(WordsHeld(""))
    assert not preview.held.isVisible()
    assert not preview.alone.isVisible()


def test_words_that_wait_bring_the_preview_back(shown: Shown, preview: PreviewPage) -> None:
    shown.window.area.close_page()
    assert shown.page() is Page.CONVERSATION
    shown.tell(WordsHeld("What does this mean?"))
    assert shown.page() is Page.PREVIEW


def test_it_draws_the_bytes_that_would_be_sent_and_nothing_else(
    shown: Shown, preview: PreviewPage
) -> None:
    data = png(image(color=BLUE))
    shown.tell(prepared("s", data))
    assert preview.canvas.shown == decoded(data)
    box = preview.canvas.mapping.box
    middle = QPoint(round(box.x + box.width / 2), round(box.y + box.height / 2))
    assert preview.canvas.grab().toImage().pixelColor(middle) == QColor(BLUE)


def test_there_is_nothing_to_see_or_attach_before_it_is_prepared(shown: Shown) -> None:
    shown.tell(taken("s"))
    preview = shown.window.area.preview
    assert preview.canvas.shown.isNull()
    assert not preview.attach.isEnabled()
    shown.tell(prepared("s"))
    assert preview.attach.isEnabled()


def test_escape_removes_it(shown: Shown, preview: PreviewPage) -> None:
    QTest.keyClick(preview.canvas, Qt.Key.Key_Escape)
    assert shown.sent == [RemoveShot("s")]
    shown.tell(ShotGone("s"))
    assert shown.page() is Page.CONVERSATION


def test_enter_meant_for_something_else_attaches_nothing(shown: Shown) -> None:
    shown.tell(*shot("s"))
    QTest.keyClick(shown.window.area.preview.canvas, Qt.Key.Key_Return)
    assert shown.sent == []


@pytest.mark.parametrize("kind", [EditKind.BLUR, EditKind.COVER, EditKind.CROP])
def test_a_drag_edits_in_the_pixels_of_the_shot(
    shown: Shown, preview: PreviewPage, kind: EditKind
) -> None:
    preview.tools[kind].click()
    drag(preview, (100, 100), (299, 249))
    (command,) = shown.sent
    assert isinstance(command, EditShot)
    (edit,) = command.edits
    assert edit.kind is kind
    assert near(edit.rect, Rect(100, 100, 200, 150))


def test_what_is_not_in_the_picture_yet_is_not_attached(shown: Shown, preview: PreviewPage) -> None:
    preview.tools[EditKind.COVER].click()
    drag(preview, (100, 100), (299, 249))
    before = preview.canvas.shown
    assert not preview.attach.isEnabled()
    preview._attach()
    (command,) = shown.sent
    assert isinstance(command, EditShot)
    assert preview.canvas.shown == before
    shown.tell(prepared("s", edits=()))
    assert not preview.attach.isEnabled(), "an answer to an earlier question"
    shown.tell(prepared("s", edits=command.edits))
    assert preview.attach.isEnabled()


def test_drawing_sends_the_line(shown: Shown, preview: PreviewPage) -> None:
    preview.tools[EditKind.DRAW].click()
    drag(preview, (100, 100), (300, 200))
    (command,) = shown.sent
    assert isinstance(command, EditShot)
    points = command.edits[0].points
    assert len(points) >= 2
    assert near(Rect(*points[-1], 1, 1), Rect(300, 200, 1, 1))


def test_keys_do_what_a_drag_does(shown: Shown, preview: PreviewPage) -> None:
    canvas = preview.canvas
    preview.tools[EditKind.BLUR].click()
    canvas.setFocus()
    x, y = canvas.selection.point
    for _ in range(9):
        QTest.keyClick(canvas, Qt.Key.Key_Right, CONTROL)
        QTest.keyClick(canvas, Qt.Key.Key_Down, CONTROL)
    QTest.keyClick(canvas, Qt.Key.Key_Left)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert shown.sent == [EditShot("s", (Edit(EditKind.BLUR, Rect(x - 1, y, 10, 10)),))]


def test_escape_first_drops_what_is_marked(shown: Shown, preview: PreviewPage) -> None:
    QTest.keyClick(preview.canvas, Qt.Key.Key_Right, CONTROL)
    QTest.keyClick(preview.canvas, Qt.Key.Key_Escape)
    assert shown.sent == []
    assert preview.canvas.selection.rect is None


def test_undo_takes_back_one_edit(shown: Shown, preview: PreviewPage) -> None:
    edits = (
        Edit(EditKind.BLUR, Rect(0, 0, 50, 50)),
        Edit(EditKind.COVER, Rect(60, 60, 50, 50)),
    )
    for edit in edits:
        preview.canvas.edited.emit(edit)
    shown.tell(prepared("s", edits=edits))
    QTest.keyClick(preview.canvas, Qt.Key.Key_Z, CONTROL)
    assert shown.sent[-1] == EditShot("s", edits[:1])
    preview.undo.click()
    assert shown.sent[-1] == EditShot("s", ())
    assert not preview.undo.isEnabled()


def test_after_a_crop_places_are_still_those_of_the_shot(
    shown: Shown, preview: PreviewPage
) -> None:
    crop = Edit(EditKind.CROP, Rect(400, 300, 200, 150))
    preview.canvas.edited.emit(crop)
    shown.tell(prepared("s", png(image(200, 150)), edits=(crop,)))
    preview.tools[EditKind.COVER].click()
    drag(preview, (450, 350), (499, 399))
    command = shown.sent[-1]
    assert isinstance(command, EditShot)
    assert command.edits[0] == crop
    assert near(command.edits[1].rect, Rect(450, 350, 50, 50))


def test_secrets_are_framed_and_asked_about(
    shown: Shown, preview: PreviewPage, qtbot: QtBot
) -> None:
    clean = preview.canvas.grab().toImage()
    shown.tell(prepared("s", secrets=(SECRET,)))
    assert preview.canvas.grab().toImage() != clean
    card = preview.secrets
    assert card.isVisible()
    assert "a key" in card.words
    assert card.anyway.isHidden()
    preview.attach.click()
    assert shown.sent == []
    assert card.anyway.isVisible()
    assert not card.anyway.isEnabled(), "nobody agrees by accident"
    card.anyway.click()
    assert shown.sent == []
    qtbot.waitUntil(card.anyway.isEnabled)
    card.anyway.click()
    assert shown.sent == [AttachShot("s", secrets_seen=True)]


def test_secrets_are_covered_by_one_press(shown: Shown, preview: PreviewPage) -> None:
    shown.tell(prepared("s", secrets=(SECRET,)))
    preview.secrets.cover.click()
    cover = Edit(EditKind.COVER, SECRET.rect)
    assert shown.sent == [EditShot("s", (cover,))]
    shown.tell(prepared("s", edits=(cover,)))
    assert not preview.secrets.isVisible()
    preview.attach.click()
    assert shown.sent[-1] == AttachShot("s")


def test_agreeing_to_one_secret_is_not_agreeing_to_another(
    shown: Shown, preview: PreviewPage, qtbot: QtBot
) -> None:
    shown.tell(prepared("s", secrets=(SECRET,)))
    preview.attach.click()
    qtbot.waitUntil(preview.secrets.anyway.isEnabled)
    other = SecretFound(SecretKind.CARD, Rect(0, 0, 9, 9))
    shown.tell(prepared("s", secrets=(SECRET, other)))
    assert preview.secrets.anyway.isHidden()
    preview.attach.click()
    assert shown.sent == []


def test_what_could_not_be_searched_is_said(shown: Shown, preview: PreviewPage) -> None:
    assert preview.note.isHidden()
    shown.tell(prepared("s", unread=("Games",)))
    assert "Games" in preview.note.text()


def test_several_pictures_as_thumbnails(shown: Shown, preview: PreviewPage) -> None:
    assert preview.strip.isHidden()
    shown.tell(*shot("t", data=png(image(color=BLUE))))
    assert preview.shot_id == "t"
    assert list(preview.strip.thumbnails) == ["s", "t"]
    preview.strip.thumbnails["s"].click()
    assert preview.shot_id == "s"
    QTest.keyClick(preview.canvas, Qt.Key.Key_Escape)
    assert shown.sent == [RemoveShot("s")]
    shown.tell(ShotGone("s"))
    assert (preview.shot_id, shown.page()) == ("t", Page.PREVIEW)


def test_saving_asks_where(shown: Shown, preview: PreviewPage, tmp_path: Path) -> None:
    preview.save.click()
    assert preview._dialog is not None
    assert not preview._dialog.isModal() or preview._dialog.windowModality()
    preview._dialog.fileSelected.emit(str(tmp_path / "a.png"))
    assert shown.sent == [SaveShot("s", tmp_path / "a.png")]
    preview._dialog.reject()
    assert preview.canvas.hasFocus(), "Enter attaches it, and saves no second time"


def test_what_somebody_waits_for_is_shown_rather_than_attached(
    shown: Shown, preview: PreviewPage
) -> None:
    assert preview.attach.text() == "Attach"
    shown.tell(prepared("s", waits=True))
    assert preview.attach.text() == "Show it"


def test_a_question_comes_first_and_the_picture_is_not_lost(
    shown: Shown, preview: PreviewPage
) -> None:
    shown.tell(told.question())
    assert shown.page() is Page.CONVERSATION
    chip = shown.window.area.conversation.composer.attachments.chips["s"]
    chip.picture.click()
    assert shown.page() is Page.PREVIEW
