"""How long pictures hold the window up. Run: python -m tests.bench.picture_window

On a private X server of each size, in a process of its own: a beat every millisecond on the GUI
thread, and the longest time between two of them while the region overlay opens and is dragged over
all of the screen, and while a preview of the largest picture that models see opens and is covered.
Stalls are wall time, which other programs lengthen; own work is processor time of the GUI thread.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from tests.desk.child import merged
from tests.desk.screen import Screen

ROOT = Path(__file__).parents[2]
SIZES = ((1920, 1080), (3840, 2160))
_ROUNDS = 5
_STEPS = 40
_SETTLED_S = 0.4
_SEEN = {"tile": (1365, 768), "patch": (2730, 1536)}


def screen_of(width: int, height: int) -> bytes:
    """Half of it text-like, half of it noise, as BGRX."""
    rng = np.random.default_rng(7)
    pixels = np.full((height, width, 4), 240, np.uint8)
    pixels[:, width // 2 :, :3] = rng.integers(0, 255, (height, width - width // 2, 3))
    pixels[::9, : width // 2, :3] = 30
    return pixels.tobytes()


def encoded(width: int, height: int) -> bytes:
    """As PNG."""
    raw = np.frombuffer(screen_of(width, height), np.uint8).reshape(height, width, 4)
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(raw[:, :, 2::-1])).save(out, "PNG", compress_level=1)
    return out.getvalue()


def measure(width: int, height: int) -> dict[str, list[tuple[float, float]]]:
    """Longest gaps in ms, and the longest work of the GUI thread in one, on $DISPLAY."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    from app.shots.events import RegionWanted, ShotPrepared, ShotTaken
    from app.shots.shot import Attachment, Edit, EditKind, Monitor, Pixels, Rect
    from ui.placement import Placement
    from ui.shots.region_overlay import RegionOverlay
    from ui.theme import Theme
    from ui.window.window import Window

    application = QApplication([])
    theme = Theme(application)
    beats: list[tuple[float, float]] = []
    beat = QTimer(interval=1)
    beat.timeout.connect(lambda: beats.append((time.perf_counter(), time.thread_time())))
    beat.start()

    def longest(does: Callable[[], None]) -> tuple[float, float]:
        until = time.perf_counter() + 0.1
        while time.perf_counter() < until:
            application.processEvents()
        beats[:] = [(time.perf_counter(), time.thread_time())]
        QTimer.singleShot(0, does)
        until = time.perf_counter() + _SETTLED_S
        while time.perf_counter() < until:
            application.processEvents()
        pairs = list(zip(beats, beats[1:], strict=False))
        wall = max(after[0] - before[0] for before, after in pairs)
        work = max(after[1] - before[1] for before, after in pairs)
        return 1000 * wall, 1000 * work

    gaps: dict[str, list[tuple[float, float]]] = {}
    desktop = Pixels(width, height, screen_of(width, height))
    monitor = Monitor("", Rect(0, 0, width, height))
    window = Window(Placement())
    window.furnish(theme, lambda command: None)
    window.show()
    parts = {name: encoded(*size) for name, size in _SEEN.items()}
    for number in range(_ROUNDS):
        overlay = RegionOverlay(RegionWanted("r", (monitor,), desktop, (0, 0)))
        gaps.setdefault("overlay opens", []).append(longest(overlay.open))
        pane = overlay.panes[0]
        pane.pressed.emit((2, 2))
        for step in range(1, _STEPS + 1):
            place = (width * step // _STEPS - 2, height * step // _STEPS - 2)
            if step % 10:
                pane.moved.emit(place)
            else:
                gap = longest(partial(pane.moved.emit, place))
                gaps.setdefault("overlay is dragged", []).append(gap)
        overlay.give_up()
        for name, data in parts.items():
            shot_id, size = f"{name}{number}", _SEEN[name]
            made = Attachment(shot_id, data + bytes([number]), "image/png", *size, "", "Screen")
            edit = Edit(EditKind.COVER, Rect(0, 0, 99, 99))

            def tell(made: Attachment = made, edits: tuple[Edit, ...] = ()) -> None:
                window.on_event(ShotPrepared(made, edits=edits))

            window.on_event(ShotTaken(shot_id, Pixels(width, height, b""), "Screen"))
            gaps.setdefault(f"preview opens, {size[0]} x {size[1]}", []).append(longest(tell))
            gaps.setdefault("preview after an edit", []).append(
                longest(partial(tell, edits=(edit,)))
            )
    window.hide()
    return gaps


def main() -> int:
    """Print a table; `--here` measures in this process."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--here", nargs=2, type=int)
    options = parser.parse_args()
    if options.here:
        print(json.dumps(measure(*options.here)))
        return 0
    for width, height in SIZES:
        screen = Screen(width, height)
        try:
            command = [sys.executable, "-m", "tests.bench.picture_window", "--here"]
            done = subprocess.run(
                [*command, str(width), str(height)],
                cwd=ROOT,
                env=merged(screen.environment),
                stdout=subprocess.PIPE,
                check=True,
                text=True,
            )
        finally:
            screen.close()
        for name, gaps in json.loads(done.stdout.splitlines()[-1]).items():
            wall, work = np.array(gaps).T
            print(
                f"{width} x {height}  {name:28} stall: median {np.median(wall):4.0f} ms, "
                f"worst {max(wall):4.0f} ms; own work: median {np.median(work):4.0f} ms, "
                f"worst {max(work):4.0f} ms; n={len(gaps)}"
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
