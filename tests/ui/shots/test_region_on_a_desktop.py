"""Dragging on a real display: every pixel counts, on monitors of different scales too."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.desk.child import Child, merged
from tests.desk.need import need_programs
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk

PROGRAM = Path(__file__).with_name("region_program.py")
ROOT = Path(__file__).parents[3]
DIMMED_BELOW = 200
"""The blue of the frozen desktop is 255."""


class Desk:
    """A terminal with the keyboard below the frozen desktop."""

    def __init__(self, screen: Screen, folder: Path, stack: ExitStack) -> None:
        self.screen = screen
        self.folder = folder
        self._stack = stack
        command = ["xterm", "-T", "target", "-geometry", "60x10+100+100"]
        stack.callback(Child(command, folder, environment=merged(screen.environment)).end)
        screen.wait_for_active("^target$")

    def freeze(self, *monitors: str, **environment: str) -> None:
        """Show the overlay, and wait until it covers all of the screen."""
        qt = {"QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT), **environment}
        self.program = Child(
            [sys.executable, str(PROGRAM), *monitors],
            self.folder,
            environment=merged(self.screen.environment, qt),
            stdout=subprocess.PIPE,
        )
        self._stack.callback(self.program.end)
        assert self.heard() == "open"
        wait_until(self._is_covered, "the frozen desktop on the whole screen")

    def heard(self) -> str:
        """The next line of the program."""
        assert self.program.process.stdout is not None
        return self.program.process.stdout.readline().decode().strip()

    def drag(self, *places: tuple[int, int]) -> None:
        """Hold the button from the first place to the last."""
        (x, y), *others = places
        self.screen.xdotool("mousemove", x, y, "mousedown", 1)
        for x, y in others:
            self.screen.xdotool("mousemove", x, y)
        wait_until(lambda: self.is_lit(*places[0]), "what is dragged is not dimmed")
        self.screen.xdotool("mouseup", 1)

    def is_lit(self, x: int, y: int) -> bool:
        """Whether the desktop is as it was, two pixels within a corner."""
        return int(self.screen.picture()[y + 2, x + 2][0]) >= 0x40

    def _is_covered(self) -> bool:
        picture = self.screen.picture()
        corners = [picture[y, x] for y in (5, -5) for x in (5, -5)]
        return all(0 < int(corner[2]) < DIMMED_BELOW for corner in corners)


@pytest.fixture
def desk(screen: Screen, tmp_path: Path) -> Iterator[Desk]:
    need_programs("xterm", "xdotool", "openbox")
    with ExitStack() as stack:
        yield Desk(screen, tmp_path, stack)
    screen.wait_until_gone("^target$")


def test_it_takes_the_keyboard_from_the_program_that_had_it(desk: Desk) -> None:
    desk.freeze("0,0,1920,1080,1")
    desk.drag((200, 300), (400, 350), (519, 419))
    desk.screen.xdotool("key", "Right", "key", "shift+Down", "key", "ctrl+Left", "key", "Return")
    assert desk.heard() == "chosen 201 310 319 120"
    desk.screen.wait_for_active("^target$")


def test_escape_gives_it_up(desk: Desk) -> None:
    desk.freeze("0,0,1920,1080,1")
    desk.screen.xdotool("key", "Escape")
    assert desk.heard() == "chosen none"


def test_twice_the_scale_still_chooses_single_pixels(desk: Desk) -> None:
    desk.freeze("0,0,1920,1080,2", QT_SCALE_FACTOR="2")
    desk.drag((201, 301), (400, 350), (519, 420))
    desk.screen.xdotool("key", "ctrl+Right", "key", "Return")
    assert desk.heard() == "chosen 201 301 320 120"


@pytest.fixture
def two_monitors(screen: Screen) -> Iterator[None]:
    need_programs("xrandr")

    def xrandr(*words: str) -> None:
        subprocess.run(["xrandr", *words], env=merged(screen.environment), check=True)

    xrandr("--setmonitor", "LEFT", "960/300x1080/300+0+0", "screen")
    xrandr("--setmonitor", "RIGHT", "960/300x1080/300+960+0", "none")
    yield
    xrandr("--delmonitor", "RIGHT")
    xrandr("--delmonitor", "LEFT")


@pytest.mark.usefixtures("two_monitors")
def test_monitors_of_different_scales_and_a_drag_across_them(desk: Desk) -> None:
    monitors = ("0,0,960,1080,1", "960,0,960,1080,2")
    scales = {"QT_SCALE_FACTOR": "1", "QT_SCREEN_SCALE_FACTORS": "LEFT=1;RIGHT=2"}
    desk.freeze(*monitors, **scales)
    desk.drag((1001, 101), (1100, 200), (1201, 250))
    desk.screen.xdotool("key", "Return")
    assert desk.heard() == "chosen 1001 101 201 150"
    desk.freeze(*monitors, **scales)
    desk.drag((901, 101), (950, 150), (1101, 301))
    desk.screen.xdotool("key", "Return")
    assert desk.heard() == "chosen 901 101 201 201"
