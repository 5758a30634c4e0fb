"""Errors that nobody caught: into the log and one banner, never a traceback on screen."""

from __future__ import annotations

import logging
import sys
import threading
from types import TracebackType

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from app import events
from app.conversation import message as messages
from app.errors import AppError, Code

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")
_QUIET_MS = 3000
_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


class Faults(QObject):
    """`found` brings a Notice on the thread that made it.

    Trouble in drawing the banner itself must not bring the next one, so it comes at most every
    few seconds; the log has all.
    """

    found = Signal(object)
    _raised = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._raised.connect(self._tell, Qt.ConnectionType.QueuedConnection)
        self._since = QElapsedTimer()
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Catch what nobody else caught, in any thread."""
        sys.excepthook = self.on_exception
        threading.excepthook = self._on_thread_exception
        qInstallMessageHandler(_on_qt_message)

    def uninstall(self) -> None:
        """Leave the process as it was."""
        sys.excepthook, threading.excepthook = self._before
        qInstallMessageHandler(None)

    def on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """`sys.excepthook`. Ctrl+C is the signal handler's business."""
        if issubclass(kind, KeyboardInterrupt):
            return
        _log.error("nobody caught this", exc_info=(kind, error, trace))
        self._raised.emit()

    def _on_thread_exception(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self.on_exception(args.exc_type, args.exc_value, args.exc_traceback)

    def _tell(self) -> None:
        if self._since.isValid() and self._since.elapsed() < _QUIET_MS:
            return
        self._since.start()
        error = AppError(Code.INTERNAL)
        why = error.explanation
        self.found.emit(
            events.Notice(
                messages.new_id(),
                error.code,
                why.category,
                error.message,
                why.hint,
                why.action,
            )
        )


def _on_qt_message(kind: QtMsgType, _context: object, message: str) -> None:
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s", message)
