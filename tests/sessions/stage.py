"""A whole core on a scripted engine and scripted providers; store, journal and tools are real."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from app import commands, events
from app.conversation.current import CurrentConversation
from app.conversation.store import Store
from app.conversation.turn_end import hangover_ms
from app.core import Core
from app.core_parts import CoreParts
from app.current_providers import ServerBack
from app.dictation_wiring import DictationGround, wire_dictation
from app.fact_board import FactBoard
from app.inbox import Inbox
from app.microphone import Microphone
from app.notices import NoticeBoard
from app.paths import Paths
from app.permission_wiring import wire_permission
from app.preferences import Preferences
from app.providers.base import ChatModel, Hints, Image, Speech, Transcriber
from app.providers.live_take import LiveDictation
from app.providers.scripted import ScriptedChatModel, ScriptedSpeech, ScriptedTranscriber
from app.secrets import KeyVault
from app.sessions.approval import Approvals
from app.sessions.audio_link import AudioLink
from app.sessions.audio_port import AudioPort
from app.sessions.takes import TakeShelf
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import TurnParts
from app.settings import Settings
from app.settings_store import SettingsStore
from app.shots.shot import Decision
from app.state import Phase
from app.tools.base import Tool
from app.tools.runner import ToolRunner
from app.tools.toolbox import Toolbox
from audio import messages
from audio.client import EngineGone
from audio.journal import JournalWriter
from audio.messages import Pcm, TakeEnd
from tests.sessions.desktop import ScriptedDesktop, ScriptedDucking, live

WAIT_S = 30.0
_Event = TypeVar("_Event")


class ScriptedEngine:
    """An AudioPort that plays as fast as it is sent, and hears what a test tells it."""

    def __init__(self, journal: Path) -> None:
        self.sent: list[messages.Command] = []
        self.pcm_bytes: dict[str, int] = {}
        self.finishes = True
        self.played_ms = 0
        self._journal = journal
        self._events: asyncio.Queue[messages.Event | Pcm | None] = asyncio.Queue()
        self._takes: dict[str, JournalWriter] = {}

    async def send(self, message: messages.Command) -> None:
        self.sent.append(message)
        match message:
            case messages.Play(stream_id):
                self.tell(messages.PlaybackStarted(stream_id))
            case messages.PlayEnd(stream_id) if self.finishes:
                self.tell(messages.PlaybackFinished(stream_id, self.played_ms))
            case messages.Flush(stream_id):
                self.tell(messages.PlaybackFlushed(stream_id, self.played_ms))

    async def send_pcm(self, stream_id: str, data: bytes) -> None:
        self.pcm_bytes[stream_id] = self.pcm_bytes.get(stream_id, 0) + len(data)

    async def receive(self) -> messages.Event | Pcm:
        event = await self._events.get()
        if event is None:
            raise EngineGone(-9)
        return event

    async def close(self) -> None:
        for writer in self._takes.values():
            writer.finish()
        self._takes.clear()
        self.tell(None)

    def tell(self, event: messages.Event | Pcm | None) -> None:
        """Something happened in the engine; None is its end."""
        self._events.put_nowait(event)

    def begin_take(
        self, take_id: str, *, interrupted: str = "", played_ms: int = 0, held: bool = False
    ) -> None:
        """Somebody begins to speak."""
        writer = JournalWriter.open(self._journal, take_id, messages.SPEECH_RATE_HZ)
        self._takes[take_id] = writer
        self.tell(messages.TakeStarted(take_id, 0, interrupted, played_ms, held))
        sound = bytes(messages.SPEECH_RATE_HZ)
        writer.append(sound)
        self.tell(Pcm(take_id, sound))

    def pause(self, take_id: str, *, voiced_ms: int = 400) -> None:
        """And falls silent, perhaps for good."""
        self.tell(messages.Paused(take_id, 500, voiced_ms))

    def go_on(self, take_id: str) -> None:
        """But not for good."""
        self.tell(messages.SpeechResumed(take_id))
        sound = bytes(messages.SPEECH_RATE_HZ)
        self._takes[take_id].append(sound)
        self.tell(Pcm(take_id, sound))

    def end_take(
        self, take_id: str, *, voiced_ms: int = 400, reason: TakeEnd = TakeEnd.SILENCE
    ) -> None:
        """And has finished."""
        self._takes.pop(take_id).finish()
        self.tell(messages.TakeEnded(take_id, 500, voiced_ms, reason))

    def take(self, take_id: str, **end: Any) -> None:
        """A whole take."""
        self.begin_take(take_id)
        self.end_take(take_id, **end)

    @property
    def stream(self) -> str:
        """The stream that was announced last; empty before the first one."""
        streams = [m.stream_id for m in self.sent if isinstance(m, messages.Play)]
        return streams[-1] if streams else ""


class ScriptedPictures:
    """What the user shows: set `attached` and `is_looked_at`, then `decide`."""

    def __init__(self) -> None:
        self.attached: tuple[Image, ...] = ()
        self.is_looked_at = False
        self.on_decided: Callable[[Decision], None] = lambda _: None

    def attached_now(self) -> tuple[Image, ...]:
        return self.attached

    async def take(self) -> tuple[Image, ...]:
        taken, self.attached = self.attached, ()
        return taken

    def decide(self, decision: Decision, *images: Image) -> None:
        """The user says yes or no to what was looked at."""
        self.is_looked_at, self.attached = False, images
        self.on_decided(decision)


class ScriptedProviders:
    """What the session asks for; tests replace any of the three."""

    def __init__(self) -> None:
        self.hears: Transcriber = ScriptedTranscriber()
        self.answers: ChatModel = ScriptedChatModel()
        self.speaks: Speech | None = ScriptedSpeech()

    async def transcriber(self) -> Transcriber:
        return self.hears

    async def live(self) -> LiveDictation:
        return live(self.transcriber)

    async def chat_model(self) -> ChatModel:
        return self.answers

    async def speech(self) -> Speech | None:
        return self.speaks


class Stage:
    """What a test sees: `send` and `engine` go in, `events` come out, `until` waits for them."""

    def __init__(self, folder: Path, store: Store, tools: Sequence[Tool]) -> None:
        self.events: list[events.Event] = []
        self.providers = ScriptedProviders()
        self.pictures = ScriptedPictures()
        self.engine = ScriptedEngine(folder / "takes")
        self.engines_started = 0
        self.warmed = 0
        self.back: list[ServerBack] = []
        self.journal = folder / "takes"
        self.store = store
        self._inbox = Inbox()
        self._news = asyncio.Event()
        self._core = self._build(folder, tools)

    def _build(self, folder: Path, tools: Sequence[Tool]) -> Core:
        board, notices = FactBoard(self._hear), NoticeBoard(self._hear)
        preferences = Preferences(
            SettingsStore(folder / "settings.toml"), KeyVault(), notices, Settings(), self._hear
        )
        self.permission = wire_permission(
            Paths(folder, folder, folder, folder), preferences, notices, self._hear
        )
        self.conversation = CurrentConversation(self.store, self._hear)
        audio, takes = AudioLink(self._start_engine, self._inbox.post), TakeShelf(self.journal)
        self.turn = TurnSession(
            TurnParts(
                audio=audio,
                takes=takes,
                conversation=self.conversation,
                providers=self.providers,
                notices=notices,
                runner=lambda approvals: self._runner(approvals, tools),
                hints=lambda history: Hints(),
                hangover_ms=lambda text: hangover_ms(text, 700),
                system=lambda: "Be brief.",
                publish=self._hear,
                post=self._inbox.post,
                set_facts=board.set,
                spawn=self._inbox.spawn,
                pictures=self.pictures,
            )
        )
        microphone = Microphone(
            audio,
            notices,
            self._hear,
            board.set,
            self.turn.hearing.hold,
            self.turn.hearing.cancel,
            hands_free=True,
        )
        self.desktop = ScriptedDesktop()
        self.ducking = ScriptedDucking()
        dictation = wire_dictation(
            folder / "dictations",
            DictationGround(
                inbox=self._inbox,
                publish=self._hear,
                notices=notices,
                preferences=preferences,
                live=self.providers.live,
                chat_model=self.providers.chat_model,
                transcriber=lambda source: self.providers.transcriber(),
                store=self.store,
                takes=takes,
                audio=audio,
                turn=self.turn,
                hints=lambda settings: Hints(),
                desktop=lambda on_key, on_outcomes: (self.desktop,) * 3,
                ducking=self.ducking,
            ),
        )
        self.dictation = dictation.session
        permissions = self.permission.desk(
            Toolbox(tools), preferences, self.turn.approvals.keep_asking, self._hear
        )
        parts = CoreParts(
            audio=audio,
            microphone=microphone,
            takes=takes,
            conversation=self.conversation,
            preferences=preferences,
            notices=notices,
            turn=self.turn,
            dictation=dictation.session,
            warm=self._warm,
            on_back=self.back.append,
            background=(dictation.follow_settings,),
            closers=(self.permission.audit.aclose,),
            handlers=(permissions.on_command,),
            on_deleted=(self.permission.audit.forget,),
            on_settings=(dictation.follow_settings, permissions.follow_settings),
        )
        return Core(parts, self._inbox, board, self._hear)

    def _runner(self, approvals: Approvals, tools: Sequence[Tool]) -> ToolRunner:
        self.runner = ToolRunner(tools, approvals.ask, self.permission.gate)
        return self.runner

    async def _warm(self) -> None:
        self.warmed += 1

    async def _start_engine(self) -> AudioPort:
        self.engines_started += 1
        if self.engines_started > 1:
            self.engine = ScriptedEngine(self.journal)
        return self.engine

    def _hear(self, event: events.Event) -> None:
        self.events.append(event)
        self._news.set()

    async def run(self) -> None:
        """The core, until Shutdown."""
        await self._core.run()

    def send(self, command: commands.Command) -> None:
        """A front end asks."""
        self._inbox.post(command)

    def post(self, item: object) -> None:
        """Something else happens."""
        self._inbox.post(item)

    def of(self, kind: type[_Event]) -> list[_Event]:
        """All events of one kind so far."""
        return [event for event in self.events if isinstance(event, kind)]

    async def until(self, holds: Callable[[], object], within_s: float = WAIT_S) -> None:
        """Wait for something to become true; fails after `within_s`."""
        async with asyncio.timeout(within_s):
            while not holds():
                self._news.clear()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), 0.02)

    @property
    def phase(self) -> Phase:
        """What the state says now."""
        return self.of(events.StateChanged)[-1].state.phase


@contextlib.asynccontextmanager
async def stage(folder: Path, tools: Sequence[Tool] = ()) -> AsyncIterator[Stage]:
    """A core that runs, and ends in order."""
    store = await Store.open(folder / "sayso.db")
    on_stage = Stage(folder, store, tools)
    running = asyncio.create_task(on_stage.run())
    try:
        await on_stage.until(lambda: on_stage.of(events.StateChanged) and on_stage.engine.sent)
        yield on_stage
    finally:
        on_stage.send(commands.Shutdown())
        await asyncio.wait_for(running, WAIT_S)
        await store.aclose()
