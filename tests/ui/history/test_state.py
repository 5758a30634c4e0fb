"""What is known of past dictations, event after event, by values."""

from __future__ import annotations

import datetime
from dataclasses import replace

from app.dictation.events import (
    DictationEvent,
    HistoryListed,
    HistoryRowChanged,
    HistoryRowsRemoved,
    ReplayChanged,
)
from app.dictation.record import Dictation, Outcome
from ui.history.state import HistoryView, reduce

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)


def row(number: int, text: str = "") -> Dictation:
    at = NOW + datetime.timedelta(minutes=number)
    return Dictation(f"d{number}", at, outcome=Outcome.INSERTED, text=text or f"text {number}")


def after(*told: DictationEvent) -> HistoryView:
    view = HistoryView()
    for event in told:
        view = reduce(view, event)
    return view


def ids(view: HistoryView) -> list[str]:
    return [found.id for found in view.rows]


LISTED = HistoryListed("", (row(5), row(3), row(1)))


def test_nothing_is_known_before_the_first_answer() -> None:
    assert not after(HistoryRowChanged(row(1))).is_known
    assert after(HistoryListed("", ())).is_known


def test_a_search_takes_the_place_of_what_was_listed() -> None:
    assert ids(after(LISTED, HistoryListed("x", (row(2),)))) == ["d2"]


def test_older_rows_follow_and_none_is_doubled() -> None:
    view = after(replace(LISTED, has_more=True), HistoryListed("", (row(1), row(0)), True, False))
    assert ids(view) == ["d5", "d3", "d1", "d0"]
    assert not view.has_more


def test_older_rows_of_another_search_come_too_late() -> None:
    view = after(LISTED)
    assert reduce(view, HistoryListed("x", (row(0),), continued=True)) is view


def test_a_row_changes_where_it_stands() -> None:
    view = after(LISTED, HistoryRowChanged(row(3, "corrected")))
    assert [found.text for found in view.rows] == ["text 5", "corrected", "text 1"]


def test_a_new_row_stands_where_its_time_says() -> None:
    assert ids(after(LISTED, HistoryRowChanged(row(9)))) == ["d9", "d5", "d3", "d1"]
    assert ids(after(LISTED, HistoryRowChanged(row(4)))) == ["d5", "d4", "d3", "d1"]
    assert ids(after(LISTED, HistoryRowChanged(row(0)))) == ["d5", "d3", "d1", "d0"]
    assert ids(after(HistoryListed("", ()), HistoryRowChanged(row(1)))) == ["d1"]


def test_a_row_that_is_older_than_the_page_waits_for_its_page() -> None:
    listed = replace(LISTED, has_more=True)
    assert ids(after(listed, HistoryRowChanged(row(0)))) == ["d5", "d3", "d1"]


def test_a_new_row_joins_a_search_only_if_it_matches() -> None:
    listed = HistoryListed("anna", (row(1, "Dear Anna"),))
    assert ids(after(listed, HistoryRowChanged(row(2, "Bob")))) == ["d1"]
    assert ids(after(listed, HistoryRowChanged(row(2, "ANNA!")))) == ["d2", "d1"]


def test_removed_rows_go_and_unknown_ones_change_nothing() -> None:
    view = after(LISTED, HistoryRowsRemoved(("d3", "d1")))
    assert ids(view) == ["d5"]
    assert reduce(view, HistoryRowsRemoved(("d9",))) is view


def test_what_plays_is_known() -> None:
    assert after(LISTED, ReplayChanged("d3")).replaying == "d3"
