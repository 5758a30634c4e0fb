"""All tools that there are, made of what they stand on."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

from app.conversation.store import Store
from app.desktop.choose_open_windows import open_windows_for
from app.desktop.choose_opener import opener_here
from app.desktop.clipboard_text import clipboard_text_for
from app.desktop.insertion import Focus, Inserter
from app.desktop.players import Players
from app.desktop.volume import volume_of_this_desktop
from app.paths import Paths
from app.preferences import Preferences
from app.products.desk import ProductDesk
from app.thread import Publish
from app.tools.base import Tool
from app.tools.calculator import calculator_tools
from app.tools.clipboard import clipboard_tools
from app.tools.clock import clock_tools
from app.tools.files import PathOpener, file_tools
from app.tools.media import player_tools, volume_tools
from app.tools.notes import note_tools
from app.tools.opening import opening_tools
from app.tools.places import Places
from app.tools.products import product_tools
from app.tools.reading import reading_tools
from app.tools.settings import given_folders
from app.tools.timers import Timers, timer_tools
from app.tools.toolbox import Toolbox
from app.tools.typing import typing_tools
from app.tools.units import unit_tools
from app.tools.web_page import web_page_tools
from app.tools.windows import window_tools
from app.web.connect import public_way


@dataclass(frozen=True, slots=True)
class ToolGround:
    """What the tools stand on. `has_desktop` is False where there is no window, as in a test.

    Tools that come and go while Sayso runs are put into the `toolbox` by whoever brings them.
    """

    paths: Paths
    preferences: Preferences
    store: Store
    timers: Timers
    publish: Publish
    has_desktop: bool = False
    toolbox: Toolbox = field(default_factory=Toolbox)


def tools(ground: ToolGround) -> Sequence[Tool]:
    """Each tool, once. Called when the core starts; no tool does anything before it is run."""
    opener = opener_here()
    return (
        *clock_tools(),
        *timer_tools(ground.timers),
        *calculator_tools(),
        *unit_tools(),
        *note_tools(ground.store),
        *opening_tools(opener),
        *_file_tools(ground, opener),
        *web_page_tools(public_way()),
        *product_tools(ProductDesk(ground.publish).offer),
    )


def desk_tools(focus: Focus, inserter: Inserter) -> Sequence[Tool]:
    """What acts on the desktop of whoever sits here, by the hands that dictation has."""
    volume = volume_of_this_desktop()
    return (
        *clipboard_tools(clipboard_text_for(os.environ), inserter.copy),
        *window_tools(open_windows_for(os.environ)),
        *typing_tools(focus, inserter),
        *(player_tools(Players()) if sys.platform == "linux" else ()),
        *(volume_tools(volume) if volume is not None else ()),
    )


def places_of(ground: ToolGround) -> Places:
    """The folders that the user gave, as the settings say at each moment."""
    paths = ground.paths
    return Places(
        lambda: given_folders(ground.preferences.settings.tools.folders),
        never=(paths.config, paths.data, paths.state),
    )


def _file_tools(ground: ToolGround, opener: PathOpener) -> Sequence[Tool]:
    if os.open not in os.supports_dir_fd:  # nothing could be held to its folder
        return ()
    places = places_of(ground)
    return (*file_tools(places, opener), *reading_tools(places))
