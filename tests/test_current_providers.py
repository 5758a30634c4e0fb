"""A server goes away and comes back: who works meanwhile, what is shown, and what is said."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path
from types import SimpleNamespace

import pytest

from app import events
from app.current_providers import CurrentProviders, Outlook, ServerBack
from app.errors import AppError, Code
from app.net.watch import WatchPace
from app.notices import NoticeBoard
from app.preferences import Preferences
from app.providers.base import Hints
from app.providers.registry import Registry
from app.providers.scripted import ScriptedTranscriber
from app.secrets import KeyVault
from app.settings import Settings, changed
from app.settings_store import SettingsStore
from audio.pcm import Clip
from tests.providers.transcribing import transcribing

SOUND = Clip(16_000, bytes(3200))


class Stage:
    """Current providers on a scripted recognizer at `port`, which fails once."""

    def __init__(self, folder: Path, port: int) -> None:
        self.told: list[events.Event] = []
        self.said: list[str] = []
        self.back: asyncio.Queue[ServerBack] = asyncio.Queue()
        self.tasks: set[asyncio.Task[None]] = set()
        server = f"http://127.0.0.1:{port}/v1"
        settings = changed(
            Settings(), {"transcription.source": "server", "server.base_url": server}
        )
        self.far = ScriptedTranscriber(
            AppError(Code.SERVER_UNREACHABLE, f"127.0.0.1:{port}"), "from afar"
        )
        self.notices = NoticeBoard(self.told.append)
        vault = KeyVault({})
        preferences = Preferences(
            SettingsStore(folder / "settings.toml"),
            vault,
            self.notices,
            settings,
            self.told.append,
        )
        self.providers = CurrentProviders(
            lambda: _registry(vault, self.far),
            preferences,
            Outlook(
                self.notices,
                self.said.append,
                self.back.put_nowait,
                self._spawn,
                WatchPace(first_s=0.01, growth=1.0, longest_s=0.01),
            ),
        )

    def _spawn(self, work: Awaitable[None], name: str) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        return task

    async def words(self) -> str:
        transcriber = await self.providers.transcriber()
        return (await transcriber.transcribe(SOUND, Hints())).text

    @property
    def shown(self) -> list[str]:
        gone = {event.notice_id for event in self.told if isinstance(event, events.NoticeGone)}
        up = [event for event in self.told if isinstance(event, events.Notice)]
        return [notice.message for notice in up if notice.id not in gone]


def _registry(vault: KeyVault, far: ScriptedTranscriber) -> Registry:
    return Registry(vault, transcribing(ScriptedTranscriber("from here"), far))


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
async def stage(tmp_path: Path, port: int) -> AsyncIterator[Stage]:
    stage = Stage(tmp_path, port)
    yield stage
    for task in stage.tasks:
        task.cancel()
    await asyncio.gather(*stage.tasks, return_exceptions=True)
    await stage.providers.aclose()


async def test_the_built_in_one_stands_in_until_the_server_is_back(stage: Stage, port: int) -> None:
    assert await stage.words() == "from here"
    assert stage.shown == [
        f"127.0.0.1:{port} cannot be reached. The built-in recognizer listens for now."
    ]
    assert stage.said == stage.shown
    stage.notices.post(AppError(Code.OFFLINE))
    async with await asyncio.start_server(lambda r, w: w.close(), "127.0.0.1", port):
        stage.providers.on_back(await asyncio.wait_for(stage.back.get(), 30))
    assert len(stage.shown) == 1, "the word of the network is over"
    assert await stage.words() == "from afar"
    assert stage.shown == [f"127.0.0.1:{port} listens again."]
    assert stage.said[1:] == stage.shown


async def test_a_voice_session_is_readied_only_where_it_is_chosen(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    warmed: list[str] = []

    class Voice:
        async def warm(self) -> None:
            warmed.append("voice")

    async def voice_model(settings: Settings) -> Voice:
        return Voice()

    async def nobody() -> None:
        raise AppError(Code.KEY_MISSING, "nowhere")

    for name in ("transcriber", "speech", "chat_model"):
        monkeypatch.setattr(stage.providers, name, nobody)
    monkeypatch.setattr(stage.providers.registry, "voice_model", voice_model)
    await stage.providers.warm()
    assert warmed == []
    chosen = changed(Settings(), {"realtime.engine": "realtime"})
    monkeypatch.setattr(stage.providers, "_preferences", SimpleNamespace(settings=chosen))
    await stage.providers.warm()
    assert warmed == ["voice"]
