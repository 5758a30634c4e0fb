"""A program whose message box says that something went wrong: TITLE."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QMessageBox


def main() -> None:
    """Show it until it is answered."""
    app = QApplication([])
    box = QMessageBox(
        QMessageBox.Icon.Critical,
        sys.argv[1],
        "The file could not be saved: no space left on the device (ENOSPC).",
        QMessageBox.StandardButton.Retry | QMessageBox.StandardButton.Cancel,
    )
    box.show()
    app.exec()


if __name__ == "__main__":
    main()
