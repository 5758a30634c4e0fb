"""What of a file was transcribed already, kept on disk until all of it is. Blocks on the disk.

One line of JSON for each part, appended and synced: a line that was torn does not count.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from app.errors import AppError, Code
from app.files.transcript import PartText

KEPT_S = 30 * 24 * 3600.0
_SUFFIX = ".jsonl"

_log = logging.getLogger(__name__)


def fingerprint(path: Path, settings: Mapping[str, object]) -> str:
    """What tells this file and these settings from all others. Raises AppError."""
    try:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise AppError(Code.USAGE, f"{path} cannot be read: {reason}.") from error
    chosen = json.dumps(settings, sort_keys=True, default=str)
    return hashlib.sha256(f"{content} {chosen}".encode()).hexdigest()[:32]


class ProgressFile:
    """The parts of one file, done with one set of settings. Threads may share it."""

    def __init__(self, folder: Path, key: str) -> None:
        self._path = folder / f"{key}{_SUFFIX}"
        self._parts: dict[int, PartText] = {}
        self._whole_bytes = 0
        self._adding = threading.Lock()
        self._read()

    @property
    def is_begun(self) -> bool:
        """Whether an earlier run left parts here."""
        return bool(self._parts)

    def done(self, part: PartText) -> PartText | None:
        """The same part with its words, if these are known."""
        kept = self._parts.get(part.number)
        same = kept is not None and (kept.begins_ms, kept.ends_ms) == (part.begins_ms, part.ends_ms)
        return kept if same else None

    def add(self, part: PartText) -> None:
        """Keep a part; it is on the disk on return. Raises AppError(FOLDER_UNWRITABLE)."""
        line = json.dumps(asdict(part), ensure_ascii=False).encode() + b"\n"
        with self._adding:
            self._append(line)
            self._parts[part.number] = part

    def _append(self, line: bytes) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            target = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(target, "r+b") as file:
                file.seek(self._whole_bytes)
                file.truncate()
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise AppError(Code.FOLDER_UNWRITABLE, str(self._path.parent)) from error
        self._whole_bytes += len(line)

    def remove(self) -> None:
        """All is done and handed over: nothing needs to be kept."""
        self._parts.clear()
        self._whole_bytes = 0
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _read(self) -> None:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return
        except OSError as error:
            raise AppError(Code.FOLDER_UNWRITABLE, str(self._path.parent)) from error
        for line in content.splitlines(keepends=True):
            try:
                part = _part(line)
            except (ValueError, TypeError, KeyError):
                _log.info("an unfinished line of the progress was left out")
                return
            self._parts[part.number] = part
            self._whole_bytes += len(line)


def _part(line: bytes) -> PartText:
    """Raises ValueError, TypeError or KeyError for what is no whole line."""
    if not line.endswith(b"\n"):
        raise ValueError("torn")
    values = json.loads(line)
    values["spoken_ms"] = tuple(values["spoken_ms"])
    return PartText(**values)


def sweep(folder: Path, older_than_s: float = KEPT_S) -> None:
    """Forget what nobody came back for."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"*{_SUFFIX}"):
            if time.time() - path.stat().st_mtime > older_than_s:
                path.unlink()
