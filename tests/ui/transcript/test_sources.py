"""Sources in the transcript: which brackets are links, and what they open."""

from __future__ import annotations

import datetime
import json

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from app import events
from app.conversation.message import Message, Role, ToolUse
from app.knowledge.commands import OpenSource
from tests.ui.conftest import Shown
from ui.transcript import blocks
from ui.transcript.blocks import Click, target_of
from ui.transcript.sources import named_in
from ui.view_entries import Entry, ToolLine

RESULT = json.dumps(
    {
        "sources": [
            {"source": 1, "file": "/home/a/lease.pdf", "page": 3, "line": 12, "text": "…"},
            {"source": 2, "file": "/home/a/notes.md", "page": 0, "line": 8, "text": "…"},
        ]
    }
)


def entry(text: str, *, name: str = "search_folders", ok: bool = True) -> Entry:
    tool = ToolLine("c", name, "{}", RESULT, ok=ok)
    now = datetime.datetime.now(datetime.UTC)
    return Entry("e", Role.ASSISTANT, text, by="gpt-4o", tools=(tool,), at=now)


def links(shown: Entry) -> list[str]:
    return [
        target_of(span.link).value
        for block in blocks.of_entry(shown, frozenset())
        for span in block.spans
        if target_of(span.link).click is Click.SOURCE
    ]


def test_a_named_source_is_a_link_in_the_text_and_below_it() -> None:
    shown = entry("Three months [1]. See also **this [2]**.")
    assert links(shown) == ["1", "2", "1", "2"]
    last = blocks.of_entry(shown, frozenset())[-1]
    assert last.text == "[1] lease.pdf, page 3\u2003[2] notes.md, line 8"
    assert "Source 1: lease.pdf, page 3" in blocks.spoken_text(shown)


@pytest.mark.parametrize(
    "shown",
    [
        entry("Nothing is named."),
        entry("A number that no tool gave [3]."),
        entry("Code: `x[1]`\n\n```\ny[1]\n```"),
        entry("From another tool [1].", name="web_page"),
        entry("From a failed one [1].", ok=False),
    ],
)
def test_everything_else_stays_text(shown: Entry) -> None:
    assert links(shown) == []


def test_a_result_that_is_no_json_has_no_sources() -> None:
    tool = ToolLine("c", "search_folders", "{}", "[cut here", ok=True)
    assert named_in(Entry("e", Role.ASSISTANT, "So [1].", tools=(tool,))) == ()


def test_a_click_opens_the_place(shown: Shown) -> None:
    use = ToolUse("c", "search_folders", "{}", RESULT)
    shown.settings()
    shown.show()
    message = Message(Role.ASSISTANT, "Three months [1].", tools=(use,))
    shown.tell(events.ReplyStarted(message.id, "gpt-4o"), events.ReplyEnded(message.id, message))
    view = shown.window.area.conversation.transcript
    row = view.rows.row(view.entries.entries[0])
    area = view.visualRect(view.entries.index(0))
    at = next(
        QPointF(x, y)
        for y in range(0, row.height, 3)
        for x in range(0, view.rows.width, 3)
        if row.document.link_at(row.in_text(QPointF(x, y))) == "source:1"
    )
    QTest.mouseClick(
        view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=(at + QPointF(area.topLeft())).toPoint(),
    )
    assert shown.sent[-1] == OpenSource("/home/a/lease.pdf", 3, 12)
