"""The settings file as a table, before anybody looks at its values. Blocks on the disk."""

from __future__ import annotations

import logging
import stat
import tomllib
from pathlib import Path
from typing import Any

SCHEMA_VERSION = 2

_LARGEST_BYTES = 1_000_000
_log = logging.getLogger(__name__)

Table = dict[str, Any]


class Broken(Exception):
    """The file is there but holds no settings. `content` is None where it cannot be read."""

    def __init__(self, content: bytes | None) -> None:
        super().__init__("not a settings file")
        self.content = content


def read(path: Path) -> bytes:
    """The bytes of a regular file. Raises FileNotFoundError, or Broken for all other trouble."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise Broken(None)
        with path.open("rb") as file:
            found = file.read(_LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        _log.warning("The settings cannot be read: %s", error)
        raise Broken(None) from error
    if len(found) > _LARGEST_BYTES:
        raise Broken(None)
    return found


def parsed(data: bytes) -> Table:
    """What is written there. Raises Broken."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Broken(data) from error


def version(table: Table) -> int:
    """By which version's rules it was written."""
    told = table.get("schema_version", SCHEMA_VERSION)
    return told if isinstance(told, int) else SCHEMA_VERSION
