"""How long the speakers sound on once Sayso wants silence. Run: python -m tests.bench.speaker_queue

A private PulseAudio and the engine's own speaker, heard at the monitor: what is left in Sayso's
hands is faded out and the device plays the rest, or the device drops what it holds and starts
again. The step is the last sample that is heard: the click of a sound that is cut.
"""

from __future__ import annotations

import contextlib
import random
import statistics
import time
from collections.abc import Sequence

import numpy as np

from audio.inventory import SoundDevice
from audio.messages import Device, Direction
from audio.pcm import Samples
from audio.resample import resample
from audio.speaker import Speaker
from tests.desk.recording import RATE_HZ, Recording
from tests.desk.sound import SPEAKERS, SoundServer
from tests.desk.speech import say
from tests.desk.waiting import wait_until

_TIMES = 20
_LATENCY_S = 0.04
_STORY = "This is a rather long story about a house and a garden, and about all who live there."


def end_of(recording: Recording) -> tuple[float, int]:
    """When the last sample that is not silence was heard, and its size."""
    count, anchor_s = 0, float("inf")
    for arrived_s, data in list(recording.blocks):
        count += len(data) // 2
        anchor_s = min(anchor_s, arrived_s - count / RATE_HZ)
    samples = recording.clip.samples().astype(np.int32)
    last = int(np.flatnonzero(np.abs(samples) > 3)[-1])
    return anchor_s + (last + 1) / RATE_HZ, abs(int(samples[last]))


def once(sound: SoundServer, speaker: Speaker, voice: Samples, *, drops: bool) -> list[float]:
    """Milliseconds of sound after the decision and of starting again; the step in dBFS."""
    with sound.recording() as recording:
        speaker.play(voice)
        recording.wait_for_sound()
        time.sleep(random.uniform(0.3, 0.8))
        decided_s = time.monotonic()
        if drops:
            speaker.drop()
            blocks = speaker.blocks
            speaker.renew()
            wait_until(lambda: speaker.blocks > blocks, "a device that runs")
        else:
            speaker.stop()
        renewed_s = time.monotonic()
        recording.wait_for_silence()
        ended_s, step = end_of(recording)
    again_ms = (renewed_s - decided_s) * 1000
    return [(ended_s - decided_s) * 1000, again_ms, 20 * np.log10(step / 32768)]


def row(values: Sequence[float]) -> str:
    return f"median {statistics.median(values):.0f}, worst {max(values):.0f}"


def main() -> None:
    voice = resample(say(_STORY, voice="rms", lead_ms=0), RATE_HZ).samples()[: RATE_HZ * 19 // 10]
    device = SoundDevice(Device(SPEAKERS, "Speakers", Direction.OUTPUT), RATE_HZ, channels=2)
    with contextlib.closing(SoundServer()) as sound, sound.here():
        speaker = Speaker(device, chosen=True, latency_s=_LATENCY_S, wake=lambda: None)
        speaker.open()
        with contextlib.closing(speaker):
            for drops in (False, True):
                found = [once(sound, speaker, voice, drops=drops) for _ in range(_TIMES)]
                sounds, again, steps = ([one[column] for one in found] for column in range(3))
                print("dropped" if drops else "faded", f"{row(sounds)} ms; step {row(steps)} dBFS")
                if drops:
                    print("until it runs again", row(again), "ms")


if __name__ == "__main__":
    main()
