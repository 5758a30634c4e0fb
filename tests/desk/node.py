"""Programs of Node's world: each fetched once, by npm and against its lock, into `.cache`."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.desk.need import missing

_CACHE = Path(__file__).parents[2] / ".cache"


def node_modules(folder: Path, name: str, oldest_node: tuple[int, int]) -> Path:
    """The packages that `folder` locks. Skips the test where they cannot be had."""
    _need_node(name, oldest_node)
    lock = (folder / "package-lock.json").read_bytes()
    target = _CACHE / f"{name}-{hashlib.sha256(lock).hexdigest()[:12]}"
    with _alone(name):
        if not target.is_dir():
            _fetch(folder, target)
    return target / "node_modules"


def _need_node(name: str, oldest_node: tuple[int, int]) -> None:
    oldest = ".".join(map(str, oldest_node))
    if shutil.which("npm") is None or shutil.which("node") is None:
        pytest.skip(f"{name} needs Node {oldest} or newer, and npm; there is none")
    answer = subprocess.run(
        ["node", "--version"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    ).stdout.strip()
    if tuple(map(int, answer.lstrip("v").split(".")[:2])) < oldest_node:
        pytest.skip(f"{name} needs Node {oldest} or newer; this is {answer}")


@contextlib.contextmanager
def _alone(name: str) -> Iterator[None]:
    _CACHE.mkdir(exist_ok=True)
    with (_CACHE / f"{name}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _fetch(folder: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=_CACHE) as name:
        fresh = Path(name) / target.name
        fresh.mkdir()
        for file in ("package.json", "package-lock.json"):
            shutil.copy(folder / file, fresh)
        done = subprocess.run(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            cwd=fresh,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode != 0:
            missing(f"npm could not fetch {target.name}: {done.stderr[-500:]}")
        os.rename(fresh, target)
