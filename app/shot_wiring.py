"""The part of the composition root that is about pictures."""

from __future__ import annotations

import datetime
import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from app.desktop.choose_screens import NoScreens, screens_for
from app.desktop.screen import Screens, ScreenText, ScreenWindow, Spans
from app.notices import NoticeBoard
from app.preferences import Preferences
from app.providers.catalogue import ModelRole, default_model
from app.providers.presets import default_model_at
from app.services import Service
from app.sessions.shots import ShotParts, ShotSession
from app.settings import Settings, Source
from app.shots.clipboard import PictureClipboard
from app.shots.grabbing import Grabber
from app.shots.shelf import Publish, ShotShelf, Spawn
from app.tools.base import Tool
from app.tools.screen import screen_tools


@dataclass(frozen=True, slots=True)
class WiredShots:
    """The session, its tools, and what is closed at the end."""

    session: ShotSession
    tools: Sequence[Tool]
    close: Callable[[], Awaitable[None]]


def wire_shots(
    preferences: Preferences,
    notices: NoticeBoard,
    publish: Publish,
    spawn: Spawn,
    *,
    has_desktop: bool,
) -> WiredShots:
    """Pictures of this desktop; of none where nobody sits here."""
    screens: Screens = screens_for(os.environ) if has_desktop else NoScreens()
    shelf = ShotShelf(
        publish,
        spawn,
        lambda: chat_model_of(preferences.settings),
        _look_through if has_desktop else None,
    )
    session = ShotSession(
        ShotParts(
            grabber=Grabber(screens, lambda: preferences.settings.screen.never),
            clipboard=PictureClipboard(os.environ),
            shelf=shelf,
            notices=notices,
            previews=lambda: preferences.settings.screen.preview,
            publish=publish,
            spawn=spawn,
        )
    )
    can_see = _can_see(preferences)
    return WiredShots(
        session, screen_tools(session.show, can_see) if has_desktop else (), screens.close
    )


def chat_model_of(settings: Settings) -> str:
    """The model that answers, as the settings say; empty for what is built in."""
    if settings.source_of(Service.CHAT) is Source.BUILT_IN:
        return ""
    chosen = settings.model_of(Service.CHAT)
    chosen = chosen or default_model_at(settings.address_of(Service.CHAT), Service.CHAT)
    return chosen or default_model(ModelRole.CHAT, datetime.datetime.now().astimezone().date())


def _can_see(preferences: Preferences) -> Callable[[], bool]:
    return lambda: preferences.settings.source_of(Service.CHAT) is Source.SERVER


def _look_through(windows: Sequence[ScreenWindow], spans: Spans, within_s: float) -> ScreenText:
    from app.desktop.screen_text import look_through

    return look_through(windows, spans, within_s)
