"""Everything the core tells. Front ends render these and keep no state of their own."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.conversation.message import ConversationSummary, Message
from app.dictation.events import DictationEvent
from app.errors import Action, Category, Code
from app.extensions.events import ExtensionEvent
from app.knowledge.events import KnowledgeEvent
from app.permission.events import PermissionEvent
from app.products.events import ProductEvent
from app.realtime.events import RealtimeEvent
from app.service_events import (
    FoundServer as FoundServer,
    KeyPlace as KeyPlace,
    KeyStatus as KeyStatus,
    ListedModel as ListedModel,
    ModelsListed as ModelsListed,
    RealtimeTested as RealtimeTested,
    RealtimeTestStarted as RealtimeTestStarted,
    ServersFound as ServersFound,
    ServiceEvent,
    ServiceTested as ServiceTested,
    ServiceTestStarted as ServiceTestStarted,
)
from app.services import Service
from app.shots.events import ShotEvent
from app.state import State

if TYPE_CHECKING:  # the settings tree takes 0.15 s to import, and the window does not wait for it
    from app.permission.borrowed import Span
    from app.permission.grants import Offer
    from app.providers.base import Image
    from app.settings import Settings
    from app.tools.base import Origin, Risk
    from app.tools.policy import Why
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
class ToolProgress:
    """How far it has come, in words."""

    reply_id: str
    call_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ToolEnded:
    """It is done."""

    reply_id: str
    call_id: str
    result: str
    ok: bool
    seconds: float
    images: tuple[Image, ...] = ()


@dataclass(frozen=True, slots=True)
class ReplyEnded:
    """The reply as it is kept; None when there was nothing to keep."""

    reply_id: str
    message: Message | None


@dataclass(frozen=True, slots=True)
class ApprovalRequested:
    """A tool waits for a person's yes, for `seconds`. `arguments` is exact and shown whole.

    `why` it is asked: `Why.TAINT` where words that came from `origins` may have led to it. `marks`
    are the parts of the arguments that such words have, `offers` what may be allowed for longer.
    """

    request_id: str
    question: str
    tool: str
    arguments: str
    by_voice: bool
    why: Why | None = None
    origins: tuple[Origin, ...] = ()
    marks: tuple[Span, ...] = ()
    offers: tuple[Offer, ...] = ()
    seconds: float = 60.0
    risk: Risk | None = None


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
    | ToolProgress
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
    | ServiceEvent
    | ShowWindow
    | Closed
    | DictationEvent
    | KnowledgeEvent
    | ExtensionEvent
    | ShotEvent
    | ProductEvent
    | PermissionEvent
    | RealtimeEvent
)
