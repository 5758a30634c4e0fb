"""What somebody may have interrupted: silent at once, and nothing of it lost or heard twice."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from audio import speaking as speaking_module
from audio.inventory import SoundDevice
from audio.level import Meter
from audio.messages import Device, Direction, Flush, Pcm, Play, PlaybackFinished, PlayEnd, Resume
from audio.pcm import Samples
from audio.speaker import Speaker
from audio.speaking import Speaking

RATE_HZ = 48_000
BLOCK = RATE_HZ // 100
BLOCK_MS = 10
QUEUE = 6
LENGTH_MS = 600


class QueueingSpeaker(Speaker):
    """A device of six blocks that moves on when it is told to; `heard` is what left it."""

    def __init__(self) -> None:
        device = SoundDevice(Device("speakers", "Speakers", Direction.OUTPUT), RATE_HZ)
        super().__init__(device, chosen=False, latency_s=QUEUE * BLOCK_MS / 1000, wake=lambda: None)
        self.heard: list[Samples] = []
        self.now_s = 0.0
        self.is_running = True
        self.taken_at_once = QUEUE  # the rest of its queue it fills with silence
        self._queue = [np.zeros(BLOCK, np.int16)] * QUEUE

    def block(self) -> None:
        """10 ms go by."""
        self.now_s += BLOCK_MS / 1000
        self.heard.append(self._queue.pop(0) if self._queue else np.zeros(BLOCK, np.int16))
        if self.is_running:
            self._take()

    def _now_s(self) -> float:
        return self.now_s

    def _start_again(self) -> None:
        self.is_running = True
        self._queue = [np.zeros(BLOCK, np.int16)] * (QUEUE - self.taken_at_once)
        for _ in range(self.taken_at_once):
            self._take()

    def _take(self) -> None:
        out = bytearray(BLOCK * 2)
        times = SimpleNamespace(outputBufferDacTime=QUEUE * BLOCK_MS / 1000, currentTime=0.0)
        if self._on_block(memoryview(out), BLOCK, times, None):
            self._queue.append(np.frombuffer(bytes(out), dtype=np.int16))
        else:
            self._queue.clear()
            self.is_running = False
            self._on_end()


class Scene:
    """A stream of ever rising samples that plays on such a device."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.events: list[Any] = []
        self.speaker = QueueingSpeaker()
        monkeypatch.setattr(
            speaking_module, "time", SimpleNamespace(monotonic=lambda: self.speaker.now_s)
        )
        self._jobs: list[Callable[[], None]] = []
        ports = SimpleNamespace(
            send=self.events.append, wake=lambda: None, post=None, look_for_devices=None
        )
        self.speaking = Speaking(Meter(), ports)  # type: ignore[arg-type]
        line = SimpleNamespace(
            check=lambda: None, device=self.speaker, is_wanted=True, run=self._jobs.append
        )
        monkeypatch.setattr(self.speaking, "_line", line)
        self.speaking.tick()
        self.sound = np.arange(1, LENGTH_MS * RATE_HZ // 1000 + 1, dtype=np.int16)
        self.speaking.play(Play("reply", RATE_HZ))
        self.speaking.add(Pcm("reply", self.sound.tobytes()))
        self.speaking.play_end(PlayEnd("reply"))

    def go_on(self, duration_ms: int) -> None:
        """Time goes by."""
        for _ in range(0, duration_ms, BLOCK_MS):
            self.speaking.tick()
            self.speaker.block()
            if not self.speaker.is_running:
                for job in self._jobs:
                    job()
                self._jobs.clear()
        self.speaking.tick()

    @property
    def heard(self) -> Samples:
        """The samples that left the speaker, without silence."""
        samples = np.concatenate(self.speaker.heard)
        sound: Samples = samples[samples != 0]
        return sound

    @property
    def silent_ms(self) -> int:
        """For how long nothing has left the speaker."""
        loud = [number for number, block in enumerate(self.speaker.heard) if block.any()]
        return (len(self.speaker.heard) - 1 - loud[-1]) * BLOCK_MS

    def finished(self) -> list[PlaybackFinished]:
        """What was reported heard to its end."""
        return [event for event in self.events if isinstance(event, PlaybackFinished)]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    return Scene(monkeypatch)


def without_fade(samples: Samples) -> Samples:
    """Where sound begins in its middle it rises for 10 ms."""
    return samples[BLOCK:]


def test_it_is_silent_with_the_next_block_although_the_device_held_more(scene: Scene) -> None:
    scene.go_on(300)
    scene.speaking.duck(0.0)
    scene.go_on(100)
    assert scene.silent_ms == 90


def test_turned_down_only_it_keeps_what_the_device_holds(scene: Scene) -> None:
    scene.go_on(300)
    before = scene.speaker.handed_frames
    scene.speaking.duck(0.1)
    scene.go_on(10)
    assert scene.speaker.is_running
    assert scene.speaker.handed_frames == before + BLOCK
    assert scene.silent_ms == 0


def test_after_a_noise_it_goes_on_where_it_was_cut(scene: Scene) -> None:
    scene.go_on(300)
    scene.speaking.duck(0.0)
    scene.go_on(100)
    cut = len(scene.heard)
    assert np.array_equal(scene.heard, scene.sound[:cut])
    scene.speaking.duck(1.0)
    scene.go_on(600)
    rest = scene.heard[len(scene.heard) - (len(scene.sound) - cut) + BLOCK :]
    assert np.array_equal(rest, without_fade(scene.sound[cut:]))
    assert scene.finished() == [PlaybackFinished("reply", LENGTH_MS)]


def test_two_noises_within_the_devices_queue_lose_nothing(scene: Scene) -> None:
    scene.go_on(300)
    scene.speaking.duck(0.0)
    scene.go_on(30)
    scene.speaking.duck(1.0)
    scene.go_on(20)
    scene.speaking.duck(0.0)
    scene.go_on(30)
    scene.speaking.duck(1.0)
    scene.go_on(600)
    assert np.array_equal(scene.heard[-10 * BLOCK :], scene.sound[-10 * BLOCK :])
    assert scene.finished() == [PlaybackFinished("reply", LENGTH_MS)]


def test_an_end_that_was_cut_off_is_not_reported_as_heard(scene: Scene) -> None:
    scene.go_on(LENGTH_MS + 20)
    scene.speaking.duck(0.0)
    scene.go_on(500)
    assert scene.finished() == []
    scene.speaking.duck(1.0)
    scene.go_on(300)
    assert scene.heard[-1] == scene.sound[-1]
    assert scene.finished() == [PlaybackFinished("reply", LENGTH_MS)]


@pytest.mark.parametrize("held", [True, False])
def test_an_interruption_reports_what_was_heard(scene: Scene, *, held: bool) -> None:
    scene.go_on(300)
    if held:
        scene.speaking.duck(0.0)
        scene.go_on(60)
    stream_id, played_ms = scene.speaking.interrupt()
    scene.go_on(100)
    assert stream_id == "reply"
    assert played_ms == len(scene.heard) * 1000 // RATE_HZ


def test_resumed_it_goes_back_from_what_was_heard(scene: Scene) -> None:
    scene.go_on(300)
    scene.speaking.duck(0.0)
    scene.go_on(60)
    _, played_ms = scene.speaking.interrupt()
    scene.go_on(200)
    before = len(scene.heard)
    scene.speaking.resume(Resume("reply", rewind_ms=100))
    scene.go_on(600)
    again = scene.heard[before:]
    expected = scene.sound[(played_ms - 100) * RATE_HZ // 1000 :]
    assert np.array_equal(again[-len(expected) + BLOCK :], without_fade(expected))


def test_flushed_while_it_is_held_it_is_not_heard_again(scene: Scene) -> None:
    scene.go_on(300)
    scene.speaking.duck(0.0)
    scene.go_on(60)
    heard = len(scene.heard)
    scene.speaking.flush(Flush("reply"))
    scene.speaking.duck(1.0)
    scene.go_on(200)
    assert len(scene.heard) == heard
    assert scene.events[-1].played_ms == heard * 1000 // RATE_HZ


def test_what_goes_on_for_long_and_is_no_speech_does_not_hold_it_up(scene: Scene) -> None:
    scene.go_on(300)
    for _ in range(0, 1000, BLOCK_MS):
        scene.speaking.duck(0.0)
        scene.go_on(BLOCK_MS)
    assert scene.finished() == []
    for _ in range(0, 600, BLOCK_MS):
        scene.speaking.duck(0.0)
        scene.go_on(BLOCK_MS)
    assert scene.heard[-1] == scene.sound[-1]
    assert scene.finished() == [PlaybackFinished("reply", LENGTH_MS)]


def test_while_it_is_held_it_counts_as_playing(scene: Scene) -> None:
    scene.go_on(300)
    scene.speaking.duck(0.0)
    scene.go_on(200)
    assert scene.speaking.quiet_ms == 0.0
    scene.speaking.interrupt()
    assert scene.speaking.quiet_ms == pytest.approx(200, abs=30)


@pytest.mark.parametrize("taken_at_once", [QUEUE, 0])
def test_an_echo_keeps_its_delay_when_the_device_starts_again(
    scene: Scene, taken_at_once: int
) -> None:
    scene.speaker.taken_at_once = taken_at_once
    played: list[Samples] = []

    def go_on(duration_ms: int) -> None:
        for _ in range(0, duration_ms, BLOCK_MS):
            scene.go_on(BLOCK_MS)
            played.append(scene.speaking.take_reference()[0])

    go_on(200)
    scene.speaking.duck(0.0)
    go_on(150)
    scene.speaking.duck(1.0)
    go_on(700)
    reference, heard = np.concatenate(played), np.concatenate(scene.speaker.heard)
    before, after = (
        int(np.flatnonzero(heard == sample)[0]) - int(np.flatnonzero(reference == sample)[0])
        for sample in (scene.sound[100], scene.sound[-1])
    )
    assert after == pytest.approx(before, abs=BLOCK)
