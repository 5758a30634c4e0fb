"""Runs the indexer as a process of its own, to its end or until it is cancelled. Core thread."""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from app.providers.local.environment import child_environment
from audio.killing import kill

PROGRAM = "app.knowledge.indexer"
SILENT_S = 180.0
"""A file that takes longer has stopped the indexer for good."""

_BELOW_NORMAL = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)

OnProgress = Callable[[int, int, int], None]
"""Folder, files that are done, files that were to be read."""

_log = logging.getLogger(__name__)


async def run_indexer(index: Path, folders: Sequence[int], on_progress: OnProgress) -> bool:
    """Bring `folders` up to date, all for none; whether it came to its end."""
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", PROGRAM, str(index), *map(str, folders),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=child_environment(),
            creationflags=_BELOW_NORMAL,
        )  # fmt: skip
    except OSError as error:
        _log.warning("the indexer did not start: %s", error)
        return False
    try:
        await _follow(process, on_progress)
        return await process.wait() == 0
    finally:
        kill(process)
        await process.wait()


async def _follow(process: asyncio.subprocess.Process, on_progress: OnProgress) -> None:
    assert process.stdout is not None
    while True:
        try:
            async with asyncio.timeout(SILENT_S):
                line = await process.stdout.readline()
        except TimeoutError:
            _log.info("the indexer stood still and is ended")
            return
        if not line:
            return
        folder_id, done, total = json.loads(line)
        on_progress(folder_id, done, total)
