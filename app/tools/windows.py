"""Tools that list the open windows and bring one to the front."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import Annotated

from app.desktop.open_windows import OpenWindow, OpenWindows, WindowsUnknown
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

MAX_LISTED = 60
_TITLE_CHARS = 200
_FAMILY = "windows"
_UNKNOWN = "This desktop does not tell other programs which windows are open."
_WORD = re.compile(r"[^\W_]+")
_KINDS = {
    "browser": "firefox chromium chrome brave vivaldi epiphany opera edge librewolf falkon",
    "terminal": "xterm konsole foot kitty alacritty wezterm terminator tilix urxvt ptyxis ghostty",
    "editor": "mousepad gedit kate kwrite featherpad pluma xed codium code",
    "files": "nautilus dolphin thunar nemo caja pcmanfm",
    "calculator": "kcalc galculator qalculate calc",
    "spreadsheet": "calc gnumeric excel",
}
"""What people call programs, and the words by which these call themselves."""


def window_tools(windows: OpenWindows) -> tuple[Tool, ...]:
    """list_windows and switch_window."""

    @tool(
        description="The windows that are open: program, title, and which one is in front.",
        risk=Risk.READ,
        family=_FAMILY,
        origin=Origin.SCREEN,
    )
    async def list_windows() -> Answer:
        found = await _others(windows)
        answer: dict[str, object] = {
            "windows": [
                {"program": each.app, "title": each.title[:_TITLE_CHARS], "front": each.active}
                for each in found[:MAX_LISTED]
            ]
        }
        if len(found) > MAX_LISTED:
            answer["note"] = f"{len(found) - MAX_LISTED} more are not listed."
        return answer

    @tool(
        description="Bring an open window to the front and give it the keyboard.",
        risk=Risk.REVERSIBLE,
        question=lambda arguments: f"Switch to “{' '.join(arguments['name'].split())[:80]}”?",
        family=_FAMILY,
    )
    async def switch_window(
        name: Annotated[str, 'Words of its program or title, for instance "firefox".'],
    ) -> Answer:
        window = best_window(name, await _others(windows))
        if window is None:
            raise ToolFailed(f"No open window is called “{name.strip()[:_TITLE_CHARS]}”.")
        shown = window.app or "the window"
        try:
            if not await windows.switch(window.number):
                raise ToolFailed(f"{shown} did not come to the front.")
        except WindowsUnknown:
            raise ToolFailed(_UNKNOWN) from None
        return {"switched_to": shown}

    return list_windows, switch_window


def best_window(name: str, windows: Sequence[OpenWindow]) -> OpenWindow | None:
    """The window that `name` means: its program counts more than its title. Pure."""
    wanted = _words(name)
    if not wanted:
        return None
    ranked = [(_rank(wanted, window), window) for window in windows]
    best = max((rank for rank, _ in ranked), default=0)
    return next((window for rank, window in ranked if rank == best and best), None)


async def _others(windows: OpenWindows) -> tuple[OpenWindow, ...]:
    try:
        found = await windows.list()
    except WindowsUnknown:
        raise ToolFailed(_UNKNOWN) from None
    return tuple(window for window in found if window.pid != os.getpid())


def _rank(wanted: set[str], window: OpenWindow) -> int:
    app, title = _words(window.app), _words(window.title)
    if wanted == app:
        return 5
    if wanted <= app:
        return 4
    if wanted <= app | title:
        return 3
    if any(app & set(_KINDS.get(word, "").split()) for word in wanted):
        return 2
    together = "".join((window.app, window.title)).casefold()
    return 1 if all(word in together for word in wanted) else 0


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold())) - {"the", "my", "window", "app"}
