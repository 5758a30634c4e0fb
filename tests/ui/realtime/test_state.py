"""How the engine is told: a shape and words for each state, the user's words when they come."""

from __future__ import annotations

import pytest

from app import events
from app.errors import AppError, Code
from app.realtime.events import Link, LinkChanged, TurnTimed, WordsKnown, WordsMissing
from tests.ui import told
from ui.realtime.state import Mark, RealtimeView, mark, short, whole
from ui.transcript.blocks import of_entry, spoken_text
from ui.view_state import ViewState, reduce


def shown(link: Link, again_s: float = 0.0, error: AppError | None = None) -> RealtimeView:
    return RealtimeView(LinkChanged(link, "gpt-realtime", error, again_s))


@pytest.mark.parametrize("link", list(Link))
def test_every_state_has_a_shape_and_words(link: Link) -> None:
    assert mark(shown(link))
    assert short(shown(link), 0.0)
    assert whole(shown(link), 0.0).endswith(".")


def test_being_connected_looks_like_nothing_else() -> None:
    marks = {link: mark(shown(link)) for link in Link}
    assert [link for link in Link if marks[link] is Mark.DOT] == [Link.CONNECTED]
    assert [link for link in Link if marks[link] is Mark.TRIANGLE] == [Link.STANDING_IN]


def test_what_is_cut_connects_again_in_seconds_that_are_counted() -> None:
    view = shown(Link.RECONNECTING, 4.0)
    assert [short(view, left) for left in (3.2, 0.4, 0.0)] == [
        "Again in 4 s",
        "Again in 1 s",
        "Reconnecting",
    ]
    assert "tried again in 4 s" in whole(view, 3.2)
    assert "tried again now" in whole(view, 0.0)


def test_the_reason_is_told_before_what_is_done_about_it() -> None:
    error = AppError(Code.SERVER_SILENT, "The server")
    words = whole(shown(Link.STANDING_IN, 30.0, error), 12.0)
    assert words.startswith(error.message)
    assert "turn by turn for now" in words
    assert "in 12 s" in words


def test_a_view_that_was_told_nothing_rests() -> None:
    assert whole(RealtimeView(), 0.0) == whole(shown(Link.RESTING), 0.0)
    assert mark(RealtimeView()) is Mark.RING


def test_a_connection_that_was_closed_in_silence_is_told_until_it_is_made_again() -> None:
    view = ViewState()
    for link in (Link.RESTING, Link.CONNECTING, Link.CONNECTED):
        view = reduce(view, LinkChanged(link))
        assert not view.realtime.was_closed, link
    for _ in range(2):
        view = reduce(view, LinkChanged(Link.RESTING))
        assert short(view.realtime, 0.0) == "Closed for now"
        assert "costs nothing" in whole(view.realtime, 0.0)
    assert not reduce(view, LinkChanged(Link.CONNECTING)).realtime.was_closed


def test_the_link_is_reduced_and_turns_change_nothing() -> None:
    view = reduce(ViewState(), LinkChanged(Link.CONNECTED, "m"))
    assert view.realtime.link == LinkChanged(Link.CONNECTED, "m")
    assert reduce(view, TurnTimed("r")) is view


# The user's words


def said(text: str) -> events.MessageAdded:
    return events.MessageAdded(told.user(text, spoken=True, id="m1"))


def test_the_users_words_come_after_their_message() -> None:
    view = reduce(ViewState(), said(""))
    entry = view.entries[0]
    assert entry.is_awaited
    assert of_entry(entry, frozenset())[0].text == "…"
    assert spoken_text(entry) == "You: Words to come"
    view = reduce(view, WordsKnown(told.user("What ti", spoken=True, id="m1"), is_final=False))
    view = reduce(view, WordsKnown(told.user("What time?", spoken=True, id="m1"), is_final=True))
    assert [each.text for each in view.entries] == ["What time?"]
    assert not view.entries[0].is_awaited


def test_words_that_never_come_leave_no_empty_row() -> None:
    view = reduce(reduce(ViewState(), said("")), WordsMissing("m1"))
    assert view.entries == ()
    assert reduce(view, WordsMissing("m1")).entries == ()


def test_words_of_another_conversation_add_no_row() -> None:
    other = WordsKnown(told.user("Elsewhere", spoken=True, id="m9"), is_final=True)
    assert reduce(reduce(ViewState(), said("Here")), other).entries[0].text == "Here"


def test_a_typed_turn_without_text_is_not_awaited() -> None:
    view = reduce(ViewState(), events.MessageAdded(told.user("", id="m2")))
    assert not view.entries[0].is_awaited
