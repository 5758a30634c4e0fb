"""The rows of the history as a Qt model: what a view is told of a change."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from app.dictation.record import Dictation
from ui.history.model import HistoryModel
from ui.history.state import HistoryView

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
ROWS = tuple(
    Dictation(f"d{n}", NOW - datetime.timedelta(minutes=n), text=f"text {n}") for n in range(6)
)


def shown(*rows: Dictation, query: str = "", more: bool = False) -> HistoryView:
    return HistoryView(query, rows, more, is_known=True)


class Told:
    """What a view would hear."""

    def __init__(self, model: HistoryModel) -> None:
        self.all: list[tuple[object, ...]] = []
        model.rowsInserted.connect(lambda _p, first, last: self.all.append(("in", first, last)))
        model.rowsRemoved.connect(lambda _p, first, last: self.all.append(("out", first, last)))
        model.dataChanged.connect(lambda a, b: self.all.append(("is", a.row(), b.row())))
        model.modelReset.connect(lambda: self.all.append(("reset",)))


@pytest.fixture
def model(qtbot: QtBot) -> HistoryModel:
    made = HistoryModel()
    made.tester = QAbstractItemModelTester(  # type: ignore[attr-defined]
        made, QAbstractItemModelTester.FailureReportingMode.Fatal
    )
    made.show(shown(*ROWS[1:5]))
    return made


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (ROWS[0:5], [("in", 0, 0)]),
        (ROWS[1:6], [("in", 4, 4)]),
        (ROWS[2:5], [("out", 0, 0)]),
        ((ROWS[1], ROWS[4]), [("out", 1, 2)]),
        ((ROWS[1], replace(ROWS[2], text="new"), *ROWS[3:5]), [("is", 1, 1)]),
        ((ROWS[0], *ROWS[1:4], replace(ROWS[4], text="new")), [("in", 0, 0), ("is", 4, 4)]),
        ((), [("out", 0, 3)]),
    ],
)
def test_only_the_rows_that_differ_are_told(
    model: HistoryModel, rows: tuple[Dictation, ...], told: list[tuple[object, ...]]
) -> None:
    heard = Told(model)
    model.show(shown(*rows))
    assert heard.all == told
    assert model.rows == rows
    assert model.rowCount() == len(rows)


def test_a_search_sets_the_rows_anew(model: HistoryModel) -> None:
    heard = Told(model)
    model.show(shown(ROWS[2], query="text 2"))
    assert heard.all == [("reset",)]


def test_the_same_rows_are_not_looked_at(model: HistoryModel) -> None:
    heard = Told(model)
    model.show(shown(*ROWS[1:5]))
    model.show(HistoryView("", model.rows, replaying="d1", is_known=True))
    assert heard.all == []


def test_more_is_asked_for_once_until_it_comes(qtbot: QtBot) -> None:
    model = HistoryModel()  # the tester would ask for more itself
    model.show(shown(*ROWS[:2]))
    assert not model.canFetchMore(QModelIndex())
    model.show(shown(*ROWS[:3], more=True))
    wanted: list[int] = []
    model.more_wanted.connect(lambda: wanted.append(model.rowCount()))
    assert model.canFetchMore(QModelIndex())
    model.fetchMore(QModelIndex())
    assert wanted == [3]
    assert not model.canFetchMore(QModelIndex())
    model.show(shown(*ROWS, more=True))
    assert model.canFetchMore(QModelIndex())
