from __future__ import annotations

import datetime

from app.permission.events import (
    ApprovalExtended,
    CallNoted,
    CallsListed,
    GrantsListed,
    ListedTool,
    ToolsListed,
)
from app.permission.mode import Mode
from app.permission.record import Allowed, CallRecord, Fate
from app.tools.base import Risk
from tests.ui import told
from ui import view_state
from ui.permissions.state import SHOWN_CALLS, PermissionsView, reduce
from ui.view_state import ViewState

NOW = datetime.datetime(2027, 1, 14, 12, tzinfo=datetime.UTC)
TOOL = ListedTool("add_note", "notes", "Adds.", Risk.REVERSIBLE, False, Mode.AS_NEEDED)


def record(number: int) -> CallRecord:
    return CallRecord(
        NOW, "c", f"tool{number}", Risk.READ, "{}", Fate.RAN, Allowed.POLICY, "harmless"
    )


def test_what_is_listed_is_known() -> None:
    view = reduce(PermissionsView(), ToolsListed((TOOL,)))
    view = reduce(view, CallsListed(tuple(record(n) for n in range(SHOWN_CALLS + 9)), "/log"))
    assert view.tools == (TOOL,)
    assert (len(view.records), view.path, view.is_known) == (SHOWN_CALLS, "/log", True)
    view = reduce(view, CallNoted(record(-1)))
    assert (len(view.records), view.records[0].tool) == (SHOWN_CALLS, "tool-1")


def test_a_call_is_nothing_to_a_page_that_was_never_open() -> None:
    view = PermissionsView()
    assert reduce(view, CallNoted(record(1))) is view


def test_the_window_knows_of_it() -> None:
    view = view_state.reduce(ViewState(), ToolsListed((TOOL,)))
    assert view.permissions.tools == (TOOL,)
    assert view_state.reduce(view, CallNoted(record(1))) is view
    assert view_state.reduce(view, GrantsListed(())).permissions == view.permissions


def test_a_question_that_waits_longer_is_the_same_question() -> None:
    view = view_state.reduce(ViewState(), told.question())
    view = view_state.reduce(view, ApprovalExtended("q1", 99.0))
    assert [(asked.request_id, asked.seconds) for asked in view.approvals] == [("q1", 99.0)]
    other = view_state.reduce(view, ApprovalExtended("q2", 5.0))
    assert other.approvals == view.approvals
