"""What is known of past dictations, and how each event changes it. Pure: no Qt, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.dictation.events import (
    DictationEvent,
    HistoryListed,
    HistoryRowChanged,
    HistoryRowsRemoved,
    LessonsProposed,
    ReplayChanged,
)
from app.dictation.lesson import Proposal
from app.dictation.record import Dictation
from app.dictation.search_words import matches


@dataclass(frozen=True, slots=True)
class HistoryView:
    """Rows that match `query`, newest first; `has_more`: older ones were not listed yet.

    `is_known` once there was an answer; `replaying` is the row whose recording plays. `lessons`
    are what corrections may teach, by their rows.
    """

    query: str = ""
    rows: tuple[Dictation, ...] = ()
    has_more: bool = False
    is_known: bool = False
    replaying: str = ""
    lessons: Mapping[str, tuple[Proposal, ...]] = field(default_factory=dict)

    def find(self, dictation_id: str) -> Dictation | None:
        """The row with this id, if it is listed."""
        return next((row for row in self.rows if row.id == dictation_id), None)

    def lesson(self, dictation_id: str) -> Proposal | None:
        """What its correction may teach, one at a time."""
        return next(iter(self.lessons.get(dictation_id, ())), None)


def reduce(view: HistoryView, event: DictationEvent) -> HistoryView:
    """What is known after `event`; the same view where it is about something else."""
    match event:
        case HistoryListed():
            return _listed(view, event)
        case HistoryRowChanged(row):
            return _changed(view, row) if view.is_known else view
        case HistoryRowsRemoved(ids):
            kept = tuple(row for row in view.rows if row.id not in ids)
            return replace(view, rows=kept) if len(kept) < len(view.rows) else view
        case LessonsProposed(dictation_id, proposals):
            return replace(view, lessons={**view.lessons, dictation_id: proposals})
        case ReplayChanged(dictation_id):
            return replace(view, replaying=dictation_id)
        case _:
            return view


def _listed(view: HistoryView, event: HistoryListed) -> HistoryView:
    rows = event.rows
    if event.continued:
        if event.query != view.query:
            return view
        known = {row.id for row in view.rows}
        rows = (*view.rows, *(row for row in event.rows if row.id not in known))
    return replace(view, query=event.query, rows=rows, has_more=event.has_more, is_known=True)


def _changed(view: HistoryView, row: Dictation) -> HistoryView:
    """The row where it stands, or a new one where it belongs by its time."""
    rows = view.rows
    for at, shown in enumerate(rows):
        if shown.id == row.id:
            return replace(view, rows=(*rows[:at], row, *rows[at + 1 :]))
        if shown.at < row.at:
            break
    else:
        at = len(rows)
        if view.has_more:
            return view
    if not matches(row, view.query):
        return view
    return replace(view, rows=(*rows[:at], row, *rows[at:]))
