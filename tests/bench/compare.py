"""Sayso and its peers in one run, on one server. Run: python -m tests.bench.compare --bench DIR

Writes the results of each step as it ends, and the table at last. A step that fails is named, and
the others go on. `--only` runs some steps, `--quick` tries the harness.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import corpus, table
from tests.bench.peer import PROGRAMS, REALTIME

ROOT = Path(__file__).parents[2]
_INTERPRETERS = {"pipecat": "vpipe", "livekit": "vlk"}
CONTESTANTS = ("sayso", *PROGRAMS)
SPEAKING = ("sayso", *REALTIME)
_DELAYS = {
    "stt_ms": 150,
    "ttft_ms": 200,
    "tok_ms": 20,
    "tts_ttfb_ms": 120,
    "tts_rate": 4.0,
    "tts_ms_per_char": 22,
}
_PLANS = {
    False: {"turns": 20, "barges": 8, "idle_s": 30},
    True: {"turns": 3, "barges": 2, "idle_s": 5},
}
_SPOKEN_PLANS = {
    False: {"turns": 8, "barges": 5, "idle_s": 15},
    True: {"turns": 3, "barges": 2, "idle_s": 5},
}
_WINDOW_PLANS = {
    False: {"turns": 4, "barges": 0, "idle_s": 45},
    True: {"turns": 2, "barges": 0, "idle_s": 5},
}
_LONGEST_S = 480
_CAPTIONS = {
    "conversation": "turns, interruptions and listening",
    "realtime": "the same, speech to speech",
    "window": "listening with the window open",
    "hesitations": "sentences with pauses, side by side",
    "false_stops": "noises during replies, side by side",
    "realtime_hesitations": "sentences with pauses, speech to speech",
    "realtime_false_stops": "noises during replies, speech to speech",
    "startup": "from exec to window and to listening",
    "devices": "a few turns through a real sound server",
}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Where things are, and how much is done."""

    bench: Path
    corpus: Path
    out: Path
    quick: bool

    def command(
        self, who: str, script: str, port: int, *, window: bool = False, realtime: bool = False
    ) -> list[str]:
        """The run of a contestant."""
        plans = _WINDOW_PLANS if window else _SPOKEN_PLANS if realtime else _PLANS
        plan = plans[self.quick]
        spoken = "realtime" if script == "conversation" else f"realtime_{script}"
        name = f"{'window' if window else spoken if realtime else script}-{who}.json"
        arguments = [
            *(script, "--bench", str(self.bench), "--corpus", str(self.corpus)),
            *("--base-url", f"http://127.0.0.1:{port}", "--plan", json.dumps(plan)),
            *("--out", str(self.out / name)),
        ]
        if who == "sayso":
            return [
                *(sys.executable, "-m", "tests.bench.sayso", *arguments),
                *(["--window"] if window else []),
                *(["--realtime"] if realtime else []),
            ]
        python = self.bench / _INTERPRETERS[who.partition("_")[0]] / "bin" / "python"
        way = ["--realtime"] if realtime else []
        return [str(python), "-m", "tests.bench.peer", who, *arguments, *way]

    @contextlib.contextmanager
    def server(self) -> Iterator[int]:
        """A fresh server with the usual delays; its port."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        python = self.bench / "base" / "bin" / "python"
        places = ["--bench", str(self.bench), "--corpus", str(self.corpus), "--port", str(port)]
        process = subprocess.Popen(
            [str(python), "-m", "tests.bench.timed_server", *places],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # tells of every request that was given up
        )
        assert process.stdout is not None
        try:
            if process.stdout.readline() != b"ready\n":
                raise RuntimeError("the server does not start")
            _post(f"http://127.0.0.1:{port}/_config", _DELAYS)
            yield port
        finally:
            process.terminate()
            process.wait()
            process.stdout.close()


def one_by_one(comparison: Comparison, who: str) -> None:
    """A contestant's conversation, with the machine for itself."""
    with comparison.server() as port:
        _finish([(who, _start(comparison.command(who, "conversation", port)))])


def speech_to_speech(comparison: Comparison, who: str) -> None:
    """The same conversation by a contestant's realtime service."""
    with comparison.server() as port:
        command = comparison.command(who, "conversation", port, realtime=True)
        _finish([(who, _start(command))])


