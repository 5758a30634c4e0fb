from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from tests.ui import told
from ui.transcript.model import TranscriptModel
from ui.view_entries import Entry, of_message


class Watched:
    """A model, checked by Qt's own tester, and what it told its views."""

    def __init__(self) -> None:
        self.model = TranscriptModel()
        self.tester = QAbstractItemModelTester(
            self.model, QAbstractItemModelTester.FailureReportingMode.Fatal
        )
        self.log: list[tuple[object, ...]] = []
        self.model.modelReset.connect(lambda: self.log.append(("reset",)))
        self.model.rowsInserted.connect(lambda _, a, b: self.log.append(("insert", a, b)))
        self.model.rowsRemoved.connect(lambda _, a, b: self.log.append(("remove", a, b)))
        self.model.dataChanged.connect(lambda a, b: self.log.append(("change", a.row(), b.row())))

    def show(self, *entries: Entry, conversation: str = "c") -> list[tuple[object, ...]]:
        self.log.clear()
        self.model.show(conversation, entries)
        assert self.model.entries == entries
        assert self.model.rowCount() == len(entries)
        return list(self.log)


@pytest.fixture
def watched(qapp) -> Watched:
    return Watched()


A, B, C, D = (of_message(told.user(text)) for text in "abcd")


def test_rows_are_appended_and_patched_never_reset(watched: Watched) -> None:
    watched.show(A)
    assert watched.show(A, B) == [("insert", 1, 1)]
    grown = replace(B, text="bb")
    assert watched.show(A, grown) == [("change", 1, 1)]
    assert watched.show(A, grown, C, D) == [("insert", 2, 3)]
    assert watched.show(A, grown, C, D) == []


def test_rows_go_from_the_middle_and_the_end(watched: Watched) -> None:
    watched.show(A, B, C, D)
    assert watched.show(A, D) == [("remove", 1, 2)]
    assert watched.show(A) == [("remove", 1, 1)]
    assert watched.show() == [("remove", 0, 0)]


def test_rows_that_change_and_go_at_once(watched: Watched) -> None:
    watched.show(A, B, C)
    assert watched.show(A, D) == [("remove", 2, 2), ("change", 1, 1)]
    assert watched.show(A, B, C) == [("insert", 2, 2), ("change", 1, 1)]


def test_another_conversation_replaces_all_rows(watched: Watched) -> None:
    watched.show(A, B, conversation="one")
    assert watched.show(C, conversation="two") == [("reset",)]


def test_conversation_that_gets_its_id_goes_on(watched: Watched) -> None:
    watched.show(A, conversation="")
    assert watched.show(A, B, conversation="new") == [("insert", 1, 1)]


def test_rows_read_as_words(watched: Watched) -> None:
    watched.show(A)
    index = watched.model.index(0)
    assert watched.model.data(index, Qt.ItemDataRole.AccessibleTextRole) == "You: a"
    assert watched.model.data(index, Qt.ItemDataRole.DecorationRole) is None
