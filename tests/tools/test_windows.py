"""Listing windows and switching between them, on a real screen and in a real compositor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.desktop.choose_open_windows import open_windows_for
from app.desktop.compositor_focus import hyprland_windows
from app.desktop.open_windows import NoWindows, OpenWindow
from app.tools.base import Origin, Risk, ToolFailed
from app.tools.windows import best_window, window_tools
from tests.desk import targets, wayland
from tests.desk.child import merged
from tests.desk.screen import Screen
from tests.desk.wayland import Session
from tests.desktop.test_x11_last_window import own_window
from tests.tools.calling import call

FIREFOX = OpenWindow(1, "firefox", "Tea - Wikipedia - Mozilla Firefox")
TERMINAL = OpenWindow(2, "XTerm", "user@host: ~/firefox")
EDITOR = OpenWindow(3, "Mousepad", "notes.txt - Mousepad")
WINDOWS = (TERMINAL, FIREFOX, EDITOR)


@pytest.mark.parametrize(
    ("name", "window"),
    [
        ("firefox", FIREFOX), ("Firefox", FIREFOX), ("the firefox window", FIREFOX),
        ("browser", FIREFOX), ("wikipedia", FIREFOX), ("xterm", TERMINAL), ("terminal", TERMINAL),
        ("text editor", EDITOR), ("notes", EDITOR), ("mouse", EDITOR), ("spotify", None),
        ("", None), ("the", None),
    ],
)  # fmt: skip
def test_the_window_that_is_meant(name: str, window: OpenWindow | None) -> None:
    assert best_window(name, WINDOWS) == window


def test_hyprlands_list_is_read() -> None:
    answer = b'[{"address": "0x5", "class": "foot", "title": "t", "pid": 3}, {"address": "0x0"}]'
    assert [(each.number, each.app_id) for each in hyprland_windows(answer)] == [(5, "foot")]


async def test_where_nothing_is_told_it_says_so() -> None:
    tools = window_tools(NoWindows())
    for name, arguments in (("list_windows", {}), ("switch_window", {"name": "x"})):
        with pytest.raises(ToolFailed, match="does not tell"):
            await call(tools, name, **arguments)


def test_titles_are_words_of_others() -> None:
    listing, switching = window_tools(NoWindows())
    assert (listing.risk, listing.origin) == (Risk.READ, Origin.SCREEN)
    assert (switching.risk, switching.origin) == (Risk.REVERSIBLE, None)


@pytest.mark.desk
async def test_windows_on_a_screen(screen: Screen, tmp_path: Path) -> None:
    tools = window_tools(open_windows_for(screen.environment, "linux"))
    with (
        targets.qt(screen, tmp_path) as field,
        targets.xterm(screen, tmp_path) as terminal,
        own_window(screen),
    ):
        listed = (await call(tools, "list_windows"))["windows"]
        assert {each["title"] for each in listed} == {field.title, terminal.title}
        assert await call(tools, "switch_window", name=field.title)
        assert screen.wait_for_active(field.title)
        assert await call(tools, "switch_window", name="terminal") == {"switched_to": "XTerm"}
        assert screen.wait_for_active(terminal.title)
        listed = (await call(tools, "list_windows"))["windows"]
        assert [each["title"] for each in listed if each["front"]] == [terminal.title]
        with pytest.raises(ToolFailed, match="No open window"):
            await call(tools, "switch_window", name="nothing like it")


@pytest.mark.desk
async def test_a_minimized_window_comes_back(screen: Screen, tmp_path: Path) -> None:
    tools = window_tools(open_windows_for(screen.environment, "linux"))
    with targets.qt(screen, tmp_path) as field, targets.xterm(screen, tmp_path):
        window = screen.wait_for_window(field.title)
        screen.xdotool("windowminimize", "--sync", window.id)
        await call(tools, "switch_window", name=field.title)
        assert screen.wait_for_active(field.title).id == window.id


@pytest.fixture
def session() -> Iterator[Session]:
    with closing(Session()) as session:
        yield session


@pytest.mark.desk
async def test_windows_of_a_compositor(session: Session, tmp_path: Path) -> None:
    tools = window_tools(open_windows_for(merged(session.environment), "linux"))
    with wayland.foot(session, tmp_path) as first, wayland.foot(session, tmp_path) as second:
        listed = (await call(tools, "list_windows"))["windows"]
        assert {(each["program"], each["title"]) for each in listed} == {
            ("foot", first.title), ("foot", second.title),
        }  # fmt: skip
        assert await call(tools, "switch_window", name=first.title) == {"switched_to": "foot"}
        assert wayland._has_focus(session, first.title)
        assert await call(tools, "switch_window", name=second.title) == {"switched_to": "foot"}
        assert wayland._has_focus(session, second.title)
