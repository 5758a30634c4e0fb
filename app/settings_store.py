"""The settings file: TOML, replaced as a whole, never a reason not to start. Blocks on the disk."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
import threading
import time
import tomllib
import uuid
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from app.errors import AppError, Code
from app.settings import Settings
from app.settings_file import SCHEMA_VERSION, Broken, Table, parsed, read, version

_log = logging.getLogger(__name__)

_STRAY_AFTER_S = 60.0
_TEMP_SUFFIX = ".tmp"


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings that hold, and what was wrong with the file, if anything."""

    settings: Settings
    problem: AppError | None = None


class SettingsStore:
    """The file at `path`, with the last good one beside it as `.bak`.

    Keys that this version does not know stay in the file. One process writes at a time; its
    threads may share the store.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def load(self) -> Loaded:
        """Read the settings. Never raises: what cannot be used falls back, and `problem` says so.

        A broken file is put aside as `settings.toml.broken-…` and the last good one takes its
        place; of a file with single bad values only those fall back.
        """
        with self._lock:
            self._sweep()
            try:
                return self._understood(parsed(read(self._path)))
            except FileNotFoundError:
                return Loaded(Settings())
            except Broken as broken:
                self._put_aside(broken.content)
                return self._from_backup()

    def save(self, settings: Settings) -> None:
        """Replace the file; the one before becomes `.bak`, if it was good.

        Raises AppError(SETTINGS_UNWRITABLE), also where a newer version of Sayso wrote the file.
        """
        with self._lock:
            try:
                self._save(settings)
            except OSError as error:
                reason = error.strerror or type(error).__name__
                raise AppError(Code.SETTINGS_UNWRITABLE, reason) from error

    @property
    def _backup_path(self) -> Path:
        return self._path.with_name(f"{self._path.name}.bak")

    def _save(self, settings: Settings) -> None:
        old: bytes | None = None
        table: Table = {}
        with contextlib.suppress(FileNotFoundError, Broken):
            content = read(self._path)
            table = parsed(content)
            old = content
        if version(table) > SCHEMA_VERSION:
            raise _from_newer()
        new = _rendered(settings, old)
        if new == old:
            return
        target = Path(os.path.realpath(self._path))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if old is not None:
            _replace(self._backup_path, old)
        _replace(target, new)

    def _understood(self, table: Table) -> Loaded:
        """Settings from a table, without the values that make no sense."""
        if version(table) > SCHEMA_VERSION:
            settings, _ = _validated(table)
            return Loaded(settings, _from_newer())
        settings, bad = _validated(table)
        if not bad:
            return Loaded(settings)
        with contextlib.suppress(OSError, Broken):
            self._keep_copy(read(self._path))
        return Loaded(settings, AppError(Code.SETTINGS_BROKEN, _defaults_for(bad)))

    def _from_backup(self) -> Loaded:
        try:
            content = read(self._backup_path)
            settings, _ = _validated(parsed(content))
        except (FileNotFoundError, Broken):
            return Loaded(Settings(), AppError(Code.SETTINGS_BROKEN, "the defaults"))
        try:
            _replace(self._path, content)
        except OSError as error:
            _log.warning("The last good settings could not take the broken ones' place: %s", error)
        return Loaded(settings, AppError(Code.SETTINGS_BROKEN, "the last good ones"))

    def _put_aside(self, content: bytes | None) -> None:
        """Rename what is in the settings' place; a broken file of equal content is kept once."""
        try:
            os.replace(self._path, self._aside(content))
        except OSError as error:
            _log.warning("The broken settings could not be put aside: %s", error)

    def _keep_copy(self, content: bytes) -> None:
        copy = self._aside(content)
        if not copy.exists():
            _replace(copy, content)

    def _aside(self, content: bytes | None) -> Path:
        mark = uuid.uuid4().hex if content is None else hashlib.sha256(content).hexdigest()
        return self._path.with_name(f"{self._path.name}.broken-{mark[:8]}")

    def _sweep(self) -> None:
        """Remove what a kill left of an earlier save; a young one may be another process's."""
        oldest = time.time() - _STRAY_AFTER_S
        for folder in {self._path.parent, Path(os.path.realpath(self._path)).parent}:
            with contextlib.suppress(OSError):
                for stray in folder.glob(f".{self._path.name}.*{_TEMP_SUFFIX}"):
                    if stray.stat().st_mtime < oldest:
                        stray.unlink()


def _validated(table: Table) -> tuple[Settings, list[str]]:
    """Settings, and the dotted names of values that had to fall back."""
    bad: list[str] = []
    rest: Table = {**table, "schema_version": SCHEMA_VERSION}
    while True:
        try:
            return Settings.model_validate(rest), bad
        except ValidationError as error:
            places = {tuple(str(part) for part in flaw["loc"][:2]) for flaw in error.errors()}
        for place in sorted(places):
            bad.append(".".join(place))
            rest = _without(rest, place)


def _without(table: Table, place: tuple[str, ...]) -> Table:
    first, *deeper = place
    if not deeper:
        return {name: value for name, value in table.items() if name != first}
    return {**table, first: _without(table[first], tuple(deeper))}


def _defaults_for(bad: list[str]) -> str:
    names = ", ".join(bad[:3]) + (" and others" if len(bad) > 3 else "")
    return f"the default for {names}"


def _from_newer() -> AppError:
    return AppError(Code.SETTINGS_UNWRITABLE, "a newer version of Sayso wrote the file")


def _rendered(settings: Settings, old: bytes | None) -> bytes:
    """The file's new content: the old one's layout, comments and unknown keys, with new values."""
    if old is not None:
        with contextlib.suppress(
            TOMLKitError, ValueError, TypeError, LookupError, AttributeError, RecursionError
        ):
            document = tomlkit.parse(old.decode("utf-8-sig"))
            _merge(document, settings.model_dump(mode="json"))
            text = tomlkit.dumps(document)
            if Settings.model_validate(tomllib.loads(text)) == settings:
                return text.encode()
        _log.warning("The settings file is written anew; unknown keys in it are lost")
    return tomlkit.dumps(settings.model_dump(mode="json")).encode()


def _merge(into: MutableMapping[str, Any], values: Table) -> None:
    for name, value in values.items():
        old = into.get(name)
        if isinstance(value, dict) and isinstance(old, MutableMapping):
            _merge(old, value)
        elif old is None or old != value or type(old) is bool or type(value) is bool:
            into[name] = value


def _replace(path: Path, content: bytes) -> None:
    """Write beside, make sure of the disk, rename over: a kill leaves the old or the new."""
    with _temporary(path) as temp:
        descriptor, name = temp
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextlib.contextmanager
def _temporary(path: Path) -> Iterator[tuple[int, str]]:
    """A fresh file beside `path`, 0600, removed unless it was renamed."""
    descriptor, name = tempfile.mkstemp(_TEMP_SUFFIX, f".{path.name}.", path.parent)
    try:
        yield descriptor, name
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)
