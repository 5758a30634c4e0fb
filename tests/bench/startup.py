"""From exec to a painted window and to an open microphone. Run: python -m tests.bench.startup

A private X server without a window manager and a private sound server; an empty PySide6 window is
started in turn with Sayso. Painted: the first pixels of the window are on the screen; of Sayso's
that is its outline. Complete: its list of conversations, with its buttons, is as it stays.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pulsectl

from tests.bench.peer import write
from tests.bench.sayso import ROOT, settings
from tests.desk.child import merged
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer

_EMPTY = """\
import sys
from PySide6.QtWidgets import QApplication, QWidget
application = QApplication(sys.argv)
window = QWidget()
window.resize(900, 640)
window.show()
application.exec()
"""
_RUNS = 9
_LONGEST_S = 20.0
_SETTLED_S = 8.0
_SPARSE = 4099
_HEADER = 4096
_LIST_WIDTH, _LIST_HEIGHT = 240, 680


class BareScreen(Screen):
    """Nothing on it draws but the program under test."""

    def _start_window_manager(self) -> None:
        return

    def watch(self) -> npt.NDArray[np.uint8]:
        """Some of the screen's bytes, as they are at any time."""
        shown = np.memmap(self._frame_buffer, np.uint8, "r")
        return shown[_HEADER::_SPARSE]

    def watch_list(self) -> npt.NDArray[np.uint8]:
        """The list of conversations at the window's left, as it is at any time."""
        shown = np.memmap(self._frame_buffer, np.uint8, "r")
        lines = shown[-self.width * self.height * 4 :].reshape(self.height, self.width * 4)
        return lines[:_LIST_HEIGHT, : _LIST_WIDTH * 4]


@contextlib.contextmanager
def running(command: list[str], environment: Mapping[str, str]) -> Iterator[float]:
    """A program in a session of its own; when it was started."""
    started_s = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield started_s
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(8)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.wait()


def painted_ms(screen: BareScreen, started_s: float) -> float:
    """When the screen changes."""
    shown = screen.watch()
    before = np.array(shown)
    while time.monotonic() < started_s + _LONGEST_S:
        if not np.array_equal(shown, before):
            return (time.monotonic() - started_s) * 1000
        time.sleep(0.001)
    raise SystemExit("nothing was painted")


def ready_ms(
    screen: BareScreen, complete: npt.NDArray[np.uint8], pulse: pulsectl.Pulse, started_s: float
) -> tuple[float, float]:
    """When the list looks `complete`, and when a program records from the microphone."""
    shown = screen.watch_list()
    complete_ms = listening_ms = 0.0
    while time.monotonic() < started_s + _LONGEST_S:
        now_ms = (time.monotonic() - started_s) * 1000
        if not complete_ms and np.array_equal(shown, complete):
            complete_ms = now_ms
        if not listening_ms and any(
            not s.corked for s in pulse.source_output_list() if s.client < 0xFFFF_FFFF
        ):
            listening_ms = now_ms
        if complete_ms and listening_ms:
            return complete_ms, listening_ms
        time.sleep(0.004)
    raise SystemExit("nobody listens, or the window is never complete")


def wait_until_dark(screen: BareScreen, dark: np.ndarray) -> None:
    """Wait until the window is gone."""
    until = time.monotonic() + 5
    while not np.array_equal(screen.watch(), dark) and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.3)


def _complete(
    screen: BareScreen, environment: Mapping[str, str], base_url: str
) -> npt.NDArray[np.uint8]:
    """The list of conversations of a Sayso that has been there for some time."""
    with tempfile.TemporaryDirectory() as home:
        settings(Path(home), base_url)
        command = [sys.executable, "-m", "app"]
        with running(command, {**environment, "SAYSO_HOME": home}):
            time.sleep(_SETTLED_S)
            return np.array(screen.watch_list())


def measure(base_url: str, runs: int) -> dict[str, Any]:
    """The medians and all single times."""
    times: dict[str, list[float]] = {
        name: [] for name in ("empty_window_ms", "window_ms", "complete_ms", "listening_ms")
    }
    with contextlib.closing(BareScreen()) as screen, contextlib.closing(SoundServer()) as sound:
        environment = merged(screen.environment, sound.environment)
        environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
        dark = np.array(screen.watch())
        complete = _complete(screen, environment, base_url)
        with pulsectl.Pulse("bench", server=environment["PULSE_SERVER"]) as pulse:
            for number in range(runs + 1):
                wait_until_dark(screen, dark)
                with running([sys.executable, "-c", _EMPTY], environment) as started_s:
                    empty_ms = painted_ms(screen, started_s)
                wait_until_dark(screen, dark)
                with tempfile.TemporaryDirectory() as home:
                    settings(Path(home), base_url)
                    command = [sys.executable, "-m", "app"]
                    with running(command, {**environment, "SAYSO_HOME": home}) as started_s:
                        window_ms = painted_ms(screen, started_s)
                        whole_ms, heard_ms = ready_ms(screen, complete, pulse, started_s)
                if number:
                    times["empty_window_ms"].append(empty_ms)
                    times["window_ms"].append(window_ms)
                    times["complete_ms"].append(whole_ms)
                    times["listening_ms"].append(heard_ms)
    medians = {name: round(statistics.median(found)) for name, found in times.items()}
    return {
        **medians,
        "runs": runs,
        "all_ms": {k: [round(v) for v in vs] for k, vs in times.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--base-url", default="http://127.0.0.1:9", help="of a server, without /v1")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--bench", help="not used")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    result = measure(options.base_url, 2 if options.quick else _RUNS)
    print(result)
    if options.out is not None:
        write(options.out, result)


if __name__ == "__main__":
    main()
