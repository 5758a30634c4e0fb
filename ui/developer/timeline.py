"""The latest events of the wire and the latest turns, in bounded memory. Pure: no Qt, no clock."""

from __future__ import annotations

import enum
import json
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.providers.voice_session import WireNote
from app.realtime.events import TurnTimed
from app.redaction import redact

MOST_ROWS = 4_000
MOST_TURNS = 100
_LONGEST_DETAIL = 240
_LONGEST_READ = 2_000
_BLOB = re.compile(r"[A-Za-z0-9+/_-]{48,}={0,2}")
"""Sound or a key, whatever it is called: no word is as long."""
_STREAMS = (".append", ".delta")
STREAMS_AT_ONCE = 4
"""Sound and words of a response come in turns, while the microphone is sent."""


class Direction(enum.StrEnum):
    """Which way an event went."""

    BOTH = "both"
    SENT = "sent"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Row:
    """An event, or several of a kind that came one after another, `until_s` the last of them.

    Seconds are of the loop's clock, `size_bytes` is that of all of them.
    """

    number: int
    at_s: float
    until_s: float
    sent: bool
    kind: str
    size_bytes: int
    times: int = 1
    detail: str = ""


class Timeline:
    """A ring: what is older than the latest `most` rows is forgotten."""

    def __init__(self, most: int = MOST_ROWS, most_turns: int = MOST_TURNS) -> None:
        self.rows: deque[Row] = deque(maxlen=most)
        self.turns: deque[TurnTimed] = deque(maxlen=most_turns)
        self.events = 0
        self.size_bytes = 0
        self.began_s: float | None = None
        self._next = 0

    def note(self, note: WireNote) -> None:
        """Take in an event; pieces of a stream are counted in one row."""
        self.events += 1
        self.size_bytes += note.size_bytes
        if self.began_s is None:
            self.began_s = note.at_s
        detail = clean(note.detail)
        if (at := self._same_stream(note)) is not None:
            row = self.rows[at]
            self.rows[at] = replace(
                row,
                until_s=note.at_s,
                size_bytes=row.size_bytes + note.size_bytes,
                times=row.times + 1,
                detail=detail or row.detail,
            )
            return
        self.rows.append(
            Row(
                self._next,
                note.at_s,
                note.at_s,
                note.sent,
                clean(note.kind),
                note.size_bytes,
                detail=detail,
            )
        )
        self._next += 1

    def _same_stream(self, note: WireNote) -> int | None:
        """Where the stream is that this is a piece of; streams may come side by side."""
        if not note.kind.endswith(_STREAMS):
            return None
        for back in range(1, min(STREAMS_AT_ONCE, len(self.rows)) + 1):
            row = self.rows[-back]
            if not row.kind.endswith(_STREAMS):
                return None
            if (row.kind, row.sent) == (note.kind, note.sent):
                return -back
        return None

    def turn(self, timed: TurnTimed) -> None:
        """Take in a turn; what is known of it later takes its place."""
        for at, known in enumerate(self.turns):
            if known.reply_id == timed.reply_id:
                self.turns[at] = timed
                return
        self.turns.append(timed)

    def clear(self) -> None:
        """Forget everything."""
        self.rows.clear()
        self.turns.clear()
        self.events = self.size_bytes = 0
        self.began_s = None

    def matching(self, words: str, direction: Direction) -> tuple[Row, ...]:
        """The rows in whose kind or detail all of these words are."""
        wanted = words.casefold().split()
        return tuple(row for row in self.rows if _matches(row, wanted, direction))

    def exported(self) -> str:
        """Everything as JSON: no sound, nothing that is or looks like a secret."""
        began = self.began_s or 0.0
        return json.dumps(
            {
                "format": "sayso timeline",
                "version": 1,
                "events": [_row_values(row, began) for row in self.rows],
                "turns": [_turn_values(turn, began) for turn in self.turns],
            },
            indent=1,
            ensure_ascii=False,
        )


def clean(text: str) -> str:
    """One line of it, without secrets and sound, and not too long."""
    if len(text) > _LONGEST_READ:  # without the word that was cut: it may be half a secret
        text = text[:_LONGEST_READ].rpartition(" ")[0] or "…"
    told = _BLOB.sub("…", redact(" ".join(text.split())))
    return told if len(told) <= _LONGEST_DETAIL else f"{told[: _LONGEST_DETAIL - 1]}…"


def as_text(rows: Iterable[Row], began_s: float) -> str:
    """Rows for the clipboard, a line each, with tabs between the columns."""
    return "\n".join(
        "\t".join(
            (
                f"{row.at_s - began_s:.3f}",
                direction_of(row).value,
                kind_of(row),
                str(row.size_bytes),
                row.detail,
            )
        )
        for row in rows
    )


def direction_of(row: Row) -> Direction:
    """Which way it went."""
    return Direction.SENT if row.sent else Direction.RECEIVED


def kind_of(row: Row) -> str:
    """`response.output_audio.delta ×12`."""
    return row.kind if row.times == 1 else f"{row.kind} ×{row.times}"


def size_of(size_bytes: int) -> str:
    """“312 B”, “4.1 kB”, “2.0 MB”."""
    if size_bytes < 1_000:
        return f"{size_bytes} B"
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1_000:.1f} kB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def _matches(row: Row, wanted: list[str], direction: Direction) -> bool:
    if direction is not Direction.BOTH and direction is not direction_of(row):
        return False
    words = f"{row.kind} {row.detail}".casefold()
    return all(word in words for word in wanted)


def _row_values(row: Row, began_s: float) -> dict[str, object]:
    values: dict[str, object] = {
        "at_s": round(row.at_s - began_s, 4),
        "direction": direction_of(row).value,
        "kind": row.kind,
        "size_bytes": row.size_bytes,
    }
    if row.times > 1:
        values |= {"times": row.times, "until_s": round(row.until_s - began_s, 4)}
    if row.detail:
        values["detail"] = row.detail
    return values


def _turn_values(turn: TurnTimed, began_s: float) -> dict[str, object]:
    values: dict[str, object] = {"reply_id": clean(turn.reply_id)}
    for name in TurnTimed.__slots__:
        at = getattr(turn, name)
        if isinstance(at, float):
            values[name] = round(at - began_s, 4)
    return values
