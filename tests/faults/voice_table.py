"""The table of Realtime faults as markdown: `python -m tests.faults.voice_table FILE [NAME]`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from tests.faults.clock import SPEED, run_hurried
from tests.faults.table import _plain
from tests.faults.voice_catalogue import VOICE_FAULTS
from tests.faults.voice_live import VoiceLived, live_through_voice

_HEAD = """\
# What can happen to a realtime session

Made by `python -m tests.faults.voice_table tests/faults/VOICE_TABLE.md`. Each row is the whole app,
without devices, and a Realtime server on loopback with one fault: a turn before it, the turn shown
here, and a turn after it. The utterance takes 1.6 s in frames of 50 ms that are told apart; "lost"
counts those that no turn of the server held, "told", "answered" and "took" are seconds from its
first sound on. Waiting passes {speed:g} times as fast as the clock that these times are of. "By" is
who answered, "link" what the window was told of the connection, "on" whether the turn after it was
well.

| fault | told | told after | link | heard | answered | answered after | sound | by | lost \
| recording | sessions | asked | took | on |
|---|---|--:|---|---|---|--:|--:|---|--:|---|--:|--:|--:|---|
"""


def as_markdown(rows: Iterable[VoiceLived]) -> str:
    """The table."""
    return _HEAD.format(speed=SPEED) + "".join(f"{_row(row)}\n" for row in rows)


def _row(row: VoiceLived) -> str:
    told = "<br>".join(f"`{n.code}` {n.message} {n.hint} [{n.action}]" for n in row.notices)
    by = "turn by turn" if row.stood_in else "realtime" if row.asked_for else "–"
    cells = [
        row.fault,
        told or "nothing",
        "" if row.told_s is None else f"{row.told_s:.1f} s",
        " ".join(link for link, _ in groupby(row.links)) or "–",
        row.heard or "–",
        row.replied or "–",
        "" if row.answered_s is None else f"{row.answered_s:.1f} s",
        f"{row.spoken_ms} ms",
        by,
        "–" if row.stood_in else str(row.lost),
        "kept" if row.kept else "became text" if row.heard else "gone",
        str(row.sessions),
        str(row.asked_for),
        f"{row.seconds:.1f} s",
        "yes" if row.goes_on else "NO",
    ]
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def main(arguments: list[str]) -> int:
    """Live through all of it and write the table."""
    rows = []
    for fault in VOICE_FAULTS:
        if not arguments[1:] or fault.name in arguments[1:]:
            rows.append(run_hurried(live_through_voice(fault)))
            print(_row(rows[-1]), *rows[-1].problems, file=sys.stderr)
    Path(arguments[0]).write_text(as_markdown(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
