from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QTableWidget, QWidget

from app.products.commands import DismissProduct, SaveProduct
from app.products.events import ProductGone, ProductNotSaved, ProductOffered, ProductSaved
from app.products.product import Code, Contact, Event, Offer, Picture, Table, Text
from tests.ui.conftest import Shown

TABLE = Table("Sales", ("Month", "Sum"), (("May", "=1+1"), ("June", "-5")))
EVENT = Event("Tea", "2026-11-24 17:00")
CONTACT = Contact("Anna", phones="1\n2")


def card(shown: Shown):
    return shown.window.area.conversation.products


def offer(shown: Shown, product, offer_id="1"):
    shown.tell(ProductOffered(Offer(offer_id, product)))
    return card(shown)


def save_as(made, path):
    made.save.click()
    made._dialog.fileSelected.emit(str(path))
    made._dialog.close()


@pytest.mark.parametrize("product", [TABLE, EVENT, CONTACT, Text("a", "b"), Code("a.py", "x\n")])
def test_a_product_comes_back_as_it_went_in(shown: Shown, product) -> None:
    shown.show()
    made = offer(shown, product)
    assert made.isVisible()
    assert made.product() == product
    assert shown.sent == []


def test_what_is_edited_is_what_is_saved(shown: Shown, tmp_path: Path) -> None:
    shown.show()
    made = offer(shown, TABLE)
    cells = made.findChild(QTableWidget)
    cells.item(0, 1).setText("Total")
    cells.item(1, 1).setText("3")
    made.editor.add.click()
    save_as(made, tmp_path / "a.csv")
    rows = (("May", "3"), ("June", "-5"), ("", ""))
    assert shown.sent == [
        SaveProduct("1", Table("Sales", ("Month", "Total"), rows), tmp_path / "a.csv")
    ]


def test_rows_go_but_the_headings_stay(shown: Shown) -> None:
    made = offer(shown, TABLE)
    cells = made.findChild(QTableWidget)
    cells.setCurrentCell(0, 0)
    made.editor.remove.click()
    assert made.product() == TABLE
    cells.setCurrentCell(1, 0)
    made.editor.remove.click()
    assert made.product() == Table("Sales", ("Month", "Sum"), (("June", "-5"),))


def test_fields_are_edited_and_checked_before_a_file_is_asked_for(shown: Shown) -> None:
    shown.show()
    made = offer(shown, EVENT)
    made.editor.fields["starts"].setText("at five")
    made.save.click()
    assert made._dialog is None
    assert "not a date" in made.note.text()
    made.editor.fields["starts"].setText("2026-11-24 18:00")
    assert made.product().starts == "2026-11-24 18:00"


def test_a_copy_is_cells_words_and_a_table(shown: Shown) -> None:
    made = offer(shown, TABLE)
    made.copy.click()
    held = QGuiApplication.clipboard().mimeData()
    assert held.text() == "Month\tSum\nMay\t'=1+1\nJune\t-5\n"
    assert held.html().count("<td>") == 4
    assert made.note.text() == "Copied."
    made = offer(shown, EVENT, "2")
    made.copy.click()
    assert QGuiApplication.clipboard().text() == "Tea\n2026-11-24 17:00"


def test_what_became_of_it_is_told(shown: Shown) -> None:
    shown.show()
    made = offer(shown, TABLE)
    assert not made.open.isVisible()
    shown.tell(ProductNotSaved("1", "x.csv could not be written: disk full."))
    assert "disk full" in made.note.text()
    shown.tell(ProductSaved("1", Path("/home/x/a.csv")))
    assert made.note.text() == "Saved as a.csv in /home/x."
    assert made.open.isVisible()
    assert made.folder.isVisible()


def test_code_is_not_opened_by_a_button(shown: Shown) -> None:
    shown.show()
    made = offer(shown, Code("a.sh", "x"))
    shown.tell(ProductSaved("1", Path("/home/x/a.sh")))
    assert not made.open.isVisible()
    assert made.folder.isVisible()


def test_an_edit_survives_what_is_told_of_it(shown: Shown) -> None:
    made = offer(shown, Text("a", "before"))
    made.editor.box.setPlainText("after")
    shown.tell(ProductSaved("1", Path("/x/a.txt")))
    assert made.product() == Text("a", "after")


def test_cards_are_put_away_one_after_another(shown: Shown) -> None:
    shown.show()
    offer(shown, EVENT)
    made = offer(shown, TABLE, "2")
    assert "1 more" in made._kind.text()
    made.close_button.click()
    assert shown.sent == [DismissProduct("2")]
    shown.tell(ProductGone("2"))
    assert made.product() == EVENT
    shown.tell(ProductGone("1"))
    assert not made.isVisible()


def test_a_picture_is_shown_and_opened(shown: Shown, tmp_path: Path) -> None:
    shown.show()
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    path = tmp_path / "cat.png"
    assert image.save(str(path))
    made = offer(shown, Picture("cat", path))
    assert not made.editor.pixmap().isNull()
    assert not made.save.isVisible()
    assert made.open.isVisible()
    made = offer(shown, Picture("gone", tmp_path / "gone.png"), "2")
    assert "no longer" in made.editor.text()


@pytest.mark.parametrize("product", [TABLE, EVENT, CONTACT, Code("a.py", "x\n")])
def test_everything_has_a_name_and_a_place_for_the_keyboard(shown: Shown, product) -> None:
    shown.show()
    made = offer(shown, product)
    for kind in (QLineEdit, QPlainTextEdit, QTableWidget):
        for field in made.findChildren(kind):
            assert field.accessibleName()
    order: list[QWidget] = []
    at: QWidget | None = made.close_button
    while at is not None and at is not made.copy:
        at = at.nextInFocusChain()
        assert at is not None
        order.append(at)
        assert len(order) < 200
    assert order.index(made.save) < order.index(made.copy)
