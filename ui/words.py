"""The words of the window: states, choices, tools, addresses. Pure."""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from app.errors import Action
from app.escapes import escaped as escaped
from app.state import Phase, State

_PHASES: Mapping[Phase, str] = {
    Phase.STARTING: "Starting",
    Phase.IDLE: "Ready",
    Phase.LISTENING: "Listening",
    Phase.HEARING: "Listening",
    Phase.TRANSCRIBING: "Turning speech into text",
    Phase.THINKING: "Thinking",
    Phase.SPEAKING: "Speaking · Esc to stop",
    Phase.ASKING: "Waiting for your answer",
    Phase.CLOSING: "Closing",
}
_MUTED = "Muted: the microphone is off"
_FAILED = "Needs attention"

ACTIONS: Mapping[Action, str] = {
    Action.NONE: "",
    Action.RETRY: "Try again",
    Action.ENTER_KEY: "Enter key",
    Action.CHANGE_SERVER: "Change server",
    Action.CHOOSE_DEVICE: "Choose device",
    Action.USE_BUILT_IN: "Use built in",
    Action.TRANSCRIBE_KEPT: "Turn into text",
    Action.CONTINUE: "Go on",
    Action.NEW_CONVERSATION: "New conversation",
    Action.OPEN_HELP: "Open help",
    Action.REVIEW_EXTENSIONS: "Look at it",
    Action.REALTIME_SETTINGS: "Settings",
}

# The keys are those of `events.KeyPlace`, which the window does not wait for.
KEY_PLACES: Mapping[str, str] = {
    "none": "No key for {host} yet.",
    "keyring": "The key for {host} is in the system's keyring.",
    "environment": "The key for {host} comes from the environment.",
    "this_run": "The key for {host} is kept for this run only.",
    "locked": "The keyring is locked; the key for {host} may be in it.",
}

_CHOICES: Mapping[str, str] = {
    "searxng": "SearXNG",
    "brave": "Brave Search",
    "built_in": "Built in",
    "server": "Server",
    "system": "As the system",
    "light": "Light",
    "dark": "Dark",
    "cancel": "Cancel the echo",
    "half_duplex": "Pause the microphone while speaking",
    "headphones": "I wear headphones",
    "off": "Nobody: say what went wrong",
    "any": "Any other service I have set up",
    "nothing": "Not at all",
    "text": "The words for ever, no sound",
    "day": "For a day",
    "week": "For a week",
    "month": "For a month",
    "year": "For a year",
    "forever": "For ever",
}

# Where the same word means something else in another setting.
_CHOICES_OF_KIND: Mapping[str, str] = {
    "Engine.turn_by_turn": "Turn by turn",
    "Engine.realtime": "Realtime",
    "TurnEnds.local": "This computer",
    "TurnEnds.server": "The server, by your pauses",
    "TurnEnds.semantic": "The server, by your words",
    "Near.headset": "Close: a headset",
    "Near.room": "In the room",
    "Near.off": "Leave the sound as it is",
}

OPENAI_HOST = "api.openai.com"


def state_word(state: State, *, failed: bool = False) -> str:
    """The word beside the voice button."""
    if state.muted and state.phase in (Phase.IDLE, Phase.LISTENING):
        return _MUTED
    if failed:
        return _FAILED
    return state.detail or _PHASES[state.phase]


def choice(value: enum.StrEnum) -> str:
    """A setting's value as a person reads it."""
    of_kind = _CHOICES_OF_KIND.get(f"{type(value).__name__}.{value.value}")
    return of_kind or _CHOICES.get(value.value) or sentence(value.value)


def sentence(name: str) -> str:
    """`set_timer` as "Set timer"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def seconds(value: float) -> str:
    """A duration: "0.1 s", "12 s", "2 min 5 s"."""
    if value < 10:
        return f"{max(value, 0.1):.1f} s"
    whole = round(value)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60} s"


def provider(source: str, model: str, base_url: str, answered_by: str) -> str:
    """Who answers, as one small label: "Built in", "gpt-4o"."""
    if source == "built_in":
        return "Built in"
    if model:
        return model
    if answered_by and answered_by.casefold() != "built in":
        return answered_by
    return host(base_url)


def host(base_url: str) -> str:
    """The server's name as people call it."""
    try:
        name = urlsplit(base_url).netloc
    except ValueError:
        name = ""
    return "OpenAI" if name == OPENAI_HOST else (name or "Server")


def long_date(day: datetime.date) -> str:
    """A day in words: "14 January 2027"."""
    return f"{day.day} {day:%B %Y}"


def day(of: datetime.date, today: datetime.date) -> str:
    """The heading that a conversation of that day stands under."""
    past = (today - of).days
    if past <= 0:
        return "Today"
    if past == 1:
        return "Yesterday"
    return "This week" if past < 7 else "Earlier"


def laid_out(arguments: str) -> str:
    """JSON with a line for each value; anything else as it is."""
    try:
        return json.dumps(json.loads(arguments), indent=2, ensure_ascii=False)
    except ValueError:
        return arguments
