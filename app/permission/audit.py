"""The log of all calls: lines of JSON that a person can read. A thread of its own writes it."""

from __future__ import annotations

import asyncio
import datetime
import json
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from app.permission.grant_store import replace_file
from app.permission.record import Allowed, CallRecord, Fate
from app.redaction import redact

LARGEST_BYTES = 1_000_000
"""A file that is larger is put aside as `.1`; the older ones move on."""

KEPT_FILES = 4
MAX_ARGUMENT_CHARS = 4_000
_LONGEST_SECRET = 4_000
MAX_NAME_CHARS = 100

_FIELDS = tuple(field.name for field in fields(CallRecord))
_log = logging.getLogger(__name__)


class AuditLog:
    """Core thread. `note` never waits and never fails the call; `aclose` waits for the last line.

    `on_noted` gets each record as it is written: without secrets, and cut where it is long.
    """

    def __init__(
        self, path: Path | None, on_noted: Callable[[CallRecord], None] = lambda _: None
    ) -> None:
        """None: nothing is kept."""
        self.path = path
        self._on_noted = on_noted
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="audit")

    def note(self, record: CallRecord) -> None:
        """Write it down."""
        cleaned = _cleaned(record)
        self._on_noted(cleaned)
        if self.path is not None:
            self._thread.submit(_append, self.path, _line(cleaned))

    async def latest(self, limit: int) -> tuple[CallRecord, ...]:
        """The newest records, newest first; lines that cannot be read are left out."""
        path = self.path
        if path is None:
            return ()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: _latest(path, limit))

    async def forget(self, conversation_id: str) -> None:
        """A conversation was deleted: what its calls were about goes, that they were made stays."""
        path = self.path
        if path is not None:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._thread, lambda: _forget(path, conversation_id))

    async def aclose(self) -> None:
        """Everything that was noted is on disk."""
        await asyncio.to_thread(self._thread.shutdown)


def _cleaned(record: CallRecord) -> CallRecord:
    values = {name: getattr(record, name) for name in _FIELDS}
    whole = record.arguments
    # Cut first: a search for secrets in a text without end would hold the core up.
    arguments = redact(whole[: MAX_ARGUMENT_CHARS + _LONGEST_SECRET])
    if len(whole) > MAX_ARGUMENT_CHARS:
        arguments = f"{arguments[:MAX_ARGUMENT_CHARS]}… ({len(whole)} characters)"
    values |= {"tool": redact(record.tool)[:MAX_NAME_CHARS], "grant": redact(record.grant)}
    return CallRecord(**values | {"arguments": arguments})


def _line(record: CallRecord) -> bytes:
    values = asdict(record) | {"at": record.at.isoformat(timespec="milliseconds")}
    values["seconds"] = round(record.seconds, 3)
    text = json.dumps(values, ensure_ascii=False, default=str)
    return text.encode("utf-8", "replace") + b"\n"


def _append(path: Path, line: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if path.exists() and path.stat().st_size + len(line) > LARGEST_BYTES:
            _rotate(path)
        target = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(target, "ab") as file:
            file.write(line)
    except OSError as error:
        _log.warning("the log of the tools cannot be written: %s", error)


def _rotate(path: Path) -> None:
    for number in range(KEPT_FILES - 1, 0, -1):
        older = _numbered(path, number)
        if older.exists():
            os.replace(older, _numbered(path, number + 1))
    os.replace(path, _numbered(path, 1))


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.name}.{number}")


def _forget(path: Path, conversation_id: str) -> None:
    for file in _files(path):
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            kept = [_without_words(line, conversation_id) for line in lines]
            if kept != lines:
                replace_file(file, "".join(f"{line}\n" for line in kept).encode())
        except FileNotFoundError:
            continue
        except OSError as error:
            _log.warning("the log of the tools cannot be written: %s", error)


def _without_words(line: str, conversation_id: str) -> str:
    """The line without its arguments, if it is one of this conversation."""
    try:
        values = json.loads(line)
        if values["conversation_id"] != conversation_id:
            return line
    except (ValueError, TypeError, KeyError, RecursionError):
        return line
    return json.dumps(values | {"arguments": "", "grant": ""}, ensure_ascii=False)


def _files(path: Path) -> tuple[Path, ...]:
    """The newest first."""
    return (path, *(_numbered(path, number) for number in range(1, KEPT_FILES + 1)))


def _latest(path: Path, limit: int) -> tuple[CallRecord, ...]:
    found: list[CallRecord] = []
    for file in _files(path):
        if len(found) >= limit:
            break
        try:
            lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            continue
        except OSError as error:
            _log.warning("the log of the tools cannot be read: %s", error)
            continue
        found.extend(_records(reversed(lines)))
    return tuple(found[:limit])


def _records(lines: Iterable[str]) -> Iterator[CallRecord]:
    for line in lines:
        try:
            yield _record(json.loads(line))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            continue


def _record(values: Any) -> CallRecord:
    return CallRecord(
        at=datetime.datetime.fromisoformat(values["at"]),
        conversation_id=str(values["conversation_id"]),
        tool=str(values["tool"]),
        risk=str(values["risk"]),
        arguments=str(values["arguments"]),
        fate=Fate(values["fate"]),
        by=Allowed(values["by"]),
        why=str(values["why"]),
        taint=tuple(str(origin) for origin in values["taint"]),
        grant=str(values["grant"]),
        result_bytes=int(values["result_bytes"]),
        seconds=float(values["seconds"]),
    )
