"""A program with one Qt field in focus, which keeps its text in a file: KIND, TITLE, FILE.

KIND is line, plain, password or readonly. F2 empties the field.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPlainTextEdit


def main() -> None:
    """Show the window until it is closed."""
    kind, title, file = sys.argv[1:]
    app = QApplication([])
    field = QPlainTextEdit() if kind in ("plain", "readonly") else QLineEdit()
    if isinstance(field, QLineEdit) and kind == "password":
        field.setEchoMode(QLineEdit.EchoMode.Password)
    field.setWindowTitle(title)
    field.setMinimumSize(600, 200)

    def keep() -> None:
        text = field.text() if isinstance(field, QLineEdit) else field.toPlainText()
        new = Path(file + ".new")
        new.write_text(text, encoding="utf-8", newline="")
        os.replace(new, file)

    field.textChanged.connect(keep)
    QShortcut(QKeySequence("F2"), field, field.clear)
    if kind == "readonly":
        field.setReadOnly(True)
    keep()
    field.show()
    app.exec()


main()
