"""The composition root: the only module that names concrete classes."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from app import events, logs
from app.conversation.current import CurrentConversation
from app.conversation.kept import Timer
from app.conversation.store import Store
from app.conversation.turn_end import hangover_ms
from app.core import Announcement, Core, CoreParts
from app.current_providers import CurrentProviders, Outlook
from app.desktop.ducking import Ducking, NoDucking, ducking_for
from app.desktop.opener import create_opener
from app.dictation_wiring import (
    Desktop,
    DictationGround,
    WiredDictation,
    no_desktop,
    this_desktop,
    wire_dictation,
)
from app.engine_settings import configuration
from app.errors import AppError, Code
from app.fact_board import FactBoard
from app.inbox import Inbox
from app.instance import Instance
from app.microphone import Microphone
from app.net.waits import Waits
from app.notices import NoticeBoard
from app.paths import Paths
from app.preferences import Preferences
from app.provider_wiring import provider_registry
from app.providers.base import ChatMessage, Hints, Transcriber
from app.providers.local.commands import expects
from app.providers.openai.probe import probe_ports
from app.providers.succession import replaced
from app.retirements import watch_retirements
from app.secrets import KeyVault
from app.service_desk import ServiceDesk
from app.sessions.audio_link import AudioLink
from app.sessions.audio_port import AudioPort
from app.sessions.takes import TakeShelf
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import TurnParts
from app.settings import Settings, Source, changed
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
from app.usage.ledger import Ledger
from audio.client import EngineClient

StartAudio = Callable[[Preferences], Awaitable[AudioPort]]
Background = Callable[[Inbox, Publish], Awaitable[None]]


def live_core(paths: Paths, instance: Instance) -> Main:
    """The core with real devices, for a window or a terminal."""

    async def start_engine(preferences: Preferences) -> AudioPort:
        with logs.engine_log(paths.logs) as log:
            configure = configuration(paths, preferences.settings)
            return await EngineClient.start(configure, log=log.fileno())

    async def serve(inbox: Inbox, publish: Publish) -> None:
        await instance.serve(lambda: publish(events.ShowWindow()), inbox.post)

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
    ledger: Ledger
    providers: CurrentProviders
    timers: Timers
    takes: TakeShelf
    problems: Sequence[AppError]


async def _ground(paths: Paths, inbox: Inbox, publish: Publish) -> _Ground:
    notices = NoticeBoard(publish)
    settings_store = SettingsStore(paths.settings_file)
    loaded = await asyncio.to_thread(settings_store.load)
    store, store_problem = await _open_store(paths)
    vault, ledger = KeyVault(), Ledger(paths.usage_file, publish)
    preferences = Preferences(settings_store, vault, notices, loaded.settings, publish)
    return _Ground(
        inbox=inbox,
        publish=publish,
        board=FactBoard(publish),
        notices=notices,
        preferences=preferences,
        store=store,
        ledger=ledger,
        providers=CurrentProviders(
            lambda: provider_registry(
                vault, ledger, lambda old, new: notices.post(replaced(old, new)), Waits(publish)
            ),
            preferences,
            Outlook(
                notices=notices,
                say=lambda text: inbox.post(Announcement(text, "Sayso", keep=False)),
                post=inbox.post,
                spawn=inbox.spawn,
            ),
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


def _desk(ground: _Ground, audio: AudioLink) -> ServiceDesk:
    return ServiceDesk(
        ground.providers.registry,
        lambda: ground.preferences.settings,
        probe_ports,
        ground.publish,
        ground.inbox.spawn,
        audio,
    )


def _dictation(
    ground: _Ground,
    audio: AudioLink,
    turn: TurnSession,
    folder: Path,
    desktop: Desktop,
    ducking: Ducking,
) -> WiredDictation:
    providers, preferences = ground.providers, ground.preferences

    async def transcriber(source: Source | None) -> Transcriber:
        if source is None:
            return await providers.transcriber()
        return await providers.registry.transcriber(
            changed(preferences.settings, {"transcription.source": source})
        )

    return wire_dictation(
        folder,
        DictationGround(
            inbox=ground.inbox,
            publish=ground.publish,
            notices=ground.notices,
            preferences=preferences,
            live=providers.live_transcriber,
            chat_model=providers.chat_model,
            transcriber=transcriber,
            store=ground.store,
            takes=ground.takes,
            audio=audio,
            turn=turn,
            hints=lambda settings: _hints(settings, ()),
            desktop=desktop,
            ducking=ducking,
        ),
    )


def _upkeep(
    ground: _Ground, dictation: WiredDictation, background: Background | None
) -> Sequence[Callable[[], Awaitable[None]]]:
    """What runs beside the core from its start."""
    timers, providers, preferences = ground.timers, ground.providers, ground.preferences

    async def start_timers() -> None:
        for timer in await timers.start():
            ground.inbox.post(Announcement(_missed(timer), "timer"))

    async def serve() -> None:
        if background is not None:
            await background(ground.inbox, ground.publish)

    async def watch_models() -> None:
        await watch_retirements(
            providers.registry, lambda: preferences.settings, ground.notices.post
        )

    return (
        dictation.follow_settings,
        preferences.publish_keys,
        providers.warm,
        serve,
        start_timers,
        watch_models,
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
    conversation = CurrentConversation(ground.store, publish, ground.ledger.turn_to)
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

    desktop = no_desktop if background is None else this_desktop
    ducking = NoDucking() if background is None else ducking_for(paths.state)
    dictation = _dictation(ground, audio, turn, paths.dictations, desktop, ducking)

    parts = CoreParts(
        audio=audio,
        microphone=microphone,
        takes=ground.takes,
        conversation=conversation,
        preferences=preferences,
        notices=ground.notices,
        turn=turn,
        dictation=dictation.session,
        warm=providers.warm,
        on_back=providers.on_back,
        background=_upkeep(ground, dictation, background),
        closers=(
            *dictation.closers,
            timers.aclose,
            providers.aclose,
            ground.ledger.aclose,
            ground.store.aclose,
        ),
        problems=ground.problems,
        handlers=(_desk(ground, audio).on_command,),
        on_settings=(dictation.follow_settings,),
    )
    return Core(parts, inbox, ground.board, publish)


def _tools(store: Store, timers: Timers) -> Sequence[Tool]:
    return (
        *clock_tools(),
        *timer_tools(timers),
        *calculator_tools(),
        *unit_tools(),
        *note_tools(store),
        *opening_tools(create_opener()),
    )


def _hints(settings: Settings, history: Sequence[ChatMessage]) -> Hints:
    chosen = settings.transcription
    return Hints(
        chosen.language,
        expects(history),
        vocabulary=tuple(chosen.vocabulary),
        translate=chosen.translate,
    )


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
