from __future__ import annotations

from functools import reduce as fold

import pytest

from app import events
from app.conversation.message import ConversationSummary, Role
from app.errors import Action, Category, Code
from app.settings import Settings
from app.state import Phase
from tests.ui import told
from ui.view_state import ViewState, reduce


def after(*told_events: events.Event, start: ViewState | None = None) -> ViewState:
    return fold(reduce, told_events, start or ViewState())


def test_streamed_reply_becomes_the_kept_message() -> None:
    kept = told.reply("Hello there", id="r")
    live = after(events.ReplyStarted("r", "gpt-4o"), events.ReplyDelta("r", "Hel"),
                 events.ReplyDelta("r", "lo"))  # fmt: skip
    assert [(e.id, e.text, e.live) for e in live.entries] == [("r", "Hello", True)]
    done = reduce(live, events.ReplyEnded("r", kept))
    assert [(e.id, e.text, e.live) for e in done.entries] == [("r", "Hello there", False)]


def test_reply_with_nothing_to_keep_disappears() -> None:
    assert after(events.ReplyStarted("r", "x"), events.ReplyEnded("r", None)).entries == ()


@pytest.mark.parametrize(
    "late",
    [
        events.ReplyDelta("old", "late"),
        events.ToolStarted("old", "c", "clock", "{}"),
        events.ToolEnded("old", "c", "late", True, 1.0),
        events.ReplyEnded("old", told.reply("late", id="old")),
        events.ReplyEnded("old", None),
        events.ReplyDelta("unknown", "late"),
        events.ReplyEnded("unknown", None),
    ],
)
def test_late_events_of_an_ended_reply_change_nothing(late: events.Event) -> None:
    view = after(
        events.ReplyStarted("old", "x"),
        events.ReplyEnded("old", told.reply("done", id="old", heard="do")),
        events.ReplyStarted("new", "x"),
        events.ReplyDelta("new", "now"),
    )
    assert reduce(view, late) is view


def test_deltas_of_a_reply_that_was_overtaken_are_dropped_but_its_end_counts() -> None:
    view = after(
        events.ReplyStarted("old", "x"), events.ReplyDelta("old", "half"),
        events.ReplyStarted("new", "x"), events.ReplyDelta("old", " more"),
    )  # fmt: skip
    assert view.entries[0].text == "half"
    ended = reduce(view, events.ReplyEnded("old", told.reply("half", id="old", heard="ha")))
    assert ended.entries[0].heard == "ha"
    assert ended.entries[1].live


def test_tools_of_a_reply() -> None:
    view = after(
        events.ReplyStarted("r", "x"),
        events.ToolStarted("r", "a", "clock", "{}"),
        events.ToolStarted("r", "b", "calculator", '{"what": "1+1"}'),
        events.ToolProgress("r", "a", "half"),
        events.ToolEnded("r", "b", "2", True, 0.3),
        events.ToolProgress("r", "b", "too late"),
    )
    first, second = view.entries[0].tools
    assert (first.running, second.running) == (True, False)
    assert (first.progress, second.progress) == ("half", "")
    assert (second.result, second.ok, second.seconds) == ("2", True, 0.3)


def test_message_added_twice_is_one_row() -> None:
    message = told.user("Hi")
    view = after(events.MessageAdded(message), events.MessageAdded(message))
    assert len(view.entries) == 1
    assert view.entries[0].role is Role.USER


def test_unheard_part_of_an_interrupted_reply() -> None:
    view = after(events.MessageAdded(told.reply("One two three", heard="One two")))
    assert view.entries[0].heard_length == len("One two")


def test_opening_a_conversation_replaces_rows_and_words_so_far() -> None:
    view = after(events.PartialTranscript("so far"), events.MessageAdded(told.user("old")),
                 told.opened(told.user("new")))  # fmt: skip
    assert [entry.text for entry in view.entries] == ["new"]
    assert view.partial == ""


def test_first_message_gives_a_new_conversation_its_row() -> None:
    old, new = told.summary("old"), told.summary("new", "Set a timer")
    view = after(
        events.ConversationsListed((old,)),
        events.ConversationOpened(ConversationSummary.empty(), ()),
        events.ConversationsListed((old,)),
    )
    assert view.conversation is not None
    assert view.conversation.id == ""
    view = after(events.MessageAdded(told.user("Set a timer")),
                 events.ConversationsListed((new, old)), start=view)  # fmt: skip
    assert view.conversation == new


def test_title_follows_the_list() -> None:
    view = after(told.opened(told.user("x")),
                 events.ConversationsListed((told.summary("c1", "Better"),)))  # fmt: skip
    assert view.conversation is not None
    assert view.conversation.title == "Better"


def test_banner_prefers_what_can_be_done_then_the_newest() -> None:
    quiet = told.notice("quiet", Code.KEYRING_MISSING, Action.NONE, Category.KEY)
    first = told.notice("first", Code.KEY_WRONG, Action.ENTER_KEY, Category.KEY)
    second = told.notice("second")
    view = after(first, second, quiet)
    assert view.banner == second
    view = reduce(view, events.NoticeGone("second"))
    assert view.banner == first
    view = reduce(view, events.NoticeGone("first"))
    assert view.banner == quiet
    assert reduce(view, events.NoticeGone("quiet")).banner is None


def test_same_trouble_again_replaces_its_notice() -> None:
    view = after(told.notice("one"), told.notice("two"))
    assert [notice.id for notice in view.notices] == ["two"]


def test_failure_shows_only_while_nothing_else_goes_on() -> None:
    view = after(told.ready(), told.notice_of(Code.NO_MICROPHONE))
    assert view.has_failed
    assert not reduce(view, told.state(Phase.LISTENING)).has_failed
    assert not after(told.ready(), told.notice_of(Code.TAKES_KEPT)).has_failed


def test_questions_wait_for_each_other() -> None:
    one, two = told.question(), events.ApprovalRequested("q2", "And?", "x", "{}", False)
    view = after(one, two)
    assert view.approval == one
    view = reduce(view, events.ApprovalEnded("q1", False))
    assert view.approval == two
    assert reduce(view, events.ApprovalEnded("q2", True)).approval is None


def test_plain_facts_are_kept() -> None:
    settings = Settings()
    key = events.KeyStatus("host", events.KeyPlace.NONE)
    view = after(
        told.state(Phase.SPEAKING), events.LevelChanged(0.25, 0.5), told.DEVICES, key,
        events.SettingsChanged(settings), events.PartialTranscript("words"),
        events.ShowWindow(), events.ShowWindow(), events.Closed(),
    )  # fmt: skip
    assert view.state.phase is Phase.SPEAKING
    assert (view.input_level, view.output_level) == (0.25, 0.5)
    assert view.inputs == told.DEVICES.inputs
    assert view.outputs == told.DEVICES.outputs
    assert (view.services.keys, view.settings, view.partial) == ((key,), settings, "words")
    assert view.times_asked_for == 2
    assert view.closed


def test_who_answered_last() -> None:
    view = after(events.MessageAdded(told.reply("x")), events.MessageAdded(told.user("y")))
    assert view.answered_by == "gpt-4o"
    assert ViewState().answered_by == ""
