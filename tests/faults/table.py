"""The fault table as markdown: `python -m tests.faults.table FILE`."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.faults.api import Service
from tests.faults.catalogue import FAULTS
from tests.faults.clock import SPEED, run_hurried
from tests.faults.doors import DOORS, SERVICES
from tests.faults.live import Lived, live_through, live_through_at_openai, live_through_door

_HEAD = """\
# The fault table

Made by `python -m tests.faults.table tests/faults/TABLE.md`. Each row is the whole app, without
devices, and a server on loopback with one fault: a turn before it, the turn shown here, and a turn
after it. "Waits" are countdowns before another try, "asked" counts requests, and "on" tells whether
the turn after it was well. Waiting passes {speed:g} times as fast as the clock that deadlines are
kept by; the times here are those of that clock, which is what a person would wait.

| fault | in | told | after | waits | heard | answered | sound | recording | asked | took | on |
|---|---|---|--:|---|---|---|--:|---|--:|--:|---|
"""


def as_markdown(rows: Iterable[Lived]) -> str:
    """The table."""
    return _HEAD.format(speed=SPEED) + "".join(f"{_row(row)}\n" for row in rows)


def _row(row: Lived) -> str:
    told = "<br>".join(f"`{n.code}` {n.message} {n.hint} [{n.action}]" for n in row.notices)
    cells = [
        row.fault,
        f"{row.service} ({row.api})" if row.api else str(row.service),
        told or "nothing",
        "" if row.told_s is None else f"{row.told_s:.1f} s",
        ", ".join(f"{seconds:.1f} s" for seconds in row.countdowns) or "–",
        row.heard or "–",
        row.replied or "–",
        f"{row.spoken_ms} ms",
        "kept" if row.kept else "became text" if row.heard else "gone",
        str(len(row.models)),
        f"{row.seconds:.1f} s",
        "yes" if row.goes_on else "NO",
    ]
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(cell: str) -> str:
    # Ports differ from run to run.
    return (
        re.sub(r"(127\.0\.0\.1|sayso\.test):\d+", "The server", cell)
        .replace("|", "\\|")
        .replace("\n", " ")
    )


def _rows(names: frozenset[str]) -> Iterator[Lived]:
    """The rows of these faults; of all when none is named."""
    for door in DOORS:
        for service in SERVICES:
            if not names or door.name in names:
                yield run_hurried(live_through_door(door, service))
    for fault in FAULTS:
        for service in fault.expected:
            if not names or fault.name in names:
                yield run_hurried(live_through(fault, service))
        if Service.CHAT in fault.expected and (not names or fault.name in names):
            yield run_hurried(live_through_at_openai(fault))


def main(arguments: list[str]) -> int:
    """Live through all of it and write the table."""
    rows = []
    for row in _rows(frozenset(arguments[1:])):
        rows.append(row)
        print(_row(row), file=sys.stderr)
    Path(arguments[0]).write_text(as_markdown(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
