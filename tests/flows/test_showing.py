"""Showing a picture by keyboard alone: what is behind the window, and never the window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import numpy as np
import pytest

from tests.desk.child import Child, merged
from tests.desk.need import need_programs
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until
from tests.flows.running import TITLE, RunningSayso

pytestmark = pytest.mark.desk

QUIET = "[general]\nfirst_run_done = true\n\n[speech]\naloud = false\n"
QUIET += '\n[screen]\nscreen_hotkey = "Ctrl+Alt+P"\n'
RED, DIM = (200, 0, 0), (110, 0, 0)


class Desk:
    """A red window behind Sayso's."""

    def __init__(self, screen: Screen, home: Path, stack: ExitStack) -> None:
        self.screen = screen
        command = ["xterm", "-T", "behind", "-bg", "#c80000", "-fg", "#c80000", "-b", "0"]
        command += ["-geometry", "320x90+0+0"]
        stack.callback(Child(command, home, environment=merged(screen.environment)).end)
        screen.wait_for_active("^behind$")
        self.sayso = stack.enter_context(RunningSayso(home, screen.environment, settings=QUIET))
        screen.wait_for_active(f"^{TITLE}$")
        self.window = next(w for w in screen.windows() if w.title == TITLE)
        wait_until(lambda: self.share(RED) < 0.1, "Sayso's window above the red one")

    def share(self, color: tuple[int, int, int]) -> float:
        """How much of the place of Sayso's window has about this colour."""
        at = self.window
        part = self.screen.picture()[at.y : at.y + at.height, at.x : at.x + at.width]
        return float((np.abs(part.astype(int) - color).max(axis=2) < 24).mean())

    def keys(self, *names: str) -> None:
        """Press these one after the other."""
        self.screen.xdotool("key", "--delay", 60, *names)

    def press_until(self, key: str, seen: Callable[[], bool], what: str) -> None:
        """Press it until it works: the core may still be on its way."""

        def works() -> bool:
            self.keys(key)
            with suppress(AssertionError):
                return wait_until(seen, what, timeout_s=6.0)
            return False

        wait_until(works, what, timeout_s=40)


@pytest.fixture
def desk(screen: Screen, tmp_path: Path) -> Iterator[Desk]:
    need_programs("xterm", "xdotool", "openbox")
    with ExitStack() as stack:
        yield Desk(screen, tmp_path, stack)
    screen.wait_until_gone("^behind$")


def test_a_region_of_what_is_behind_the_window(desk: Desk) -> None:
    desk.press_until(
        "ctrl+alt+r", lambda: desk.share(DIM) > 0.9, "the frozen desktop without Sayso"
    )
    assert desk.share(RED) < 0.05
    desk.keys("ctrl+shift+Right", "ctrl+shift+Down", "ctrl+shift+Right", "ctrl+shift+Down")
    desk.keys("Escape")
    wait_until(lambda: desk.share(DIM) < 0.1, "the window again")
    desk.screen.wait_for_active(f"^{TITLE}$")


def test_the_screen_is_previewed_attached_and_asked_about(desk: Desk, tmp_path: Path) -> None:
    sayso = desk.screen
    desk.press_until(
        "ctrl+alt+p", lambda: 0.2 < desk.share(RED) < 0.9, "a preview that is red all over"
    )
    sayso.wait_for_active(f"^{TITLE}$")
    before = desk.share(RED)
    desk.press_until("Return", lambda: desk.share(RED) < before / 4, "the picture attached")
    sayso.xdotool("type", "what is red")
    desk.keys("Return")
    assert "picture" in desk.sayso.wait_for_message("assistant")
    assert not list(tmp_path.rglob("*.png"))
    assert not list(tmp_path.rglob("*.jpg"))
