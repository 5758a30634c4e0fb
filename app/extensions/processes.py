"""How programs of others are ended: their whole group, and nothing of their pipes is left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from asyncio import subprocess
from typing import Any

_REAP_S = 2.0


def signal_group(process: subprocess.Process, number: int) -> None:
    """Send it to the group that the process leads; one that has ended is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, number)


async def reap(process: subprocess.Process) -> None:
    """After its last signal: wait for its end, and empty its pipes so that they close.

    Whoever read from them must have stopped.
    """
    rest: list[asyncio.Future[Any]] = [asyncio.ensure_future(process.wait())]
    rest += [
        asyncio.ensure_future(_drain(pipe)) for pipe in (process.stdout, process.stderr) if pipe
    ]
    await asyncio.wait(rest, timeout=_REAP_S)
    for task in rest:
        task.cancel()
    await asyncio.wait(rest)


async def _drain(pipe: asyncio.StreamReader) -> None:
    while await pipe.read(65_536):
        continue
