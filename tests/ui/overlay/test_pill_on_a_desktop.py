"""The pill beside a real window manager: the keyboard stays where it was, clicks and all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from tests.desk.child import Child, merged
from tests.desk.need import need_programs
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.desk

PROGRAM = Path(__file__).with_name("pill_program.py")
ROOT = Path(__file__).parents[3]


class Desk:
    """A terminal with the keyboard, and a program that shows the pill."""

    def __init__(self, screen: Screen, folder: Path, stack: ExitStack, scale: float = 1.0) -> None:
        self.screen = screen
        self.typed = folder / "typed"
        command = ["xterm", "-T", "target", "-geometry", "60x10+100+100", "-e", "sh", "-c",
                   f"exec cat > {self.typed}"]  # fmt: skip
        stack.callback(Child(command, folder, environment=merged(screen.environment)).end)
        screen.wait_for_active("^target$")
        environment = merged(
            screen.at_scale(scale), {"QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        )
        self.program = Child(
            [sys.executable, str(PROGRAM)],
            folder,
            environment=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        stack.callback(self.program.end)

    def tell(self, line: str) -> list[int]:
        """Give it an event; where the pill is now, and the middle of its button."""
        assert self.program.process.stdin is not None
        self.program.process.stdin.write(f"{line}\n".encode())
        self.program.process.stdin.flush()
        word, *numbers = self.heard().split()
        assert word == "at"
        return [int(number) for number in numbers]

    def heard(self) -> str:
        """The next line of the program."""
        assert self.program.process.stdout is not None
        return self.program.process.stdout.readline().decode()

    def is_drawn(self, x: int, y: int) -> bool:
        """Whether a pixel is not of the bare screen."""
        return tuple(self.screen.picture()[y, x]) != (0, 0, 0)

    def pill_at(self, middle: int) -> tuple[int, int] | None:
        """Left edge and width of the pill in the display's pixels, once it is about there."""
        found = self.screen.xdotool("search", "--onlyvisible", "--name", "^Sayso dictation$")
        shape = self.screen.xdotool("getwindowgeometry", "--shell", found.split()[0])
        values = dict(line.split("=") for line in shape.split() if "=" in line)
        left, width = int(values["X"]), int(values["WIDTH"])
        return (left, width) if left + width // 2 == middle else None

    def types(self, text: str) -> None:
        """Keys go to the terminal, as they did before the pill."""
        self.screen.xdotool("type", "--delay", 20, text)
        self.screen.xdotool("key", "Return")
        wait_until(lambda: text in self.typed.read_text(), f"{text!r} in the terminal")


@pytest.fixture
def desk(screen: Screen, tmp_path: Path) -> Iterator[Desk]:
    need_programs("xterm", "xdotool", "openbox")
    with ExitStack() as stack:
        yield Desk(screen, tmp_path, stack)
    screen.wait_until_gone("^target$")


def test_the_keyboard_stays_where_it_was_even_after_a_click(desk: Desk) -> None:
    x, y, width, height, *_ = desk.tell("start 300 300")
    assert (x, y, width, height) == ((1920 - 280) // 2, 1080 - 32 - 48, 280, 48)
    wait_until(lambda: desk.is_drawn(x + 140, y + 24), "the pill on the screen")
    desk.screen.wait_for_active("^target$")
    desk.types("while it listens")
    *_, button_x, button_y = desk.tell("held")
    wait_until(lambda: desk.is_drawn(button_x, button_y), "the button on the screen")
    desk.types("while it waits")
    desk.screen.xdotool("mousemove", button_x, button_y, "click", 1)
    assert desk.heard().strip() == "asked CopyDictation"
    desk.screen.wait_for_active("^target$")
    desk.types("after the click")


def test_no_window_list_names_it(desk: Desk) -> None:
    x, y, *_ = desk.tell("start 300 300")
    wait_until(lambda: desk.is_drawn(x + 140, y + 24), "the pill on the screen")
    assert [window.title for window in desk.screen.windows()] == ["target"]


def test_clicks_go_through_while_it_listens(desk: Desk) -> None:
    desk.screen.xdotool("search", "--name", "^target$", "windowmove", 820, 850)
    x, y, *_ = desk.tell("start 300 300")
    window = wait_until(
        lambda: next((w for w in desk.screen.windows() if abs(w.y - 850) < 40), None),
        "the terminal below the pill",
    )
    assert window.y < y < window.y + window.height
    desk.screen.xdotool("mousemove", x + 140, y + 24)
    under = desk.screen.xdotool("getmouselocation", "--shell")
    found = int(under.split("WINDOW=")[1].split()[0])
    pill = desk.screen.xdotool("search", "--name", "^Sayso dictation$").split()
    assert str(found) not in pill


def test_it_grows_upward_and_moves_to_the_top_when_the_caret_is_below(desk: Desk) -> None:
    _, y, _, height, *_ = desk.tell("start 300 300")
    _, grown_y, _, grown, *_ = desk.tell("partial")
    assert grown > height
    assert grown_y + grown == y + height
    _, top, *_ = desk.tell("start 960 1000")
    assert top == 32


@pytest.fixture
def two_monitors(screen: Screen) -> Iterator[Screen]:
    """The screen as two monitors side by side, of 960 and 960 pixels."""
    need_programs("xrandr")

    def xrandr(*arguments: str) -> None:
        subprocess.run(["xrandr", *arguments], env=merged(screen.environment), check=True)

    xrandr("--setmonitor", "left", "960/300x1080/300+0+0", "screen")
    xrandr("--setmonitor", "right", "960/300x1080/300+960+0", "none")
    yield screen
    xrandr("--delmonitor", "right")
    xrandr("--delmonitor", "left")


@pytest.mark.parametrize(("scale", "width"), [(1.0, 280), (2.0, 560)])
def test_it_stands_on_the_monitor_with_the_caret(
    two_monitors: Screen, tmp_path: Path, scale: float, width: int
) -> None:
    need_programs("xterm", "xdotool", "openbox")
    with ExitStack() as stack:
        desk = Desk(two_monitors, tmp_path, stack, scale)
        for caret_x, middle in ((300, 480), (1300, 1440)):
            desk.tell(f"start {caret_x} 300")
            window = wait_until(partial(desk.pill_at, middle), f"the pill about {middle}")
            assert window == (middle - width // 2, width)
    two_monitors.wait_until_gone("^target$")
