"""Whole runs of `ui.main.run` in processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import logging, sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from app import commands, events
from app.settings import Settings, changed
from app.state import Phase, State
from ui.main import run
from ui.scripted_core import ScriptedCore

logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(name)s %(message)s")

def tell(*words):
    print(*words, flush=True)

def window():
    return next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "Window")

def later(call, ms=0):
    QTimer.singleShot(ms, call)

class Core(ScriptedCore):
    def start(self):
        tell("start", "visible" if window().isVisible() else "hidden")
        tell("heavy", [m for m in ("openai", "numpy", "pydantic", "asyncio") if m in sys.modules])
        super().start()
        on_start()
    def send(self, command):
        tell("send", type(command).__name__)
        super().send(command)

OPENING = (events.SettingsChanged(changed(Settings(), {"general.first_run_done": True})),
           events.StateChanged(State(Phase.IDLE)))
core = Core(OPENING)
"""


def start(tmp_path: Path, body: str) -> subprocess.Popen[str]:
    environment = dict(os.environ, SAYSO_HOME=str(tmp_path), QT_QPA_PLATFORM="offscreen")
    program = PROGRAM + body
    program += "\ncode = run(core, argv=['sayso'])\ntell('code', code)\nsys.exit(code)\n"
    return subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> list[str]:
    try:
        output, _ = process.communicate(timeout=60)
    finally:
        process.kill()
    return output.splitlines()


def test_window_is_on_screen_before_the_core_starts_and_closes_in_order(tmp_path: Path) -> None:
    lines = finish(start(tmp_path, "on_start = lambda: later(window().close, 50)"))
    assert "start visible" in lines
    assert lines.index("start visible") < lines.index("send Shutdown") < lines.index("code 0")
    assert (tmp_path / "state" / "window.json").exists()


def test_importing_the_window_imports_nothing_heavy() -> None:
    heavy = ("openai", "numpy", "pydantic", "keyring", "sounddevice", "app.settings")
    code = (
        f"import sys, ui.main, ui.window.content; print([m for m in {heavy} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it_in_order(tmp_path: Path, number: signal.Signals) -> None:
    process = start(tmp_path, "on_start = lambda: later(lambda: tell('up'), 50)")
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() == "up":
            process.send_signal(number)
            break
    lines = finish(process)
    assert "send Shutdown" in lines
    assert lines[-1] == "code 0"


def test_core_that_does_not_end_is_given_up(tmp_path: Path) -> None:
    body = (
        "import ui.main; ui.main._LONGEST_STOP_MS = 100\n"
        "core = Core(OPENING, closes=False)\non_start = lambda: later(window().close, 20)"
    )
    lines = finish(start(tmp_path, body))
    assert lines[-1] == "code 1"
    assert any("did not end" in line for line in lines)


def test_core_that_ends_by_itself_is_said_and_the_window_can_be_closed(tmp_path: Path) -> None:
    body = """
def look():
    tell("banner", window().area.banner.isVisible())
    window().close()
def on_start():
    core.publish(events.Closed())
    later(look, 300)
"""
    lines = finish(start(tmp_path, body))
    assert "banner True" in lines
    assert lines[-1] == "code 1"


def test_error_in_a_slot_is_logged_and_shown_as_a_banner(tmp_path: Path) -> None:
    body = """
def fail():
    raise RuntimeError("a slot failed")
def look():
    tell("banner", window().area.banner.isVisible(), window().area.banner.notice.code)
    window().close()
def on_start():
    later(fail, 20)
    later(look, 300)
"""
    lines = finish(start(tmp_path, body))
    assert any(line.startswith("ERROR ui.faults") for line in lines)
    assert "banner True internal" in lines
    assert lines[-1] == "code 0"


def test_error_in_another_thread_is_shown_as_well(tmp_path: Path) -> None:
    body = """
import threading
def fail():
    raise RuntimeError("a thread failed")
def look():
    tell("banner", window().area.banner.isVisible())
    window().close()
def on_start():
    later(lambda: threading.Thread(target=fail).start(), 20)
    later(look, 300)
"""
    assert "banner True" in finish(start(tmp_path, body))


def test_closing_before_the_core_started(tmp_path: Path) -> None:
    body = """
from ui.main import Running
Running._start_core = lambda self: None
shown = Running.start
def start(running):
    shown(running)
    later(window().close, 10)
Running.start = start
"""
    lines = finish(start(tmp_path, body))
    assert lines[-1] == "code 0"
    assert "send Shutdown" not in lines


def test_closing_while_there_is_only_the_outline(tmp_path: Path) -> None:
    body = """
from ui.main import Running
Running._furnish = lambda self: window().close()
"""
    lines = finish(start(tmp_path, body))
    assert lines[-1] == "code 0"
    assert "start visible" not in lines
    assert "send Shutdown" not in lines
    assert (tmp_path / "state" / "window.json").exists()


def test_content_that_cannot_be_made_ends_the_program_with_its_error(tmp_path: Path) -> None:
    body = """
import ui.theme
def fail(*_arguments, **_options):
    raise RuntimeError("no theme")
ui.theme.Theme = fail
"""
    lines = finish(start(tmp_path, body))
    assert lines[-1] == "RuntimeError: no theme"
    assert not any(line.startswith("start") for line in lines)


def test_size_comes_back_at_the_next_start(tmp_path: Path) -> None:
    body = "on_start = lambda: (window().resize(600, 620), later(window().close, 20))"
    finish(start(tmp_path, body))
    body = (
        "on_start = lambda: (tell('size', window().width(), window().height()),"
        " later(window().close, 20))"
    )
    assert "size 600 620" in finish(start(tmp_path, body))


def test_the_window_is_made_without_what_only_the_core_needs(tmp_path: Path) -> None:
    code = """
import linecache, sys
from app.postponed import postpone
names = ("app.commands", "app.events", "app.conversation.message", "app.realtime.commands",
         "app.realtime.events")
postpone(*names)
from ui.theme import Theme
from ui.tokens import STYLE
from ui.window.window import Window
from PySide6.QtWidgets import QApplication
application = QApplication(["sayso", "-style", STYLE])
window = Window()
window.furnish(Theme(application, styled=True), lambda command: None)
window.show()
application.processEvents()
print([name for name in names if type(sys.modules[name]).__name__ != "_Postponed"])
print([name for name in sys.modules if name in ("asyncio", "ui.transcript.view", "ui.approval")])
print([name for name in linecache.cache if "/ui/" in name])
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        stdin=subprocess.DEVNULL, env=dict(os.environ, QT_QPA_PLATFORM="offscreen"),
    )  # fmt: skip
    assert done.stdout.splitlines() == ["[]", "[]", "[]"]
