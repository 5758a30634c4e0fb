"""What the command assistant says about files, windows, the clipboard and sound. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.providers.local.wording import listed

_Result = Mapping[str, Any]

_SPOKEN_FILES = 3
_SPOKEN_WINDOWS = 6
_SPOKEN_CHARS = 400


def _found(arguments: _Result, result: _Result) -> str:
    count, files = result["count"], result["files"]
    if not count:
        return f"I found nothing called {arguments['words']}."
    names = listed([_place(entry["path"]) for entry in files[:_SPOKEN_FILES]])
    if count == 1:
        return f"I found {names}."
    rest = f"I found {count}. The newest are " if count > _SPOKEN_FILES else "I found "
    return f"{rest}{names}."


def _place(path: str) -> str:
    """ "tax.txt in letters": nobody wants to hear a whole path."""
    *above, name = path.split("/")
    return f"{name} in {above[-1]}" if above else name


def _volume(_: _Result, result: _Result) -> str:
    if result["muted"]:
        return "The sound is off."
    return f"The volume is at {result['percent']} percent."


def _media(arguments: _Result, result: _Result) -> str:
    match arguments["action"]:
        case "next":
            return "That is the next one."
        case "previous":
            return "That is the previous one."
    return f"{result['player']} is {result['status']}."


def _now_playing(_: _Result, result: _Result) -> str:
    if result["status"] == "nothing":
        return "Nothing plays."
    if not result["title"]:
        return f"{result['player']} is {result['status']}, and does not say what it is."
    artist = f" by {result['artist']}" if result["artist"] else ""
    return f"{result['title']}{artist}."


def _windows(_: _Result, result: _Result) -> str:
    windows = result["windows"]
    if not windows:
        return "No other window is open."
    names = [window["program"] or window["title"] for window in windows]
    counted = "One window is open" if len(names) == 1 else f"{len(names)} windows are open"
    if len(names) > _SPOKEN_WINDOWS:
        names = [*names[:_SPOKEN_WINDOWS], f"{len(names) - _SPOKEN_WINDOWS} more"]
    return f"{counted}: {listed(names)}."


def _clipboard(_: _Result, result: _Result) -> str:
    text = " ".join(result["text"].split())
    if not text:
        return "There is no text on the clipboard."
    if len(text) > _SPOKEN_CHARS:
        return f"The clipboard begins with: {text[:_SPOKEN_CHARS].rsplit(' ', 1)[0]}…"
    return f"The clipboard says: {text}"


DESK_SENTENCES: dict[str, Callable[[_Result, _Result], str]] = {
    "find_files": _found,
    "open_file": lambda _, result: f"I opened {_place(result['opened'])}.",
    "get_volume": _volume,
    "set_volume": _volume,
    "control_media": _media,
    "now_playing": _now_playing,
    "list_windows": _windows,
    "switch_window": lambda _, result: f"I switched to {result['switched_to']}.",
    "read_clipboard": _clipboard,
    "write_clipboard": lambda _arguments, _result: "It is on the clipboard.",
}
