"""A child that is killed as it ends keeps its own exit code."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys

from audio.killing import kill


async def test_a_child_that_has_just_ended_keeps_its_code() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "raise SystemExit(3)")
    with contextlib.suppress(ChildProcessError):  # Where a thread of asyncio's waits for it.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    kill(process)
    assert await process.wait() == 3
    kill(process)


async def test_a_child_that_runs_ends() -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", "input()", stdin=-1)
    kill(process)
    assert await process.wait() < 0
