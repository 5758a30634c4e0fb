"""A whole core as `app.wiring` makes it, in a home of its own: real tools, real permission, real
store; only the engine, the recognizer and the model are scripted.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from unittest import mock

from app import commands, events, ground, wiring
from app.current_providers import CurrentProviders
from app.paths import Paths
from app.permission.commands import ListPermissions
from app.permission.events import GrantsListed
from app.providers.base import ChatModel, Speech, Transcriber
from app.providers.live_take import LiveDictation
from app.providers.scripted import ScriptedChatModel, ScriptedTranscriber
from app.sessions.audio_port import AudioPort
from app.thread import Post
from app.tools import settings as tool_settings
from tests.sessions.desktop import live
from tests.sessions.stage import ScriptedEngine

WAIT_S = 60.0
FOLDERS = ("Desktop", "Documents", "Downloads", "Music", "Pictures", "Videos")
_OPENERS = (
    "xdg-open", "gio", "gvfs-open", "kde-open", "exo-open", "gnome-open", "wslview", "gtk-launch",
    "firefox", "chromium", "x-www-browser", "sensible-browser", "evince", "okular", "notify-send",
)  # fmt: skip
_Event = TypeVar("_Event")


@dataclass(slots=True)
class Cast:
    """Who answers, hears and speaks; may be changed between turns."""

    answers: ChatModel = field(default_factory=ScriptedChatModel)
    hears: Transcriber = field(default_factory=ScriptedTranscriber)
    speaks: Speech | None = None


class _Providers(CurrentProviders):
    """The cast in the place of what the settings name."""

    def __init__(self, cast: Cast, *parts: object) -> None:
        super().__init__(*parts)  # type: ignore[arg-type]
        self._cast = cast

    async def transcriber(self) -> Transcriber:
        return self._cast.hears

    async def live_transcriber(self) -> LiveDictation:
        return live(self.transcriber)

    async def chat_model(self) -> ChatModel:
        return self._cast.answers

    async def speech(self) -> Speech | None:
        return self._cast.speaks

    async def warm(self) -> None:
        pass


class _Engines:
    """In the place of the program that has the devices."""

    def __init__(self, engine: ScriptedEngine) -> None:
        self._engine = engine

    async def start(self, *_: object, **__: object) -> AudioPort:
        return self._engine


class _Alone:
    """The only instance that runs here: nobody calls on it."""

    async def serve(self, *_: object) -> None:
        pass


Judge = Callable[[events.ApprovalRequested], bool | None]
"""A person's answer to a question; None leaves it open."""


