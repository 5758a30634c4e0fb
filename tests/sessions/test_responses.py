"""Which response is whose, in whatever order it is told."""

from __future__ import annotations

import pytest

from app.errors import AppError, Code
from app.providers.voice_session import (
    Refused,
    ResponseBegun,
    ResponseEnd,
    ResponseOver,
    ResponseText,
    TokenCounts,
)
from app.sessions.responses import Follower, LinkLost, Responses

COUNTS = TokenCounts(text_in=5)
OVER = ResponseOver("r", ResponseEnd.COMPLETED, COUNTS)
TEXT = ResponseText("r", "i", "Hi.")


class Desk:
    def __init__(self) -> None:
        self.dropped: list[str] = []
        self.noted: list[TokenCounts] = []
        self.unasked = self.follower()
        self.responses = Responses(self.dropped.append, lambda: self.unasked)

    def follower(self) -> Follower:
        return Follower(self.noted.append)


async def test_it_is_handed_to_who_asked() -> None:
    desk = Desk()
    follower, other = desk.follower(), desk.follower()
    desk.responses.expect("one", follower)
    desk.responses.expect("two", other)
    for event in (ResponseBegun("r", "one"), TEXT, OVER):
        assert desk.responses.on_event(event)
    assert [await follower.next(), await follower.next()] == [TEXT, OVER]
    assert follower.is_over
    assert not other.is_over
    assert desk.noted == [COUNTS]


async def test_what_begins_before_its_ref_is_known_is_kept() -> None:
    desk = Desk()
    desk.responses.on_event(ResponseBegun("r", "one"))
    follower = desk.follower()
    desk.responses.expect("one", follower)
    desk.responses.on_event(TEXT)
    assert await follower.next() == TEXT


async def test_what_is_given_up_leaves_the_session_when_it_begins_and_is_paid_for() -> None:
    desk = Desk()
    follower = desk.follower()
    desk.responses.expect("one", follower)
    desk.responses.give_up(follower)
    assert not desk.responses.any_active
    assert desk.dropped == []
    desk.responses.on_event(ResponseBegun("r", "one"))
    desk.responses.on_event(OVER)
    assert desk.dropped == ["r"]
    assert desk.noted == [COUNTS]


async def test_what_is_given_up_before_it_is_asked_leaves_too() -> None:
    desk = Desk()
    follower = desk.follower()
    desk.responses.give_up(follower)
    desk.responses.expect("one", follower)
    desk.responses.on_event(ResponseBegun("r", "one"))
    assert desk.dropped == ["r"]


async def test_a_refusal_is_the_end_of_it() -> None:
    desk = Desk()
    follower = desk.follower()
    desk.responses.expect("one", follower)
    assert desk.responses.on_event(Refused("one", AppError(Code.SERVER_BUSY)))
    with pytest.raises(AppError):
        await follower.next()
    assert not desk.responses.on_event(Refused("commit-1", AppError(Code.NOTHING_HEARD)))


async def test_a_cut_is_told_to_all() -> None:
    desk = Desk()
    asked, begun = desk.follower(), desk.follower()
    desk.responses.expect("one", asked)
    desk.responses.expect("two", begun)
    desk.responses.on_event(ResponseBegun("r", "two"))
    desk.responses.lose_all()
    for follower in (asked, begun):
        with pytest.raises(LinkLost):
            await follower.next()


async def test_what_nobody_wants_is_dropped_and_paid_for() -> None:
    desk = Desk()
    desk.unasked.is_unwanted = True
    desk.responses.on_event(ResponseBegun("r"))
    desk.responses.on_event(OVER)
    assert desk.dropped == ["r"]
    assert desk.noted == [COUNTS]


async def test_what_the_server_began_is_followed() -> None:
    desk = Desk()
    desk.responses.on_event(ResponseBegun("r"))
    desk.responses.on_event(TEXT)
    assert desk.dropped == []
    assert await desk.unasked.next() == TEXT
