"""Takes whose speaker begins with the press of the key, the microphone having been closed."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from audio.messages import SPEECH_RATE_HZ, BeginTake, EndTake, MicrophoneClosed, TakeEnded
from audio.pcm import Clip
from audio.resample import resample
from tests.audio.running import RunningEngine, similarity
from tests.desk.child import Child, merged
from tests.desk.recording import Recording
from tests.desk.sound import SoundServer

_BYTES_PER_MS = SPEECH_RATE_HZ * 2 // 1000
_LOUD = 100


class Mouth:
    """A stream into the microphone that is open all the time, so that speech begins at once."""

    def __init__(self, child: Child) -> None:
        self._child = child

    def say(self, clip: Clip) -> None:
        """Say it (16 kHz) from this moment on; returns when the last of it was given away."""
        assert self._child.process.stdin is not None
        self._child.process.stdin.write(clip.data)
        self._child.process.stdin.flush()


@contextlib.contextmanager
def mouth(sound: SoundServer) -> Iterator[Mouth]:
    """Open one."""
    command = [
        *("pacat", "--playback", "--device=micfeed", "--latency-msec=20", "--raw"),
        *(f"--rate={SPEECH_RATE_HZ}", "--channels=1", "--format=s16le"),
    ]
    around = merged(sound.environment)
    with Child(command, sound.folder, environment=around, stdin=subprocess.PIPE) as child:
        yield Mouth(child)


@dataclass(frozen=True, slots=True)
class FirstWord:
    """One take, beside what another program recorded of the same microphone.

    `missing_ms` of the speech stand before the take's first sample. That sample came `opened_ms`
    after the press; the other program's own delay is in it. `to_sound_ms` is from the command
    until sound arrived here.
    """

    missing_ms: float
    opened_ms: float
    to_sound_ms: float
    likeness: float


async def speak_at_the_press(
    engine: RunningEngine, speaker: Mouth, beside: Recording, clip: Clip
) -> FirstWord:
    """Press and say `clip` at the same moment; let go when it is over."""
    count = len(engine.all(TakeEnded)) + 1
    closed = len(engine.all(MicrophoneClosed)) + 1
    known = set(engine.pcm)
    before = len(beside.blocks)
    pressed_s = time.monotonic()
    await engine.client.send(BeginTake())
    await asyncio.to_thread(speaker.say, clip)
    wanted = len(clip.data) + 300 * _BYTES_PER_MS
    async with asyncio.timeout(30):
        while not (new := set(engine.pcm) - known):
            await asyncio.sleep(0.001)
        to_sound_ms = (time.monotonic() - pressed_s) * 1000
        while len(engine.pcm[next(iter(new))]) < wanted:
            await asyncio.sleep(0.01)
    await engine.client.send(EndTake())
    ended = await engine.wait_for(TakeEnded, count=count)
    await engine.wait_for(MicrophoneClosed, count=closed)
    heard = Clip(SPEECH_RATE_HZ, bytes(engine.pcm[ended.take_id]))
    recorded = b"".join(data for _, data in list(beside.blocks)[before:])
    other = resample(Clip(beside.rate_hz, recorded), SPEECH_RATE_HZ)
    opened_ms = begin_ms(heard, other)
    onset_ms = int(np.argmax(np.abs(other.samples().astype(int)) > _LOUD)) / SPEECH_RATE_HZ * 1000
    likeness = similarity(other.data, heard)
    return FirstWord(max(0.0, opened_ms - onset_ms), opened_ms, to_sound_ms, likeness)


def begin_ms(part: Clip, whole: Clip) -> float:
    """Where in a recording another one begins; below zero if before it."""
    found = whole.samples().astype(np.float64)
    spoken = part.samples().astype(np.float64)
    size = 1 << (len(found) + len(spoken)).bit_length()
    lags = np.fft.irfft(np.fft.rfft(found, size) * np.conj(np.fft.rfft(spoken, size)), size)
    lag = int(np.argmax(lags))
    return (lag - size if lag > size // 2 else lag) * 1000 / SPEECH_RATE_HZ
