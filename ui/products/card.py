"""The card of a product: look, edit, then save, copy or open. GUI thread."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QMimeData, QStandardPaths, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QStandardItemModel
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.products.commands import DismissProduct, SaveProduct
from app.products.files import file_bytes, file_name
from app.products.plain import plain_words
from app.products.product import (
    Code,
    Contact,
    Event,
    Picture,
    Product,
    ProductInvalid,
    Table,
    Text,
)
from app.products.tables import html_table
from ui.announce import announce
from ui.controls.buttons import Button, IconButton, Kind
from ui.controls.icons import Icon
from ui.controls.surfaces import Card, ElidedLabel, Tone, label
from ui.products.editors import editor_of
from ui.tokens import SPACE_8, SPACE_12, SPACE_16

if TYPE_CHECKING:
    from ui.products.editors import Editor
    from ui.products.state import ProductsView, ShownOffer

_BUTTON_HEIGHT = 28
_ANY_TIME = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)


class ProductCard(Card):
    """`asked` carries commands. Nothing leaves the card before a button is pressed."""

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._shown: ShownOffer | None = None
        self.editor: QWidget | None = None
        self._dialog: QFileDialog | None = None
        self._kind = label(tone=Tone.CAPTION)
        self.title = ElidedLabel(Tone.HEADING, self)
        self.note = label(tone=Tone.QUIET, wrap=True)
        self.close_button = IconButton(Icon.CLOSE, "Put this card away", size=_BUTTON_HEIGHT)
        self.save = Button("Save…", Kind.PRIMARY, height=_BUTTON_HEIGHT)
        self.copy = Button("Copy", height=_BUTTON_HEIGHT)
        self.open = Button("Open", height=_BUTTON_HEIGHT)
        self.folder = Button("Show folder", height=_BUTTON_HEIGHT)
        self._column = QVBoxLayout(self)
        self._lay_out()
        self.save.clicked.connect(self._save)
        self.copy.clicked.connect(self._copy)
        self.open.clicked.connect(self._open)
        self.folder.clicked.connect(self._show_folder)
        self.close_button.clicked.connect(self._dismiss)
        self.hide()

    def show_products(self, view: ProductsView) -> None:
        """Show the latest one, or nothing."""
        shown = view.latest
        if shown is self._shown:
            return
        before, self._shown = self._shown, shown
        if shown is None:
            self.hide()
            self._replace_editor(None)
            return
        if before is None or before.offer.id != shown.offer.id:
            self._show_offer(shown, len(view.offers))
        self._show_note(shown)
        self.show()

    def product(self) -> Product:
        """What stands in the card now."""
        return cast("Editor", self.editor).product()

    def _show_offer(self, shown: ShownOffer, count: int) -> None:
        product = shown.offer.product
        kind = _KINDS[type(product)]
        more = f" · {count - 1} more behind it" if count > 1 else ""
        self._kind.setText(f"{kind}{more}")
        self.title.show_text(_title(product))
        self.setAccessibleName(f"{kind}: {_title(product)}")
        self._replace_editor(product)
        is_picture = isinstance(product, Picture)
        self.save.setVisible(not is_picture)
        self.copy.setVisible(not is_picture)
        announce(self, f"{kind}: {_title(product)}. It can be edited, saved or copied.")

    def _show_note(self, shown: ShownOffer) -> None:
        product, saved = shown.offer.product, shown.saved
        self.open.setVisible(saved is not None and not isinstance(product, Code | Text))
        self.folder.setVisible(saved is not None)
        if shown.problem:
            self._tell(shown.problem, Tone.DANGER)
        elif saved is not None:
            self._tell(f"Saved as {saved.name} in {saved.parent}.", Tone.QUIET)
        else:
            self._tell("", Tone.QUIET)

    def _tell(self, text: str, tone: Tone) -> None:
        self.note.setProperty("tone", tone.value)
        self.note.style().unpolish(self.note)
        self.note.style().polish(self.note)
        self.note.setText(text)
        self.note.setVisible(bool(text))
        if text:
            announce(self, text)

    def _replace_editor(self, product: Product | None) -> None:
        if self.editor is not None:
            self._column.removeWidget(self.editor)
            self.editor.hide()
            self.editor.deleteLater()
            self.editor = None
        if product is None:
            return
        self.editor = editor_of(product, self)
        self._column.insertWidget(1, self.editor)
        last: QWidget = self.close_button
        for widget in (self.editor, *self.editor.findChildren(QWidget)):
            if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus:
                QWidget.setTabOrder(last, widget)
                last = widget
        for button in (self.save, self.copy, self.open, self.folder):
            QWidget.setTabOrder(last, button)
            last = button

    def _save(self) -> None:
        if self._shown is None or self._dialog is not None:
            return
        product, offer_id = self.product(), self._shown.offer.id
        try:
            file_bytes(product, "check", _ANY_TIME)
        except ProductInvalid as error:
            self._tell(str(error), Tone.DANGER)
            return
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        dialog = QFileDialog(self, "Save", str(Path(folder) / file_name(product)))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(file_name(product)).suffix)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(
            lambda path: self.asked.emit(SaveProduct(offer_id, product, Path(path)))
        )
        dialog.finished.connect(self._forget_dialog)
        self._dialog = dialog
        dialog.open()

    def _forget_dialog(self) -> None:
        self._dialog = None

    def _copy(self) -> None:
        product = self.product()
        clipboard = QGuiApplication.clipboard()
        if isinstance(product, Table):
            clipboard.setMimeData(_both(plain_words(product), html_table(product)))
        else:
            clipboard.setText(plain_words(product))
        self._tell("Copied.", Tone.QUIET)

    def _open(self) -> None:
        if self._shown is not None and self._shown.saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shown.saved)))

    def _show_folder(self) -> None:
        if self._shown is not None and self._shown.saved is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._shown.saved.parent)))

    def _dismiss(self) -> None:
        if self._shown is not None:
            self.asked.emit(DismissProduct(self._shown.offer.id))

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._kind)
        words.addWidget(self.title)
        head.addLayout(words, 1)
        head.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_8)
        for button in (self.save, self.copy, self.open, self.folder):
            buttons.addWidget(button)
        buttons.addStretch()
        self._column.setContentsMargins(SPACE_16, SPACE_12, SPACE_12, SPACE_12)
        self._column.setSpacing(SPACE_8)
        self._column.addLayout(head)
        self._column.addWidget(self.note)
        self._column.addLayout(buttons)


_KINDS: dict[type[Product], str] = {
    Table: "Table",
    Event: "Event",
    Contact: "Contact",
    Text: "Text",
    Code: "Code",
    Picture: "Picture",
}


def _both(text: str, html: str) -> QMimeData:
    """Made by a model of Qt's: what Python makes, Qt frees after Python's end, and crashes."""
    model = QStandardItemModel(1, 1)
    data = model.mimeData([model.index(0, 0)])
    for name in data.formats():
        data.removeFormat(name)
    data.setText(text)
    data.setHtml(html)
    return data


def _title(product: Product) -> str:
    match product:
        case Contact(name=name):
            return name
        case Code(file_name=name):
            return name
        case Table(title=title) | Event(title=title) | Text(title=title) | Picture(title=title):
            return title
