"""What the server believes was heard, against what the loudspeaker played.

Run: python -m tests.bench.heard [--count 200]. The whole app and its real engine with the bench's
devices, a Realtime server, and a person who interrupts every reply somewhere.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.clips import RATE_HZ, resampled
from tests.bench.devices import MICROPHONE_HZ
from tests.bench.sayso import BenchLoudspeaker, BenchMic, RunningApp, surroundings
from tests.bench.voices import flite, trimmed_speech
from tests.faults.server import ApiServer
from tests.voice_server.habits import Answer, Delays, Habits
from tests.voice_server.server import VoiceServer

_SENTENCES = ("wait a moment please", "what about tomorrow", "stop there is something else")
_SOUND_MS = 6_000
_REPLY = "This is a long answer that nobody wants to hear to its end. " * 3
_NEAR_MS = 50
_ANSWER_S = 12.0


class Interrupted:
    """Interrupts replies; `found` holds (played, believed) of each, in ms."""

    def __init__(self, server: VoiceServer, app: RunningApp) -> None:
        self.found: list[tuple[float, float]] = []
        self.missed = 0
        self._server = server
        self._mic, self._speaker = BenchMic(app.board), BenchLoudspeaker(app.board)
        clips = [trimmed_speech(flite(text, "slt")).samples for text in _SENTENCES]
        self._clips = [resampled(clip, RATE_HZ, MICROPHONE_HZ) for clip in clips]

    async def run(self, count: int, seed: int) -> None:
        """The first sentence, then one over each reply."""
        draw = random.Random(seed)
        self._speaker.arm()
        await asyncio.to_thread(self._mic.play, self._clips[0])
        for number in range(count):
            await self._one(draw, self._clips[number % len(self._clips)])
            print(f"{number + 1}: {self.found[-1] if self.found else None}", flush=True)

    async def _one(self, draw: random.Random, clip: Any) -> None:
        if not await self._until(lambda: bool(self._speaker.first)):
            self.missed += 1
            self._speaker.arm()
            await asyncio.to_thread(self._mic.play, clip)
            return
        await asyncio.sleep(draw.uniform(0.15, 3.0))
        before = self._truncations()
        await asyncio.to_thread(self._mic.play, clip)
        if not await self._until(lambda: len(self._truncations()) > len(before)):
            self.missed += 1
            self._speaker.arm()
            return
        runs = self._speaker.runs
        self._speaker.arm()
        played_s = sum(end_s - start_s for start_s, end_s in runs)
        self.found.append((round(played_s * 1000, 1), float(self._truncations()[-1])))

    def _truncations(self) -> list[int]:
        return [more["heard_ms"] for _, what, more in self._server.log if what == "truncated"]

    async def _until(self, holds: Any) -> bool:
        clock = asyncio.get_running_loop().time
        until_s = clock() + _ANSWER_S
        while not holds():
            if clock() > until_s:
                return False
            await asyncio.sleep(0.002)
        return True


def summary(found: list[tuple[float, float]], missed: int) -> dict[str, Any]:
    """How far apart they are, in ms: positive where the server believes too much."""
    apart = [believed - played for played, believed in found]
    ordered = sorted(abs(value) for value in apart)
    return {
        "interruptions": len(found),
        "missed": missed,
        "median_ms": round(statistics.median(apart), 1),
        "p95_abs_ms": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "worst_abs_ms": round(ordered[-1], 1),
        "within_50_ms": sum(value <= _NEAR_MS for value in ordered),
        "apart_ms": [round(value, 1) for value in apart],
    }


async def measure(count: int, seed: int) -> dict[str, Any]:
    """All of it."""
    habits = Habits(hears=lambda _: "And now?", answers=lambda *_: Answer(_REPLY, _SOUND_MS))
    delays = Delays(first_sound_s=0.1, words_s=0.08, rate=4.0)
    with (
        tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder,
        surroundings(window=False) as environment,
    ):
        async with VoiceServer(habits, delays) as server, ApiServer() as api:
            api.realtime_port = server.port
            base_url = api.base_url.removesuffix("/v1")
            home = Path(folder) / "home"
            with RunningApp(home, base_url, environment, window=False, realtime=True) as app:
                await asyncio.to_thread(app.wait_until_listening)
                await asyncio.sleep(4)
                interrupted = Interrupted(server, app)
                await interrupted.run(count, seed)
                print(app.output()[-300:])
    return summary(interrupted.found, interrupted.missed)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=6)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results/heard.json")
    options = parser.parse_args()
    result = asyncio.run(measure(options.count, options.seed))
    options.out.write_text(json.dumps(result) + "\n")
    print({key: value for key, value in result.items() if key != "apart_ms"})


if __name__ == "__main__":
    main()
