"""A simulated room: the assistant's voice comes back into the microphone, and people speak over it.

It drives the engine's own way from the microphone to the edges of takes, faster than real time.
Sound is at 16 kHz; time is counted in samples of the speaker's clock.
"""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from audio.drift import Places
from audio.echo import EchoCanceller
from audio.endpoint import Edge
from audio.hearing import Hearing
from audio.inventory import SoundDevice
from audio.level import Meter
from audio.messages import SPEECH_RATE_HZ, Configure, Device, Direction
from audio.microphone import BLOCK_MS, Microphone
from audio.pcm import Samples
from audio.speaker import Speaker
from audio.vad import create_detector

RATE_HZ = SPEECH_RATE_HZ
Sound = npt.NDArray[np.float32]

_STEP = RATE_HZ // 100
_MIC_BLOCK = RATE_HZ * BLOCK_MS // 1000
_AHEAD = RATE_HZ // 10
_TAPS = 32
_PHASES = 512
_DISTORTION = 0.03
_PAUSE_BETWEEN_S = (0.6, 2.5)
_TURN_S = 20.0
_LONG_SILENT_S = 60
_TOLD_LATENCY_S = 0.04
_FULL_SCALE = 32768.0
_NOTHING = np.zeros(0, dtype=np.int16)


@dataclass(frozen=True, slots=True)
class Room:
    """What lies between speaker and microphone.

    `delay_ms` is from the callback that plays a sample to the microphone; of it the devices tell
    40 ms, whatever it is. `echo_db` is the echo's level against what was played, -inf for
    headphones. `drift_ppm` is how much faster the microphone's clock runs.
    """

    delay_ms: int = 60
    drift_ppm: float = 0.0
    reverberation_s: float = 0.3
    echo_db: float = -12.0
    noise_dbfs: float = -62.0
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who speaks from `at_s` on, this loud at the microphone while there is voice."""

    at_s: float
    samples: Samples
    level_dbfs: float = -26.0


@dataclass(slots=True)
class Outcome:
    """What happened: when takes began, when people spoke, how long the assistant was heard.

    `delays_ms` belong to the people that were heard, from their first sound to the take;
    `missed` are the times of the others, `own` those of takes that nobody began. `heard` is the
    microphone's sound, `cleaned` what is left of it for the recognizer, where both were kept.
    """

    talked_s: float = 0.0
    delays_ms: list[float] = field(default_factory=list)
    missed: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    heard: Samples = field(default_factory=lambda: _NOTHING)
    cleaned: Samples = field(default_factory=lambda: _NOTHING)


class QueueingSpeaker(Speaker):
    """A device that holds some blocks, and throws them away when it is told to.

    `taken` are those that it holds, the oldest first; `step` is called every 10 ms.
    """

    def __init__(self, blocks: int) -> None:
        super().__init__(
            _device(Direction.OUTPUT), chosen=False, latency_s=_TOLD_LATENCY_S, wake=lambda: None
        )
        self._blocks = blocks
        self._taken = [np.zeros(_STEP, np.float32)] * blocks
        self._steps = 0
        self._status = types.SimpleNamespace(outputBufferDacTime=0.0, currentTime=0.0)

    def step(self) -> Sound:
        """What leaves it in the next 10 ms."""
        self._steps += 1
        self._take()
        if self._is_dropping:
            self.renew()
            for _ in range(self._blocks + 1):
                self._take()
        return self._taken.pop(0)

    def _take(self) -> None:
        out = bytearray(_STEP * 2)
        if self._on_block(out, _STEP, self._status, None):
            self._taken.append(np.frombuffer(out, dtype=np.int16).astype(np.float32))
        else:
            self._taken.clear()
            self._on_end()

    def _now_s(self) -> float:
        return self._steps / 100

    def _start_again(self) -> None:
        """What follows a drop is in `step`."""


class Playback:
    """A speaker that has always something to say, without a device; see audio.speaking.

    A device holds no more than what its sound is late by.
    """

    def __init__(self, voice: Samples, delay_ms: int) -> None:
        self.talks = True
        blocks = min(round(_TOLD_LATENCY_S * 100), delay_ms // 10)
        self.speaker = QueueingSpeaker(blocks)
        self.held_ms = blocks * 10
        self._is_held = False
        self.speaker._idle_frames = _LONG_SILENT_S * RATE_HZ
        self._voice = voice
        self._at = 0

    @property
    def device_id(self) -> str:
        """See Speaking."""
        return "speaker"

    @property
    def quiet_ms(self) -> float:
        """See Speaking."""
        return 0.0 if self._is_held else self.speaker.quiet_ms

    @property
    def latency_ms(self) -> float:
        """See Speaking."""
        return (self.speaker.latency_s - self.speaker.held_back_s) * 1000

    @property
    def is_mid_stream(self) -> bool:
        """See Speaking."""
        return self.talks

    def take_reference(self) -> tuple[Samples, int]:
        """See Speaking."""
        return self.speaker.take_reference(), RATE_HZ

    def duck(self, gain: float) -> None:
        """See Speaking."""
        was_held, self._is_held = self._is_held, False
        if gain > 0.0:
            self.speaker.gain = gain
        elif was_held or self.speaker.quiet_ms == 0.0:
            self._is_held = True
            if not was_held:
                self._at -= self.speaker.queued_frames - self.speaker.drop()

    def interrupt(self) -> None:
        """See Speaking."""
        self.duck(0.0)
        self.talks = self._is_held = False

    def step(self) -> Sound:
        """What leaves the device in the next 10 ms."""
        if self.talks and not self._is_held and (missing := _AHEAD - self.speaker.ahead_frames) > 0:
            chosen = np.arange(self._at, self._at + missing) % len(self._voice)
            self.speaker.play(self._voice[chosen])
            self._at += missing
        return self.speaker.step()


class Echo:
    """The sound at the microphone's place, in the speaker's time."""

    def __init__(self, room: Room, length: int, held_ms: int = 0) -> None:
        random = np.random.default_rng(room.seed)
        response = _response(room, random)
        self._delay = (room.delay_ms - held_ms) * RATE_HZ // 1000
        self._count = len(response) + _STEP
        self._size = 1 << (self._count - 1).bit_length()
        self._spectrum = np.fft.rfft(response, self._size)
        noise = 10 ** (room.noise_dbfs / 20) * _FULL_SCALE
        total = length + self._delay + self._size + RATE_HZ
        self.field = (random.standard_normal(total) * noise).astype(np.float32)

    def play(self, at: int, samples: Sound) -> None:
        """A sample that left the device at `at` and those after it reach the microphone."""
        if samples.any():
            bent = samples * (1 - _DISTORTION * (samples / _FULL_SCALE * 2) ** 2)
            wet = np.fft.irfft(np.fft.rfft(bent, self._size) * self._spectrum, self._size)
            begin = at + self._delay
            self.field[begin : begin + self._count] += wet[: self._count]

    def speak(self, person: Person, room: Room) -> tuple[int, int]:
        """Let a person speak in the room; the first and the last sample of the voice."""
        dry = person.samples.astype(np.float32)
        begin = int(person.at_s * RATE_HZ)
        tail = _response(Room(reverberation_s=room.reverberation_s, echo_db=0.0), _seeded(9))
        size = 1 << (len(dry) + len(tail)).bit_length()
        wet = np.fft.irfft(np.fft.rfft(dry, size) * np.fft.rfft(tail, size), size)
        wet = wet[: len(dry) + len(tail)]
        loud = np.flatnonzero(np.abs(dry) > 0.05 * np.abs(dry).max())
        voice = wet[loud[0] : loud[-1]]
        wet *= 10 ** (person.level_dbfs / 20) * _FULL_SCALE / np.sqrt(np.mean(voice**2))
        end = min(len(self.field), begin + len(wet))
        self.field[begin:end] += wet[: max(0, end - begin)]
        return begin + int(loud[0]), begin + int(loud[-1])


class Clock:
    """A microphone whose clock is not the speaker's: blocks of its own samples."""

    def __init__(self, drift_ppm: float) -> None:
        self._ratio = 1.0 / (1.0 + drift_ppm * 1e-6)
        self._taken = 0
        at = np.arange(_TAPS) - (_TAPS // 2 - 1) - np.arange(_PHASES)[:, None] / _PHASES
        self._kernels = (np.sinc(at) * np.blackman(_TAPS + 2)[1:-1]).astype(np.float32)

    def blocks(self, field_: Sound, now: int) -> list[Samples]:
        """The blocks that are complete at this time of the speaker's clock."""
        found = []
        while (self._taken + _MIC_BLOCK) * self._ratio + _TAPS <= now:
            places = np.arange(self._taken, self._taken + _MIC_BLOCK) * self._ratio
            found.append(self._sampled(field_, places))
            self._taken += _MIC_BLOCK
        return found

    def _sampled(self, field_: Sound, places: Places) -> Samples:
        whole = np.floor(places).astype(np.int64)
        phase = ((places - whole) * _PHASES).astype(np.int64)
        around = whole[:, None] + np.arange(_TAPS) - (_TAPS // 2 - 1)
        taken = field_[np.maximum(around, 0)]
        sound = np.einsum("ij,ij->i", taken, self._kernels[phase])
        rounded: Samples = np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
        return rounded


class Duplex:
    """The engine's hearing in a room where the assistant talks all the time from `begins_s` on."""

    def __init__(
        self,
        room: Room,
        voice: Samples,
        *,
        configure: Configure | None = None,
        canceller: EchoCanceller | None = None,
        begins_s: float = 0.0,
    ) -> None:
        self._room = room
        self._playback = Playback(voice, room.delay_ms)
        self._microphone = Microphone(_device(Direction.INPUT), chosen=False, wake=lambda: None)
        self.hearing = Hearing(
            configure or Configure(""), create_detector(), self._playback, Meter(), lambda _: None
        )
        self.hearing.use_canceller(canceller or EchoCanceller(RATE_HZ))
        self._is_open = False
        self._resumes_at = int(begins_s * RATE_HZ)
        self._playback.talks = begins_s == 0.0
        self._turns = 0
        self._starts: list[int] = []
        self._cleaned: list[bytes] = []

    def run(
        self, duration_s: float, people: Sequence[Person] = (), *, keep: bool = False
    ) -> Outcome:
        """Let the assistant talk for this long, and people over it."""
        length = int(duration_s * RATE_HZ)
        echo = Echo(self._room, length, self._playback.held_ms)
        clock, outcome = Clock(self._room.drift_ppm), Outcome()
        spans = [echo.speak(person, self._room) for person in people]
        heard: list[Samples] = []
        for at in range(0, length, _STEP):
            self._resume(at)
            sound = self._playback.step()
            outcome.talked_s += 0.01 if self._playback.talks else 0.0
            echo.play(at, sound)
            for block in clock.blocks(echo.field, at + _STEP):
                self._hear(block, at)
                if keep:
                    heard.append(block)
        if keep:
            outcome.heard = np.concatenate(heard)
            outcome.cleaned = np.frombuffer(b"".join(self._cleaned), dtype=np.int16)
        _judge(outcome, self._starts, spans)
        return outcome

    def _hear(self, block: Samples, at: int) -> None:
        self._microphone._on_block(block.tobytes(), len(block), None, None)
        for piece in self.hearing.hear(self._microphone, recording=self._is_open) or ():
            self._cleaned.append(piece.data)
            if piece.edge is Edge.STARTED:
                self._starts.append(at)
                self._is_open = True
                self._playback.interrupt()
            elif piece.edge in (Edge.ENDED, Edge.TOO_LONG):
                self._is_open = False
                self._rest(at)
        if self._playback.talks or self.hearing.gain < 1.0:
            self._playback.duck(self.hearing.gain)

    def _rest(self, at: int) -> None:
        """The next reply begins after a pause, a short one or one that the engine notices."""
        self._playback.talks = False
        pause_s = _PAUSE_BETWEEN_S[self._turns % len(_PAUSE_BETWEEN_S)]
        self._resumes_at = at + int(pause_s * RATE_HZ)
        self._turns += 1

    def _resume(self, at: int) -> None:
        if self._playback.talks:
            if at >= self._resumes_at + int(_TURN_S * RATE_HZ):
                self._rest(at)
        elif not self._is_open and at >= self._resumes_at:
            self._resumes_at = at
            self._playback.talks = True
            self._playback.duck(1.0)


def _judge(outcome: Outcome, starts: list[int], spans: list[tuple[int, int]]) -> None:
    """Whose takes these were. A take that goes on when somebody begins is theirs, too."""
    used: set[int] = set()
    for first, last in spans:
        mine = [at for at in starts if first <= at <= last + RATE_HZ // 5]
        if mine:
            outcome.delays_ms.append((mine[0] - first) * 1000 / RATE_HZ)
        else:
            outcome.missed.append(first / RATE_HZ)
        used.update(at for at in starts if first <= at <= last + RATE_HZ)
    outcome.own = [at / RATE_HZ for at in starts if at not in used]


def _response(room: Room, random: np.random.Generator) -> Sound:
    """An impulse response: the direct sound, some reflections, and what dies away."""
    count = max(RATE_HZ // 50, int(room.reverberation_s * RATE_HZ))
    decay = 10 ** (-3 * np.arange(count) / count)
    tail = random.standard_normal(count) * decay
    tail[: RATE_HZ // 500] = 0
    tail *= 1 / np.sqrt(np.sum(tail**2))
    tail[0] = 1.2
    for reflection in random.integers(RATE_HZ // 1000, RATE_HZ // 60, 5):
        tail[reflection] += random.uniform(-0.3, 0.3)
    gain = 0.0 if np.isneginf(room.echo_db) else 10 ** (room.echo_db / 20)
    response: Sound = (tail * gain / np.sqrt(np.sum(tail**2))).astype(np.float32)
    return response


def _seeded(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def _device(direction: Direction) -> SoundDevice:
    return SoundDevice(Device(direction.value, direction.value, direction), RATE_HZ, channels=1)
