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
    window of `on_threshold` breaks it again. Silence of `pause_ms` is a pause, one of `hangover_ms`
    the end; what is asked for a single pause stays within the shortest and the longest hangover.
    The detector notices the end of a voice some 45 ms late, which comes to all of them.
    `preroll_ms` is what the caller keeps from before the onset. An utterance with less than
    `min_voiced_ms` of voice is a noise, not speech.

    While the assistant speaks the onset must last `barge_in_onset_ms`; `doubtful_onset_ms` if it
    may be its echo: a speaker that is silent by then has none. After `sure_ms` of windows
    of `sure_threshold` there is hardly a doubt left; where the microphone hears the assistant,
    too, that takes `sure_in_echo_threshold`.
    """

    onset_ms: int = 96
    barge_in_onset_ms: int = 128
    doubtful_onset_ms: int = 256
    pause_ms: int = 32
    hangover_ms: int = 700
    shortest_hangover_ms: int = 352
    longest_hangover_ms: int = 3000
    preroll_ms: int = 500
    min_voiced_ms: int = 128
    max_ms: int = 60_000
    sure_ms: int = 64
    sure_threshold: float = 0.75
    sure_in_echo_threshold: float = 0.9
    on_threshold: float = 0.5
    off_threshold: float = 0.35

    def __post_init__(self) -> None:
        if not 0.0 <= self.off_threshold <= self.on_threshold <= 1.0:
            raise ValueError("thresholds must be 0 ≤ off ≤ on ≤ 1")


class Edge(enum.Enum):
    """What a window brought about."""

    STARTED = "started"
    PAUSED = "paused"
    RESUMED = "resumed"
    ENDED = "ended"
    TOO_LONG = "too_long"


class Endpointer:
    """Turns the probabilities of consecutive windows into the edges of utterances.

    `voiced_ms` belongs to the current utterance, or to the last one until the next begins.
    `onset_ms` is the voice so far that may become one.
    `silence_ms` is the silence that is going on inside the current utterance; `in_pause` says that
    it has been called a pause.
    """

    def __init__(self, settings: EndpointSettings) -> None:
        self._settings = settings
        self.onset_ms = 0
        self._sure_ms = 0
        self._length_ms = 0
        self._hangover_ms = settings.hangover_ms
        self.in_speech = False
        self.in_pause = False
        self.voiced_ms = 0
        self.silence_ms = 0

    @property
    def is_suspicious(self) -> bool:
        """Whether an onset has begun that may yet be a noise."""
        return not self.in_speech and self.onset_ms > 0

    @property
    def is_almost_certain(self) -> bool:
        """Whether that onset is hardly a noise."""
        return self.is_suspicious and self._sure_ms >= self._settings.sure_ms

    @property
    def is_speech(self) -> bool:
        """Whether the current or last utterance has voice enough to be words."""
        return self.voiced_ms >= self._settings.min_voiced_ms

    def feed(
        self,
        window_ms: int,
        probability: float,
        *,
        playing: bool = False,
        echo: bool = False,
        doubtful: bool = False,
    ) -> Edge | None:
        """The edge that this window makes, if any.

        `playing` says that the assistant is speaking: the onset must then last longer. `echo` says
        that the microphone hears it, `doubtful` that it might, though it did not before.
        """
        if self.in_speech:
            return self._inside(window_ms, probability)
        settings = self._settings
        sure = settings.sure_in_echo_threshold if echo else settings.sure_threshold
        self._follow_onset(window_ms, probability, sure)
        needed_ms = settings.barge_in_onset_ms if playing else settings.onset_ms
        if playing and doubtful:
            needed_ms = settings.doubtful_onset_ms
        if probability < settings.on_threshold or self.onset_ms < needed_ms:
            return None
        self.in_speech = True
        self.voiced_ms = self._length_ms = self.onset_ms
        self.silence_ms = 0
        return Edge.STARTED

    def set_hangover(self, hangover_ms: int) -> Edge | None:
        """Let the pause that is going on end the utterance after this long in all.

        The edge, if it has lasted that long already. Nothing happens outside of a pause.
        """
        if not self.in_pause:
            return None
        settings = self._settings
        least_ms, most_ms = settings.shortest_hangover_ms, settings.longest_hangover_ms
        self._hangover_ms = min(max(hangover_ms, least_ms), most_ms)
        return self._end(Edge.ENDED) if self.silence_ms >= self._hangover_ms else None

    def reset(self) -> None:
        """Forget everything; an utterance that was going on ends without an edge."""
        self.onset_ms = 0
        self._sure_ms = 0
        self._length_ms = 0
        self.in_speech = False
        self.in_pause = False
        self.voiced_ms = 0
        self.silence_ms = 0

    def _follow_onset(self, window_ms: int, probability: float, sure: float) -> None:
        settings = self._settings
        if probability >= settings.on_threshold:
            self.onset_ms += window_ms
            self._sure_ms += window_ms if probability >= sure else 0
        elif probability < settings.off_threshold:
            self.onset_ms = max(0, self.onset_ms - window_ms)
            self._sure_ms = min(self._sure_ms, self.onset_ms)

    def _inside(self, window_ms: int, probability: float) -> Edge | None:
        settings = self._settings
        self._length_ms += window_ms
        if probability >= settings.on_threshold:
            self.silence_ms = 0
        elif self.silence_ms or probability < settings.off_threshold:
            self.silence_ms += window_ms
        if not self.silence_ms:
            self.voiced_ms += window_ms
        hangover_ms = self._hangover_ms if self.in_pause else settings.hangover_ms
        if self.silence_ms >= hangover_ms:
            return self._end(Edge.ENDED)
        if self._length_ms >= settings.max_ms:
            return self._end(Edge.TOO_LONG)
        return self._pause()

    def _pause(self) -> Edge | None:
        """The edge of a pause, if the silence so far makes one."""
        if self.in_pause and not self.silence_ms:
            self.in_pause = False
            return Edge.RESUMED
        if not self.in_pause and self.silence_ms >= self._settings.pause_ms:
            self.in_pause = True
            self._hangover_ms = self._settings.hangover_ms
            return Edge.PAUSED
        return None

    def _end(self, edge: Edge) -> Edge:
        self.in_speech = False
        self.in_pause = False
        self.onset_ms = 0
        self._sure_ms = 0
        return edge
