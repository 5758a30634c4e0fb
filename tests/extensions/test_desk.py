"""The whole way: settings, questions, answers, tools."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from app import events
from app.errors import Code
from app.extension_wiring import WiredExtensions, wire_extensions
from app.extensions.commands import AnswerReview, ImportServers, StartAgain
from app.extensions.events import ExtensionsChanged, ServersImported
from app.extensions.pins import Pins
from app.notices import NoticeBoard
from app.paths import Paths
from app.preferences import Preferences
from app.secrets import KeyVault
from app.settings import Settings
from app.settings_store import SettingsStore
from app.tools.toolbox import Toolbox

SOURCE = "from sayso_tools import tool\n@tool('One.')\ndef one() -> str:\n    return '1'\n"


class Desk:
    def __init__(self, place: Path) -> None:
        self.paths = Paths(place / "config", place / "data", place / "state", place / "run")
        self.paths.create()
        self.told: list[events.Event] = []
        self.toolbox = Toolbox()
        self._heard = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        notices = NoticeBoard(self._publish)
        store = SettingsStore(self.paths.settings_file)
        self.preferences = Preferences(store, KeyVault(), notices, Settings(), self._publish)
        self.wired: WiredExtensions = wire_extensions(
            self.paths, self.preferences, notices, self._publish, self._spawn, self.toolbox
        )

    def _publish(self, event: events.Event) -> None:
        self.told.append(event)
        self._heard.set()

    def _spawn(self, work: Awaitable[None], name: str) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        return task

    async def settle(self) -> None:
        while waiting := [task for task in self._tasks if not task.done()]:
            await asyncio.wait(waiting)
        for task in self._tasks:
            task.result()

    async def ask(self, command: object) -> None:
        assert await self.wired.on_command(command)
        await self.settle()

    async def change(self, **values: object) -> None:
        await self.preferences.change({k.replace("__", "."): v for k, v in values.items()})
        await self.wired.follow_settings()
        await self.settle()

    @property
    def known(self) -> ExtensionsChanged:
        return next(e for e in reversed(self.told) if isinstance(e, ExtensionsChanged))

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                self._heard.clear()
                await self._heard.wait()

    def names(self) -> list[str]:
        return [tool.name for tool in self.toolbox.tools()]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    made = Desk(tmp_path)
    yield made
    await made.settle()
    await made.wired.aclose()


async def test_commands_are_off_until_they_are_wanted(desk: Desk) -> None:
    await desk.wired.follow_settings()
    await desk.settle()
    assert "run_command" not in desk.names()
    await desk.change(commands__enabled=True)
    assert desk.names() == ["run_command"]
    await desk.change(commands__enabled=False)
    assert not desk.names()


async def test_a_tool_file_from_its_question_to_its_use(desk: Desk) -> None:
    await desk.change(extensions__tool_files=True)
    (desk.paths.tool_files / "one.py").write_text(SOURCE)
    await desk.until(lambda: any(isinstance(e, ExtensionsChanged) and e.reviews for e in desk.told))
    notice = next(e for e in desk.told if isinstance(e, events.Notice))
    assert notice.code is Code.EXTENSION_ASKS
    assert "one.py" in notice.message
    (review,) = desk.known.reviews
    await desk.ask(AnswerReview(review.id, "another", True))
    assert not desk.names()
    await desk.ask(AnswerReview(review.id, review.digest, True))
    assert desk.names() == ["one"]
    assert any(isinstance(e, events.NoticeGone) for e in desk.told)
    await desk.change(extensions__tool_files=False)
    assert not desk.names()


async def test_a_no_is_not_asked_again_until_the_user_wants_to(desk: Desk) -> None:
    server = {"name": "a", "command": [sys.executable, "-c", "pass"]}
    await desk.change(extensions__servers=[server])
    (review,) = desk.known.reviews
    await desk.ask(AnswerReview(review.id, review.digest, False))
    assert not desk.known.reviews
    again = Pins(desk.paths.allowed_file)
    assert again.holds(f"refused:{review.id}", review.digest)
    await desk.ask(StartAgain("a"))
    assert desk.known.reviews == (review,)


async def test_an_import_joins_the_settings_and_starts_nothing(desk: Desk, tmp_path: Path) -> None:
    text = '{"mcpServers": {"a": {"command": "touch", "args": ["%s"]}}}' % (tmp_path / "ran")
    await desk.ask(ImportServers(text))
    await desk.wired.follow_settings()
    await desk.settle()
    assert ServersImported(("a",)) in desk.told
    assert [entry.name for entry in desk.preferences.settings.extensions.servers] == ["a"]
    assert len(desk.known.reviews) == 1
    assert not (tmp_path / "ran").exists()
    loaded = SettingsStore(desk.paths.settings_file).load()
    assert loaded.problem is None
    assert loaded.settings == desk.preferences.settings
    await desk.ask(ImportServers("nonsense"))
    assert desk.told[-1] == ServersImported(problem="This is not JSON.")
