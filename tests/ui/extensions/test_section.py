"""Servers and tool files on the settings page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.commands import ChangeSettings
from app.extensions.commands import AnswerReview, ImportServers, StartAgain
from app.extensions.events import ExtensionsChanged, ServersImported
from app.extensions.review import Condition, Extension, Review, ReviewKind
from app.extensions.settings import ExtensionSettings, ServerEntry
from ui.extensions import wording
from ui.extensions.section import ExtensionSection
from ui.extensions.state import ExtensionsView, reduce

FILES = ServerEntry(
    name="files", command=("npx", "-y", "a b"), environment=(("LEVEL", "1"),), start_s=20.0
)
ASKED = Review("server:files", ReviewKind.SERVER, "Start “files”?", "npx -y 'a b'", "d1")


class Shown:
    def __init__(self, qtbot: QtBot) -> None:
        self.section = ExtensionSection()
        self.asked: list[object] = []
        self.section.asked.connect(self.asked.append)
        qtbot.addWidget(self.section)
        self.section.show()

    def show(self, *reviews: Review, extensions: tuple[Extension, ...] = ()) -> None:
        view = reduce(ExtensionsView(), ExtensionsChanged(extensions, reviews, "/tools"))
        self.section.show_state(ExtensionSettings(servers=(FILES,)), view)


@pytest.fixture
def shown(qtbot: QtBot) -> Shown:
    return Shown(qtbot)


def test_the_whole_text_is_shown_and_the_yes_is_for_exactly_that(
    shown: Shown, qtbot: QtBot
) -> None:
    shown.show(ASKED)
    (card,) = shown.section.reviews
    assert card.text.toPlainText() == "npx -y 'a b'"
    assert card.text.isReadOnly()
    qtbot.mouseClick(card.yes, Qt.MouseButton.LeftButton)
    assert not shown.asked
    qtbot.waitUntil(card.yes.isEnabled)
    qtbot.mouseClick(card.yes, Qt.MouseButton.LeftButton)
    assert shown.asked == [AnswerReview("server:files", "d1", True)]


def test_a_no_needs_no_wait(shown: Shown, qtbot: QtBot) -> None:
    shown.show(ASKED)
    qtbot.keyClick(shown.section.reviews[0].no, Qt.Key.Key_Return)
    assert shown.asked == [AnswerReview("server:files", "d1", False)]


def test_what_changes_is_another_question(shown: Shown, qtbot: QtBot) -> None:
    shown.show(ASKED)
    qtbot.waitUntil(shown.section.reviews[0].yes.isEnabled)
    other = Review("server:files", ReviewKind.SERVER, "Start “files”?", "evil", "d2")
    shown.show(other)
    (card,) = shown.section.reviews
    assert card.text.toPlainText() == "evil"
    assert not card.yes.isEnabled()
    shown.show()
    assert not shown.section.reviews


def test_what_would_not_show_is_written_out() -> None:
    assert wording.visible("a\u202e\x1b[2Jb\n\tc") == "a\\u202e\\u001b[2Jb\n\tc"


def test_servers_are_listed_with_how_they_are(shown: Shown, qtbot: QtBot) -> None:
    shown.show(extensions=(Extension("files", True, Condition.FAILED, "it has ended"),))
    qtbot.mouseClick(shown.section.again["files"], Qt.MouseButton.LeftButton)
    assert shown.asked == [StartAgain("files")]
    words = wording.condition_words(Extension("f", True, Condition.RUNS, "", ("a", "b")))
    assert words == "Ready · 2 tools: a, b"


def test_an_edited_server_keeps_what_is_not_shown(shown: Shown) -> None:
    shown.show()
    shown.section.servers.committed.emit([("files", "npx 'c d'", wording.BELIEVES)])
    (change,) = shown.asked
    assert isinstance(change, ChangeSettings)
    servers = change.values["extensions.servers"]
    assert isinstance(servers, list)
    entry = ServerEntry.model_validate(servers[0])
    assert entry == FILES.model_copy(update={"command": ("npx", "c d"), "trusts_read_only": True})


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ([("files", "npx 'a", "asks")], "a quotation mark is not closed"),
        ([("Files!", "npx", "asks")], "small letters"),
        ([("a", "npx", "asks"), ("a", "npx", "asks")], "two servers named a"),
        ([("a", "http://example.org", "asks")], "begins with https"),
    ],
)
def test_what_is_no_server_is_not_saved(
    shown: Shown, lines: list[tuple[str, ...]], reason: str
) -> None:
    shown.show()
    shown.section.servers.committed.emit(lines)
    assert not shown.asked
    assert reason in shown.section._wrong.text()


def test_an_import_is_asked_for_and_answered(shown: Shown, qtbot: QtBot) -> None:
    shown.show()
    shown.section.paste.setPlainText('{"mcpServers": {}}')
    qtbot.mouseClick(shown.section.take, Qt.MouseButton.LeftButton)
    assert shown.asked == [ImportServers('{"mcpServers": {}}')]
    answer = ServersImported(("a",), ("X of “a” was left out.",))
    view = reduce(ExtensionsView(), answer)
    shown.section.show_state(ExtensionSettings(), view)
    assert shown.section._taken.text() == "Added: a. X of “a” was left out."
    assert not shown.section.paste.toPlainText()
