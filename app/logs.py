"""Log files: JSON lines, redacted, five of one megabyte. What is said appears at DEBUG alone."""

from __future__ import annotations

import contextlib
import datetime
import json
import logging
import logging.handlers
import os
import sys
import threading
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, BinaryIO

from app.redaction import RedactingFilter, redact

if TYPE_CHECKING:  # the window does not wait for it
    import asyncio

LOG_NAME = "sayso.log"
FILES = 5
FILE_BYTES = 1_000_000
_CHATTY = ("httpx2", "httpcore2", "websockets", "openai", "asyncio", "keyring", "jeepney")
_log = logging.getLogger(__name__)


def set_up(logs_dir: Path, *, verbose: bool = False) -> None:
    """Send this process's log to `logs_dir`, uncaught exceptions and warnings included.

    `verbose` lets DEBUG and the libraries in, and with them the words of the conversation. Where
    the folder cannot be written, warnings go to stderr. A second call replaces the first.
    """
    forbid_core_dumps()
    root = logging.getLogger()
    for old in [handler for handler in root.handlers if isinstance(handler.formatter, JsonLines)]:
        root.removeHandler(old)
        old.close()
    handler = _handler(logs_dir)
    handler.addFilter(RedactingFilter())
    handler.setFormatter(JsonLines())
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.NOTSET if verbose else logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _on_uncaught
    threading.excepthook = _on_uncaught_in_thread


def on_loop_error(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """For `loop.set_exception_handler`: what no task awaited goes to the log."""
    error = context.get("exception")
    _log.error("In the core loop: %s", context.get("message", ""), exc_info=error)


def forbid_core_dumps() -> None:
    """A dump of the memory would hold the key. Only on systems with such limits."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class JsonLines(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, thread, message, and any traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        when = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        entry = {
            "time": when.isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "thread": record.threadName,
            "pid": record.process,
            "message": record.getMessage(),
        }
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            entry["traceback"] = record.exc_text
        if record.stack_info:
            entry["stack"] = record.stack_info
        return json.dumps(entry, ensure_ascii=False)


class _PrivateFile(logging.handlers.RotatingFileHandler):
    """Readable by its user alone; a full disk loses lines, never the program."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return open(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def close(self) -> None:
        """Close, whatever the disk says to the last lines."""
        with contextlib.suppress(OSError):
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        """Say nothing of a disk that refuses the line; there is nowhere else to say it."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


def _handler(logs_dir: Path) -> logging.Handler:
    try:
        logs_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        return _PrivateFile(
            logs_dir / LOG_NAME, maxBytes=FILE_BYTES, backupCount=FILES - 1, encoding="utf-8"
        )
    except OSError:
        stderr = logging.StreamHandler()
        stderr.setLevel(logging.WARNING)
        return stderr


def _on_uncaught(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    if not issubclass(kind, Exception):
        sys.__excepthook__(kind, error, trace)
        return
    _log.critical("Uncaught", exc_info=(kind, error, trace))
    text = logging.Formatter().formatException((kind, error, trace))
    if sys.stderr is not None:
        sys.stderr.write(f"{redact(text)}\n")


def _on_uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is None or issubclass(args.exc_type, SystemExit):
        return
    name = args.thread.name if args.thread else "unknown"
    trace = (args.exc_type, args.exc_value, args.exc_traceback)
    _log.critical("Uncaught in the thread %s", name, exc_info=trace)


def engine_log(logs_dir: Path) -> BinaryIO:
    """Where the audio engine's own lines go: begun anew when it is too long."""
    path = logs_dir / "engine.log"
    too_long = path.exists() and path.stat().st_size > FILE_BYTES
    return path.open("wb" if too_long else "ab")
