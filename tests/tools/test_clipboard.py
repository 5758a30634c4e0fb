"""The clipboard of a real screen and of a real compositor."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.desktop.clipboard_text import clipboard_text_for
from app.desktop.x11_insertion import X11Inserter
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.clipboard import clipboard_tools
from tests.desk.child import Child, merged
from tests.desk.clipboard import clipboard_with
from tests.desk.screen import Screen
from tests.desk.waiting import wait_until
from tests.desk.wayland import Session
from tests.tools.calling import call

pytestmark = pytest.mark.desk
LONG = 2_000_000


async def _refused(text: str) -> bool:
    return False


def tools_of(environment: dict[str, str]) -> tuple[Tool, ...]:
    return clipboard_tools(clipboard_text_for(environment, "linux"), _refused)


async def test_what_another_program_copied_is_read(screen: Screen, tmp_path: Path) -> None:
    tools = tools_of(screen.environment)
    with clipboard_with(screen, tmp_path, "Grüße 漢字 🙂"):
        assert await call(tools, "read_clipboard") == {"text": "Grüße 漢字 🙂"}
    with clipboard_with(screen, tmp_path, str(LONG)):
        answer = await call(tools, "read_clipboard")
        assert answer["text"].startswith("0123456789abcde\n0123")
        assert answer["note"] == f"Only the first 24000 of {LONG} characters."
    with clipboard_with(screen, tmp_path, "image"):
        assert "no text" in (await call(tools, "read_clipboard"))["note"]


async def test_what_a_tool_wrote_is_there_for_all(screen: Screen) -> None:
    inserter = X11Inserter(None, screen.display)
    reading = clipboard_text_for(screen.environment, "linux")
    tools = clipboard_tools(reading, inserter.copy)
    try:
        answer = await call(tools, "write_clipboard", text="from a tool")
        assert answer == {"copied": True, "characters": 11}
        assert await call(tools, "read_clipboard") == {"text": "from a tool"}
    finally:
        await inserter.close()


async def test_it_is_not_claimed_where_it_was_not_copied(screen: Screen) -> None:
    with pytest.raises(ToolFailed, match="could not be reached"):
        await call(tools_of(screen.environment), "write_clipboard", text="x")


async def test_what_a_password_manager_copied_is_not_read(screen: Screen, tmp_path: Path) -> None:
    script = tmp_path / "manager.py"
    script.write_text(
        "from PySide6.QtCore import QMimeData\n"
        "from PySide6.QtGui import QGuiApplication\n"
        "app = QGuiApplication([])\n"
        "data = QMimeData()\n"
        "data.setText('hunter2')\n"
        "data.setData('x-kde-passwordManagerHint', b'secret')\n"
        "app.clipboard().setMimeData(data)\n"
        "app.processEvents()\n"
        f"open({str(tmp_path / 'ready')!r}, 'w').close()\n"
        "app.exec()\n"
    )
    with Child([sys.executable, str(script)], tmp_path, environment=merged(screen.environment)):
        wait_until((tmp_path / "ready").exists, "the password", timeout_s=60)
        with pytest.raises(ToolFailed, match="secret"):
            await call(tools_of(screen.environment), "read_clipboard")


# python-xlib forgets to close the socket of a connection that was refused.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_without_a_screen_it_says_so() -> None:
    with pytest.raises(ToolFailed, match="cannot be read"):
        await call(tools_of({"DISPLAY": ":987"}), "read_clipboard")
    with pytest.raises(ToolFailed, match="cannot be read"):
        await call(tools_of({}), "read_clipboard")


def test_what_they_can_do_is_told(screen: Screen) -> None:
    reading, writing = tools_of(screen.environment)
    assert (reading.risk, reading.origin) == (Risk.READ, Origin.CLIPBOARD)
    assert (writing.risk, writing.origin) == (Risk.REVERSIBLE, None)


@pytest.fixture
def session() -> Iterator[Session]:
    with closing(Session()) as session:
        yield session


async def test_the_clipboard_of_a_compositor_is_read(session: Session) -> None:
    tools = tools_of(merged(session.environment))
    assert "no text" in (await call(tools, "read_clipboard"))["note"]
    session.copy("Grüße 漢字")
    assert await call(tools, "read_clipboard") == {"text": "Grüße 漢字"}
