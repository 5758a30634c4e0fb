"""What was really done: files, sockets, names looked up, programs, windows, clipboard, settings."""

from __future__ import annotations

import hashlib
import os
import socket
import sqlite3
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.paths import Paths

_KEPT_TABLES = ("conversations", "messages", "sqlite_sequence")
"""Tables that every turn writes: what was said, and by whom."""

_OWN_FILES = ("logs", "takes", "usage.db", "sayso.db")
_AUDIT = "tools.jsonl"


@dataclass(slots=True)
class Watch:
    """What this process did while it was watched; an audit hook fills it."""

    reached: list[tuple[str, int]] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    started: list[str] = field(default_factory=list)

    def clear(self) -> None:
        """Forget it."""
        for each in (self.reached, self.looked_up, self.started):
            each.clear()


class _Current:
    """The watch that the hook fills; hooks themselves cannot be taken away."""

    watch: Watch | None = None
    is_hooked = False


def begin(watch: Watch) -> None:
    """From now on this watch is filled."""
    if not _Current.is_hooked:
        sys.addaudithook(_note)
        _Current.is_hooked = True
    _Current.watch = watch


def end() -> None:
    """No watch is filled any more."""
    _Current.watch = None


def _note(event: str, arguments: tuple[Any, ...]) -> None:
    watch = _Current.watch
    if watch is None:
        return
    if event in ("socket.connect", "socket.sendto"):
        connection, address = arguments
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            watch.reached.append((str(address[0]), int(address[1])))
    elif event == "socket.getaddrinfo" and arguments[0]:
        watch.looked_up.append(str(arguments[0]))
    elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec", "os.system"):
        watch.started.append(" ".join(map(str, arguments[:2])))


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of everything that a tool could change, as digests by name."""

    parts: Mapping[str, str]

    def changes_to(self, later: Snapshot) -> tuple[str, ...]:
        """The names of what differs."""
        names = sorted({*self.parts, *later.parts})
        return tuple(name for name in names if self.parts.get(name) != later.parts.get(name))


def files_of(folder: Path) -> dict[str, str]:
    """Every file below, with its digest, its rights and where a link leads."""
    found: dict[str, str] = {}
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in (*folders, *names):
            path = Path(root, name)
            found[f"file {path.relative_to(folder)}"] = _digest(path)
    return found


def state_of(paths: Paths) -> dict[str, str]:
    """Sayso's own: settings, grants, notes, timers, memory; not what was said, nor the logs."""
    found: dict[str, str] = {}
    for folder in (paths.config, paths.data, paths.state):
        for root, _, names in os.walk(folder):
            for name in names:
                path = Path(root, name)
                shown = str(path.relative_to(folder))
                if _is_own(shown):
                    continue
                key = f"{folder.name} {shown}"
                if path.suffix == ".db":
                    found |= _rows_of(path, key)
                elif not path.name.endswith(("-wal", "-shm")):
                    found[key] = _digest(path)
    return found | _rows_of(paths.store_file, "store")


def _is_own(shown: str) -> bool:
    return shown.startswith(_OWN_FILES) or Path(shown).name.startswith(_AUDIT)


def _rows_of(path: Path, key: str) -> dict[str, str]:
    if not path.exists():
        return {}
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        query = "SELECT name FROM sqlite_master WHERE type = 'table'"
        tables = [name for (name,) in store.execute(query)]
        found = {}
        for table in tables:
            if not table.startswith((*_KEPT_TABLES, "sqlite_")):
                rows = repr(store.execute(f'SELECT * FROM "{table}"').fetchall())
                found[f"{key} {table}"] = hashlib.sha256(rows.encode()).hexdigest()
        return found
    finally:
        store.close()


def _digest(path: Path) -> str:
    about = path.lstat()
    if path.is_symlink():
        return f"{about.st_mode:o} -> {path.readlink()}"
    if not path.is_file():
        return f"{about.st_mode:o}"
    return f"{about.st_mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"


def unexpected(
    watch: Watch, *, ports: Iterable[int], names: Iterable[str], programs: Iterable[str]
) -> tuple[str, ...]:
    """What the watch saw beyond these ports of this computer, names and programs."""
    allowed = set(ports)
    known, expected = tuple(programs), set(names)
    found = [f"connection to {host}:{port}" for host, port in watch.reached if port not in allowed]
    found += [f"name {name} looked up" for name in watch.looked_up if name not in expected]
    found += [
        f"program {command}"
        for command in watch.started
        if not any(each in command for each in known)
    ]
    return tuple(found)
