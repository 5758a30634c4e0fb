"""Killing the window or its engine while someone speaks, and looking at what is on disk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audio import journal
from audio.pcm import Clip
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.waiting import wait_until
from tests.flows.running import RunningSayso, kill

SPEECH_RATE_HZ = 16_000


@dataclass(frozen=True, slots=True)
class Kill:
    """What a kill left. Seconds are of the spoken clip: said until the kill, found afterwards."""

    said_s: float
    kept_s: float

    @property
    def lost_s(self) -> float:
        """Speech that was said and is not on disk; the way through the sound server included."""
        return self.said_s - self.kept_s


def kill_while_speaking(
    victim: str, at_s: float, clip: Clip, sound: SoundServer, screen: Screen, home: Path
) -> Kill:
    """Speak `clip` (16 kHz) and kill the `window` or the `engine` when `at_s` of it was said."""
    with RunningSayso(home, sound.environment, screen.environment) as sayso:
        sayso.wait_until_listening(sound)
        pid = sayso.engine_pid() if victim == "engine" else sayso.pid()
        with sound.saying(clip):
            begins_s = wait_until(lambda: playing(sound), "the clip plays")
            time.sleep(max(0.0, begins_s + at_s - time.monotonic()))
            kill(pid)
            said_s = time.monotonic() - begins_s
            if victim == "window":
                sayso.child.wait()
            takes = wait_until(lambda: _unfinished(home), "a take on disk")
        kept = journal.read(takes[-1].path)
        return Kill(said_s, last_position_s(kept, clip))


def playing(sound: SoundServer) -> float | None:
    return time.monotonic() if "micfeed" in sound.sinks_in_use() else None


def _unfinished(home: Path) -> tuple[journal.Take, ...]:
    return journal.unfinished(home / "state" / "takes")


def last_position_s(kept: Clip, clip: Clip) -> float:
    """Where in `clip` the last sample of `kept` stands, found by correlation."""
    found, spoken = kept.samples().astype(np.float64), clip.samples().astype(np.float64)
    size = 1 << (len(found) + len(spoken)).bit_length()
    product = np.fft.rfft(spoken, size) * np.conj(np.fft.rfft(found, size))
    lags = np.fft.irfft(product, size)
    lag = int(np.argmax(lags))
    if lag > size // 2:
        lag -= size
    return (lag + len(found)) / SPEECH_RATE_HZ
