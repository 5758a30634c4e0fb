"""Dictation's part of the composition root."""

from __future__ import annotations

import datetime
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from app import commands
from app.conversation.store import Store
from app.desktop.choose_hotkeys import NoHotkeys, hotkeys_for
from app.desktop.choose_insertion import insertion_for
from app.desktop.copying import CopyInserter, NoFocus
from app.desktop.ducking import Ducking, NoDucking
from app.desktop.hotkeys import Hotkeys, OnKey, OnOutcomes, Outcomes
from app.desktop.insertion import Focus, Inserter
from app.desktop.late import LateDesktop
from app.dictation.history import DictationHistory
from app.dictation.history_store import HistoryStore
from app.inbox import Inbox
from app.notices import NoticeBoard
from app.preferences import Preferences
from app.providers.base import ChatModel, Hints, Transcriber
from app.providers.live_take import LiveDictation
from app.sessions.audio_link import AudioLink
from app.sessions.dictation import DictationSession, SessionParts
from app.sessions.dictation_keys import DictationKeys
from app.sessions.dictation_rows import DictationRows, RowsParts
from app.sessions.dictation_take import DictationParts
from app.sessions.dictation_words import load_words
from app.sessions.landing import Landing
from app.sessions.surroundings import Surroundings
from app.sessions.takes import TakeShelf
from app.sessions.turn import TurnSession
from app.settings import Settings, Source
from app.thread import Publish

Background = Callable[[], Awaitable[None]]
Desktop = Callable[[OnKey, OnOutcomes], tuple[Focus, Inserter, Hotkeys]]


def this_desktop(on_key: OnKey, on_outcomes: OnOutcomes) -> tuple[Focus, Inserter, Hotkeys]:
    """The windows and keys of whoever sits here."""

    def make() -> tuple[Focus, Inserter, Hotkeys]:
        return (*insertion_for(os.environ), hotkeys_for(on_key, on_outcomes, os.environ))

    late = LateDesktop(make)
    return late.focus, late.inserter, late.hotkeys


def no_desktop(on_key: OnKey, on_outcomes: OnOutcomes) -> tuple[Focus, Inserter, Hotkeys]:
    """Nobody sits here."""
    return NoFocus(), CopyInserter(()), NoHotkeys()


@dataclass(frozen=True, slots=True)
class DictationGround:
    """What dictation shares with everything else, and its own ways to the providers.

    `transcriber` is the settings' own for None.
    """

    inbox: Inbox
    publish: Publish
    notices: NoticeBoard
    preferences: Preferences
    live: Callable[[], Awaitable[LiveDictation]]
    chat_model: Callable[[], Awaitable[ChatModel]]
    transcriber: Callable[[Source | None], Awaitable[Transcriber]]
    store: Store
    takes: TakeShelf
    audio: AudioLink
    turn: TurnSession
    hints: Callable[[Settings], Hints]
    desktop: Desktop
    ducking: Ducking = NoDucking()


@dataclass(frozen=True, slots=True)
class WiredDictation:
    """The session, what follows the settings, and what is closed at the end, in order.

    `hands` look at other windows and write into them.
    """

    session: DictationSession
    follow_settings: Background
    closers: tuple[Background, ...]
    hands: tuple[Focus, Inserter]


def wire_dictation(folder: Path, ground: DictationGround) -> WiredDictation:
    """Dictation; `folder` holds its recordings."""

    def settings() -> Settings:
        return ground.preferences.settings

    def on_outcomes(outcomes: Outcomes) -> None:
        keys.on_outcomes(outcomes)

    history = DictationHistory(HistoryStore(ground.store), folder, ground.publish)
    focus, inserter, hotkeys = ground.desktop(ground.inbox.post, on_outcomes)
    keys = DictationKeys(hotkeys, ground.publish)
    surroundings = Surroundings(
        ground.audio, ground.ducking, lambda: settings().dictation, ground.inbox.spawn
    )

    async def hold_cancel(on: bool) -> None:
        await keys.hold_cancel(on or session.is_talking)

    rows = DictationRows(
        RowsParts(
            history=history,
            inserter=inserter,
            landing=Landing(focus, hold_cancel, ground.publish),
            audio=ground.audio,
            takes=ground.takes,
            notices=ground.notices,
            settings=settings,
            change=lambda values: ground.inbox.post(commands.ChangeSettings(values)),
            hints=lambda: ground.hints(settings()),
            transcriber=ground.transcriber,
            publish=ground.publish,
            spawn=ground.inbox.spawn,
        )
    )
    session = DictationSession(
        SessionParts(
            audio=ground.audio,
            hearing=ground.turn.hearing,
            resume=ground.turn.resume,
            inserter=inserter,
            keys=keys,
            rows=rows,
            surroundings=surroundings,
            notices=ground.notices,
            publish=ground.publish,
            spawn=ground.inbox.spawn,
        )
    )
    session.use(_take_parts(ground, history, (focus, inserter), rows, session, surroundings))

    async def follow_settings() -> None:
        await keys.apply(settings().dictation, settings().screen)
        now = datetime.datetime.now(datetime.UTC)
        await history.forget_old(settings().dictation.retention, now)
        load_words()

    closers = (keys.aclose, ground.ducking.close, inserter.close, focus.close)
    return WiredDictation(session, follow_settings, closers, (focus, inserter))


def _take_parts(
    ground: DictationGround,
    history: DictationHistory,
    hands: tuple[Focus, Inserter],
    rows: DictationRows,
    session: DictationSession,
    surroundings: Surroundings,
) -> DictationParts:
    """What each take works with."""
    focus, inserter = hands
    return DictationParts(
        takes=ground.takes,
        history=history,
        focus=focus,
        inserter=inserter,
        settings=lambda: ground.preferences.settings,
        hints=lambda: ground.hints(ground.preferences.settings),
        live=ground.live,
        chat_model=ground.chat_model,
        publish=ground.publish,
        on_receipt=rows.on_receipt,
        on_text=rows.on_text,
        on_failed=surroundings.fail,
        take_back=session.take_back,
        before=rows.before,
    )
