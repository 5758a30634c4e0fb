"""A microphone and a loudspeaker without hardware, for Sayso's engine.

They keep a device's time: frames of 20 ms come and blocks of 10 ms go by the clock, each from a
thread of its own, as PortAudio's callbacks do. What was taken sounds 60 ms later, unless it is
dropped: that empties the queue, as PortAudio's does, and the device starts again with an empty
one. Like the peers' devices they have the rates that speech has by itself.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt

from audio.inventory import Inventory, SoundDevice
from audio.messages import Device, Direction
from audio.microphone import BLOCK_MS, Microphone
from audio.pcm import Samples
from audio.resample import Resampler
from audio.speaker import Speaker
from tests.bench.board import Board, Cell

MICROPHONE_HZ = 16_000
SPEAKER_HZ = 24_000
_RATES = {Direction.INPUT: MICROPHONE_HZ, Direction.OUTPUT: SPEAKER_HZ}
QUEUE_S = 0.06
_BLOCK_S = 0.01
_NOISE_DBFS = -66
_AIR_S = 5
_TOUCHING_S = 0.002
_DRIFT = MICROPHONE_HZ // 50


def inventory() -> Inventory:
    """One microphone and one loudspeaker."""
    devices = tuple(
        SoundDevice(Device(f"bench:{way}", f"Bench {way}", way, is_default=True), rate_hz)
        for way, rate_hz in _RATES.items()
    )
    return Inventory(devices, through_server=True)


class Room:
    """What is said, and how much of the loudspeaker's sound comes back."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._air = np.zeros(_AIR_S * MICROPHONE_HZ, dtype=np.int16)
        self._air_at = 0
        self._resampler = Resampler(SPEAKER_HZ, MICROPHONE_HZ)
        noise = np.random.default_rng(7).standard_normal(_AIR_S * MICROPHONE_HZ)
        self._noise = (noise * 32768 * 10 ** (_NOISE_DBFS / 20)).astype(np.int16)
        self._clip = np.zeros(0, dtype=np.int16)
        self._at = 0

    def sound(self, at_s: float, samples: Samples) -> None:
        """The loudspeaker sounds from a time on."""
        if not self.board[Cell.ECHO]:
            return
        expected = round(at_s * MICROPHONE_HZ)
        if abs(expected - self._air_at) > _DRIFT:
            self._air_at = expected
        heard = self._resampler.process(samples)
        self._air[self._places(self._air_at, len(heard))] = heard
        self._air_at += len(heard)

    def silence(self, at_s: float) -> None:
        """The loudspeaker sounds no more from a time on, whatever it was given."""
        start = round(at_s * MICROPHONE_HZ)
        if self._air_at > start:
            self._air[self._places(start, self._air_at - start)] = 0
            self._air_at = start

    def hear(self, at_s: float, count: int) -> bytes:
        """What is to be heard from a time on."""
        start = int(at_s * MICROPHONE_HZ) % (len(self._noise) - count)
        heard = self._noise[start : start + count].astype(np.int32)
        self._next_clip(at_s)
        piece = self._clip[self._at : self._at + count]
        heard[: len(piece)] += piece
        self._at += len(piece)
        if echo := self.board[Cell.ECHO]:
            places = self._places(round(at_s * MICROPHONE_HZ), count)
            heard += (self._air[places] * echo).astype(np.int32)
            self._air[places] = 0
        return np.clip(heard, -32768, 32767).astype("<i2").tobytes()

    def _next_clip(self, at_s: float) -> None:
        board = self.board
        ordered = int(board[Cell.ORDERED])
        if ordered == board[Cell.SAID]:
            return
        self._clip = np.fromfile(board.clip_path(ordered), dtype="<i2")
        self._at = 0
        board[Cell.EOS] = at_s + len(self._clip) / MICROPHONE_HZ
        board[Cell.ONSET] = at_s
        board[Cell.SAID] = ordered

    def _places(self, start: int, count: int) -> npt.NDArray[np.intp]:
        return np.arange(start, start + count) % len(self._air)


