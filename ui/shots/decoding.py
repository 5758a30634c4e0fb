"""Encoded pictures become Qt's without holding the window up. GUI thread.

A large PNG takes 100 ms and more.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage
from shiboken6 import isValid

from ui.shots.pictures import decoded, fitting, size_of, thumbnail

AT_ONCE_PX = 300_000
"""A picture of so few pixels takes less than a frame."""

_KEPT = 64


class Decoder(QObject):
    """`ready` when a thumbnail that was not there yet can be had."""

    ready = Signal()
    _done = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._threads = ThreadPoolExecutor(1, "pictures")
        self._waiting: dict[int, tuple[QObject, Callable[[QImage], None]]] = {}
        self._thumbnails: OrderedDict[tuple[bytes, int, int, float], QImage] = OrderedDict()
        self._number = 0
        self._done.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def decode(self, data: bytes, owner: QObject, then: Callable[[QImage], None]) -> None:
        """Call `then` with the picture, at once or later, unless `owner` is gone by then."""
        self._run(data, owner, then, lambda: decoded(data))

    def thumbnail(self, data: bytes, largest: QSize, ratio: float) -> QImage:
        """The picture made to fit; of its size but empty until `ready`."""
        key = (data, largest.width(), largest.height(), ratio)
        if key in self._thumbnails:
            self._thumbnails.move_to_end(key)
            return self._thumbnails[key]
        room = fitting(size_of(data), largest, ratio)
        blank = QImage(room.expandedTo(QSize(1, 1)), QImage.Format.Format_ARGB32_Premultiplied)
        blank.fill(Qt.GlobalColor.transparent)
        blank.setDevicePixelRatio(ratio)
        self._keep(key, blank)
        self._run(
            data,
            self,
            functools.partial(self._on_thumbnail, key),
            lambda: thumbnail(data, largest, ratio),
        )
        return self._thumbnails[key]

    def _run(
        self,
        data: bytes,
        owner: QObject,
        then: Callable[[QImage], None],
        make: Callable[[], QImage],
    ) -> None:
        size = size_of(data)
        if size.width() * size.height() <= AT_ONCE_PX:
            then(make())
            return
        self._number += 1
        number = self._number
        self._waiting[number] = (owner, then)
        self._threads.submit(lambda: self._done.emit(number, make()))

    def _deliver(self, number: int, image: QImage) -> None:
        owner, then = self._waiting.pop(number)
        if isValid(owner):
            then(image)

    def _on_thumbnail(self, key: tuple[bytes, int, int, float], image: QImage) -> None:
        if not image.isNull():
            self._keep(key, image)
        self.ready.emit()

    def _keep(self, key: tuple[bytes, int, int, float], image: QImage) -> None:
        self._thumbnails[key] = image
        self._thumbnails.move_to_end(key)
        while len(self._thumbnails) > _KEPT:
            self._thumbnails.popitem(last=False)


@functools.cache
def decoder() -> Decoder:
    """The one of this process."""
    return Decoder()
