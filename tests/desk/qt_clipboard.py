"""The clipboard as another program has it: `own KIND` keeps something there, `read` shows it.

KIND is image, files, text, or the number of bytes of a big text. `own` writes "ready", and `read`
writes each format with the digest of its data.
"""

from __future__ import annotations

import hashlib
import sys

from PySide6.QtCore import QByteArray, QMimeData, QUrl
from PySide6.QtGui import QColor, QGuiApplication, QImage

PROTOCOL = {"BITMAP", "PIXMAP", "MULTIPLE", "SAVE_TARGETS", "TARGETS", "TIMESTAMP"}


def content(kind: str) -> QMimeData:
    """What such a program has on the clipboard."""
    data = QMimeData()
    if kind == "image":
        image = QImage(320, 200, QImage.Format.Format_RGB32)
        image.fill(QColor("#ff8000"))
        data.setImageData(image)
    elif kind == "files":
        data.setUrls([QUrl.fromLocalFile("/tmp/ä 1.txt"), QUrl.fromLocalFile("/tmp/b.png")])
        data.setData("x-special/gnome-copied-files", QByteArray(b"copy\nfile:///tmp/b.png"))
    elif kind.isdigit():
        data.setText("0123456789abcde\n" * (int(kind) // 16))
    else:
        data.setText(kind)
        data.setHtml(f"<b>{kind}</b>")
    return data


def main() -> None:
    """Own the clipboard until it is taken and the program is ended, or read it once."""
    app = QGuiApplication([])
    clipboard = app.clipboard()
    if sys.argv[1] == "own":
        clipboard.setMimeData(content(sys.argv[2]))
        app.processEvents()
        print("ready", flush=True)
        app.exec()
        return
    data = clipboard.mimeData()
    for name in sorted(set(data.formats()) - PROTOCOL):
        digest = hashlib.sha256(data.data(name).data()).hexdigest()
        print(name, data.data(name).size(), digest)


main()
