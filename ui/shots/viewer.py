"""A picture as it was sent or will be, to look at closely and to save. GUI thread."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSaveFile, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.shots import commands
from ui.controls.buttons import Button, Kind
from ui.controls.surfaces import Tone, label
from ui.shots.decoding import decoder
from ui.shots.mapping import Box, fitted
from ui.shots.page import save_dialog
from ui.shots.shown import ShownPicture
from ui.tokens import SPACE_8, SPACE_16, page_margin

_STEP = 1.25
_LEAST, _MOST = 0.05, 8.0


class _Picture(QWidget):
    """Draws the picture at a zoom; 0 fits it into the room there is."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self._small = QImage()
        self.zoom = 0.0
        self.room = QSize(1, 1)

    def show_image(self, image: QImage) -> None:
        """Draw this one."""
        self.image, self._small = image, QImage()

    @property
    def box(self) -> Box:
        """Where the picture is drawn."""
        size = (max(self.image.width(), 1), max(self.image.height(), 1))
        room = (self.room.width(), self.room.height())
        return fitted(*size, room, self.zoom, self.devicePixelRatioF())

    def fit(self) -> None:
        """Take the size that the zoom asks for."""
        box = self.box
        self.setFixedSize(
            max(self.room.width(), round(box.width)), max(self.room.height(), round(box.height))
        )
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        painter = QPainter(self)
        painter.setClipRect(event.rect())
        box, ratio = self.box, self.devicePixelRatioF()
        width, height = round(box.width * ratio), round(box.height * ratio)
        image = self._smaller(width, height) if width < self.image.width() else self.image
        painter.translate(box.x, box.y)
        painter.scale(box.width / image.width(), box.height / image.height())
        painter.drawImage(0, 0, image)

    def _smaller(self, width: int, height: int) -> QImage:
        """The picture made smaller, once: painting it so would leave lines out."""
        if (self._small.width(), self._small.height()) != (width, height):
            self._small = self.image.scaled(
                width,
                height,
                Qt.AspectRatioMode.IgnoreAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        return self._small


class PictureView(QScrollArea):
    """Ctrl and the wheel, + and − zoom; 0 fits it, 1 shows each of its pixels as one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = _Picture()
        self.setWidget(self._picture)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def image(self) -> QImage:
        """What is drawn."""
        return self._picture.image

    @property
    def zoom(self) -> float:
        """Device pixels for a pixel of the picture; 0 while it is fitted."""
        return self._picture.zoom

    def show_image(self, image: QImage) -> None:
        """Draw this one, whole."""
        self._picture.show_image(image)
        self.show_at(0.0)

    def show_at(self, zoom: float) -> None:
        """Draw it this large; 0 fits it."""
        self._picture.zoom = min(max(zoom, _LEAST), _MOST) if zoom else 0.0
        self._picture.fit()

    def step(self, factor: float) -> None:
        """Larger or smaller by a factor."""
        shown = self._picture.box.width * self.devicePixelRatioF() / max(self.image.width(), 1)
        self.show_at((self.zoom or shown) * factor)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.step(_STEP if event.angleDelta().y() > 0 else 1 / _STEP)
            event.accept()
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        match event.key():
            case Qt.Key.Key_Plus | Qt.Key.Key_Equal:
                self.step(_STEP)
            case Qt.Key.Key_Minus:
                self.step(1 / _STEP)
            case Qt.Key.Key_0:
                self.show_at(0.0)
            case Qt.Key.Key_1:
                self.show_at(1.0)
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._picture.room = self.viewport().size()
        self._picture.fit()


class ViewerPage(QWidget):
    """`asked` carries commands; `left` when its picture is gone."""

    asked = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ShownPicture | None = None
        self.picture = PictureView(self)
        self.about = label(tone=Tone.CAPTION, wrap=True)
        self.remove = Button("Remove")
        self.save = Button("Save…")
        self.zooms = {
            0.0: Button("Fit", Kind.QUIET),
            1.0: Button("100 %", Kind.QUIET),
        }
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE_8)
        for button in (*self.zooms.values(), self.remove, self.save):
            bottom.addWidget(button)
        bottom.insertStretch(len(self.zooms))
        column = QVBoxLayout(self)
        margin = page_margin(self.width())
        column.setContentsMargins(margin, 0, margin, SPACE_16)
        column.setSpacing(SPACE_8)
        column.addWidget(self.picture, 1)
        column.addWidget(self.about)
        column.addLayout(bottom)
        for zoom, button in self.zooms.items():
            button.clicked.connect(partial(self.picture.show_at, zoom))
        self.remove.clicked.connect(self._remove)
        self.save.clicked.connect(self._save)

    def show_picture(self, shown: ShownPicture | None) -> None:
        """Show this one; None: it is gone."""
        if shown is None:
            self._shown = None
            self.picture.show_image(QImage())
            self.left.emit()
            return
        before, self._shown = self._shown, shown
        if before is None or shown.data is not before.data:
            self.picture.show_image(QImage())
            decoder().decode(shown.data, self, partial(self._on_decoded, shown.data))
        self.about.setText(shown.about)
        self.picture.setAccessibleName(shown.name)
        self.remove.setVisible(bool(shown.shot_id))

    def _on_decoded(self, data: bytes, image: QImage) -> None:
        if self._shown is not None and self._shown.data is data:
            self.picture.show_image(image)

    def _remove(self) -> None:
        if self._shown is not None:
            self.asked.emit(commands.RemoveShot(self._shown.shot_id))

    def _save(self) -> None:
        if self._shown is None:
            return
        shown = self._shown
        dialog = save_dialog(self, shown.media_type)
        dialog.fileSelected.connect(lambda name: self._save_as(shown, name))
        dialog.open()

    def _save_as(self, shown: ShownPicture, name: str) -> None:
        if shown.shot_id:
            self.asked.emit(commands.SaveShot(shown.shot_id, Path(name)))
            return
        file = QSaveFile(name)
        is_kept = file.open(QSaveFile.OpenModeFlag.WriteOnly)
        is_kept = is_kept and file.write(shown.data) == len(shown.data) and file.commit()
        self.about.setText(
            f"Saved as {name}." if is_kept else f"It could not be saved: {file.errorString()}."
        )
