"""The end of a child process that asyncio watches."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys


def kill(process: asyncio.subprocess.Process) -> None:
    """End it at once, if it has not ended yet.

    `Process.kill` looks first whether it has ended, and if so takes its exit code away from
    asyncio, which then warns and makes one up.
    """
    if process.returncode is not None:
        return
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.kill(process.pid, signal.SIGKILL)
