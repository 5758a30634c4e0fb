"""Everything the core tells. Front ends render these and keep no state of their own."""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.conversation.message import ConversationSummary, Message
from app.dictation.events import DictationEvent
from app.errors import Action, Category, Code
from app.services import Service
from app.state import State

if TYPE_CHECKING:  # the settings tree takes 0.15 s to import, and the window does not wait for it
    from app.settings import Settings
    from app.usage.spent import Bill


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
    """A finished message joined the conversation, at its end or in front of another one."""

    message: Message
    before: str = ""


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
class RetryWaiting:
    """A service waits before it asks a server once more: `reason` in a sentence, and how long."""

    wait_id: str
    service: Service
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class RetryOver:
    """It asks now, or was told to stop."""

    wait_id: str


@dataclass(frozen=True, slots=True)
class KeptTake:
    """A recording that is not yet text. `trying` while it is being turned into text."""

    take_id: str
    at: datetime.datetime
    seconds: float
    reason: str = ""
    trying: bool = False


@dataclass(frozen=True, slots=True)
class KeptTakesChanged:
    """All kept recordings of the conversation on screen, oldest first."""

    takes: tuple[KeptTake, ...]


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
class CostChanged:
    """What the requests of the conversation on screen cost so far."""

    conversation_id: str
    bill: Bill


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
    LOCKED = "locked"
    """Perhaps in the keyring, which is locked."""


@dataclass(frozen=True, slots=True)
class KeyStatus:
    """Whether there is a key for a server in the settings, and where. Never the key.

    `host` is the origin that the key is bound to (`ServerAddress.origin`).
    """

    host: str
    place: KeyPlace


@dataclass(frozen=True, slots=True)
class ListedModel:
    """A model that a server names. `retires` is the first day without it, where that is known.

    `owner` and `task` are what the server says of it; most say nothing.
    """

    id: str
    owner: str = ""
    task: str = ""
    retires: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class ModelsListed:
    """What the server of a service offers for it; `problem` says why nothing could be learned."""

    service: Service
    base_url: str
    models: tuple[ListedModel, ...]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FoundServer:
    """A server on this computer. `preset` is the id in `resources/presets.toml`, if any fits."""

    base_url: str
    name: str
    preset: str
    services: tuple[Service, ...]
    models: tuple[ListedModel, ...]
    needs_key: bool = False


@dataclass(frozen=True, slots=True)
class ServersFound:
    """The answer to `commands.FindServers`."""

    servers: tuple[FoundServer, ...]


@dataclass(frozen=True, slots=True)
class ServiceTestStarted:
    """The test of a service runs."""

    service: Service


@dataclass(frozen=True, slots=True)
class ServiceTested:
    """What works of a service: one sentence, details below it, and how long it took.

    Where it does not, `summary` says what happened and `action` what helps; a test that was
    stopped has no summary.
    """

    service: Service
    ok: bool
    summary: str
    detail: str
    seconds: float
    action: Action = Action.NONE


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
    | RetryWaiting
    | RetryOver
    | KeptTakesChanged
    | ConversationOpened
    | ConversationsListed
    | CostChanged
    | SettingsChanged
    | KeyStatus
    | ModelsListed
    | ServersFound
    | ServiceTestStarted
    | ServiceTested
    | ShowWindow
    | Closed
    | DictationEvent
)
