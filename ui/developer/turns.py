"""How long the steps of a turn took, from the pause that ended it. Pure: no Qt, no clock."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass

from app.realtime.events import TurnTimed

_STEPS_MS = (20, 50, 100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000)
_MOST_TICKS = 6


class Step(enum.Enum):
    """What the time between two moments went into."""

    ASK = enum.auto()
    SERVER = enum.auto()
    SOUND = enum.auto()
    HOLD = enum.auto()


STEP_NAMES = {
    Step.ASK: "asked",
    Step.SERVER: "server begins",
    Step.SOUND: "first sound",
    Step.HOLD: "heard",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a turn, in ms from the pause."""

    step: Step
    from_ms: float
    to_ms: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A turn as a row of stretches. `heard_ms` is None for a reply that was never heard.

    `certain_ms` is when the turn was certain to be over, `cut_ms` when it was spoken over.
    """

    reply_id: str
    parts: tuple[Part, ...]
    heard_ms: float | None
    certain_ms: float | None
    cut_ms: float | None


def bar_of(turn: TurnTimed) -> Bar | None:
    """The stretches of a turn; None where it is not known when it began."""
    began = turn.paused_s if turn.paused_s is not None else turn.asked_s
    if began is None:
        return None
    parts: list[Part] = []
    last = 0.0
    for step, at_s in (
        (Step.ASK, turn.asked_s),
        (Step.SERVER, turn.begun_s),
        (Step.SOUND, turn.first_sound_s),
        (Step.HOLD, turn.spoken_s),
    ):
        if at_s is None:
            continue
        at = max((at_s - began) * 1000, last)
        if at > last:
            parts.append(Part(step, last, at))
        last = at
    return Bar(
        turn.reply_id,
        tuple(parts),
        _since(began, turn.spoken_s),
        _since(began, turn.certain_s),
        _since(began, turn.cut_s),
    )


def scale_of(bars: Sequence[Bar]) -> tuple[float, float]:
    """How many ms the picture spans, and how many lie between two marks of its axis."""
    longest = max((bar.parts[-1].to_ms for bar in bars if bar.parts), default=0.0)
    longest = max(longest, *(bar.certain_ms or 0.0 for bar in bars), 100.0)
    step = next((each for each in _STEPS_MS if longest / each <= _MOST_TICKS), _STEPS_MS[-1])
    return -(-longest // step) * step, float(step)


def told(bar: Bar) -> str:
    """“asked after 4 ms, server begins after 180 ms, heard after 412 ms”."""
    steps = [f"{STEP_NAMES[part.step]} after {part.to_ms:.0f} ms" for part in bar.parts]
    if bar.certain_ms is not None:
        steps.append(f"turn certain after {bar.certain_ms:.0f} ms")
    if bar.cut_ms is not None:
        steps.append(f"spoken over after {bar.cut_ms:.0f} ms")
    return ", ".join(steps)


def _since(began_s: float, at_s: float | None) -> float | None:
    return None if at_s is None else (at_s - began_s) * 1000
