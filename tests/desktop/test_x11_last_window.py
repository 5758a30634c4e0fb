"""The keyboard goes back to the window that had it before one of our own."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import pytest
from Xlib import X

from app.desktop.insertion import Verdict
from app.desktop.x11_last_window import X11LastWindow, activate
from app.desktop.x11_session import X11Session
from tests.desk import targets
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until
from tests.desktop.insertion_desk import Desk, _service_of_this_run, blind, seeing

__all__ = ["_service_of_this_run", "blind", "seeing"]

pytestmark = pytest.mark.desk


@contextlib.contextmanager
def own_window(screen: Screen) -> Iterator[int]:
    """A window of this very process, which has the keyboard."""
    session = X11Session(screen.display)
    depth = session.display.screen().root_depth
    window = session.root.create_window(40, 40, 300, 200, 0, depth, X.InputOutput)
    window.set_wm_name("Own window")
    window.set_wm_class("own", "Own")
    window.map()
    session.display.flush()
    try:
        screen.wait_for_window("Own window")
        assert activate(session, window.id, 5.0)
        yield window.id
    finally:
        window.destroy()
        session.close()


async def test_the_window_before_has_it_and_gets_the_text(blind: Desk) -> None:
    with targets.qt(blind.screen, blind.folder) as field, own_window(blind.screen):
        now = await blind.focus.current()
        assert now is not None
        assert (now.is_own, now.title) == (True, "Own window")
        target = await blind.focus.give_back()
        assert target is not None
        assert (target.is_own, target.title) == (False, field.title)
        receipt = await blind.inserter.insert("again", target)
        assert field.settled("again") == "again"
        assert receipt.verdict is Verdict.INSERTED


async def test_it_is_seen_in_the_field_that_had_the_caret(seeing: Desk) -> None:
    environment = seeing.environment
    with (
        targets.mousepad(seeing.screen, seeing.folder, environment) as field,
        own_window(seeing.screen),
    ):
        target = await seeing.focus.give_back()
        receipt = await seeing.inserter.insert("again", target)
        assert field.settled("again") == "again"
        assert receipt.verdict is Verdict.INSERTED


async def test_a_terminal_gets_it_back_too(blind: Desk) -> None:
    with targets.xterm(blind.screen, blind.folder) as field, own_window(blind.screen):
        receipt = await blind.inserter.insert("again", await blind.focus.give_back())
        assert field.settled("again") == "again"
        assert receipt.verdict is Verdict.INSERTED


async def test_of_several_the_last_one(blind: Desk) -> None:
    with (
        targets.qt(blind.screen, blind.folder) as first,
        targets.qt(blind.screen, blind.folder),
    ):
        first.focus()
        with own_window(blind.screen):
            target = await blind.focus.give_back()
            assert target is not None
            assert target.title == first.title


async def test_a_window_that_is_gone_gets_nothing(blind: Desk) -> None:
    with own_window(blind.screen) as own:
        with targets.qt(blind.screen, blind.folder) as field:
            field.focus()
        session = X11Session(blind.screen.display)
        try:
            assert activate(session, own, 5.0)
        finally:
            session.close()
        assert await blind.focus.give_back() is None


def test_it_ends_without_an_x_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    watch = X11LastWindow()
    wait_until(lambda: not watch._thread.is_alive(), "the thread's end")
    assert watch.window == 0
    watch.close()
