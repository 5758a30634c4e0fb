"""A pulse in a process that does nothing else: when it is late, the computer was busy.

`python -m tests.faults.pulse LOG` beats until it is ended; LOG is as that of `watched_window`.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

BEAT_MS = 10
LATE_MS = 30


def main(log: Path) -> None:
    """Beat."""
    last = time.monotonic()
    with log.open("a", buffering=1, encoding="utf-8") as file:
        while True:
            time.sleep(BEAT_MS / 1000)
            now = time.monotonic()
            gap_ms = round((now - last) * 1000)
            if gap_ms > LATE_MS:
                file.write(json.dumps({"at": now, "kind": "busy", "gap_ms": gap_ms}) + "\n")
            last = now


if __name__ == "__main__":
    main(Path(sys.argv[1]))
