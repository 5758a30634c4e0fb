"""The composition root. Only it, `ground` and modules named `*_wiring` name concrete classes."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app import events, logs
from app.asking import Asking
from app.conversation.current import CurrentConversation
from app.conversation.kept import Timer
from app.core import Announcement, Core
from app.core_parts import CoreParts
from app.desktop.ducking import NoDucking, ducking_for
from app.dictation_wiring import (
    DictationGround,
    WiredDictation,
    no_desktop,
    this_desktop,
    wire_dictation,
)
from app.engine_settings import configuration
from app.ground import Ground, open_ground
from app.inbox import Inbox
from app.instance import Instance
from app.later import Later, LaterParts
from app.microphone import Microphone
from app.paths import Paths
from app.permission.desk import PermissionDesk
from app.permission_wiring import WiredPermission, wire_permission
from app.preferences import Preferences
from app.providers.base import Transcriber
from app.realtime_wiring import RealtimeEngine
from app.retirements import watch_retirements
from app.session_wiring import hints, wire_session
from app.sessions.audio_link import AudioLink
from app.sessions.audio_port import AudioPort
from app.sessions.no_audio import NoAudio
from app.sessions.turn import TurnSession
from app.settings import Source, changed
from app.shot_wiring import WiredShots, wire_shots
from app.thread import Main, Post, Publish
from app.tools.toolbox import Toolbox
from audio.client import EngineClient

StartAudio = Callable[[Preferences], Awaitable[AudioPort]]
Background = Callable[[Inbox, Publish], Awaitable[None]]


def live_core(paths: Paths, instance: Instance) -> Main:
    """The core with real devices, for a window or a terminal."""
    asking = Asking()

    async def serve(inbox: Inbox, publish: Publish) -> None:
        await instance.serve(lambda: publish(events.ShowWindow()), inbox.post, asking.answer)

    return _main(paths, _engine_of(paths), serve, asking=asking)


def asking_core(paths: Paths, asking: Asking, *, aloud: bool) -> Main:
    """The core for one typed question; what is answered is spoken if `aloud`.

    It hears nothing: the voice that answers is not to interrupt itself.
    """

    engine = _engine_of(paths)

    async def start_audio(preferences: Preferences) -> AudioPort:
        preferences.settings = changed(preferences.settings, {"speech.aloud": aloud})
        return await engine(preferences) if aloud else NoAudio()

    return _main(paths, start_audio, None, listens=False, asking=asking)


def file_core(paths: Paths, port: AudioPort) -> Main:
    """The core with `port` in the place of devices, listening from the start."""

    async def use_port(preferences: Preferences) -> AudioPort:
        return port

    return _main(paths, use_port, None, listens=True)


def _engine_of(paths: Paths) -> StartAudio:
    async def start_engine(preferences: Preferences) -> AudioPort:
        with logs.engine_log(paths.logs) as log:
            configure = configuration(paths, preferences.settings)
            return await EngineClient.start(configure, log=log.fileno())

    return start_engine


def _main(
    paths: Paths,
    start_audio: StartAudio,
    background: Background | None,
    *,
    listens: bool | None = None,
    asking: Asking | None = None,
) -> Main:
    async def main(publish: Publish, on_ready: Callable[[Post], None]) -> None:
        inbox = Inbox()
        on_ready(inbox.post)
        tapped = publish if asking is None else asking.tapped(publish)
        core = await _build(paths, inbox, tapped, _Way(start_audio, background, listens, asking))
        await core.run()

    return main


def _dictation(ground: Ground, audio: AudioLink, turn: TurnSession, way: _Way) -> WiredDictation:
    providers, preferences = ground.providers, ground.preferences

    async def transcriber(source: Source | None) -> Transcriber:
        if source is None:
            return await providers.transcriber()
        return await providers.registry.transcriber(
            changed(preferences.settings, {"transcription.source": source})
        )

    return wire_dictation(
        ground.paths.dictations,
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
            hints=lambda settings: hints(settings, ()),
            desktop=this_desktop if way.has_desktop else no_desktop,
            ducking=ducking_for(ground.paths.state) if way.has_desktop else NoDucking(),
        ),
    )


def _upkeep(
    ground: Ground, dictation: WiredDictation, background: Background | None
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


@dataclass(frozen=True, slots=True)
class _Way:
    """How this core is run: with which devices, beside what, and for whom."""

    start_audio: StartAudio
    background: Background | None
    listens: bool | None
    """None: as the settings say."""
    asking: Asking | None

    @property
    def has_desktop(self) -> bool:
        """Whether there is a window."""
        return self.background is not None


async def _build(paths: Paths, inbox: Inbox, publish: Publish, way: _Way) -> Core:
    ground = await open_ground(paths, inbox, publish)
    audio = AudioLink(lambda: way.start_audio(ground.preferences), inbox.post)
    conversation = CurrentConversation(ground.store, publish, ground.ledger.turn_to)
    toolbox = Toolbox()
    shots = wire_shots(
        ground.preferences,
        ground.notices,
        publish,
        inbox.spawn,
        has_desktop=way.asking is not None,
    )
    if way.asking is not None:
        way.asking.use(inbox.post, shots.session.show)
    later = Later(lambda: build_later(), inbox.spawn)
    permission = await asyncio.to_thread(
        wire_permission, paths, ground.preferences, ground.notices, publish
    )
    turn, realtime = wire_session(
        ground, audio, conversation, toolbox, permission, shots.session, later
    )
    dictation = _dictation(ground, audio, turn, way)

    async def build_later() -> LaterParts:
        await asyncio.to_thread(importlib.import_module, "app.acting_wiring")
        from app.acting_wiring import Acting, wire_acting

        tools = shots.tools if way.has_desktop else ()
        return await wire_acting(
            Acting(ground, audio, conversation, toolbox, dictation.hands, tools, way.has_desktop)
        )

    parts = _parts(
        ground,
        way,
        conversation,
        _Sessions(audio, turn, dictation, shots, permission, later, realtime),
        permission.desk(toolbox, ground.preferences, turn.approvals.keep_asking, publish),
    )
    await realtime.follow_settings()
    return Core(parts, inbox, ground.board, publish)


@dataclass(frozen=True, slots=True)
class _Sessions:
    """What the core hands its items to."""

    audio: AudioLink
    turn: TurnSession
    dictation: WiredDictation
    shots: WiredShots
    permission: WiredPermission
    later: Later
    realtime: RealtimeEngine


def _parts(
    ground: Ground,
    way: _Way,
    conversation: CurrentConversation,
    to: _Sessions,
    permissions: PermissionDesk,
) -> CoreParts:
    providers, preferences = ground.providers, ground.preferences
    microphone = Microphone(
        to.audio,
        ground.notices,
        ground.publish,
        ground.board.set,
        to.turn.hearing.hold,
        to.turn.hearing.cancel,
        hands_free=preferences.settings.general.listen_at_start
        if way.listens is None
        else way.listens,
    )
    return CoreParts(
        audio=to.audio,
        microphone=microphone,
        takes=ground.takes,
        conversation=conversation,
        preferences=preferences,
        notices=ground.notices,
        turn=to.turn,
        dictation=to.dictation.session,
        warm=providers.warm,
        on_back=providers.on_back,
        background=(*_upkeep(ground, to.dictation, way.background), to.later.begin),
        closers=(
            *to.dictation.closers,
            to.realtime.aclose,
            to.later.aclose,
            to.permission.audit.aclose,
            ground.timers.aclose,
            to.shots.close,
            providers.aclose,
            ground.ledger.aclose,
            ground.store.aclose,
        ),
        problems=ground.problems,
        handlers=(
            to.shots.session.on_command,
            permissions.on_command,
            to.realtime.on_command,
            to.later.on_command,
        ),
        on_deleted=(to.permission.audit.forget,),
        on_settings=(
            to.dictation.follow_settings,
            permissions.follow_settings,
            to.realtime.follow_settings,
            to.later.follow_settings,
        ),
        key_handlers=(to.shots.session.on_key,),
    )


def _missed(timer: Timer) -> str:
    name = f"{timer.label} timer" if timer.label and not timer.is_foreign else "timer"
    return f"Your {name} ran out while Sayso was closed."
