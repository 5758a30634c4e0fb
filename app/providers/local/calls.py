"""Which tool a command needs, and with which arguments. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal

from app.conversation.message import new_id
from app.providers.base import ToolCall
from app.providers.local.intents import Intent
from app.providers.local.matcher import Match, Slots
from app.providers.local.memory_phrases import recall_arguments

READ_ALL_NOTES = 10
"""So many notes are read when no number was said."""

STEP_PERCENT = 10
"""What "louder" means when no number was said."""

_Arguments = Mapping[str, object]

_TOOLS: dict[Intent, tuple[str, Callable[[Slots], _Arguments]]] = {
    Intent.TIME: ("get_time", lambda _: {}),
    Intent.DATE: ("get_date", lambda slots: {"offset_days": slots.get("day", 0)}),
    Intent.TIMER_SET: (
        "set_timer",
        lambda slots: {"seconds": slots["duration"], "label": slots.get("label")},
    ),
    Intent.TIMER_LIST: ("list_timers", lambda _: {}),
    Intent.TIMER_CANCEL: ("cancel_timer", lambda slots: {"label": slots.get("label")}),
    Intent.CALCULATE: ("calculate", lambda slots: {"expression": slots["expression"]}),
    Intent.CONVERT: (
        "convert_units",
        lambda slots: {
            "value": _number(slots["value"]),
            "from_unit": slots["source"],
            "to_unit": slots["target"],
        },
    ),
    Intent.NOTE_ADD: ("add_note", lambda slots: {"text": slots["text"]}),
    Intent.NOTE_LIST: (
        "list_notes",
        lambda slots: {"limit": slots.get("limit", READ_ALL_NOTES)},
    ),
    Intent.OPEN_FOLDER: ("open_file", lambda slots: {"path": slots["folder"]}),
    Intent.FIND_FILE: ("find_files", lambda slots: {"words": slots["text"]}),
    Intent.VOLUME_UP: ("set_volume", lambda slots: {"change": _step(slots)}),
    Intent.VOLUME_DOWN: ("set_volume", lambda slots: {"change": -_step(slots)}),
    Intent.VOLUME_SET: ("set_volume", lambda slots: {"percent": slots["percent"]}),
    Intent.VOLUME_GET: ("get_volume", lambda _: {}),
    Intent.MUTE: ("set_volume", lambda _: {"muted": True}),
    Intent.UNMUTE: ("set_volume", lambda _: {"muted": False}),
    Intent.MEDIA_PLAY: ("control_media", lambda _: {"action": "play"}),
    Intent.MEDIA_PAUSE: ("control_media", lambda _: {"action": "pause"}),
    Intent.MEDIA_NEXT: ("control_media", lambda _: {"action": "next"}),
    Intent.MEDIA_PREVIOUS: ("control_media", lambda _: {"action": "previous"}),
    Intent.MEDIA_WHAT: ("now_playing", lambda _: {}),
    Intent.WINDOW_LIST: ("list_windows", lambda _: {}),
    Intent.WINDOW_SWITCH: ("switch_window", lambda slots: {"name": slots["app"]}),
    Intent.CLIPBOARD_READ: ("read_clipboard", lambda _: {}),
    Intent.CLIPBOARD_COPY: ("write_clipboard", lambda slots: {"text": slots["text"]}),
    Intent.REMEMBER: ("remember", lambda slots: {"fact": slots["text"]}),
    Intent.RECALL: ("recall", recall_arguments),
    Intent.FORGET: ("forget", lambda slots: {"about": slots["text"]}),
    Intent.FOLDERS_SEARCH: ("search_folders", lambda slots: {"question": slots["text"]}),
    Intent.OPEN_SITE: ("open_site", lambda slots: {"url": slots["site"]}),
    Intent.OPEN_APP: ("open_app", lambda slots: {"name": slots["app"]}),
}


def call_for(match: Match) -> ToolCall | None:
    """The call that carries out a command; None for those that need no tool."""
    if match.intent not in _TOOLS:
        return None
    name, arguments = _TOOLS[match.intent]
    written = json.dumps(arguments(match.slots))
    return ToolCall(f"call_{new_id()}", name, written, is_literal=True)


def _number(value: object) -> float:
    assert isinstance(value, Decimal | int)
    return float(value)


def _step(slots: Slots) -> int:
    step = slots.get("percent", STEP_PERCENT)
    assert isinstance(step, int)
    return step
