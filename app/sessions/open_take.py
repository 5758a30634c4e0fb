"""The take that goes on into a voice session, and takes that are one utterance."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.sessions.hearing import HeardTake
from app.sessions.spoken_turns import SpokenTurn
from app.sessions.take_feed import TakeFeed
from audio.pcm import Clip


@dataclass(slots=True)
class OpenTake:
    """`number` tells one pause from another.

    `goes_on` is a turn that was taken to be over before this take; its words may be stored already
    (`is_stored`).
    """

    take: HeardTake
    turn: SpokenTurn
    feed: TakeFeed
    number: int = 0
    is_paused: bool = False
    goes_on: bool = False
    is_stored: bool = False


def joined(first: HeardTake, then: HeardTake) -> HeardTake:
    """Both as one utterance, with the name of the first."""
    clip = Clip(first.clip.rate_hz, first.clip.data + then.clip.data)
    return replace(
        then,
        take_id=first.take_id,
        began_s=first.began_s,
        clip=clip,
        voiced_ms=first.voiced_ms + then.voiced_ms,
    )
