"""A Qt window that shows secrets and other words: TITLE. Ends when it is closed."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

KEY = "sk-proj-" + "aB3x" * 9
CARD = "4111 1111 1111 1111"


def main() -> None:
    """Show it."""
    app = QApplication([])
    window = QWidget()
    window.setWindowTitle(sys.argv[1])
    column = QVBoxLayout(window)
    text = QPlainTextEdit(f"first line\nexport OPENAI_API_KEY={KEY}\nlast line")
    text.setMinimumSize(700, 120)
    password = QLineEdit("hunter2hunter2")
    password.setEchoMode(QLineEdit.EchoMode.Password)
    for part in (text, QLabel(f"Card {CARD}"), password, QLabel("Nothing to hide")):
        column.addWidget(part)
    window.show()
    app.exec()


if __name__ == "__main__":
    main()