class BenchMicrophone(Microphone):
    """Hears the room."""

    room: Room

    def open(self) -> None:
        """Start to record."""
        self.channels = 1
        self.latency_ms = float(BLOCK_MS)
        self._clock = Clock(BLOCK_MS / 1000, self._on_time)

    def close(self) -> None:
        """Stop."""
        self._clock.stop()

    def _on_time(self, end_s: float, late_s: float) -> None:
        board = self.room.board
        board[Cell.LATE_MS] = max(board[Cell.LATE_MS], late_s * 1000)
        count = MICROPHONE_HZ * BLOCK_MS // 1000
        self._on_block(self.room.hear(end_s - BLOCK_MS / 1000, count), count, None, None)
        if not board[Cell.LISTENING]:
            board[Cell.LISTENING] = time.monotonic()


class BenchSpeaker(Speaker):
    """Sounds in the room, and notes when."""

    room: Room

    def open(self) -> None:
        """Start to play."""
        self._latency_s = QUEUE_S
        self._target = bytearray(int(_BLOCK_S * SPEAKER_HZ) * 2)
        self._times = SimpleNamespace(currentTime=0.0, outputBufferDacTime=QUEUE_S)
        self._armed = -1.0
        self._runs = 0
        self._run_start_s = self._run_end_s = 0.0
        self._is_stopped = self._is_filling = self._is_odd = False
        self._clock = Clock(_BLOCK_S, self._on_time)

    def close(self) -> None:
        """Stop."""
        self._clock.stop()

    def _start_again(self) -> None:
        """PortAudio takes 1 to 10 ms for it; this waits for the next block's time."""
        self._is_filling = True
        self._is_stopped = False

    def _on_time(self, at_s: float, _late_s: float) -> None:
        self._is_odd = not self._is_odd
        # PortAudio asks for two blocks at a time, so it may be a while before it learns of a drop.
        if self._is_stopped or (self._is_dropping and self._is_odd):
            return
        if self._is_filling:
            # An empty queue is filled at once, with what sounds from now on.
            self._is_filling = False
            for number in range(round(QUEUE_S / _BLOCK_S)):
                self._take(at_s + number * _BLOCK_S)
        self._take(at_s + QUEUE_S)

    def _take(self, sounds_at_s: float) -> None:
        """Take the block that sounds at a time, or drop what was taken."""
        if self._is_stopped:
            return
        sounds = self.ring.unread > 0
        frames = len(self._target) // 2
        if self._on_block(memoryview(self._target), frames, self._times, None):
            self.room.sound(sounds_at_s, np.frombuffer(self._target, dtype="<i2"))
            if sounds:
                self._note(sounds_at_s)
        else:
            self._is_stopped = True
            self._empty()
            self._on_end()

    def _empty(self) -> None:
        now_s = time.monotonic()
        self.room.silence(now_s)
        if self._runs and self._run_end_s > now_s:
            self._run_start_s, self._run_end_s = min(self._run_start_s, now_s), now_s
            self.room.board.set_run(self._runs - 1, self._run_start_s, now_s)
            self.room.board[Cell.HEAD] = now_s

    def _note(self, start_s: float) -> None:
        board = self.room.board
        if board[Cell.ARMED] != self._armed:
            self._armed, self._runs = board[Cell.ARMED], 0
            board[Cell.RUNS] = 0
            board[Cell.FIRST] = time.monotonic()
        if not self._runs or start_s - self._run_end_s > _TOUCHING_S:
            self._runs += 1
            self._run_start_s = start_s
        self._run_end_s = start_s + _BLOCK_S
        board.set_run(self._runs - 1, self._run_start_s, self._run_end_s)
        board[Cell.HEAD] = self._run_end_s
        board[Cell.LAST] = time.monotonic()


class Clock:
    """Calls every `period_s`, on a thread of its own, with the time that it should be."""

    def __init__(self, period_s: float, tick: Callable[[float, float], None]) -> None:
        self._period_s = period_s
        self._tick = tick
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name="device", daemon=True).start()

    def stop(self) -> None:
        """No more calls begin."""
        self._stopped.set()

    def _run(self) -> None:
        due_s = time.monotonic()
        while not self._stopped.is_set():
            due_s += self._period_s
            wait_s = due_s - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            self._tick(due_s, time.monotonic() - due_s)


def enter(board: Board) -> None:
    """The devices stand in a room with this board from now on."""
    BenchMicrophone.room = BenchSpeaker.room = Room(board)
