"""Has the user begun to speak, has the user finished? Plain arithmetic on window probabilities.

No clock and no sound in here: time is the sum of the windows that were fed.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """When an utterance begins and ends.

    A window is voiced from `on_threshold` on; silence begins below `off_threshold`, and only a
    window of `on_threshold` breaks it again. `preroll_ms` is what the caller keeps from before the
    onset. An utterance with less than `min_voiced_ms` of voice is a noise, not speech.
    """

    onset_ms: int = 96
    barge_in_onset_ms: int = 128
    hangover_ms: int = 700
    preroll_ms: int = 500
    min_voiced_ms: int = 128
    max_ms: int = 60_000
    on_threshold: float = 0.5
    off_threshold: float = 0.35

    def __post_init__(self) -> None:
        if not 0.0 <= self.off_threshold <= self.on_threshold <= 1.0:
            raise ValueError("thresholds must be 0 ≤ off ≤ on ≤ 1")


class Edge(enum.Enum):
    """What a window brought about."""

    STARTED = "started"
    ENDED = "ended"
    TOO_LONG = "too_long"


class Endpointer:
    """Turns the probabilities of consecutive windows into the edges of utterances.

    `voiced_ms` belongs to the current utterance, or to the last one until the next begins.
    `silence_ms` is the pause that is going on inside the current utterance.
    """

    def __init__(self, settings: EndpointSettings) -> None:
        self._settings = settings
        self._onset_ms = 0
        self._length_ms = 0
        self.in_speech = False
        self.voiced_ms = 0
        self.silence_ms = 0

    @property
    def is_speech(self) -> bool:
        """Whether the current or last utterance has voice enough to be words."""
        return self.voiced_ms >= self._settings.min_voiced_ms

    def feed(self, window_ms: int, probability: float, *, playing: bool = False) -> Edge | None:
        """The edge that this window makes, if any.

        `playing` says that the assistant is speaking: the onset must then last longer.
        """
        if self.in_speech:
            return self._inside(window_ms, probability)
        return self._outside(window_ms, probability, playing=playing)

    def reset(self) -> None:
        """Forget everything; an utterance that was going on ends without an edge."""
        self._onset_ms = 0
        self._length_ms = 0
        self.in_speech = False
        self.voiced_ms = 0
        self.silence_ms = 0

    def _outside(self, window_ms: int, probability: float, *, playing: bool) -> Edge | None:
        settings = self._settings
        if probability >= settings.on_threshold:
            self._onset_ms += window_ms
        elif probability < settings.off_threshold:
            self._onset_ms = max(0, self._onset_ms - window_ms)
        needed_ms = settings.barge_in_onset_ms if playing else settings.onset_ms
        if probability < settings.on_threshold or self._onset_ms < needed_ms:
            return None
        self.in_speech = True
        self.voiced_ms = self._length_ms = self._onset_ms
        self.silence_ms = 0
        return Edge.STARTED

    def _inside(self, window_ms: int, probability: float) -> Edge | None:
        settings = self._settings
        self._length_ms += window_ms
        if probability >= settings.on_threshold:
            self.silence_ms = 0
        elif self.silence_ms or probability < settings.off_threshold:
            self.silence_ms += window_ms
        if not self.silence_ms:
            self.voiced_ms += window_ms
        if self.silence_ms >= settings.hangover_ms:
            return self._end(Edge.ENDED)
        if self._length_ms >= settings.max_ms:
            return self._end(Edge.TOO_LONG)
        return None

    def _end(self, edge: Edge) -> Edge:
        self.in_speech = False
        self._onset_ms = 0
        return edge
