"""Starts programs that outlive Sayso: no shell, their own session, and none of its secrets."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

_PRIVATE_PREFIXES = ("OPENAI_", "SAYSO_")
_PRIVATE_SUFFIXES = ("_API_KEY", "_TOKEN", "_SECRET", "_PASSWORD")
_PYTHON = frozenset({"PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"})


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """`environment` without keys, without Sayso's own Python, with the system's libraries.

    A frozen build keeps the system's `LD_LIBRARY_PATH` under a name that ends in `_ORIG`.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not name.upper().startswith(_PRIVATE_PREFIXES)
        and not name.upper().endswith(_PRIVATE_SUFFIXES)
        and name not in _PYTHON
    }
    original = kept.pop("LD_LIBRARY_PATH_ORIG", None)
    if original:
        kept["LD_LIBRARY_PATH"] = original
    elif original is not None:
        kept.pop("LD_LIBRARY_PATH", None)
    return kept


def launch(argv: Sequence[str], *, watch_s: float, folder: Path | None = None) -> None:
    """Start a program and watch it for `watch_s`: blocking, so not for the core thread itself.

    Raises OSError when it cannot be started, or ends with an error within that time.
    """
    process = subprocess.Popen(
        list(argv),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean_environment(os.environ),
        cwd=folder or Path.home(),
        start_new_session=True,
    )
    try:
        status = process.wait(watch_s)
    except subprocess.TimeoutExpired:
        # Without someone to wait for it, it would stay as a zombie once it ends.
        threading.Thread(target=process.wait, name=f"wait for {argv[0]}", daemon=True).start()
        return
    if status != 0:
        raise OSError(f"{Path(argv[0]).name} ended with status {status}")
