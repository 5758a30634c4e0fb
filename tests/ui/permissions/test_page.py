from __future__ import annotations

import dataclasses
import datetime

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from app.commands import ChangeSettings
from app.permission.commands import ListPermissions, TakeBackGrant
from app.permission.events import CallNoted, CallsListed, GrantsListed, ListedTool, ToolsListed
from app.permission.grants import Grant, Match, Rule
from app.permission.mode import Mode
from app.permission.record import Allowed, CallRecord, Fate
from app.permission.settings import ToolChoice
from app.tools.base import Risk
from tests.ui.conftest import Shown
from ui.controls.surfaces import ElidedLabel
from ui.window.remedies import Destination, Page

NOW = datetime.datetime(2027, 1, 14, 12, tzinfo=datetime.UTC)
NOTE = ListedTool("add_note", "", "Adds.", Risk.REVERSIBLE, False, Mode.AS_NEEDED)
DELETE = ListedTool("delete_file", "files", "Deletes.", Risk.IRREVERSIBLE, True, Mode.AS_NEEDED)
GRANT = Grant(
    "g1", "delete_file", Risk.IRREVERSIBLE, (Rule("name", Match.EXACTLY, '"a"'),), True,
    'delete file with name: "a\u202e' + "x" * 500, NOW,
)  # fmt: skip
RECORD = CallRecord(
    NOW, "c", "add_note", Risk.REVERSIBLE, '{"text": "\u202eevil"}', Fate.RAN, Allowed.HAND, "taint"
)


def page(shown: Shown):
    return shown.window.area.tools


def opened(shown: Shown):
    shown.window.go(Destination(Page.TOOLS))
    shown.tell(
        ToolsListed((NOTE, DELETE)), GrantsListed((GRANT,)), CallsListed((RECORD,), "/log.jsonl")
    )
    return page(shown)


def test_the_sidebar_leads_to_it_and_it_asks_for_what_it_shows(shown: Shown) -> None:
    shown.window.sidebar.tools.click()
    assert shown.page() is Page.TOOLS
    assert shown.sent == [ListPermissions()]


def test_a_choice_is_saved_and_shown(shown: Shown, qtbot: QtBot) -> None:
    tools = opened(shown)
    row = tools.rows["add_note"]
    assert [row.box.itemText(at) for at in range(row.box.count())] == [
        "Without asking",
        "Ask every time",
        "Off",
    ]
    row.box.setFocus(Qt.FocusReason.OtherFocusReason)
    shown.sent.clear()
    QTest.keyClick(row.box, Qt.Key.Key_End)
    assert shown.sent == [
        ChangeSettings({"permission.modes": (ToolChoice(tool="add_note", mode=Mode.OFF),)})
    ]
    shown.tell(ToolsListed((dataclasses.replace(NOTE, mode=Mode.ASK), DELETE)))
    assert tools.rows["add_note"] is row
    assert row.box.currentText() == "Ask every time"


def test_a_tool_that_came_or_changed_has_its_row(shown: Shown) -> None:
    tools = opened(shown)
    changed = dataclasses.replace(NOTE, risk=Risk.SENDS_OUT)
    shown.tell(ToolsListed((changed, dataclasses.replace(NOTE, name="other"))))
    assert list(tools.rows) == ["add_note", "other"]
    assert not tools.rows["add_note"].shows(NOTE)


def test_a_grant_is_taken_back(shown: Shown) -> None:
    tools = opened(shown)
    (row,) = tools.grants
    row.take_back.setFocus(Qt.FocusReason.OtherFocusReason)
    shown.sent.clear()
    QTest.keyClick(row.take_back, Qt.Key.Key_Return)
    assert shown.sent == [TakeBackGrant("g1")]
    shown.tell(GrantsListed(()))
    assert tools.grants == []
    assert "\u202e" not in row.take_back.accessibleName()


def test_calls_are_listed_as_they_happen_with_nothing_hidden(shown: Shown) -> None:
    tools = opened(shown)
    shown.tell(CallNoted(dataclasses.replace(RECORD, tool="delete_file", fate=Fate.DENIED)))
    denied, done = tools.calls
    assert denied.accessibleName().startswith("Delete file · you said no. ")
    assert done.accessibleName().startswith("Add note · done in 0.1 s. ")
    for row in tools.calls:
        (arguments,) = row.findChildren(ElidedLabel)
        assert arguments.whole == '{"text": "\\u202eevil"}'


def test_without_anything_it_says_so(shown: Shown) -> None:
    shown.window.go(Destination(Page.TOOLS))
    shown.tell(ToolsListed(()), GrantsListed(()), CallsListed((), ""))
    assert page(shown).grants == []
    assert not page(shown).rows


class Squeezed(QObject):
    """The labels that were painted, and those that had less room than their words need."""

    def __init__(self) -> None:
        super().__init__()
        self.painted: set[str] = set()
        self.found: set[str] = set()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and isinstance(watched, QLabel):
            self.painted.add(watched.text())
            needed = watched.heightForWidth(watched.width())
            if watched.wordWrap() and watched.height() < needed:
                self.found.add(f"{watched.height()} of {needed}: {watched.text()[:30]}")
        return False


@pytest.mark.parametrize("width", [480, 920])
def test_nothing_is_painted_squeezed_when_it_opens_with_much(
    shown: Shown, qtbot: QtBot, width: int
) -> None:
    shown.show(width=width)
    paints = Squeezed()
    tools = [
        dataclasses.replace(NOTE, name=f"tool_{number}", description="Does a thing. " * 12)
        for number in range(40)
    ]
    records = tuple(dataclasses.replace(RECORD, why=str(number)) for number in range(30))
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(paints)
    try:
        shown.tell(ToolsListed(tuple(tools)))
        shown.tell(GrantsListed((GRANT,)))
        shown.tell(CallsListed(records, "/log.jsonl"))
        shown.window.go(Destination(Page.TOOLS))
        qtbot.waitUntil(lambda: "Tool 0" in paints.painted)
    finally:
        application.removeEventFilter(paints)
    assert not paints.found
