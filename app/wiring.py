"""The composition root: the only module that names concrete classes."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files

from app import events, logs
from app.conversation.current import CurrentConversation
from app.conversation.kept import Timer
from app.conversation.store import Store
from app.conversation.turn_end import hangover_ms
from app.core import Announcement, Core, CoreParts
from app.desktop.opener import create_opener
from app.errors import AppError, Code
from app.fact_board import FactBoard
from app.inbox import Inbox
from app.instance import Instance
from app.microphone import Microphone
from app.notices import NoticeBoard
from app.paths import Paths
from app.preferences import Preferences
from app.providers.base import ChatMessage, ChatModel, Hints, Speech, Transcriber
from app.providers.heir_speech import HeirSpeech
from app.providers.local.commands import CommandAssistant, expects
from app.providers.local.recognizer import SphinxTranscriber
from app.providers.local.voice import BuiltInVoice
from app.providers.openai.chat_completions import ChatCompletionsModel
from app.providers.openai.client import OpenAIClient
from app.providers.openai.probe import list_models
from app.providers.openai.read_aloud import ReadAloudSpeech
from app.providers.openai.responses import ResponsesModel
from app.providers.openai.speech import OpenAISpeech
from app.providers.openai.transcriber import OpenAITranscriber
from app.providers.registry import Factories, Registry, VoiceStyle
from app.providers.succession import OnSuccessor, replaced
from app.secrets import KeyVault
from app.sessions.audio_link import AudioLink
from app.sessions.audio_port import AudioPort
from app.sessions.takes import TakeShelf
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import TurnParts
from app.settings import Echo, Settings
from app.settings_store import SettingsStore
from app.thread import Main, Post, Publish
from app.tools.base import Tool
from app.tools.calculator import calculator_tools
from app.tools.clock import clock_tools
from app.tools.notes import note_tools
from app.tools.opening import opening_tools
from app.tools.runner import ToolRunner
from app.tools.timers import Timers, timer_tools
from app.tools.units import unit_tools
from audio.client import EngineClient
from audio.messages import Configure, EchoMode

StartAudio = Callable[[Preferences], Awaitable[AudioPort]]
Background = Callable[[Inbox, Publish], Awaitable[None]]

_ECHO = {
    Echo.CANCEL: EchoMode.CANCEL,
    Echo.HALF_DUPLEX: EchoMode.HALF_DUPLEX,
    Echo.HEADPHONES: EchoMode.OFF,
}


def live_core(paths: Paths, instance: Instance) -> Main:
    """The core with real devices, for a window or a terminal."""

    async def start_engine(preferences: Preferences) -> AudioPort:
        with logs.engine_log(paths.logs) as log:
            configure = _configure(paths, preferences.settings)
            return await EngineClient.start(configure, log=log.fileno())

    async def serve(inbox: Inbox, publish: Publish) -> None:
        await instance.serve(lambda: publish(events.ShowWindow()))

    return _main(paths, start_engine, serve, listens=False)


def file_core(paths: Paths, port: AudioPort) -> Main:
    """The core with `port` in the place of devices, listening from the start."""

    async def use_port(preferences: Preferences) -> AudioPort:
        return port

    return _main(paths, use_port, None, listens=True)


def _main(
    paths: Paths, start_audio: StartAudio, background: Background | None, *, listens: bool
) -> Main:
    async def main(publish: Publish, on_ready: Callable[[Post], None]) -> None:
        inbox = Inbox()
        on_ready(inbox.post)
        core = await _build(paths, start_audio, background, inbox, publish, listens=listens)
        await core.run()

    return main


@dataclass(frozen=True, slots=True)
class _Ground:
    """What everything else stands on."""

    inbox: Inbox
    publish: Publish
    board: FactBoard
    notices: NoticeBoard
    preferences: Preferences
    store: Store
    providers: CurrentProviders
    timers: Timers
    takes: TakeShelf
    problems: Sequence[AppError]


async def _ground(paths: Paths, inbox: Inbox, publish: Publish) -> _Ground:
    notices = NoticeBoard(publish)
    settings_store = SettingsStore(paths.settings_file)
    loaded = await asyncio.to_thread(settings_store.load)
    store, store_problem = await _open_store(paths)
    vault = KeyVault()
    preferences = Preferences(settings_store, vault, notices, loaded.settings, publish)
    return _Ground(
        inbox=inbox,
        publish=publish,
        board=FactBoard(publish),
        notices=notices,
        preferences=preferences,
        store=store,
        providers=CurrentProviders(
            provider_registry(vault, lambda old, new: notices.post(replaced(old, new))),
            preferences,
        ),
        timers=Timers(store, lambda timer: inbox.post(Announcement(_ring(timer), "timer"))),
        takes=TakeShelf(paths.journal),
        problems=[problem for problem in (loaded.problem, store_problem) if problem is not None],
    )


def _session(ground: _Ground, audio: AudioLink, conversation: CurrentConversation) -> TurnSession:
    tools = _tools(ground.store, ground.timers)
    return TurnSession(
        TurnParts(
            audio=audio,
            takes=ground.takes,
            conversation=conversation,
            providers=ground.providers,
            notices=ground.notices,
            runner=lambda approvals: ToolRunner(tools, approvals.ask),
            hints=lambda history: _hints(ground.preferences.settings, history),
            hangover_ms=lambda text: _hangover_ms(ground.preferences.settings, text),
            system=_system_prompt,
            publish=ground.publish,
            post=ground.inbox.post,
            set_facts=ground.board.set,
            spawn=ground.inbox.spawn,
        )
    )


async def _build(
    paths: Paths,
    start_audio: StartAudio,
    background: Background | None,
    inbox: Inbox,
    publish: Publish,
    *,
    listens: bool,
) -> Core:
    ground = await _ground(paths, inbox, publish)
    preferences, providers, timers = ground.preferences, ground.providers, ground.timers
    audio = AudioLink(lambda: start_audio(preferences), inbox.post)
    conversation = CurrentConversation(ground.store, publish)
    turn = _session(ground, audio, conversation)
    hands_free = listens or preferences.settings.general.listen_at_start
    microphone = Microphone(
        audio,
        ground.notices,
        publish,
        ground.board.set,
        turn.hearing.hold,
        turn.hearing.cancel,
        hands_free=hands_free,
    )

    async def start_timers() -> None:
        for timer in await timers.start():
            inbox.post(Announcement(_missed(timer), "timer"))

    async def serve() -> None:
        if background is not None:
            await background(inbox, publish)

    parts = CoreParts(
        audio=audio,
        microphone=microphone,
        takes=ground.takes,
        conversation=conversation,
        preferences=preferences,
        notices=ground.notices,
        turn=turn,
        warm=providers.warm,
        background=(start_timers, providers.warm, serve),
        closers=(timers.aclose, providers.aclose, ground.store.aclose),
        problems=ground.problems,
    )
    return Core(parts, inbox, ground.board, publish)


class CurrentProviders:
    """Who does what, as the settings say at the moment of asking."""

    def __init__(self, registry: Registry, preferences: Preferences) -> None:
        self._registry = registry
        self._preferences = preferences

    async def transcriber(self) -> Transcriber:
        """Speech to text."""
        return await self._registry.transcriber(self._preferences.settings)

    async def chat_model(self) -> ChatModel:
        """Answers."""
        return await self._registry.chat_model(self._preferences.settings)

    async def speech(self) -> Speech | None:
        """The voice, or None when replies are only shown."""
        settings = self._preferences.settings
        return await self._registry.speech(settings) if settings.speech.aloud else None

    async def warm(self) -> None:
        """Load and connect what the settings name, so that the first turn does not wait."""
        for get in (self.transcriber, self.speech, self.chat_model):
            try:
                provider = await get()
            except AppError:
                continue  # Reported when it is needed: nobody asked for anything yet.
            if provider is not None:
                await provider.warm()

    async def aclose(self) -> None:
        """Release all of them."""
        await self._registry.aclose()


def provider_registry(vault: KeyVault, on_successor: OnSuccessor | None = None) -> Registry:
    """The providers that a user can choose from.

    `on_successor` is told the old and the new model when one is no longer offered.
    """

    def read_aloud(client: OpenAIClient, model: str, style: VoiceStyle) -> Speech:
        return ReadAloudSpeech(client, model, style.voice, speed=style.speed)

    def speech(client: OpenAIClient, model: str, style: VoiceStyle) -> Speech:
        first = OpenAISpeech(
            client,
            model,
            style.voice,
            speed=style.speed,
            instructions=style.instructions,
            on_successor=on_successor,
        )
        if not client.address.is_openai:
            return first  # Another server's other kinds of voice are not known.
        return HeirSpeech(first, lambda heir: read_aloud(client, heir.model, style), on_successor)

    return Registry(
        vault,
        Factories(
            client=OpenAIClient,
            built_in_transcriber=SphinxTranscriber,
            built_in_chat_model=CommandAssistant,
            built_in_speech=BuiltInVoice,
            server_transcriber=partial(OpenAITranscriber, on_successor=on_successor),
            server_chat_model=partial(ChatCompletionsModel, on_successor=on_successor),
            openai_chat_model=partial(ResponsesModel, on_successor=on_successor),
            server_speech=speech,
            read_aloud_speech=read_aloud,
            models=list_models,
        ),
    )


def _tools(store: Store, timers: Timers) -> Sequence[Tool]:
    return (
        *clock_tools(),
        *timer_tools(timers),
        *calculator_tools(),
        *unit_tools(),
        *note_tools(store),
        *opening_tools(create_opener()),
    )


def _configure(paths: Paths, settings: Settings) -> Configure:
    audio = settings.audio
    return Configure(
        journal_dir=str(paths.journal),
        input_device=audio.input_device,
        output_device=audio.output_device,
        echo=_ECHO[audio.echo],
        hangover_ms=audio.hangover_ms,
        barge_in=audio.barge_in,
    )


def _hints(settings: Settings, history: Sequence[ChatMessage]) -> Hints:
    return Hints(settings.transcription.language, expects(history))


def _hangover_ms(settings: Settings, text: str) -> int:
    return hangover_ms(text, settings.audio.hangover_ms, settings.transcription.language)


def _system_prompt() -> str:
    text = files("resources").joinpath("prompts", "system.md").read_text(encoding="utf-8")
    today = datetime.datetime.now().astimezone()
    return f"{text}\nToday is {today:%A}, {today.day} {today:%B %Y}."


async def _open_store(paths: Paths) -> tuple[Store, AppError | None]:
    """The store; in memory for this run where the disk refuses it."""
    try:
        store = await Store.open(paths.store_file)
    except AppError as error:
        return await Store.open(None), error
    broken = store.set_aside
    return store, AppError(Code.STORE_BROKEN, broken.name) if broken is not None else None


def _ring(timer: Timer) -> str:
    return f"Your {timer.label} timer is done." if timer.label else "Your timer is done."


def _missed(timer: Timer) -> str:
    name = f"{timer.label} timer" if timer.label else "timer"
    return f"Your {name} ran out while Sayso was closed."
