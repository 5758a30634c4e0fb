"""What the button of a banner does: a command, or the place where it can be put right. Pure."""

from __future__ import annotations

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app import commands
from app.errors import Action, Code

if TYPE_CHECKING:
    from app.events import Notice


class Page(enum.Enum):
    """The pages of the window."""

    CONVERSATION = enum.auto()
    HISTORY = enum.auto()
    KNOWLEDGE = enum.auto()
    SETTINGS = enum.auto()
    TOOLS = enum.auto()
    HELP = enum.auto()
    PREVIEW = enum.auto()
    """A picture that is looked at before it is attached."""
    PICTURE = enum.auto()
    """A picture that was sent, or is attached."""


@dataclass(frozen=True, slots=True)
class Destination:
    """A page, and what to show there: a setting's path, `KEY_FIELD`, an error's code or an id."""

    page: Page
    target: str = ""


KEY_FIELD = "server.key"
EXTENSIONS = "extensions.servers"
_MODEL_CODES = (Code.MODEL_UNKNOWN, Code.REQUEST_REFUSED)

# Called when they are needed: the window does not wait for the module of the commands.
_COMMANDS: Mapping[Action, Callable[[], commands.Command]] = {
    Action.RETRY: lambda: commands.Retry(),
    Action.CONTINUE: lambda: commands.ContinueReply(),
    Action.NEW_CONVERSATION: lambda: commands.NewConversation(),
    Action.TRANSCRIBE_KEPT: lambda: commands.TranscribeKept(),
}


def remedy(notice: Notice) -> commands.Command | Destination | None:
    """What to do about the notice; None when there is nothing to press."""
    match notice.action:
        case Action.USE_BUILT_IN:
            return use_built_in()
        case Action.ENTER_KEY:
            return Destination(Page.SETTINGS, KEY_FIELD)
        case Action.CHANGE_SERVER:
            is_model = notice.code in _MODEL_CODES
            return Destination(Page.SETTINGS, "chat.model" if is_model else "server.base_url")
        case Action.CHOOSE_DEVICE:
            is_output = notice.code is Code.NO_SPEAKER
            return Destination(
                Page.SETTINGS, "audio.output_device" if is_output else "audio.input_device"
            )
        case Action.REVIEW_EXTENSIONS:
            return Destination(Page.SETTINGS, EXTENSIONS)
        case Action.REALTIME_SETTINGS:
            is_limit = notice.code is Code.REALTIME_LIMIT
            name = "daily_budget_usd" if is_limit else "engine"
            return Destination(Page.SETTINGS, f"realtime.{name}")
        case Action.OPEN_HELP:
            return Destination(Page.HELP, notice.code.value)
        case _:
            make = _COMMANDS.get(notice.action)
            return make() if make is not None else None


def use_built_in() -> commands.ChangeSettings:
    """Do everything on this computer."""
    from app.settings import Source  # the settings tree is slow to import and not needed to start

    return commands.ChangeSettings(
        {
            "chat.source": Source.BUILT_IN,
            "transcription.source": Source.BUILT_IN,
            "speech.source": Source.BUILT_IN,
        }
    )
