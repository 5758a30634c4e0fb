"""The one state of the conversation.

The phase is derived from facts and never set, so that no order of events can leave a stale one.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Phase(enum.StrEnum):
    """What Sayso is doing, one thing at a time."""

    STARTING = "starting"
    IDLE = "idle"
    LISTENING = "listening"
    HEARING = "hearing"
    TRANSCRIBING = "transcribing"
    THINKING = "thinking"
    SPEAKING = "speaking"
    ASKING = "asking"
    """Waiting for a person's yes before a tool runs."""
    CLOSING = "closing"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true now. The core owns the one instance and replaces it."""

    started: bool = False
    closing: bool = False
    hands_free: bool = False
    muted: bool = False
    microphone_open: bool = False
    hearing: bool = False
    transcribing: bool = False
    replying: bool = False
    playing: bool = False
    asking: bool = False
    doing: str = ""
    """In words, what a reply is busy with: "Asking gpt-4o", "Running: set a timer"."""


@dataclass(frozen=True, slots=True)
class State:
    """What front ends see. `detail` says in words what goes on within the phase."""

    phase: Phase = Phase.STARTING
    hands_free: bool = False
    muted: bool = False
    microphone_open: bool = False
    detail: str = ""


def phase_of(facts: Facts) -> Phase:
    """The phase that these facts amount to; what a person most needs to know comes first."""
    ordered = (
        (facts.closing, Phase.CLOSING),
        (not facts.started, Phase.STARTING),
        (facts.hearing, Phase.HEARING),
        (facts.transcribing, Phase.TRANSCRIBING),
        (facts.playing, Phase.SPEAKING),
        (facts.asking, Phase.ASKING),
        (facts.replying, Phase.THINKING),
        (facts.microphone_open and facts.hands_free and not facts.muted, Phase.LISTENING),
    )
    return next((phase for holds, phase in ordered if holds), Phase.IDLE)


def state_of(facts: Facts) -> State:
    """What front ends are told of these facts."""
    phase = phase_of(facts)
    busy = phase in (Phase.THINKING, Phase.ASKING)
    return State(
        phase=phase,
        hands_free=facts.hands_free,
        muted=facts.muted,
        microphone_open=facts.microphone_open,
        detail=facts.doing if busy else "",
    )
