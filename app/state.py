"""The one state of the conversation, and which changes of it are legal."""

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


_P = Phase
_ANY = frozenset(Phase) - {_P.STARTING}
LEGAL: dict[Phase, frozenset[Phase]] = {
    _P.STARTING: frozenset({_P.IDLE, _P.LISTENING, _P.CLOSING}),
    _P.IDLE: frozenset(
        {_P.LISTENING, _P.HEARING, _P.TRANSCRIBING, _P.THINKING, _P.SPEAKING, _P.CLOSING}
    ),
    _P.LISTENING: frozenset(
        {_P.IDLE, _P.HEARING, _P.TRANSCRIBING, _P.THINKING, _P.SPEAKING, _P.CLOSING}
    ),
    _P.HEARING: _ANY,
    _P.TRANSCRIBING: _ANY,
    _P.THINKING: _ANY,
    _P.SPEAKING: _ANY,
    _P.ASKING: _ANY,
    _P.CLOSING: frozenset(),
}


@dataclass(frozen=True, slots=True)
class State:
    """Frozen: the core replaces it, everyone else only reads it.

    `detail` says in words what goes on within the phase ("Asking gpt-4o"). `hands_free` is what
    the user chose; the microphone is open when it is set and `muted` is not.
    """

    phase: Phase = Phase.STARTING
    hands_free: bool = False
    muted: bool = False
    microphone_open: bool = False
    detail: str = ""


class IllegalTransition(RuntimeError):
    """A defect in the core: this change of phase has no meaning."""


def check(old: Phase, new: Phase) -> None:
    """Raise IllegalTransition unless `new` may follow `old`."""
    if new is not old and new not in LEGAL[old]:
        raise IllegalTransition(f"{old} → {new}")
