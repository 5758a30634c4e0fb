"""Qt without a screen, one theme for the run, and a window with a list of what it sent."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app import commands, events
from app.settings import Settings, changed
from tests.ui import told
from ui.theme import Scheme, Theme
from ui.window.remedies import Page
from ui.window.window import Window

PATIENCE_MS = 30_000


class PatientBot(QtBot):
    """pytest-qt's, on a computer that may be busy: what is waited for returns as soon as it is."""

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **more: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **more)


@pytest.fixture
def qtbot(qapp, request):
    return PatientBot(request)


@pytest.fixture(scope="session")
def shared_theme(qapp):
    yield Theme(qapp)
    # What Python owns must not outlive it: Qt would give it up only at the process's end.
    qapp.clipboard().clear()


@pytest.fixture
def theme(shared_theme: Theme) -> Iterator[Theme]:
    shared_theme.choose(Scheme.LIGHT, reduce_motion=True)
    yield shared_theme
    shared_theme.choose(Scheme.LIGHT, reduce_motion=True)


class Shown:
    """A window on the offscreen platform, and the commands that it sent."""

    def __init__(self, qtbot: QtBot, theme: Theme) -> None:
        self.sent: list[commands.Command] = []
        self.window = Window()
        self.window.furnish(theme, self.sent.append)
        qtbot.addWidget(self.window, before_close_func=lambda window: window.hide())
        self._qtbot = qtbot

    def tell(self, *told: events.Event) -> None:
        """Give events to the window and have it render them."""
        for event in told:
            self.window.on_event(event)
        self.window.render_now()

    def settings(self, **values: object) -> None:
        """Settings with these values; `__` stands for the dot of a path."""
        defaults = {"general.first_run_done": True, "appearance.theme": "light",
                    "appearance.reduce_motion": True}  # fmt: skip
        paths = {name.replace("__", "."): value for name, value in values.items()}
        self.tell(events.SettingsChanged(changed(Settings(), {**defaults, **paths})))

    def show(self, width: int = 920, height: int = 680) -> None:
        """Put it on the screen with the keyboard."""
        self.window.resize(width, height)
        with self._qtbot.waitActive(self.window, timeout=PATIENCE_MS):
            self.window.show()
            self.window.activateWindow()

    def page(self) -> Page:
        """The page that is open."""
        return self.window.area.page


@pytest.fixture
def shown(qtbot: QtBot, theme: Theme) -> Shown:
    result = Shown(qtbot, theme)
    result.settings()
    result.tell(told.ready())
    result.show()
    return result


@pytest.fixture
def fresh(qtbot: QtBot, theme: Theme) -> Shown:
    """A window that was told nothing yet."""
    return Shown(qtbot, theme)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path))
    return tmp_path
