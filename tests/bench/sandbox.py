"""What the sandbox adds to a program: `python -m tests.bench.sandbox [RUNS]`."""

from __future__ import annotations

import asyncio
import statistics
import sys
import time

from app.sandbox.job import Job
from app.sandbox.running import run

PROGRAM = "/usr/bin/true"


async def main(runs: int) -> None:
    """Prints medians of both in turn, in milliseconds."""
    plain, boxed = [], []
    for _ in range(runs):
        begins_s = time.perf_counter()
        process = await asyncio.create_subprocess_exec(PROGRAM)
        await process.wait()
        plain.append(time.perf_counter() - begins_s)
        begins_s = time.perf_counter()
        await run(Job((PROGRAM,)))
        boxed.append(time.perf_counter() - begins_s)
    print(f"{PROGRAM} alone: {statistics.median(plain) * 1000:.0f} ms")
    print(
        f"in the sandbox: {statistics.median(boxed) * 1000:.0f} ms, worst {max(boxed) * 1000:.0f}"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20))
