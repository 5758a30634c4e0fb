from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_WRONG_CALLS = """
import sys
from PySide6.QtCore import QPoint, QTimer
from PySide6.QtWidgets import QLabel
for wrong in (lambda: QPoint("a", "b"), lambda: QPoint().setX([]), lambda: QTimer.singleShot("x")):
    try:
        wrong()
    except TypeError as error:
        print(error)
print(QLabel.setText.__doc__, QLabel.__doc__)
"""


def output_of(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL, env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
    )  # fmt: skip
    return done.stdout


def test_wrong_calls_are_worded_and_signatures_shown_as_pyside_itself_does() -> None:
    plain = output_of(_WRONG_CALLS)
    assert "Supported signatures" in plain
    assert output_of("import ui" + _WRONG_CALLS) == plain


def test_nothing_is_compiled_for_a_window() -> None:
    program = """
import builtins
real = compile
from ui.signatures import _LATE, _sources
from PySide6.QtWidgets import QApplication, QLabel
print(builtins.compile is real)
application = QApplication(["sayso"])
label = QLabel("words")
label.show()
application.processEvents()
print(sorted(_sources) == sorted(_LATE))
"""
    assert output_of(program).split() == ["True", "True"]
