"""A test's own log files, with everything that `logs.set_up` changes put back afterwards."""

from __future__ import annotations

import contextlib
import json
import logging
import sys
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app import logs


@contextlib.contextmanager
def logging_to(folder: Path, *, verbose: bool = False) -> Iterator[None]:
    """`logs.set_up` for the time of the block."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    hooks = sys.excepthook, threading.excepthook, warnings.showwarning
    libraries = {name: logging.getLogger(name).level for name in logs._CHATTY}
    try:
        logs.set_up(folder, verbose=verbose)
        yield
    finally:
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
        logging.captureWarnings(False)
        sys.excepthook, threading.excepthook, warnings.showwarning = hooks
        for name, was in libraries.items():
            logging.getLogger(name).setLevel(was)


def entries(folder: Path) -> list[dict[str, Any]]:
    """The lines of the current log file."""
    return [json.loads(line) for line in (folder / logs.LOG_NAME).read_text().splitlines()]
