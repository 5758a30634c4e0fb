"""What is to be run, and within which limits. Plain values, and their form on the launcher's stdin.

Imported by the launcher: the standard library only.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

SCRATCH = "/tmp"
"""Inside the sandbox: an empty file system of its own, in memory."""

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """`memory_bytes` and `processes` are of all processes together; so is `scratch_bytes`."""

    seconds: float = 30.0
    cpu_seconds: int = 30
    memory_bytes: int = 1024 * _MB
    address_bytes: int = 4096 * _MB
    file_bytes: int = 256 * _MB
    scratch_bytes: int = 256 * _MB
    processes: int = 64
    open_files: int = 256


@dataclass(frozen=True, slots=True)
class Job:
    """`argv` is run as it is, without a shell. `folders` are the real paths that it may write in.

    It begins in `folder`, one of `folders` or below one; empty for the scratch folder.
    """

    argv: tuple[str, ...]
    folders: tuple[str, ...] = ()
    folder: str = ""
    limits: Limits = Limits()

    def to_json(self) -> str:
        """For the launcher."""
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Job:
        """What `to_json` wrote."""
        raw = json.loads(text)
        return cls(
            tuple(raw["argv"]), tuple(raw["folders"]), raw["folder"], Limits(**raw["limits"])
        )