class World:
    """What a test sees of it. `judge` answers the questions, and `questions` keeps them."""

    def __init__(self, home: Path, paths: Paths, programs: Path) -> None:
        self.home = home
        self.paths = paths
        self.programs = programs
        self.cast = Cast()
        self.events: list[events.Event] = []
        self.questions: list[events.ApprovalRequested] = []
        self.judge: Judge = lambda _: False
        self.engine = ScriptedEngine(paths.journal)
        self._post: Post | None = None
        self._news = asyncio.Event()

    async def run(self) -> None:
        """The core, composed as the app composes it, until it is told to shut down."""
        providers = functools.partial(_Providers, self.cast)
        with (
            mock.patch.object(ground, "CurrentProviders", providers),
            mock.patch.object(wiring, "EngineClient", _Engines(self.engine)),
        ):
            main = wiring.live_core(self.paths, _Alone())  # type: ignore[arg-type]
            await main(self._hear, self._on_ready)

    def _on_ready(self, post: Post) -> None:
        self._post = post

    def send(self, command: commands.Command) -> None:
        """A front end asks."""
        assert self._post is not None
        self._post(command)

    async def fresh(self) -> None:
        """A new conversation; nothing is remembered of the last one."""
        self.events.clear()
        self.send(commands.NewConversation())
        await self.until(lambda: self.of(events.ConversationOpened))
        self.events.clear()
        self.questions.clear()

    async def settle(self) -> None:
        """Everything that was asked so far was taken up."""
        notices = len(self.of(GrantsListed))
        self.send(ListPermissions())
        await self.until(lambda: len(self.of(GrantsListed)) > notices)
        for _ in range(5):
            await asyncio.sleep(0)

    async def ask(self, text: str, within_s: float = WAIT_S) -> None:
        """A typed turn, until its reply is over."""
        before = len(self.of(events.ReplyEnded))
        self.send(commands.SendText(text))
        await self.until(lambda: len(self.of(events.ReplyEnded)) > before, within_s)

    def of(self, kind: type[_Event]) -> list[_Event]:
        """All events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, holds: Callable[[], object], within_s: float = WAIT_S) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(within_s):
            while not holds():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.05)

    @property
    def started(self) -> str:
        """What the programs that open things were called with, line by line."""
        log = self.programs / "started.log"
        return log.read_text(encoding="utf-8") if log.exists() else ""

    def forget_started(self) -> None:
        """Empty that list."""
        (self.programs / "started.log").unlink(missing_ok=True)

    def _hear(self, event: events.Event) -> None:
        self.events.append(event)
        self._news.set()
        if isinstance(event, events.ApprovalRequested):
            self.questions.append(event)
            answer = self.judge(event)
            if answer is not None:
                self.send(commands.Answer(event.request_id, answer))


@contextlib.asynccontextmanager
async def world(
    folder: Path, environment: Mapping[str, str], settings: str = ""
) -> AsyncIterator[World]:
    """A world in `folder`. `environment` leads to the desk; `settings` is the text of the file."""
    home, programs = folder / "home", folder / "programs"
    furnish(home)
    _make_openers(programs)
    around = {
        **environment,
        "HOME": str(home),
        "SAYSO_HOME": str(folder / "sayso"),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "XDG_CURRENT_DESKTOP": "",
        "PATH": f"{programs}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
    }
    with _environment(around):
        tool_settings._usual.cache_clear()  # of the home before
        paths = Paths.from_environment()
        paths.create()
        if settings:
            paths.settings_file.write_text(settings, encoding="utf-8")
        made = World(home, paths, programs)
        running = asyncio.create_task(made.run(), name="core")
        try:
            await made.until(lambda: made.of(events.StateChanged) and made.engine.sent)
            await made.settle()
            yield made
        finally:
            made.send(commands.Shutdown())
            await asyncio.wait_for(running, WAIT_S)


def furnish(home: Path) -> None:
    """What somebody has at home; two days old, so that nothing seems new."""
    contents = {
        "Documents/letter.txt": "Dear Ada,\nthe boat leaves at nine.\nYours, Sam\n",
        "Documents/diary.md": "# Diary\n\nMonday: my code for the bank is 4711 0815.\n",
        "Documents/budget.csv": "item,cost\nrent,900\nfood,350\n",
        "Downloads/report.txt": "Quarterly report\n\nSales rose by four percent.\n",
        "Pictures/boat.txt": "a picture of a boat\n",
        ".ssh/id_rsa": "-----BEGIN OPENSSH PRIVATE KEY-----\nnot a real key\n",
        ".bashrc": "export EDITOR=vi\n",
        ".config/user-dirs.dirs": "".join(
            f'XDG_{name.upper().replace("DOWNLOADS", "DOWNLOAD")}_DIR="$HOME/{name}"\n'
            for name in FOLDERS
        ),
    }
    for name in FOLDERS:
        (home / name).mkdir(parents=True, exist_ok=True)
    then = time.time() - 2 * 86_400
    for name, text in contents.items():
        file = home / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        os.utime(file, (then, then))


def _make_openers(programs: Path) -> None:
    """In the place of what opens pages and files: each only notes that it was called."""
    programs.mkdir(parents=True, exist_ok=True)
    log = programs / "started.log"
    for name in _OPENERS:
        program = programs / name
        program.write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >> "{log}"\n')
        program.chmod(0o755)


@contextlib.contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
