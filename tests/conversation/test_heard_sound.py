from __future__ import annotations

from app.conversation.heard_sound import Stretch, Unheard, span_of, unheard

# A reply of two items with a question between them; the first began with 200 ms of silence,
# which was left out.
REPLY = (
    Stretch("a", 0, 200, 1_000),
    Stretch("", 1_000, 0, 500),
    Stretch("b", 1_500, 0, 800),
)
RECEIVED = {"a": 1_200.0, "b": 2_000.0}


def test_what_was_heard_to_its_end_is_not_named() -> None:
    assert unheard(REPLY, {"a": 1_200.0}, 1_000) == ()
    assert unheard(REPLY, RECEIVED, 1_700) == (Unheard("b", 200),)


def test_places_are_those_of_the_item_and_not_of_the_stream() -> None:
    assert unheard(REPLY, RECEIVED, 300) == (Unheard("a", 500), Unheard("b", 0))
    assert unheard(REPLY, RECEIVED, 1_200) == (Unheard("b", 0),)


def test_it_never_goes_beyond_what_came() -> None:
    stretches = (Stretch("a", 0, 0, 100.7),)
    assert unheard(stretches, {"a": 100.7}, 5_000) == ()
    assert unheard(stretches, {"a": 300.0}, 5_000) == (Unheard("a", 100),)


def test_nothing_was_heard_of_what_was_not_sent() -> None:
    assert unheard((), {"a": 300.0}, 0) == (Unheard("a", 0),)


def test_where_an_item_is_in_the_stream() -> None:
    assert span_of(REPLY, "b") == (1_500, 2_300)
    assert span_of(REPLY, "c") is None
