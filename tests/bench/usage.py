"""What processes use: CPU time, memory, descriptors, threads. From /proc."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def usage_of(pids: Sequence[int]) -> dict[str, float]:
    """The sums over some processes, and the CPU seconds of each; memory in MB."""
    found = [_of(pid) for pid in pids]
    total = {key: round(sum(one[key] for one in found), 2) for key in found[0]}
    if len(pids) > 1:
        total |= {f"cpu_s_{n}": one["cpu_s"] for n, one in enumerate(found)}
    return total


def _of(pid: int) -> dict[str, float]:
    root = Path("/proc") / str(pid)
    status = (root / "status").read_text()
    fields = (root / "stat").read_text().rpartition(")")[2].split()
    rollup = (root / "smaps_rollup").read_text()
    return {
        "cpu_s": (int(fields[11]) + int(fields[12])) / _TICKS,
        "rss_mb": _kb(status, "VmRSS") / 1024,
        "pss_mb": _kb(rollup, "Pss") / 1024,
        "threads": _number(status, "Threads"),
        "fds": len(list((root / "fd").iterdir())),
    }


def _kb(text: str, name: str) -> float:
    return _number(text, name)


def _number(text: str, name: str) -> float:
    match = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    return float(match[1]) if match else 0.0


def children_of(pid: int) -> list[int]:
    """Process ids of the children, whichever thread started them."""
    tasks = (Path("/proc") / str(pid) / "task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]