def with_window(comparison: Comparison) -> None:
    """Sayso with its window on a private screen."""
    with comparison.server() as port:
        _finish([("sayso", _start(comparison.command("sayso", "conversation", port, window=True)))])


def side_by_side(comparison: Comparison, script: str, *, realtime: bool = False) -> None:
    """All contestants at a time: what is counted here does not depend on a few milliseconds."""
    with contextlib.ExitStack() as stack:
        runs = []
        for who in SPEAKING if realtime else CONTESTANTS:
            port = stack.enter_context(comparison.server())
            command = comparison.command(who, script, port, realtime=realtime)
            runs.append((who, _start(command)))
        _finish(runs)


def program(comparison: Comparison, name: str) -> None:
    """A program of the bench that measures Sayso by itself."""
    with comparison.server() as port:
        command = [
            *(sys.executable, "-m", f"tests.bench.{name}"),
            *("--base-url", f"http://127.0.0.1:{port}", "--bench", str(comparison.bench)),
            *("--out", str(comparison.out / f"{name}.json")),
            *(["--quick"] if comparison.quick else []),
        ]
        _finish([("sayso", _start(command))])


def run(comparison: Comparison, steps: Sequence[str]) -> list[str]:
    """All steps; what failed."""
    acts: dict[str, Callable[[], None]] = {
        f"conversation {who}": partial(one_by_one, comparison, who) for who in CONTESTANTS
    }
    acts |= {f"realtime {who}": partial(speech_to_speech, comparison, who) for who in SPEAKING}
    acts |= {
        "window": partial(with_window, comparison),
        "startup": partial(program, comparison, "startup"),
        "devices": partial(program, comparison, "real_devices"),
        "hesitations": partial(side_by_side, comparison, "hesitations"),
        "false_stops": partial(side_by_side, comparison, "false_stops"),
        "realtime_hesitations": partial(side_by_side, comparison, "hesitations", realtime=True),
        "realtime_false_stops": partial(side_by_side, comparison, "false_stops", realtime=True),
    }
    failed = []
    for name, act in acts.items():
        step = name.partition(" ")[0]
        if steps and not {step, name} & set(steps):
            continue
        began_s = time.monotonic()
        print(f"{time.strftime('%H:%M:%S')} {name}: {_CAPTIONS[step]} …", flush=True)
        try:
            act()
        except (RuntimeError, OSError) as error:
            failed.append(name)
            print(f"  FAILED: {error}", flush=True)
        print(f"  {time.monotonic() - began_s:.0f} s", flush=True)
        try:
            table.write(comparison.out, failed)
        except (KeyError, TypeError, ValueError) as error:
            print(f"  no table: {error!r}", flush=True)
    return failed


def _start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _finish(runs: list[tuple[str, subprocess.Popen[str]]]) -> None:
    """Wait for all. Raises RuntimeError with the end of what the failed ones printed."""
    until, failed = time.monotonic() + _LONGEST_S, []
    for who, process in runs:
        try:
            output, _ = process.communicate(timeout=max(1.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.terminate()
            try:
                output, _ = process.communicate(timeout=15)
            except subprocess.TimeoutExpired:
                process.kill()
                output, _ = process.communicate()
            output += " (took too long)"
        if process.returncode:
            failed.append(f"{who}: {output[-600:].strip()}")
    if failed:
        raise RuntimeError("; ".join(failed))


def _post(url: str, body: object) -> None:
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    urllib.request.urlopen(request).close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bench", type=Path, default=os.environ.get("SAYSO_BENCH"))
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    one = [f"conversation {who}" for who in CONTESTANTS]
    one += [f"realtime {who}" for who in SPEAKING]
    parser.add_argument("--only", action="append", default=[], choices=(*_CAPTIONS, *one))
    parser.add_argument("--quick", action="store_true", help="a few turns, to try the harness")
    options = parser.parse_args()
    if options.bench is None:
        parser.error("--bench or SAYSO_BENCH names the folder of the peers' harness")
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sayso-corpus-") as folder:
        corpus.build(Path(options.bench), Path(folder))
        comparison = Comparison(
            Path(options.bench).resolve(), Path(folder), options.out.resolve(), options.quick
        )
        failed = run(comparison, options.only)
    print((options.out / "table.md").read_text())
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
