"""Sayso through a real sound server: python -m tests.bench.real_devices --bench DIR --base-url URL

From the last loud block at the microphone to the first one at the speakers' monitor. Next to the
bench's devices this holds two queues of PortAudio and PulseAudio, 48 kHz, and blocks of 20 ms.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from audio.pcm import Clip, level_dbfs
from tests.bench.clips import read_wav
from tests.bench.peer import write
from tests.bench.sayso import ROOT, settings
from tests.desk.child import Child, merged
from tests.desk.recording import Recording
from tests.desk.sound import MICROPHONE, SoundServer
from tests.desk.speech import pad
from tests.desk.waiting import wait_until

_TURNS = 8
_RATE_HZ = 16_000
_LOUD_DBFS = -50.0


def loud(recording: Recording, since_s: float) -> list[float]:
    """When loud blocks came."""
    return [
        at
        for at, data in list(recording.blocks)
        if at > since_s and level_dbfs(np.frombuffer(data, dtype="<i2")) > _LOUD_DBFS
    ]


def turn(sound: SoundServer, clip: Clip) -> float:
    """One question and its answer; milliseconds between them."""
    with sound.recording() as heard, sound.recording(MICROPHONE) as spoken:
        began_s = time.monotonic()
        sound.say_clip(clip)
        wait_until(lambda: loud(heard, began_s), "an answer", timeout_s=15)
        answered_s = loud(heard, began_s)[0]
        end_s = max(at for at in loud(spoken, began_s) if at < answered_s)
        heard.wait_for_silence(silence_ms=900)
    return (answered_s - end_s) * 1000


def measure(bench: Path, base_url: str, turns: int) -> dict[str, Any]:
    """Some turns with the harness's utterances."""
    clips = [
        pad(Clip(_RATE_HZ, read_wav(wav).tobytes()), 100, 300)
        for wav in sorted((bench / "wavf").glob("u?.wav"))
    ]
    found = []
    with (
        contextlib.closing(SoundServer()) as sound,
        tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder,
    ):
        home = Path(folder) / "home"
        settings(home, base_url)
        environment = merged(sound.environment, {"SAYSO_HOME": str(home), "DISPLAY": ""})
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        with Child([sys.executable, "-m", "app", "talk"], home, environment=environment, cwd=ROOT):
            wait_until(lambda: MICROPHONE in sound.sources_in_use(), "a microphone", timeout_s=20)
            time.sleep(2)
            for number in range(turns + 1):
                v2v_ms = turn(sound, clips[number % len(clips)])
                if number:
                    found.append(v2v_ms)
    late_ms = sorted(found)[int(0.9 * (len(found) - 1))]
    middle_ms = statistics.median(found)
    summary = {"n": len(found), "median": round(middle_ms), "p90": round(late_ms)}
    return {"v2v_ms": summary, "all_ms": [round(v) for v in found]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", required=True, help="of the server, without /v1")
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    result = measure(options.bench, options.base_url, 2 if options.quick else _TURNS)
    print(result)
    if options.out is not None:
        write(options.out, result)


if __name__ == "__main__":
    main()
