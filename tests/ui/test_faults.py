from __future__ import annotations

import logging
import sys
import threading

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.errors import Code
from ui.faults import Faults


@pytest.fixture
def faults(qapp):
    before = (sys.excepthook, threading.excepthook)
    result = Faults()
    result.install()
    yield result
    result.uninstall()
    assert (sys.excepthook, threading.excepthook) == before


@pytest.mark.logs("nobody caught this")
def test_uncaught_error_becomes_one_notice_and_a_line_in_the_log(
    faults: Faults, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    error = ValueError("broken")
    with qtbot.waitSignal(faults.found) as found:
        sys.excepthook(ValueError, error, None)
    (notice,) = found.args
    assert notice.code is Code.INTERNAL
    assert "broken" not in notice.message
    assert "broken" in caplog.text


@pytest.mark.logs("nobody caught this")
def test_error_of_another_thread_arrives_on_this_one(faults: Faults, qtbot: QtBot) -> None:
    def fail() -> None:
        faults.on_exception(RuntimeError, RuntimeError("x"), None)

    with qtbot.waitSignal(faults.found):
        thread = threading.Thread(target=fail)
        thread.start()
        thread.join()


@pytest.mark.logs("nobody caught this")
def test_run_of_trouble_is_one_banner(faults: Faults, qtbot: QtBot) -> None:
    found: list[object] = []
    faults.found.connect(found.append)
    for _ in range(20):
        faults.on_exception(RuntimeError, RuntimeError("x"), None)
        QApplication.processEvents()
    assert len(found) == 1


def test_interrupt_is_no_fault(faults: Faults, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(faults.found):
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)


def test_qt_messages_go_to_the_log(faults: Faults, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "qt"):
        qWarning("something odd")
    assert "something odd" in caplog.text
