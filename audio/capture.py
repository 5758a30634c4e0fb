"""What becomes of the microphone's sound: 16 kHz, without echo, judged for speech."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np

from audio.coupling import Coupling, Likeness, Verdict
from audio.echo import ECHO_SUPPRESSION_DB, EchoCanceller
from audio.echo_gauge import EchoGauge, Gauged
from audio.endpoint import Edge, Endpointer
from audio.level import Meter
from audio.messages import SPEECH_RATE_HZ
from audio.pcm import Samples, level_dbfs
from audio.resample import Resampler
from audio.vad import SpeechDetector

_VOICED = 0.5
_UNCLEAR = 0.4
_STILL = 0.05
_COMPARABLE_MS = 64
_AMPLIFIED_DB = -3.0
_ECHO_ALONE_WINDOWS = 3
_HIDDEN_WINDOWS = 8
_EMPTY = np.zeros(0, dtype=np.int16)


@dataclass(frozen=True, slots=True)
class Heard:
    """Some sound at 16 kHz, and what is known at its end."""

    data: bytes
    edge: Edge | None = None
    voiced_ms: int = 0


class CapturePipeline:
    """Turns the sound of one open microphone into pieces of speech or not.

    Set `canceller` to take out what `far` says was played, where `coupling` finds an echo of it.
    """

    def __init__(
        self,
        rate_hz: int,
        channels: int,
        detector: SpeechDetector,
        endpointer: Endpointer,
        meter: Meter,
    ) -> None:
        self.canceller: EchoCanceller | None = None
        self.coupling = Coupling()
        self.gauge: EchoGauge | None = None
        self._channels = channels
        self._resampler = Resampler(rate_hz, SPEECH_RATE_HZ)
        self._detector = detector
        self.endpointer = endpointer
        self._meter = meter
        self._window = _EMPTY
        self._still_ms = 0
        self._far_rate_hz = SPEECH_RATE_HZ
        self._far_resampler = Resampler(SPEECH_RATE_HZ, SPEECH_RATE_HZ)
        self._far = _EMPTY
        self._near = _EMPTY
        self._likeness = Likeness()
        self._suppression_db: list[float] = []
        self._gauged = _EMPTY
        self._echo_windows = 0
        self._probable = 0.0
        self._unheard: deque[Samples] = deque(maxlen=_ECHO_ALONE_WINDOWS + 1)

    @property
    def still_ms(self) -> int:
        """For how long nothing has come near to speech."""
        return self._still_ms

    @property
    def has_echo(self) -> bool:
        """Whether what is heard may be the speaker's sound."""
        return self.canceller is not None and self.coupling.has_echo

    def far(self, samples: Samples, rate_hz: int) -> None:
        """Note what the speaker was given since the last call."""
        if self.canceller is None:
            return
        if rate_hz != self._far_rate_hz:
            self._far_rate_hz = rate_hz
            self._far_resampler = Resampler(rate_hz, SPEECH_RATE_HZ)
        resampled = self._far_resampler.process(samples)
        self._likeness.far(resampled)
        self._far = np.concatenate((self._far, resampled))
        size = self.canceller.block_samples
        while len(self._far) >= size:
            self.canceller.far(self._far[:size])
            played_dbfs = level_dbfs(self._far[:size])
            self.coupling.far(played_dbfs)
            if self.gauge is not None:
                self.gauge.far(self._far[:size], played_dbfs)
            self._far = self._far[size:]

    def process(self, data: bytes, *, playing: bool, cancelling: bool) -> list[Heard]:
        """All of `data` (interleaved int16 at the device's rate) as pieces in order.

        `playing` says that the assistant can be heard, `cancelling` that its echo may still be.
        """
        samples = self._prepare(data, cancelling=cancelling)
        judged = self._gauged if len(self._gauged) else samples
        pieces = []
        size = self._detector.window_samples
        end = 0
        while len(self._window) + len(samples) - end >= size:
            begin, end = end, end + size - len(self._window)
            window = np.concatenate((self._window, judged[begin:end]))
            self._window = _EMPTY
            piece = self._said(samples, judged, begin, end)
            pieces.append(self._judge(piece, window, end, playing=playing))
        if end < len(samples):
            self._window = np.concatenate((self._window, judged[end:]))
            pieces.append(Heard(self._said(samples, judged, end, len(samples)).tobytes()))
        return pieces

    def _said(self, samples: Samples, judged: Samples, begin: int, end: int) -> Samples:
        """What belongs to a take: without a voice in it, the echo is taken out harder."""
        return (judged if self._has_voice else samples)[begin:end]

    @property
    def _has_voice(self) -> bool:
        return self.endpointer.in_speech or self.endpointer.is_suspicious

    def ignore(self, data: bytes) -> None:
        """Measure the level of `data` only; what comes after it is an unrelated sound."""
        self._meter.add(self._resampler.process(_mono(data, self._channels)))
        self._near = _EMPTY
        self._unheard.clear()
        if len(self._window) or self.endpointer.in_speech:
            self._window = _EMPTY
            self.endpointer.reset()

    def _prepare(self, data: bytes, *, cancelling: bool) -> Samples:
        samples = self._resampler.process(_mono(data, self._channels))
        self._suppression_db.clear()
        self._gauged = _EMPTY
        if self.canceller is not None and cancelling:
            samples = self._cancel(self.canceller, samples)
        else:
            self.coupling.rest(level_dbfs(samples), len(samples) * 1000 / SPEECH_RATE_HZ)
            if self.gauge is not None:
                self.gauge.rest()
            if len(self._near):
                samples = np.concatenate((self._near, samples))
                self._near = _EMPTY
        self._meter.add(samples)
        return samples

    def _cancel(self, canceller: EchoCanceller, samples: Samples) -> Samples:
        near = np.concatenate((self._near, samples))
        size = canceller.block_samples
        whole = len(near) - len(near) % size
        self._near = near[whole:]
        blocks = []
        if self.gauge is not None:
            self.gauge.begin()
        for at in range(0, whole, size):
            block = near[at : at + size]
            # It must hear everything, to know the room when there is an echo after all.
            cleaned = canceller.near(block)
            level = level_dbfs(block)
            self.coupling.near(level)
            has_echo = self.coupling.has_echo
            blocks.append(cleaned if has_echo else block)
            self._suppression_db.append(canceller.suppression_db if has_echo else 0.0)
            if self.gauge is not None and has_echo:
                noise_dbfs = self.coupling.noise_dbfs
                self.gauge.near(block, level, noise_dbfs, has_voice=self._has_voice)
                if not self._has_voice:
                    self.gauge.note_cancelled(canceller.suppression_db, level, noise_dbfs)
            elif self.gauge is not None:
                self.gauge.rest()
        if not blocks:
            return _EMPTY
        if self.gauge is not None and self.coupling.has_echo:
            before = self.gauge.gauged
            self._gauged = self.gauge.choose(keeps=self.endpointer.is_suspicious)
            if before is Gauged.WHOLE and self.gauge.gauged is not before:
                self._forget_echo()
        heard = np.concatenate(blocks)
        self._likeness.near(self._gauged if len(self._gauged) else heard)
        return heard

    def _judge(self, piece: Samples, window: Samples, end: int, *, playing: bool) -> Heard:
        """Judge a window whose last sample is the one before `end` of what was prepared."""
        window_ms = len(window) * 1000 // SPEECH_RATE_HZ
        probability = self._probability(window, end)
        verdict = Verdict.NONE
        if probability >= _STILL and not self.endpointer.in_speech:
            verdict = self._verdict(end, probability)
        if verdict is Verdict.ECHO:
            probability = 0.0
        elif verdict is Verdict.UNCLEAR:
            probability = min(probability, _UNCLEAR)
        self._still_ms = self._still_ms + window_ms if probability < _STILL else 0
        doubtful = verdict is Verdict.PERHAPS
        edge = self.endpointer.feed(
            window_ms, probability, playing=playing, echo=self.has_echo, doubtful=doubtful
        )
        if edge is Edge.STARTED and playing and doubtful:
            self.coupling.doubt()
        return Heard(piece.tobytes(), edge, window_ms if probability >= _VOICED else 0)

    def _probability(self, window: Samples, end: int) -> float:
        """Whether a window is speech; 0 where it is an echo and nothing else.

        A detector that goes on listening to the rest of an echo is deaf to a person after it.
        """
        if self._is_echo_alone(end):
            self._unheard.append(window)
            return 0.0
        if self._unheard:
            self._detector.reset()
            for earlier in self._unheard:
                self._detector.probability(earlier)
            self._unheard.clear()
        self._probable = self._detector.probability(window)
        return self._probable

    def _forget_echo(self) -> None:
        """What is judged from now on has less of the voice that was heard and known for an echo."""
        if self._probable >= _VOICED and not self._has_voice:
            self._detector.reset()

    def _is_echo_alone(self, end: int) -> bool:
        """Whether for some windows nothing was more than an echo, and no onset is judged."""
        gauge = self.gauge if len(self._gauged) else None
        is_echo = gauge is not None and not gauge.is_more_than_echo(end)
        self._echo_windows = self._echo_windows + 1 if is_echo else 0
        # The whole of an echo is a voice: a detector that hears it is awake for another one.
        is_rest = gauge is not None and gauge.gauged is Gauged.REST
        return is_rest and self._echo_windows >= _ECHO_ALONE_WINDOWS and not self._has_voice

    def _verdict(self, end: int, probability: float) -> Verdict:
        """Whether what sounds like a voice is the assistant's own."""
        if self.canceller is None or not self._suppression_db:
            return Verdict.NONE
        if self.gauge is not None and len(self._gauged):
            return self._verdict_by_level(self.gauge, end, probability)
        if self.coupling.has_echo:
            block = (end - 1) // self.canceller.block_samples
            taken_db = self._suppression_db[block]
            # What gets louder is an echo at another delay than the one that is known.
            if taken_db > ECHO_SUPPRESSION_DB or taken_db < _AMPLIFIED_DB:
                return Verdict.ECHO
        if probability < _VOICED or self.endpointer.onset_ms < _COMPARABLE_MS:
            return Verdict.NONE
        verdict = self._likeness.verdict()
        if verdict is Verdict.ECHO:
            self.coupling.forget()
        elif self.coupling.has_echo and self.gauge is not None and self.gauge.is_aligning:
            return Verdict.PERHAPS
        return verdict

    def _verdict_by_level(self, gauge: EchoGauge, end: int, probability: float) -> Verdict:
        """The same where the gauge has chosen what is judged."""
        if not gauge.is_more_than_echo(end):
            is_hidden = self.endpointer.onset_ms and self._echo_windows < _HIDDEN_WINDOWS
            return Verdict.UNCLEAR if is_hidden else Verdict.ECHO
        if probability < _VOICED:
            return Verdict.NONE
        verdict = self._likeness.verdict(early=self.endpointer.onset_ms < _COMPARABLE_MS)
        if verdict is Verdict.ECHO:
            gauge.was_echo()
        return verdict


def _mono(data: bytes, channels: int) -> Samples:
    samples = np.frombuffer(data, dtype=np.int16)
    if channels == 1:
        return samples
    mixed: Samples = samples.reshape(-1, channels).mean(axis=1).astype(np.int16)
    return mixed
