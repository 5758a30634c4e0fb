"""The indexer's own process: reading files holds the interpreter's lock, and may go wrong.

Its first argument is the index, the others are folders by their ids; none means all. It tells its
progress as lines of JSON on stdout, and ends when its input closes.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import sys
import threading
import time
from pathlib import Path

from app.knowledge.indexing import Progress, update
from app.knowledge.writing import IndexWriter

MOST_MEMORY_BYTES = 3 << 29
TELL_EVERY_S = 0.2
NICE = 15


def main() -> None:
    """Bring the index up to date."""
    _be_small()
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    told_s = 0.0

    def tell(progress: Progress) -> None:
        nonlocal told_s
        now_s = time.monotonic()
        if progress.done in (0, progress.total) or now_s - told_s >= TELL_EVERY_S:
            told_s = now_s
            line = json.dumps([progress.folder_id, progress.done, progress.total])
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()

    only = frozenset(int(word) for word in sys.argv[2:]) or None
    writer = IndexWriter(Path(sys.argv[1]))
    try:
        update(writer, tell, only)
    finally:
        writer.close()


def _be_small() -> None:
    """Give way to everybody else, and take only so much memory."""
    with contextlib.suppress(AttributeError, OSError):
        os.nice(NICE)
    try:
        import resource
    except ImportError:
        return
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))


def _end_with_parent() -> None:
    # Not sys.stdin: its lock, held here, would abort the interpreter's end.
    while os.read(0, 1):
        pass
    os._exit(0)  # SQLite takes back what was not finished.


if __name__ == "__main__":
    main()
