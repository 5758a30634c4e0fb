"""Everything the core tells. Front ends render these and keep no state of their own."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.conversation.message import ConversationSummary, Message
from app.errors import Action, Category, Code
from app.state import State

if TYPE_CHECKING:  # the settings tree takes 0.15 s to import, and the window does not wait for it
    from app.settings import Settings


@dataclass(frozen=True, slots=True)
class StateChanged:
    """The state is now this."""

    state: State


@dataclass(frozen=True, slots=True)
class LevelChanged:
    """25 times a second while sound flows; each 0..1, ready to draw."""

    input: float
    output: float


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A device as the user sees it. `id` is what goes into the settings."""

    id: str
    label: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class DevicesChanged:
    """What is plugged in."""

    inputs: tuple[DeviceChoice, ...]
    outputs: tuple[DeviceChoice, ...]


@dataclass(frozen=True, slots=True)
class PartialTranscript:
    """Words so far of the take being spoken; empty when it is over."""

    text: str


@dataclass(frozen=True, slots=True)
class MessageAdded:
    """A finished message joined the conversation."""

    message: Message


@dataclass(frozen=True, slots=True)
class ReplyStarted:
    """A reply is on its way; deltas and tools carry its id."""

    reply_id: str
    by: str


@dataclass(frozen=True, slots=True)
class ReplyDelta:
    """More text of the reply."""

    reply_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolStarted:
    """A tool runs within the reply. `arguments` is JSON."""

    reply_id: str
    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolEnded:
    """It is done."""

    reply_id: str
    call_id: str
    result: str
    ok: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply as it is kept; None when there was nothing to keep."""

    reply_id: str
    message: Message | None


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """A tool waits for a person's yes. `arguments` is exact and shown whole."""

    request_id: str
    question: str
    tool: str
    arguments: str
    by_voice: bool


@dataclass(frozen=True, slots=True)
class ApprovalEnded:
    """It was answered, or is no longer needed."""

    request_id: str
    approved: bool


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence, one hint, one action: a banner."""

    id: str
    code: Code
    category: Category
    message: str
    hint: str
    action: Action


@dataclass(frozen=True, slots=True)
class NoticeGone:
    """The banner's cause is over, or the user dismissed it."""

    notice_id: str


@dataclass(frozen=True, slots=True)
class ConversationOpened:
    """This conversation is shown now, with all its messages."""

    summary: ConversationSummary
    messages: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class ConversationsListed:
    """All conversations, newest first."""

    summaries: tuple[ConversationSummary, ...]


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """The settings are now these."""

    settings: Settings


class KeyPlace(enum.StrEnum):
    """Where the server's key is."""

    NONE = "none"
    KEYRING = "keyring"
    ENVIRONMENT = "environment"
    THIS_RUN = "this_run"


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Whether there is a key for the server in the settings, and where. Never the key."""

    host: str
    place: KeyPlace


@dataclass(frozen=True, slots=True)
class ShowWindow:
    """A second start asks for the window."""


@dataclass(frozen=True, slots=True)
class Closed:
    """The last event: everything is saved and released."""


Event = (
    StateChanged
    | LevelChanged
    | DevicesChanged
    | PartialTranscript
    | MessageAdded
    | ReplyStarted
    | ReplyDelta
    | ToolStarted
    | ToolEnded
    | ReplyEnded
    | ApprovalRequested
    | ApprovalEnded
    | Notice
    | NoticeGone
    | ConversationOpened
    | ConversationsListed
    | SettingsChanged
    | KeyStatus
    | ShowWindow
    | Closed
)
