"""Which tool a command needs, and with which arguments. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal

from app.conversation.message import new_id
from app.providers.base import ToolCall
from app.providers.local.matcher import Match, Slots
from app.providers.local.templates import Intent

READ_ALL_NOTES = 10
"""So many notes are read when no number was said."""

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
    Intent.OPEN_SITE: ("open_site", lambda slots: {"url": slots["site"]}),
    Intent.OPEN_APP: ("open_app", lambda slots: {"name": slots["app"]}),
}


def call_for(match: Match) -> ToolCall | None:
    """The call that carries out a command; None for those that need no tool."""
    if match.intent not in _TOOLS:
        return None
    name, arguments = _TOOLS[match.intent]
    return ToolCall(f"call_{new_id()}", name, json.dumps(arguments(match.slots)))


def _number(value: object) -> float:
    assert isinstance(value, Decimal | int)
    return float(value)
