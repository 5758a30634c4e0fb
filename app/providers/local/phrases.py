"""What the command assistant says: short sentences, written to be heard. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from app.providers.base import ToolCall
from app.providers.local.desk_phrases import DESK_SENTENCES
from app.providers.local.expressions import say_expression
from app.providers.local.intents import Intent
from app.providers.local.memory_phrases import ASK_FOR_FACT, MEMORY_SENTENCES
from app.providers.local.units import plural_of
from app.providers.local.wording import listed

ASK_FOR_NOTE = "What should I note?"
ASK_FOR_LENGTH = "For how long?"
CANNOT_HERE = "I can't do that here."
NO_RESULT = "Error: there is no result"
NOTHING_TO_REPEAT = "I have not said anything yet."

_NO_MODEL = (
    "Without a key I only understand commands, like: what time is it. A key goes in the settings.",
    "That is no command I know. Try: set a timer for five minutes. For the rest, add a key in the "
    "settings.",
    "For that I need a key, which you add in the settings. Until then, try: take a note.",
    "Without a key I only do commands. Say help to hear them, or add a key in the settings.",
)

CANNOT_SEE = (
    "I cannot look at pictures. A model of a server can: choose one under Answers in the settings."
)

FIXED = {
    Intent.NOTE_BEGIN: ASK_FOR_NOTE,
    Intent.REMEMBER_BEGIN: ASK_FOR_FACT,
    Intent.TIMER_ASK: ASK_FOR_LENGTH,
    Intent.STOP: "All right.",
    Intent.THANKS: "You're welcome.",
    Intent.GREETING: "Hello. What can I do for you?",
    Intent.FAREWELL: "Goodbye.",
    Intent.HELP: (
        "I can tell the time and the date, set timers, calculate, convert units, take notes, "
        "open sites, applications and folders, find files, and change the volume."
    ),
    Intent.LOOK: CANNOT_SEE,
    Intent.KEY: (
        "With a key I can answer any question, understand free speech, and use a better voice. "
        "You add it in the settings."
    ),
}

_Result = Mapping[str, Any]
_SCALES = ("celsius", "fahrenheit", "kelvin")


def not_understood(turn: int) -> str:
    """An honest word about what is missing; a different one each time."""
    return _NO_MODEL[turn % len(_NO_MODEL)]


def sentence(call: ToolCall, result: str) -> str:
    """What a tool's result means to the person who asked."""
    if result.startswith("Error:"):
        reason = result.removeprefix("Error:").strip()
        if reason.startswith("the user said no"):
            return "All right, I left it."
        return f"That did not work: {reason.rstrip('.')}."
    try:
        return _SENTENCES[call.name](json.loads(call.arguments), json.loads(result))
    except (LookupError, ValueError, TypeError):
        return "It is done, but I could not read the result."


def duration(seconds: int) -> str:
    """ "one hour and five minutes", as people say it."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    parts = [
        f"{count} {unit}{'' if count == 1 else 's'}"
        for count, unit in ((hours, "hour"), (minutes, "minute"), (seconds, "second"))
        if count
    ]
    return listed(parts) or "0 seconds"


def _timer_set(_: _Result, result: _Result) -> str:
    label, length = result["label"], duration(result["seconds"])
    name = f"{label.capitalize()} timer" if label else "Timer"
    return f"{name} set for {length}."


def _timers(_: _Result, result: _Result) -> str:
    timers = result["timers"]
    if not timers:
        return "No timer is running."
    left = [
        f"{duration(timer['remaining_s'])} on the {timer['label']} timer"
        if timer["label"]
        else duration(timer["remaining_s"])
        for timer in timers
    ]
    return f"There {'is' if len(timers) == 1 else 'are'} {listed(left)} left."


def _cancelled(arguments: _Result, result: _Result) -> str:
    count = result["cancelled"]
    if count == 0:
        label = arguments.get("label")
        return f"There is no {label} timer." if label else "No timer is running."
    return "The timer is cancelled." if count == 1 else f"All {count} timers are cancelled."


def _calculated(arguments: _Result, result: _Result) -> str:
    asked = say_expression(arguments["expression"])
    return f"{asked[:1].upper()}{asked[1:]} is {result['result']}."


def _converted(arguments: _Result, result: _Result) -> str:
    source = arguments["from_unit"]
    value = f"{arguments['value']:g}"
    name = str(source).replace("_", " ") if value == "1" else plural_of(source)
    verb = "is" if value == "1" or source in _SCALES else "are"
    return f"{value} {name} {verb} {result['text']} {result['unit']}."


def _notes(_: _Result, result: _Result) -> str:
    notes = [note["text"].rstrip(".") for note in result["notes"]]
    if not notes:
        return "There are no notes."
    count = "one note" if len(notes) == 1 else f"{len(notes)} notes"
    return f"You have {count}. " + " ".join(f"{note[:1].upper()}{note[1:]}." for note in notes)


def _opened_site(arguments: _Result, _: _Result) -> str:
    host = str(arguments["url"]).split("://")[-1].split("/")[0].removeprefix("www.")
    return f"I opened {host}."


_SENTENCES: dict[str, Callable[[_Result, _Result], str]] = {
    "get_time": lambda _, result: f"It is {result['spoken']}.",
    "get_date": lambda arguments, result: f"{_day(arguments['offset_days'])} {result['spoken']}.",
    "set_timer": _timer_set,
    "list_timers": _timers,
    "cancel_timer": _cancelled,
    "calculate": _calculated,
    "convert_units": _converted,
    "add_note": lambda _arguments, _result: "Noted.",
    "list_notes": _notes,
    "open_site": _opened_site,
    "open_app": lambda arguments, _: f"I opened {arguments['name']}.",
    **DESK_SENTENCES,
    **MEMORY_SENTENCES,
}


def _day(offset: int) -> str:
    near = {-1: "Yesterday was", 0: "Today is", 1: "Tomorrow is"}
    return near.get(offset, "That is" if offset > 0 else "That was")
