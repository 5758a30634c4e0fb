"""What the user has seen and allowed, by hash. Blocks on the disk; any thread, one at a time."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
from pathlib import Path

_log = logging.getLogger(__name__)


def digest(*parts: object) -> str:
    """One hash for these values, in their order. They are what JSON knows."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


class Pins:
    """The file at `path`; one that cannot be read pins nothing, so that all is asked again."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._pins: dict[str, str] | None = None

    def load(self) -> None:
        """Read the file now, rather than when it is first asked for."""
        with self._lock:
            self._read()

    def holds(self, name: str, value: str) -> bool:
        """Whether exactly this was allowed."""
        return self.get(name) == value

    def get(self, name: str) -> str | None:
        """The hash that was allowed under this name."""
        with self._lock:
            return self._read().get(name)

    def pin(self, new: dict[str, str]) -> None:
        """Allow these from now on. Raises OSError where that cannot be kept; nothing holds then."""
        with self._lock:
            pins = self._read() | new
            self._write(pins)
            self._pins = pins

    def _read(self) -> dict[str, str]:
        if self._pins is None:
            self._pins = _parsed(self._path)
        return self._pins

    def _write(self, pins: dict[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self._path.with_name(f".{self._path.name}.new")
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(pins, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(new, self._path)


def _parsed(path: Path) -> dict[str, str]:
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        _log.warning("What was allowed cannot be read, so it is asked again: %s", error)
        return {}
    if not isinstance(raw, dict):
        return {}
    return {str(name): value for name, value in raw.items() if isinstance(value, str)}
