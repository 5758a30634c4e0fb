"""One run of Sayso's whole app: python -m tests.bench.sayso conversation --bench DIR ...

The app and its engine are processes of their own; this one plays the script and reads the times.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from tests.bench import scripts
from tests.bench.board import Board, Cell
from tests.bench.clips import Samples
from tests.bench.devices import MICROPHONE_HZ
from tests.bench.engine import BOARD
from tests.bench.peer import plain_utterances, reported, write
from tests.bench.usage import children_of, usage_of

ROOT = Path(__file__).parents[2]
_START_S = 30.0
_SETTINGS = """\
[general]
listen_at_start = true
first_run_done = true
[chat]
source = "server"
[transcription]
source = "server"
[speech]
source = "server"
[server]
base_url = "{base_url}/v1"
"""
_REALTIME = """\
[realtime]
engine = "realtime"
"""


class BenchMic:
    """The harness's `Mic` for Sayso: orders clips on the board."""

    sr = MICROPHONE_HZ
    late_ms = 0.0

    def __init__(self, board: Board) -> None:
        self._board = board

    def play(self, samples: Samples) -> None:
        """Let somebody say this; returns when it has begun."""
        board = self._board
        number = int(board[Cell.ORDERED]) + 1
        samples.astype("<i2").tofile(board.clip_path(number))
        board[Cell.ORDERED] = number
        until = time.monotonic() + 1.0
        while board[Cell.SAID] != number and time.monotonic() < until:
            time.sleep(0.002)
        board.clip_path(number).unlink()

    @property
    def onset(self) -> float:
        """When the clip began."""
        return self._board[Cell.ONSET]

    @property
    def eos(self) -> float:
        """When the clip ends."""
        return self._board[Cell.EOS]

    @property
    def echo(self) -> float:
        """How much of the loudspeaker's sound the microphone hears."""
        return self._board[Cell.ECHO]

    @echo.setter
    def echo(self, gain: float) -> None:
        self._board[Cell.ECHO] = gain


class BenchLoudspeaker:
    """The harness's `Speaker` for Sayso: reads the board."""

    resumes: tuple[float, ...] = ()

    def __init__(self, board: Board) -> None:
        self._board = board
        self._armed_s = 0.0

    def arm(self) -> None:
        """Begin to watch anew."""
        self._board[Cell.ARMED] += 1
        self._armed_s = time.monotonic()

    @property
    def first(self) -> float:
        """When the first sound since `arm` was taken; 0 before."""
        first = self._board[Cell.FIRST]
        return first if first > self._armed_s else 0.0

    @property
    def last_write(self) -> float:
        """When the last sound was taken."""
        return self._board[Cell.LAST]

    @property
    def head(self) -> float:
        """Until when there is sound in the device."""
        return self._board[Cell.HEAD]

    @property
    def playing(self) -> bool:
        """Whether it sounds now."""
        return time.monotonic() < self.head

    @property
    def runs(self) -> list[tuple[float, float]]:
        """From when to when it sounded since `arm`."""
        return self._board.runs if self.first else []

    @property
    def gaps(self) -> list[float]:
        """The silences between them, seconds."""
        runs = self.runs
        return [b[0] - a[1] for a, b in zip(runs[:-1], runs[1:], strict=True)]


def settings(home: Path, base_url: str, *, realtime: bool = False) -> None:
    """A home in which everything is done by the server, from the start."""
    (home / "config").mkdir(parents=True)
    text = _SETTINGS.format(base_url=base_url) + (_REALTIME if realtime else "")
    (home / "config" / "settings.toml").write_text(text)


class RunningApp:
    """Sayso with a home and devices of its own. Ended with the context."""

    def __init__(
        self,
        folder: Path,
        base_url: str,
        environment: Mapping[str, str],
        *,
        window: bool,
        realtime: bool = False,
    ) -> None:
        settings(folder, base_url, realtime=realtime)
        self.board = Board(folder / "board", create=True)
        self._log = (folder / "output").open("wb")
        self._pipe, kept_open = os.pipe()
        self._kept_open = kept_open
        self.started_s = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.sayso_app", *([] if window else ["talk"])],
            cwd=ROOT,
            env={**environment, "SAYSO_HOME": str(folder), BOARD: str(folder / "board")},
            stdin=self._pipe,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
        )

    def wait_until_listening(self) -> float:
        """Wait for the microphone; seconds since the start."""
        until = time.monotonic() + _START_S
        while not self.board[Cell.LISTENING]:
            if self._process.poll() is not None or time.monotonic() > until:
                raise SystemExit(f"Sayso does not listen: {self.output()[-500:]}")
            time.sleep(0.01)
        return self.board[Cell.LISTENING] - self.started_s

    @property
    def pids(self) -> list[int]:
        """The app and its engine."""
        return [self._process.pid, *children_of(self._process.pid)]

    def output(self) -> str:
        """What it printed."""
        return Path(self._log.name).read_text(errors="replace")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(8)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._pipe)
        os.close(self._kept_open)
        self._log.close()


@contextlib.contextmanager
def surroundings(*, window: bool) -> Iterator[dict[str, str]]:
    """An environment without a desktop, or with a private screen."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "OPENAI_API_KEY")
    plain = {name: value for name, value in os.environ.items() if name not in hidden}
    if not window:
        yield plain
        return
    from tests.desk.screen import Screen

    with contextlib.closing(Screen()) as screen:
        yield {**plain, **screen.environment}


def run(options: argparse.Namespace) -> dict[str, Any]:
    """Play the script; the result, as the peers have it."""
    os.environ["FAKE_BASE"] = options.base_url
    sys.path.insert(0, str(options.bench))
    common: Any = importlib.import_module("common")
    common.utterances = lambda sr=16_000: plain_utterances(options.bench, sr)
    common.http("/_reset", {})
    with (
        tempfile.TemporaryDirectory(prefix="sayso-bench-") as folder,
        surroundings(window=options.window) as environment,
        RunningApp(
            Path(folder) / "home",
            options.base_url,
            environment,
            window=options.window,
            realtime=options.realtime,
        ) as app,
    ):
        listening_s = app.wait_until_listening()
        stage = scripts.Stage(
            common,
            BenchMic(app.board),
            BenchLoudspeaker(app.board),
            options.corpus,
            lambda: usage_of(app.pids),
        )
        found = scripts.SCRIPTS[options.script](stage, scripts.Plan(**json.loads(options.plan)))
        late = {"mic_late_ms": round(app.board[Cell.LATE_MS], 1)}
        if options.script != "conversation":
            return {"trials": found, **late}
        turns, extra = found
        extra |= {"exec_to_ready_s": round(listening_s, 2), **late}
        return reported(common, common.report, "sayso", turns, extra)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("script", choices=tuple(scripts.SCRIPTS))
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--corpus", type=Path, required=True)
    parser.add_argument("--base-url", required=True, help="of the server, without /v1")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--plan", default="{}")
    parser.add_argument("--window", action="store_true", help="with the window, not the terminal")
    parser.add_argument("--realtime", action="store_true", help="speech to speech")
    options = parser.parse_args()
    options.out.parent.mkdir(parents=True, exist_ok=True)
    # Ended from outside, it ends the app with its context.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    write(options.out, run(options))


if __name__ == "__main__":
    main()
