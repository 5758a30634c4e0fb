"""The knowledge page in the window: folders, search, memory, and what they ask for."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog

from app.knowledge import commands
from app.knowledge.events import (
    EmbeddingsEstimated,
    FactsChanged,
    FolderPhase,
    FolderProgress,
    FolderRefused,
    FoldersChanged,
    FolderState,
    FoundSource,
    LeftOutListed,
    SourcesFound,
)
from app.knowledge.passage import LeftOut
from app.memory.fact import Fact
from tests.ui.conftest import Shown
from ui.controls.buttons import Button, Kind
from ui.knowledge import wording
from ui.knowledge.page import KnowledgePage
from ui.window.remedies import Destination, Page

NOW = datetime.datetime(2026, 11, 21, 12, 0, tzinfo=datetime.UTC)
DOCS = FolderState(
    1,
    "/home/a/docs",
    FolderPhase.READY,
    files=12,
    size_bytes=3_500_000,
    indexed_at=NOW.isoformat(),
    left_out=((LeftOut.SECRET, 2), (LeftOut.TOO_BIG, 1)),
)
CAR = Fact("a", "My car is a blue Golf", NOW)
EMBEDS = "text-embedding-3-small at api.openai.com"
ESTIMATE = EmbeddingsEstimated(
    1, 1240, 400_000, 0.008, "text-embedding-3-small", "api.openai.com", EMBEDS
)


@pytest.fixture
def page(shown: Shown) -> KnowledgePage:
    shown.settings()
    shown.show()
    shown.tell(FoldersChanged((DOCS,)), FactsChanged((CAR,)))
    shown.window.go(Destination(Page.KNOWLEDGE))
    shown.sent.clear()
    return shown.window.area.knowledge


def test_a_folder_says_what_is_known_of_it(shown: Shown, page: KnowledgePage) -> None:
    card = page.folders[1]
    assert card.path.whole == "/home/a/docs"
    assert card.state.text().startswith("12 files, 3.3 MB · read ")
    assert card.left_out.text() == "3 left out"
    assert "2 looks like a password or a key" in card.left_out.toolTip()
    assert not card.progress.isVisible()
    shown.tell(FolderProgress(1, FolderPhase.READING, 3, 10))
    assert card.state.text() == "Reading file 4 of 10"
    assert card.progress.isVisible()
    assert (card.progress.value(), card.progress.maximum()) == (3, 10)
    assert page.folders[1] is card, "a card stays where it is while it changes"


def test_reasons_are_listed_when_asked_for(shown: Shown, page: KnowledgePage) -> None:
    card = page.folders[1]
    card.left_out.click()
    assert shown.sent == [commands.ListLeftOut(1)]
    shown.tell(LeftOutListed(1, ((".env", LeftOut.SECRET),)))
    assert card.reasons.isVisible()
    assert card.reasons.text() == ".env: looks like a password or a key"
    card.left_out.click()
    assert not card.reasons.isVisible()


def test_removing_asks_first(shown: Shown, page: KnowledgePage) -> None:
    card = page.folders[1]
    card.remove.click()
    assert shown.sent == []
    assert card.removing.no.hasFocus()
    card.removing.no.click()
    assert not card.removing.isVisible()
    assert card.remove.hasFocus()
    card.remove.click()
    card.removing.yes.click()
    assert shown.sent == [commands.RemoveFolder(1)]
    shown.tell(FoldersChanged(()))
    assert page.folders == {}


def test_the_price_is_shown_before_anything_is_sent(shown: Shown, page: KnowledgePage) -> None:
    card = page.folders[1]
    card.embed.click()
    assert shown.sent == [commands.EstimateEmbeddings(1)]
    shown.tell(ESTIMATE)
    told = card.embedding.words.text()
    assert "1,240 passages, about 0.4 million tokens" in told
    assert "to api.openai.com, for less than a cent" in told
    assert card.embedding.no.hasFocus()
    visible = [button for button in page.findChildren(Button) if button.isVisible()]
    assert [each.text() for each in visible if each.kind is Kind.PRIMARY] == ["Send"]
    card.embedding.yes.click()
    assert shown.sent[-1:] == [commands.AllowEmbeddings(1, EMBEDS)]
    shown.tell(FoldersChanged((replace(DOCS, embeds=EMBEDS),)))
    card.embed.click()
    assert shown.sent[-1:] == [commands.AllowEmbeddings(1, "")]


def test_where_embedding_is_not_possible_it_says_why(shown: Shown, page: KnowledgePage) -> None:
    card = page.folders[1]
    shown.tell(EmbeddingsEstimated(1, problem="No key."))
    assert card.embedding.words.text() == "No key."
    assert not card.embedding.yes.isVisible()


def test_pause_and_go_on(shown: Shown, page: KnowledgePage) -> None:
    card = page.folders[1]
    card.pause.click()
    shown.tell(FoldersChanged((replace(DOCS, phase=FolderPhase.PAUSED),)))
    assert card.pause.text() == "Go on"
    card.pause.click()
    page.update_now.click()
    assert shown.sent == [
        commands.PauseFolder(1, True),
        commands.PauseFolder(1, False),
        commands.UpdateFolders(),
    ]


def test_a_refused_folder_is_explained(shown: Shown, page: KnowledgePage) -> None:
    shown.tell(FolderRefused("/", "A whole disk is too much. Choose a folder in it."))
    assert page.refused.isVisible()
    shown.tell(FoldersChanged((DOCS, replace(DOCS, id=2))))
    assert not page.refused.isVisible()


def test_the_dialog_adds_a_folder(shown: Shown, page: KnowledgePage) -> None:
    page.add.click()
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.fileSelected.emit("/home/a/notes")
    dialog.close()
    assert shown.sent == [commands.AddFolder("/home/a/notes")]


def test_a_search_lists_places_that_open(shown: Shown, page: KnowledgePage) -> None:
    QTest.keyClicks(page.search.search, "notice")
    QTest.keyClick(page.search.search, Qt.Key.Key_Return)
    assert shown.sent[-1:] == [commands.SearchSources("notice")]
    found = (FoundSource("/home/a/docs/lease.pdf", 3, 12, "The notice period"),)
    shown.tell(SourcesFound("other", found, 0.01))
    assert page.search.rows == [], "an answer to other words is late"
    shown.tell(SourcesFound("notice", found, 0.01))
    assert page.search.summary.text() == "1 passage in 10 ms"
    (row,) = page.search.rows
    assert row.accessibleName() == "Open lease.pdf, page 3"
    row.click()
    assert shown.sent[-1:] == [commands.OpenSource("/home/a/docs/lease.pdf", 3, 12)]
    shown.tell(SourcesFound("notice", (), 0.01))
    assert page.search.rows == []


def test_a_fact_is_changed_forgotten_and_brought_back(shown: Shown, page: KnowledgePage) -> None:
    memory = page.memory
    row = memory.rows["a"]
    row.text.setFocus()
    row.text.setText("My car is red")
    QTest.keyClick(row.text, Qt.Key.Key_Return)
    assert shown.sent[-1:] == [commands.EditFact("a", "My car is red")]
    row.forget.click()
    assert shown.sent[-1:] == [commands.ForgetFact("a")]
    shown.tell(FactsChanged((), CAR))
    assert memory.rows == {}
    assert memory.gone.whole == "Forgotten: My car is a blue Golf"
    memory.bring_back.click()
    assert shown.sent[-1:] == [commands.BringBackFact()]


def test_a_fact_that_others_may_have_written_is_confirmed(
    shown: Shown, page: KnowledgePage
) -> None:
    memory = page.memory
    assert not memory.rows["a"].confirm.isVisible()
    assert not memory.unconfirmed.isVisible()
    shown.tell(FactsChanged((replace(CAR, is_foreign=True),)))
    row = memory.rows["a"]
    assert row.confirm.isVisible()
    assert row.confirm.accessibleName() == "Confirm: My car is a blue Golf"
    assert memory.unconfirmed.isVisible()
    row.confirm.click()
    assert shown.sent[-1:] == [commands.EditFact("a", "My car is a blue Golf")]
    shown.tell(FactsChanged((CAR,)))
    assert not row.confirm.isVisible()
    assert not memory.unconfirmed.isVisible()


def test_a_fact_is_added_by_hand(shown: Shown, page: KnowledgePage) -> None:
    QTest.keyClicks(page.memory.new, "I like tea")
    QTest.keyClick(page.memory.new, Qt.Key.Key_Return)
    assert shown.sent == [commands.RememberFact("I like tea")]
    assert page.memory.new.text() == ""


def test_many_facts_can_be_searched(shown: Shown, page: KnowledgePage) -> None:
    facts = tuple(Fact(str(n), f"fact number {n}", NOW) for n in range(9))
    shown.tell(FactsChanged((CAR, *facts)))
    page.memory.filter.setText("golf")
    visible = [fact_id for fact_id, row in page.memory.rows.items() if row.isVisible()]
    assert visible == ["a"]


@pytest.mark.parametrize(
    ("folder", "words"),
    [
        (replace(DOCS, phase=FolderPhase.WAITING), "Waiting to be read"),
        (replace(DOCS, phase=FolderPhase.ON_BATTERY), "Waits until the computer is plugged in"),
        (replace(DOCS, phase=FolderPhase.PAUSED), "Paused · 12 files, 3.3 MB"),
        (replace(DOCS, phase=FolderPhase.READING), "Looking through the folder"),
        (
            replace(DOCS, phase=FolderPhase.EMBEDDING, done=64, total=1240),
            "Sent 64 of 1,240 passages",
        ),
        (DOCS, "12 files, 3.3 MB · read just now"),
    ],
)
def test_states_in_words(folder: FolderState, words: str) -> None:
    assert wording.state_of(folder, NOW) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(10, "just now"), (600, "10 minutes ago"), (7200, "2 hours ago"), (200_000, "2 days ago")],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert wording.ago(NOW.isoformat(), NOW + datetime.timedelta(seconds=seconds)) == words
