"""What Sayso's window costs. Run: python -m tests.bench.window_cost [starts|idle|turns] …

An empty PySide6 window and Sayso start in turn on a private screen with a private microphone in a
quiet room. Seen from outside: when the window's pixels are on the screen, when the microphone
records; then processor time and memory of both of Sayso's processes.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pulsectl

from audio.pcm import Clip
from tests.desk import aimock
from tests.desk.child import Child, merged
from tests.desk.screen import Screen
from tests.desk.sound import MICROPHONE, SoundServer
from tests.desk.speech import say
from tests.flows.running import HANDS_FREE, ROOT, RunningSayso

EMPTY = """
import sys
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication(sys.argv)
window = QWidget()
window.resize(920, 680)
window.show()
sys.exit(application.exec())
"""
WIDTH, HEIGHT = 1280, 800
WINDOW_SHARE = 920 * 680 / (WIDTH * HEIGHT)
EVERY = 16
"""Of so many pixels one is looked at."""

ROOM_DBFS = -66.0
_PATIENCE_S = 20.0


@dataclass(frozen=True, slots=True)
class Start:
    """Milliseconds after exec; `listening` is None for the empty window."""

    painted_ms: float
    listening_ms: float | None
    cpu_ms: float


class Watcher:
    """Sees the screen's pixels and the microphone's users about once a millisecond."""

    def __init__(self, screen: Screen, sound: SoundServer) -> None:
        self._pixels = np.memmap(screen.folder / "Xvfb_screen0", np.uint8, "r")
        self._start = self._pixels.size - WIDTH * HEIGHT * 4
        self._pulse = pulsectl.Pulse("bench", server=sound.environment["PULSE_SERVER"])

    def look(self) -> np.ndarray:
        """Some pixels of the screen."""
        return np.asarray(self._pixels[self._start :: 4 * EVERY]).copy()

    def is_painted(self, before: np.ndarray) -> bool:
        """Whether something as large as the window is new on the screen."""
        return float(np.mean(self.look() != before)) > 0.8 * WINDOW_SHARE

    def is_recorded(self) -> bool:
        """Whether a program records from the microphone."""
        (source,) = [s for s in self._pulse.source_list() if s.name == MICROPHONE]
        return any(stream.source == source.index for stream in self._pulse.source_output_list())


def start_once(
    watcher: Watcher, start: Callable[[], Child], until_listening: bool
) -> tuple[Start, Child]:
    """Start a program and watch it; it still runs afterwards."""
    before = watcher.look()
    began = time.monotonic()
    child = start()
    painted = listening = cpu = 0.0
    while not painted or (until_listening and not listening):
        now = time.monotonic()
        if not painted and watcher.is_painted(before):
            painted, cpu = now, cpu_s(child.pid)
        if until_listening and painted and not listening and watcher.is_recorded():
            listening = now
        assert now - began < _PATIENCE_S, child.log
        time.sleep(0.001)
    heard = (listening - began) * 1000 if until_listening else None
    return Start((painted - began) * 1000, heard, cpu * 1000), child


# Processes


def cpu_s(pid: int) -> float:
    """Processor time of a process's threads so far, without its children."""
    total = 0
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_mb(pid: int) -> tuple[float, float]:
    """RSS and PSS."""
    found = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("Rss", "Pss"):
            found[name] = int(rest.split()[0]) / 1024
    return found["Rss"], found["Pss"]


def program(environment: Mapping[str, str], folder: Path) -> Child:
    """The empty window."""
    return Child([sys.executable, "-c", EMPTY], folder, environment=environment)


