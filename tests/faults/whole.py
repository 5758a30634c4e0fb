"""The whole app but its devices: real settings, store, journal and providers around one engine."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from unittest import mock

from app import commands, events
from app.paths import Paths
from app.state import Phase
from app.thread import Post
from app.wiring import file_core
from audio import journal, messages
from audio.journal import JournalWriter
from audio.messages import SPEECH_RATE_HZ, Pcm, TakeEnd
from tests.faults.api import number_in, sound_of
from tests.providers.openai.connection import KEY
from tests.sessions.stage import ScriptedEngine

UTTERANCE_MS = 1_600
_QUIET = (Phase.IDLE, Phase.LISTENING)
_QUIET_FOR_S = 0.4
_LONGEST_S = 900.0

_Event = TypeVar("_Event")


@dataclass(frozen=True, slots=True)
class Seen:
    """An event and when it came, on the loop's clock."""

    at_s: float
    event: events.Event


class NumberedEngine(ScriptedEngine):
    """Hears utterances that say their number, and opens its microphone when it is asked to."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder

    async def send(self, message: messages.Command) -> None:
        if isinstance(message, messages.Listen):
            self.tell(messages.MicrophoneOpened("scripted", SPEECH_RATE_HZ))
        await super().send(message)

    def say(self, number: int) -> None:
        """Somebody speaks a whole utterance; it is in the journal before anything is sent."""
        take, sound = take_id(number), sound_of(number, SPEECH_RATE_HZ, UTTERANCE_MS)
        writer = JournalWriter.open(self._folder, take, SPEECH_RATE_HZ)
        writer.append(sound)
        self.tell(messages.TakeStarted(take, 0))
        self.tell(Pcm(take, sound))
        writer.finish()
        self.tell(messages.TakeEnded(take, UTTERANCE_MS, UTTERANCE_MS - 200, TakeEnd.SILENCE))


def take_id(number: int) -> str:
    """The name of an utterance's recording."""
    return f"take-{number:04d}"


class WholeCore:
    """A core that runs. What it tells is in `seen`."""

    def __init__(self, home: Path) -> None:
        self.paths = Paths(home / "config", home / "data", home / "state", home / "run")
        self.seen: list[Seen] = []
        self.engine = NumberedEngine(self.paths.journal)
        self._news = asyncio.Event()
        self._posts: list[Post] = []

    def send(self, command: commands.Command) -> None:
        """A front end asks."""
        self._posts[0](command)

    async def run(self) -> None:
        """Until Shutdown."""
        await file_core(self.paths, self.engine)(self._hear, self._posts.append)

    def of(self, kind: type[_Event], since: int = 0) -> list[_Event]:
        """The events of one kind, from the `since`-th event of all on."""
        return [seen.event for seen in self.seen[since:] if isinstance(seen.event, kind)]

    @property
    def sound_bytes(self) -> int:
        """How much was sent to be played, of all replies."""
        return sum(self.engine.pcm_bytes.values())

    @property
    def phase(self) -> Phase:
        """What the state says now."""
        states = self.of(events.StateChanged)
        return states[-1].state.phase if states else Phase.STARTING

    async def until(self, holds: Callable[[], object], timeout_s: float = _LONGEST_S) -> None:
        """Wait for something to become true."""
        async with asyncio.timeout(timeout_s):
            while not holds():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.5)

    async def say(self, number: int) -> None:
        """Speak an utterance and wait until Sayso has done with it."""
        began = len(self.seen)
        self.engine.say(number)
        await self._settled(began)

    async def type(self, text: str) -> None:
        """Type a turn and wait until Sayso has done with it."""
        began = len(self.seen)
        self.send(commands.SendText(text))
        await self._settled(began)

    async def _settled(self, began: int | None) -> None:
        """Busy first, unless `began` is None, and then quiet for a moment."""

        def was_busy() -> bool:
            if began is None:
                return True
            states = self.of(events.StateChanged, began)
            return any(state.state.phase not in _QUIET for state in states)

        await self.until(was_busy)
        clock = asyncio.get_running_loop().time
        async with asyncio.timeout(_LONGEST_S):
            while True:
                await self.until(lambda: self.phase in _QUIET)
                quiet_since = clock()
                while self.phase in _QUIET and clock() - quiet_since < _QUIET_FOR_S:
                    await asyncio.sleep(0.1)
                if self.phase in _QUIET:
                    return

    def kept(self) -> dict[int, int]:
        """Utterances whose recording is on disk: their number, and how many ms of it."""
        found = {}
        for take in journal.unfinished(self.paths.journal):
            try:
                clip = journal.read(take.path)
            except FileNotFoundError:
                continue  # It became text meanwhile.
            found[number_in(clip.data)] = clip.duration_ms
        return found

    def messages(self) -> list[tuple[str, str]]:
        """Role and text of all that is in the store."""
        uri = f"file:{self.paths.store_file}?mode=ro"
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as link:
            return link.execute("SELECT role, text FROM messages ORDER BY rowid").fetchall()

    def _hear(self, event: events.Event) -> None:
        self.seen.append(Seen(asyncio.get_running_loop().time(), event))
        self._news.set()


@functools.cache
def _library_loaded() -> None:
    """Load what the app loads in a thread: seconds of it would count as waiting."""
    import openai

    sdk = openai.AsyncOpenAI(api_key="none")
    _ = sdk.chat.completions, sdk.responses, sdk.audio.speech, sdk.audio.transcriptions, sdk.models


@contextlib.asynccontextmanager
async def whole_core(
    home: Path,
    settings: str,
    environment: Mapping[str, str],
    make: Callable[[Path], WholeCore] = WholeCore,
) -> AsyncIterator[WholeCore]:
    """A core with these settings (TOML), listening; ended in order."""
    _library_loaded()
    core = make(home)
    core.paths.create()
    core.paths.settings_file.write_text(settings, encoding="utf-8")
    with mock.patch.dict(os.environ, environment):
        running = asyncio.create_task(core.run())
        try:
            await core.until(lambda: running.done() or core.phase is Phase.LISTENING, 60.0)
            yield core
        finally:
            core.send(commands.Shutdown())
            await asyncio.wait([running], timeout=60.0)
            await running


def settings_for(base_url: str, *, fallback: str = "off", **sources: str) -> str:
    """Settings of a server, used for everything that `sources` does not name otherwise.

    Nobody takes its place when it fails, unless `fallback` says so: what it does is looked at.
    """
    roles = {"transcription": "server", "chat": "server", "speech": "server", **sources}
    lines = ["[general]", "listen_at_start = true", "first_run_done = true"]
    lines += [f'fallback = "{fallback}"']
    lines += ["[server]", f'base_url = "{base_url}"']
    for role, source in roles.items():
        lines += [f"[{role}]", f'source = "{source}"']
    return "\n".join(lines) + "\n"


def key_for(base_url: str) -> dict[str, str]:
    """The canary key, bound to a server."""
    return {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": base_url}
