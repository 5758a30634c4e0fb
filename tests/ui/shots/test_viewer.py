from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from app import events
from app.providers.base import Image
from app.shots.commands import RemoveShot, SaveShot
from app.shots.events import AttachmentsChanged
from tests.ui import told
from tests.ui.conftest import Shown
from tests.ui.shots.pictures import BLUE, attachment, image, png
from ui.shots.pictures import decoded
from ui.shots.shown import attached, picture_at, sent
from ui.transcript.blocks import PICTURES_GONE, spoken_text
from ui.window.remedies import Page

DATA, OTHER = png(), png(image(40, 400, BLUE))


def talk(shown: Shown) -> None:
    images = (Image(DATA, "image/png"), Image(OTHER, "image/png"))
    shown.tell(told.opened(told.user("What is this?", id="m", images=images), told.reply("A box")))


def test_a_thumbnail_in_the_transcript_opens_what_was_sent(shown: Shown, tmp_path: Path) -> None:
    talk(shown)
    transcript = shown.window.area.conversation.transcript
    row = transcript.rows.row(transcript.entries.entry(0))
    corner = transcript.visualRect(transcript.entries.index(0)).topLeft()
    place = corner + (row._pictures_at + row._pictures.areas[1].center()).toPoint()
    QTest.mouseClick(transcript.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert shown.page() is Page.PICTURE
    viewer = shown.window.area.viewer
    assert viewer.picture.image == decoded(OTHER)
    assert viewer.remove.isHidden()
    target = tmp_path / "kept.png"
    assert viewer._shown is not None
    viewer._save_as(viewer._shown, str(target))
    assert target.read_bytes() == OTHER
    viewer._save_as(viewer._shown, str(tmp_path / "nowhere" / "kept.png"))
    assert "could not be saved" in viewer.about.text()
    assert shown.sent == []


def test_pictures_by_keyboard(shown: Shown) -> None:
    talk(shown)
    transcript = shown.window.area.conversation.transcript
    transcript.setCurrentIndex(transcript.entries.index(0))
    transcript.setFocus()
    QTest.keyClick(transcript, Qt.Key.Key_Return)
    assert shown.page() is Page.PICTURE
    assert shown.window.area.viewer.picture.image == decoded(DATA)
    QTest.keyClick(shown.window.area.viewer.picture, Qt.Key.Key_Escape)
    assert shown.page() is Page.CONVERSATION


def test_a_row_makes_room_for_its_pictures_and_words_stay_readable(shown: Shown) -> None:
    talk(shown)
    rows = shown.window.area.conversation.transcript.rows
    row = rows.row(shown.window.view.entries[0])
    bottom = max(area.bottom() for area in row._pictures.areas)
    assert row._pictures_at.y() + bottom < row._text_at.y()
    assert row.height > bottom + row.document.height
    assert row._card is not None
    assert row._card.width() >= row._pictures.width


def test_screen_readers_hear_of_pictures(shown: Shown) -> None:
    talk(shown)
    assert spoken_text(shown.window.view.entries[0]).startswith("You: 2 pictures")


def test_what_is_attached_can_be_removed_and_saved(shown: Shown, tmp_path: Path) -> None:
    shown.tell(AttachmentsChanged((attachment("a", DATA),)))
    shown.window.area.conversation.composer.attachments.chips["a"].picture.click()
    viewer = shown.window.area.viewer
    assert (shown.page(), viewer.picture.image) == (Page.PICTURE, decoded(DATA))
    assert viewer._shown is not None
    viewer._save_as(viewer._shown, str(tmp_path / "a.png"))
    viewer.remove.click()
    assert shown.sent == [SaveShot("a", tmp_path / "a.png"), RemoveShot("a")]
    shown.tell(AttachmentsChanged(()))
    assert shown.page() is Page.CONVERSATION


def test_zoom(shown: Shown) -> None:
    shown.tell(AttachmentsChanged((attachment("a", DATA),)))
    shown.window.area.conversation.composer.attachments.chips["a"].picture.click()
    view = shown.window.area.viewer.picture
    assert view.zoom == 0.0
    QTest.keyClick(view, Qt.Key.Key_1)
    assert view.zoom == 1.0
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.zoom == 1.25
    for _ in range(30):
        QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.zoom == 0.05
    QTest.keyClick(view, Qt.Key.Key_0)
    assert view.zoom == 0.0
    drawn = view.grab().toImage().pixelColor(QPoint(view.width() // 2, view.height() // 2))
    assert (drawn.red(), drawn.green(), drawn.blue()) == (255, 0, 0)


def test_targets(shown: Shown) -> None:
    talk(shown)
    shown.tell(AttachmentsChanged((attachment("a", DATA),)))
    view = shown.window.view
    found = picture_at(view, sent("m", 1))
    assert found is not None
    assert (found.data, found.shot_id) == (OTHER, "")
    kept = picture_at(view, attached("a"))
    assert kept is not None
    assert (kept.data, kept.shot_id) == (DATA, "a")
    for gone in ("", sent("m", 2), sent("x", 0), "sent/m/x", attached("b"), "other/m/0"):
        assert picture_at(view, gone) is None


def test_a_picture_that_was_not_kept_is_not_passed_over(shown: Shown) -> None:
    shown.tell(told.opened(told.user("What is this?", id="m", had_images=True)))
    (entry,) = shown.window.view.entries
    row = shown.window.area.conversation.transcript.rows.row(entry)
    assert [block.text for block in row.document.blocks] == [PICTURES_GONE, "What is this?"]
    assert "not kept" in spoken_text(entry)


def test_pictures_that_a_tool_made_are_in_the_reply_while_it_runs(shown: Shown) -> None:
    shown.tell(
        told.opened(told.user("Look")),
        events.ReplyStarted("r", "gpt-4o"),
        events.ToolStarted("r", "c", "look_at_screen", "{}"),
    )
    row = shown.window.area.conversation.transcript.rows
    height = row.row(shown.window.view.entries[1]).height
    shown.tell(events.ToolEnded("r", "c", "Seen.", True, 0.1, (Image(DATA, "image/png"),)))
    entry = shown.window.view.entries[1]
    assert row.row(entry).height > height
    found = picture_at(shown.window.view, sent("r", 0))
    assert found is not None
    assert found.data == DATA
