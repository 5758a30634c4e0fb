"""How a dictation is put into words. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from app.dictation.lesson import Lesson, Proposal
from app.dictation.record import Dictation, Outcome
from ui.words import seconds

OUTCOMES: Mapping[Outcome, str] = {
    Outcome.OPEN: "Going on",
    Outcome.INSERTED: "Inserted",
    Outcome.SENT: "Sent",
    Outcome.COPIED: "Copied instead",
    Outcome.HELD: "Not inserted yet",
    Outcome.KEPT: "Recording kept",
    Outcome.NOTHING_HEARD: "Nothing heard",
    Outcome.CANCELLED: "Cancelled",
    Outcome.FAILED: "Failed",
}
NEEDS_SOMEBODY = (Outcome.COPIED, Outcome.HELD, Outcome.KEPT, Outcome.FAILED)


def when(at: datetime.datetime, now: datetime.datetime) -> str:
    """The time on the clock here, with the day it was: "14:32", "Yesterday 09:10", "4 May 09:10".

    Both with a time zone; that of `now` is the one on the wall.
    """
    local = at.astimezone(now.tzinfo)
    clock = f"{local:%H:%M}"
    past = (now.date() - local.date()).days
    if past <= 0:
        return clock
    if past == 1:
        return f"Yesterday {clock}"
    year = "" if local.year == now.year else f" {local.year}"
    return f"{local.day} {local:%B}{year} {clock}"


def headline(row: Dictation) -> str:
    """The words of a row on one line; empty when it has none."""
    return " ".join((row.text or row.raw_text).split())


def caption(row: Dictation, now: datetime.datetime) -> str:
    """The small line under a row's words."""
    parts = [when(row.at, now), row.target.app]
    if row.seconds:
        parts.append(seconds(row.seconds))
    if row.outcome is not Outcome.INSERTED and headline(row):
        parts.insert(0, OUTCOMES[row.outcome])
    return " · ".join(part for part in parts if part)


def without_words(row: Dictation) -> str:
    """What stands in the place of words where a row has none."""
    return row.detail or OUTCOMES[row.outcome]


def spoken(row: Dictation, now: datetime.datetime) -> str:
    """A row as a screen reader reads it."""
    words = headline(row) or without_words(row)
    return f"{words.rstrip('.')}. {caption(row, now)}"


def cost(usd: float | None) -> str:
    """An estimate: "about $0.0012"; empty when none is known."""
    if usd is None:
        return ""
    if usd == 0:
        return "Free"
    return f"About ${usd:.4f}" if usd < 0.01 else f"About ${usd:.2f}"


def lesson(proposal: Proposal) -> str:
    """The question about what a correction teaches."""
    if proposal.lesson is Lesson.VOCABULARY:
        return f"Remember “{proposal.written}”?"
    return f"Always write “{proposal.written}” for “{proposal.spoken}”?"


def facts(row: Dictation, now: datetime.datetime) -> tuple[tuple[str, str], ...]:
    """What is known of a dictation beside its words, each under its name."""
    by = " · ".join(part for part in (row.provider, row.model) if part)
    found = (
        ("When", when(row.at, now)),
        ("Program", row.target.app),
        ("Window", row.target.title),
        ("Mode", row.mode),
        ("Recognised by", by),
        ("Length", seconds(row.seconds) if row.seconds else ""),
        ("Cost", cost(row.cost_usd)),
    )
    return tuple((name, value) for name, value in found if value)
