"""From the grab to the preview, beside `mss` alone: `python -m tests.bench.screenshots`.

An X server of its own, half of it letters and half a noisy photo, with ten windows over it. The
rounds of all contestants take turns in one process. `--rounds N` for more than 15.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, closing

import mss
import numpy as np
from PIL import Image
from Xlib import X, display

from app.desktop.screen import ScreenText
from app.desktop.x11_screens import X11Screens
from app.inbox import Inbox
from app.notices import NoticeBoard
from app.sessions.shots import ShotParts, ShotSession
from app.shots import commands, events
from app.shots.clipboard import PictureClipboard
from app.shots.grabbing import Grabber
from app.shots.shelf import ShotShelf
from app.shots.shot import Edit, EditKind, Rect, ShotKind
from tests.desk.screen import Screen
from tests.shots.pictures import lettered, noisy

SIZES = ((1920, 1080), (3840, 2160))
_WINDOWS = 10
_STRIP = 64


def _fill(name: str, width: int, height: int) -> None:
    """Ten windows of another program, on a ground; until its input ends."""
    link = display.Display(name)
    picture = Image.new("RGB", (width, height))
    picture.paste(lettered(width // 2, height), (0, 0))
    picture.paste(noisy(width - width // 2, height), (width // 2, 0))
    root = link.screen().root
    pen = root.create_gc(subwindow_mode=X.IncludeInferiors)
    data = np.asarray(picture)[:, :, ::-1]
    rows = np.zeros((height, width, 4), np.uint8)
    rows[:, :, :3] = data
    ground = root.create_pixmap(width, height, 24)
    columns = (1 << 17) // _STRIP // 4
    for top in range(0, height, _STRIP):
        for left in range(0, width, columns):
            part = rows[top : top + _STRIP, left : left + columns]
            high, wide = part.shape[:2]
            ground.put_image(pen, left, top, wide, high, X.ZPixmap, 24, 0, part.tobytes())
    root.change_attributes(background_pixmap=ground)
    root.clear_area()
    for number in range(_WINDOWS):
        window = root.create_window(
            50 + 60 * number, 40 + 50 * number, 400, 300, 0, X.CopyFromParent,
            background_pixmap=ground, override_redirect=True,
        )  # fmt: skip
        window.set_wm_name(f"window {number}")
        window.map()
    link.sync()
    print("shown", flush=True)
    sys.stdin.read()


def _filled(screen: Screen, stack: ExitStack) -> None:
    command = [sys.executable, "-m", "tests.bench.screenshots", "--fill", screen.display]
    size = [str(screen.width), str(screen.height)]
    program = subprocess.Popen(
        [*command, *size], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    stack.callback(program.wait)
    assert program.stdin is not None
    assert program.stdout is not None
    stack.callback(program.stdin.close)
    assert program.stdout.readline() == "shown\n"


class _Sayso:
    """The session as it is wired, but for the window."""

    def __init__(self, screen: Screen) -> None:
        self.screens = X11Screens(screen.display, bus="unix:path=/nonexistent")
        self.inbox = Inbox()
        self._waiting: dict[type, asyncio.Future[object]] = {}
        shelf = ShotShelf(
            self.hear,
            self.inbox.spawn,
            lambda: "gpt-6-luna",
            lambda *_: ScreenText((), (), frozenset()),
        )
        parts = ShotParts(
            grabber=Grabber(self.screens, lambda: ("keepass", "1password")),
            clipboard=PictureClipboard({}),
            shelf=shelf,
            notices=NoticeBoard(self.hear),
            previews=lambda: True,
            publish=self.hear,
            spawn=self.inbox.spawn,
        )
        self.session = ShotSession(parts)

    def hear(self, event: object) -> None:
        waiting = self._waiting.pop(type(event), None)
        if waiting is not None:
            waiting.set_result(event)

    async def ask(
        self, command: commands.ShotCommand, *kinds: type
    ) -> tuple[list[object], list[float]]:
        """The events of these kinds, and when each came, in ms."""
        loop = asyncio.get_running_loop()
        waiting = {kind: loop.create_future() for kind in kinds}
        self._waiting = dict(waiting)
        began = time.perf_counter()
        await self.session.on_command(command)
        told, times = [], []
        for kind in kinds:
            told.append(await waiting[kind])
            times.append((time.perf_counter() - began) * 1000)
        return told, times


async def _rounds(screen: Screen, rounds: int) -> dict[str, list[float]]:
    took: dict[str, list[float]] = defaultdict(list)
    sayso = _Sayso(screen)
    with mss.MSS(display=screen.display) as plain:

        def by_mss() -> None:
            bytes(plain.grab((0, 0, screen.width, screen.height)).raw)

        async def by_sayso() -> None:
            told, times = await sayso.ask(
                commands.TakeShot(ShotKind.ALL), events.ShotTaken, events.ShotPrepared
            )
            took["grab to preview"].append(times[0])
            took["grab to the bytes that are sent"].append(times[1])
            prepared = told[1]
            assert isinstance(prepared, events.ShotPrepared)
            shot_id = prepared.attachment.shot_id
            edits = (Edit(EditKind.BLUR, Rect(100, 100, 400, 120)),)
            _, times = await sayso.ask(commands.EditShot(shot_id, edits), events.ShotPrepared)
            took["an edit to the bytes that are sent"].append(times[0])
            await sayso.session.on_command(commands.RemoveShot(shot_id))

        for number in range(rounds + 1):
            if number == 1:
                took.clear()  # the first one loads the libraries
            await _timed(took, "mss alone", asyncio.to_thread, by_mss)
            await _timed(took, "look: monitors, windows, pointer", sayso.screens.look)
            await _timed(took, "grab of everything", sayso.screens.grab, None)
            await by_sayso()
    await sayso.screens.close()
    await sayso.inbox.cancel_all()
    return took


async def _timed(
    took: dict[str, list[float]], name: str, work: Callable[..., Awaitable[object]], *given: object
) -> None:
    began = time.perf_counter()
    await work(*given)
    took[name].append((time.perf_counter() - began) * 1000)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--fill", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        _fill(options.fill[0], int(options.fill[1]), int(options.fill[2]))
        return
    rounds = options.rounds
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {rounds} rounds; ms")
    for width, height in SIZES:
        with ExitStack() as stack:
            screen = stack.enter_context(closing(Screen(width, height)))
            _filled(screen, stack)
            took = asyncio.run(_rounds(screen, rounds))
        print(f"\n{width} x {height}{'':32}median    p90  worst")
        for name, times in took.items():
            ordered = sorted(times)
            p90 = ordered[int(len(ordered) * 0.9)]
            print(f"{name:42} {statistics.median(times):6.1f} {p90:6.1f} {ordered[-1]:6.1f}")


if __name__ == "__main__":
    main()
