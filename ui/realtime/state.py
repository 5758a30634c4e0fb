"""What is known of the realtime engine, and in which words it is told. Pure: no Qt, no clock."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.realtime import events

if TYPE_CHECKING:
    from app.events import Event


class Mark(enum.Enum):
    """The sign beside the name of the engine: each state has a shape of its own."""

    RING = enum.auto()
    DOT = enum.auto()
    DOTS = enum.auto()
    TRIANGLE = enum.auto()


@dataclass(frozen=True, slots=True)
class RealtimeView:
    """How its connection is, None until that is told.

    `was_closed` while it rests after it had been connected.
    """

    link: events.LinkChanged | None = None
    was_closed: bool = False


def reduce(view: RealtimeView, event: Event) -> RealtimeView:
    """What is known after `event`; the same view where it is about something else."""
    if not isinstance(event, events.LinkChanged):
        return view
    was_there = view.link is not None and view.link.link is events.Link.CONNECTED
    is_closed = event.link is events.Link.RESTING and (was_there or view.was_closed)
    return RealtimeView(event, was_closed=is_closed)


def mark(view: RealtimeView) -> Mark:
    """The shape of its state."""
    match _link(view):
        case events.Link.CONNECTED:
            return Mark.DOT
        case events.Link.CONNECTING | events.Link.RECONNECTING:
            return Mark.DOTS
        case events.Link.STANDING_IN:
            return Mark.TRIANGLE
        case _:
            return Mark.RING


def short(view: RealtimeView, left_s: float) -> str:
    """One or two words; `left_s` is what is left of the wait for the next attempt."""
    match _link(view):
        case events.Link.CONNECTING:
            return "Connecting"
        case events.Link.RECONNECTING:
            return f"Again in {math.ceil(left_s)} s" if left_s > 0 else "Reconnecting"
        case events.Link.STANDING_IN:
            return "Turn by turn for now"
        case _:
            return "Closed for now" if view.was_closed else "Realtime"


def whole(view: RealtimeView, left_s: float) -> str:
    """Why, how it is, and when it is tried again."""
    told, link = view.link, _link(view)
    parts = [told.error.message] if told is not None and told.error is not None else []
    parts.append(_how(view))
    is_away = link in (events.Link.RECONNECTING, events.Link.STANDING_IN)
    if is_away and told is not None and told.again_s > 0:
        wait = f"in {math.ceil(left_s)} s" if left_s > 0 else "now"
        parts.append(f"Realtime is tried again {wait}.")
    return " ".join(parts)


OFF = "Turn by turn"
OFF_WHOLE = "Turn by turn: recognition, answers and voice one after another."


def _how(view: RealtimeView) -> str:
    match _link(view):
        case events.Link.CONNECTED:
            return "Realtime is connected."
        case events.Link.CONNECTING:
            return "Realtime is being connected."
        case events.Link.RECONNECTING:
            return "The connection was cut. What you say is kept."
        case events.Link.STANDING_IN:
            return "You are answered turn by turn for now."
        case _ if view.was_closed:
            return "The connection was closed and costs nothing. It is made again when you speak."
        case _:
            return "Realtime. It connects when you speak."


def _link(view: RealtimeView) -> events.Link:
    """An engine that was chosen and has not told how it is has no connection yet."""
    if view.link is None or view.link.link is events.Link.OFF:
        return events.Link.RESTING
    return view.link.link