@contextlib.contextmanager
def room_noise(sound: SoundServer, dbfs: float) -> Iterator[None]:
    """A room at the microphone."""
    rng = np.random.default_rng(1)
    amplitude = 10 ** (dbfs / 20) * 32767
    samples = (rng.standard_normal(16_000 * 20) * amplitude).astype("<i2")
    stop = threading.Event()

    def play() -> None:
        command = ["paplay", "--device=micfeed", "--raw", "--rate=16000", "--channels=1"]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, env=merged(sound.environment)
        ) as player:
            assert player.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                while not stop.is_set():
                    for piece in np.array_split(samples, 100):
                        if stop.is_set():
                            break
                        player.stdin.write(piece.tobytes())
            player.kill()

    thread = threading.Thread(target=play, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(3)


# What is measured


def starts(desk: Desk, rounds: int) -> dict[str, object]:
    """Window on the screen, and listening."""
    empty: list[Start] = []
    sayso: list[Start] = []
    for turn in range(rounds + 1):
        found, child = start_once(
            desk.watcher, lambda: program(desk.environment, desk.folder), False
        )
        child.end()
        time.sleep(0.3)
        running: list[RunningSayso] = []

        def begin(running: list[RunningSayso] = running) -> Child:
            running.append(desk.sayso())
            return running[0].child

        with contextlib.ExitStack() as stack:
            ours, _ = start_once(desk.watcher, begin, True)
            stack.enter_context(running[0])
            running[0].quit()
        time.sleep(0.3)
        if turn:  # the first round fills caches
            empty.append(found)
            sayso.append(ours)
    base = statistics.median(start.painted_ms for start in empty)
    window = statistics.median(start.painted_ms for start in sayso)
    heard = statistics.median(start.listening_ms or 0.0 for start in sayso)
    return {
        "empty_ms": round(base),
        "window_ms": round(window),
        "window_ratio": round(window / base, 2),
        "listening_ms": round(heard),
        "listening_ratio": round(heard / base, 2),
        "empty_cpu_ms": round(statistics.median(start.cpu_ms for start in empty)),
        "window_cpu_ms": round(statistics.median(start.cpu_ms for start in sayso)),
        "raw": {"empty": [asdict(s) for s in empty], "sayso": [asdict(s) for s in sayso]},
    }


def idle(desk: Desk, seconds: float, room_dbfs: float) -> dict[str, object]:
    """Processor time and memory while it listens to a room, the window open."""
    with room_noise(desk.sound, room_dbfs), desk.sayso() as sayso:
        sayso.wait_until_listening(desk.sound)
        time.sleep(5.0)
        engine = sayso.engine_pid()
        first = cpu_s(sayso.pid()), cpu_s(engine)
        time.sleep(seconds)
        last = cpu_s(sayso.pid()), cpu_s(engine)
        memory = memory_mb(sayso.pid()), memory_mb(engine)
        sayso.quit()
    per_minute = [(b - a) * 60 / seconds for a, b in zip(first, last, strict=True)]
    return {
        "cpu_s_per_min": {"window": round(per_minute[0], 3), "engine": round(per_minute[1], 3)},
        "rss_pss_mb": {"window": _rounded(memory[0]), "engine": _rounded(memory[1])},
    }


def turns(desk: Desk, count: int) -> dict[str, object]:
    """Memory before and after some spoken turns through a server on loopback."""
    reply = "That is a short answer. It has two sentences."
    answers = aimock.fixtures(transcript="How are you?", reply=reply, speech=say("all is well"))
    with aimock.ModelServer(answers) as server:
        sources = "".join(
            f'[{name}]\nsource = "server"\n' for name in ("chat", "transcription", "speech")
        )
        settings = f'{HANDS_FREE}[server]\nbase_url = "{server.base_url}"\n{sources}'
        with desk.sayso(settings) as sayso:
            sayso.wait_until_listening(desk.sound)
            time.sleep(3.0)
            engine = sayso.engine_pid()
            before = memory_mb(sayso.pid()), memory_mb(engine)
            for turn in range(count):
                desk.sound.say_clip(_question())
                sayso.wait_for_reply(turn + 1)
                time.sleep(3.0)
            after = memory_mb(sayso.pid()), memory_mb(engine)
            sayso.quit()
    return {
        "before_rss_pss_mb": {"window": _rounded(before[0]), "engine": _rounded(before[1])},
        "after_rss_pss_mb": {"window": _rounded(after[0]), "engine": _rounded(after[1])},
    }


def _question() -> Clip:
    return say("how are you today my friend")


def _rounded(pair: tuple[float, float]) -> list[float]:
    return [round(value, 1) for value in pair]


class Desk:
    """Screen, sound, and a folder for homes and compiled modules."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sayso-cost-")))
        self.screen = stack.enter_context(contextlib.closing(Screen(WIDTH, HEIGHT)))
        self.sound = stack.enter_context(contextlib.closing(SoundServer()))
        self.watcher = Watcher(self.screen, self.sound)
        # Installed programs have their modules compiled.
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        cache = {"PYTHONPYCACHEPREFIX": str(self.folder / "compiled")}
        self.environment = merged(self.screen.environment, self.sound.environment, cache)
        self._homes = 0

    def sayso(self, settings: str = HANDS_FREE) -> RunningSayso:
        """Sayso with a new home."""
        self._homes += 1
        home = self.folder / f"home{self._homes}"
        return RunningSayso(home, self.environment, settings=settings)


def main() -> None:
    """Measure what is asked for, and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", default=["starts", "idle", "turns"])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--room", type=float, default=ROOM_DBFS, help="level in dBFS")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    os.chdir(ROOT)
    results: dict[str, object] = {}
    with contextlib.ExitStack() as stack:
        desk = Desk(stack)
        if "starts" in options.what:
            results["starts"] = starts(desk, options.rounds)
        if "idle" in options.what:
            results["idle"] = idle(desk, options.seconds, options.room)
        if "turns" in options.what:
            results["turns"] = turns(desk, options.turns)
    if options.output:
        options.output.write_text(json.dumps(results, indent=1))
    for name, found in results.items():
        shown = {key: value for key, value in found.items() if key != "raw"}  # type: ignore[attr-defined]
        print(name, json.dumps(shown))


if __name__ == "__main__":
    main()
