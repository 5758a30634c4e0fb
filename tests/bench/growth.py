"""Does Sayso grow? python -m tests.bench.growth --bench DIR [--minutes 30] [--window] [--realtime]

A turn now and then for half an hour; memory, descriptors and threads of both processes are noted
all the time. The slopes leave out the first five minutes, in which caches fill.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.bench import corpus
from tests.bench.compare import Comparison
from tests.bench.peer import plain_utterances, write
from tests.bench.sayso import BenchLoudspeaker, BenchMic, RunningApp, surroundings
from tests.bench.usage import usage_of

_SAMPLE_S = 10.0
_TURN_EVERY_S = 15.0
_WARM_UP_MIN = 5.0
_KINDS = ("rss_mb", "pss_mb", "fds", "threads")


def measure(app: RunningApp, utterances: list[Any], minutes: float) -> list[dict[str, Any]]:
    """Talk and take samples."""
    mic, speaker = BenchMic(app.board), BenchLoudspeaker(app.board)
    samples: list[dict[str, Any]] = []
    began_s = turn_s = sample_s = time.monotonic()
    turns = answered = 0
    while (now_s := time.monotonic()) < began_s + minutes * 60:
        if now_s >= sample_s:
            sample_s += _SAMPLE_S
            uses = {
                name: usage_of([pid]) for name, pid in zip(("app", "engine"), app.pids, strict=True)
            }
            samples.append({"min": round((now_s - began_s) / 60, 2), "turns": turns, **uses})
        if now_s >= turn_s:
            turn_s += _TURN_EVERY_S
            answered += speaker.first > 0
            speaker.arm()
            mic.play(utterances[turns % len(utterances)])
            turns += 1
        time.sleep(0.1)
    print(f"{turns} turns, {answered + (speaker.first > 0)} answered")
    return samples


def slopes(samples: list[dict[str, Any]], warm_up_min: float) -> dict[str, dict[str, float]]:
    """Growth per hour of each kind, by a straight line through the samples after the warm-up."""
    later = [s for s in samples if s["min"] >= warm_up_min]
    found: dict[str, dict[str, float]] = {}
    for name in ("app", "engine"):
        times = [s["min"] / 60 for s in later]
        found[name] = {
            kind: round(float(np.polyfit(times, [s[name][kind] for s in later], 1)[0]), 2)
            for kind in _KINDS
        }
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, default=os.environ.get("SAYSO_BENCH"), required=False)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--window", action="store_true")
    parser.add_argument("--realtime", action="store_true", help="speech to speech")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    options = parser.parse_args()
    if options.bench is None:
        parser.error("--bench or SAYSO_BENCH names the folder of the peers' harness")
    bench = Path(options.bench).resolve()
    with tempfile.TemporaryDirectory(prefix="sayso-growth-") as folder:
        corpus.build(bench, Path(folder) / "corpus")
        comparison = Comparison(bench, Path(folder) / "corpus", options.out, quick=False)
        with (
            comparison.server() as port,
            surroundings(window=options.window) as environment,
            RunningApp(
                Path(folder) / "home",
                f"http://127.0.0.1:{port}",
                environment,
                window=options.window,
                realtime=options.realtime,
            ) as app,
        ):
            app.wait_until_listening()
            time.sleep(3)
            samples = measure(app, plain_utterances(bench, BenchMic.sr), options.minutes)
    grown = slopes(samples, min(_WARM_UP_MIN, options.minutes / 3))
    print("per hour after the warm-up:", grown)
    options.out.mkdir(parents=True, exist_ok=True)
    name = "growth_realtime.json" if options.realtime else "growth.json"
    write(options.out / name, {"per_hour": grown, "samples": samples})
    sys.stdout.flush()


if __name__ == "__main__":
    main()
