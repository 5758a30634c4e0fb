"""What becomes of the microphone's sound: 16 kHz, without echo, judged for speech."""

from __future__ import annotations

import enum
from dataclasses import dataclass

import numpy as np

from audio.coupling import Coupling, Likeness, Verdict
from audio.echo import ECHO_SUPPRESSION_DB, EchoCanceller
from audio.endpoint import Edge, Endpointer
from audio.level import Meter
from audio.messages import SPEECH_RATE_HZ
from audio.pcm import Samples, level_dbfs
from audio.resample import Resampler
from audio.vad import SpeechDetector

_VOICED = 0.5
_STILL = 0.05
_SILENT_MS = 1000
_COMPARABLE_MS = 64
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
            self.coupling.far(level_dbfs(self._far[:size]))
            self._far = self._far[size:]

    def process(self, data: bytes, *, playing: bool, cancelling: bool) -> list[Heard]:
        """All of `data` (interleaved int16 at the device's rate) as pieces in order.

        `playing` says that the assistant can be heard, `cancelling` that its echo may still be.
        """
        samples = self._prepare(data, cancelling=cancelling)
        pieces = []
        size = self._detector.window_samples
        end = 0
        while len(self._window) + len(samples) >= size:
            rest = size - len(self._window)
            piece, samples = samples[:rest], samples[rest:]
            window = np.concatenate((self._window, piece))
            self._window = _EMPTY
            end += rest
            pieces.append(self._judge(piece, window, end, playing=playing))
        if len(samples):
            self._window = np.concatenate((self._window, samples))
            pieces.append(Heard(samples.tobytes()))
        return pieces

    def ignore(self, data: bytes) -> None:
        """Measure the level of `data` only; what comes after it is an unrelated sound."""
        self._meter.add(self._resampler.process(_mono(data, self._channels)))
        if len(self._window) or self.endpointer.in_speech:
            self._window = _EMPTY
            self.endpointer.reset()

    def _prepare(self, data: bytes, *, cancelling: bool) -> Samples:
        samples = self._resampler.process(_mono(data, self._channels))
        self._suppression_db.clear()
        if self.canceller is not None and cancelling:
            samples = self._cancel(self.canceller, samples)
        else:
            self.coupling.rest(level_dbfs(samples), len(samples) * 1000 / SPEECH_RATE_HZ)
            if len(self._near):
                samples = np.concatenate((self._near, samples))
                self._near = _EMPTY
        self._meter.add(samples)
        return samples

    def _cancel(self, canceller: EchoCanceller, samples: Samples) -> Samples:
        self._likeness.near(samples)
        near = np.concatenate((self._near, samples))
        size = canceller.block_samples
        whole = len(near) - len(near) % size
        self._near = near[whole:]
        blocks = []
        for at in range(0, whole, size):
            block = near[at : at + size]
            # It must hear everything, to know the room when there is an echo after all.
            cleaned = canceller.near(block)
            self.coupling.near(level_dbfs(block))
            has_echo = self.coupling.has_echo
            blocks.append(cleaned if has_echo else block)
            self._suppression_db.append(canceller.suppression_db if has_echo else 0.0)
        return np.concatenate(blocks) if blocks else _EMPTY

    def _judge(self, piece: Samples, window: Samples, end: int, *, playing: bool) -> Heard:
        """Judge a window whose last sample is the one before `end` of what was prepared."""
        window_ms = len(window) * 1000 // SPEECH_RATE_HZ
        probability = self._detector.probability(window)
        verdict = Verdict.NONE
        if probability >= _STILL and not self.endpointer.in_speech:
            verdict = self._verdict(end, probability)
        if verdict is Verdict.ECHO:
            probability = 0.0
        self._still_ms = self._still_ms + window_ms if probability < _STILL else 0
        doubtful = verdict is Verdict.PERHAPS
        edge = self.endpointer.feed(
            window_ms, probability, playing=playing, echo=self.has_echo, doubtful=doubtful
        )
        if edge is Edge.STARTED and playing and doubtful:
            self.coupling.doubt()
        return Heard(piece.tobytes(), edge, window_ms if probability >= _VOICED else 0)

    def _verdict(self, end: int, probability: float) -> Verdict:
        """Whether what sounds like a voice is the assistant's own."""
        if self.canceller is None or not self._suppression_db:
            return Verdict.NONE
        if self.coupling.has_echo:
            block = (end - 1) // self.canceller.block_samples
            is_echo = self._suppression_db[block] > ECHO_SUPPRESSION_DB
            return Verdict.ECHO if is_echo else Verdict.NONE
        if probability < _VOICED or self.endpointer.onset_ms < _COMPARABLE_MS:
            return Verdict.NONE
        verdict = self._likeness.verdict()
        if verdict is Verdict.ECHO:
            self.coupling.forget()
        return verdict


class Preroll:
    """The last moment of sound, for the take that may begin now."""

    def __init__(self, duration_ms: int) -> None:
        self._limit = SPEECH_RATE_HZ * duration_ms // 1000 * 2
        self._data = bytearray()

    def add(self, data: bytes) -> None:
        """Note what was heard, and forget what is too old."""
        self._data += data
        if len(self._data) > self._limit:
            del self._data[: len(self._data) - self._limit]

    def take(self) -> bytes:
        """All of it, once."""
        data = bytes(self._data)
        self._data.clear()
        return data


class Silence(enum.Enum):
    """What a second of digital silence, or sound after it, says about a microphone."""

    BLOCKED = "blocked"
    CLEARED = "cleared"


class SilenceWatch:
    """A system that blocks a microphone often gives zeros from it instead of an error."""

    def __init__(self) -> None:
        self._silent_ms = 0.0
        self._has_sound = False

    def feed(self, data: bytes, duration_ms: float) -> Silence | None:
        """News, if `data` brings any."""
        if self._has_sound:
            return None
        was_blocked = self._silent_ms >= _SILENT_MS
        if data.count(0) != len(data):
            self._has_sound = True
            return Silence.CLEARED if was_blocked else None
        self._silent_ms += duration_ms
        return Silence.BLOCKED if self._silent_ms >= _SILENT_MS and not was_blocked else None


def _mono(data: bytes, channels: int) -> Samples:
    samples = np.frombuffer(data, dtype=np.int16)
    if channels == 1:
        return samples
    mixed: Samples = samples.reshape(-1, channels).mean(axis=1).astype(np.int16)
    return mixed
