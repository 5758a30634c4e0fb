"""The grants, in memory and in a file that is replaced as a whole. No file means: no grants."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import json
import logging
import os
import tempfile
import threading
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from app.errors import AppError, Code
from app.permission.grants import Grant, Match, Rule
from app.tools.base import Risk

MAX_GRANTS = 500
"""The oldest go when there are more."""

_log = logging.getLogger(__name__)


class GrantStore:
    """Core thread. A change counts at once, and is on disk when the call returns."""

    def __init__(
        self,
        path: Path | None,
        now: Callable[[], datetime.datetime],
        on_change: Callable[[tuple[Grant, ...]], None] = lambda _: None,
        on_problem: Callable[[AppError], None] = lambda _: None,
    ) -> None:
        """Reads the file. Never raises: one that cannot be read holds no grants.

        `on_problem` is told where the disk refuses a change, which holds until the end then.
        """
        self._path = path
        self._now = now
        self._on_change = on_change
        self._on_problem = on_problem
        self._saving = threading.Lock()
        self._grants = _read(path) if path is not None else ()

    @property
    def grants(self) -> tuple[Grant, ...]:
        """Those that hold now, newest first."""
        now = self._now()
        return tuple(grant for grant in self._grants if grant.until is None or now < grant.until)

    async def add(self, grant: Grant) -> None:
        """Keep it."""
        self._grants = (grant, *self.grants)[:MAX_GRANTS]
        await self._save()

    async def take_back(self, grant_id: str) -> None:
        """Forget it, now."""
        self._grants = tuple(grant for grant in self.grants if grant.id != grant_id)
        await self._save()

    async def _save(self) -> None:
        self._on_change(self.grants)
        if self._path is None:
            return
        try:
            await asyncio.to_thread(self._write, self._path)
        except AppError as error:
            self._on_problem(error)

    def _write(self, path: Path) -> None:
        with self._saving:
            content = json.dumps({"grants": [_plain(grant) for grant in self._grants]}, indent=1)
            try:
                replace_file(path, content.encode())
            except OSError as error:
                raise AppError(Code.FOLDER_UNWRITABLE, str(path.parent)) from error


def _plain(grant: Grant) -> dict[str, Any]:
    return asdict(grant) | {
        "made_at": grant.made_at.isoformat(),
        "until": grant.until.isoformat() if grant.until is not None else None,
    }


def _read(path: Path) -> tuple[Grant, ...]:
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))["grants"]
        return tuple(_grant(entry) for entry in entries)
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        _log.warning("the grants in %s cannot be read, so there are none: %s", path.name, error)
        return ()


def _grant(entry: dict[str, Any]) -> Grant:
    """Raises KeyError, TypeError or ValueError for anything that is not wholly one."""
    until = entry["until"]
    texts = {name: entry[name] for name in ("id", "tool", "words", "conversation_id", "form")}
    if not all(isinstance(text, str) for text in texts.values()):
        raise TypeError("a text was expected")
    if not isinstance(entry["is_exact"], bool):
        raise TypeError("true or false was expected")
    return Grant(
        **texts,
        risk=Risk(entry["risk"]),
        rules=tuple(
            Rule(str(rule["argument"]), Match(rule["match"]), str(rule["value"]))
            for rule in entry["rules"]
        ),
        is_exact=entry["is_exact"],
        made_at=_moment(entry["made_at"]),
        until=None if until is None else _moment(until),
    )


def _moment(text: str) -> datetime.datetime:
    moment = datetime.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def replace_file(path: Path, content: bytes) -> None:
    """The file as a whole, or as it was. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, name = tempfile.mkstemp(".tmp", f".{path.name}.", path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
