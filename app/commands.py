"""Everything a front end can ask of the core. One queue takes them all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.dictation.commands import DictationCommand
from app.extensions.commands import ExtensionCommand
from app.knowledge.commands import KnowledgeCommand
from app.permission.commands import PermissionCommand
from app.products.commands import ProductCommand
from app.realtime.commands import RealtimeCommand
from app.services import Service
from app.shots.commands import ShotCommand

if TYPE_CHECKING:
    from app.permission.grants import Scope
    from app.secrets import Secret


@dataclass(frozen=True, slots=True)
class SetHandsFree:
    """Listen, or stop listening."""

    on: bool


@dataclass(frozen=True, slots=True)
class SetMuted:
    """Close the microphone itself, or open it again as hands-free says."""

    on: bool


@dataclass(frozen=True, slots=True)
class PressToTalk:
    """The talk key went down."""


@dataclass(frozen=True, slots=True)
class ReleaseToTalk:
    """The talk key came up; `cancelled` drops the take unsent."""

    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class SendText:
    """A typed turn."""

    text: str


@dataclass(frozen=True, slots=True)
class StopReply:
    """Silence, now; the reply is cut to what was heard."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to `events.ApprovalRequested`.

    `scope` is one of its offers, where more than this once is allowed.
    """

    request_id: str
    yes: bool
    scope: Scope | None = None


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """Speak a message that was spoken or shown before."""

    message_id: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Do again what the last notice was about: the failed take, or the last turn."""


@dataclass(frozen=True, slots=True)
class ContinueReply:
    """Let a reply that was cut off in the middle go on from there."""


@dataclass(frozen=True, slots=True)
class RetryTake:
    """Turn this kept recording into text now."""

    take_id: str


@dataclass(frozen=True, slots=True)
class DiscardTake:
    """Delete this kept recording; asked only after the user said so."""

    take_id: str


@dataclass(frozen=True, slots=True)
class TranscribeKept:
    """Turn the kept takes into messages of this conversation, without answering them."""


@dataclass(frozen=True, slots=True)
class DiscardKept:
    """Delete the kept takes; asked only after the user said so."""


@dataclass(frozen=True, slots=True)
class DismissNotice:
    """The user has read it."""

    notice_id: str


@dataclass(frozen=True, slots=True)
class NewConversation:
    """Begin an empty conversation."""


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """Show a kept conversation and go on with it."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class DeleteConversation:
    """Remove a conversation for good."""

    conversation_id: str


@dataclass(frozen=True, slots=True)
class ChangeSettings:
    """Dotted paths and their new values: `{"chat.model": "gpt-4o"}`."""

    values: dict[str, object] = field(hash=False)


@dataclass(frozen=True, slots=True)
class StoreKey:
    """Keep a server's key; an empty secret forgets it.

    `host` is the server's address or origin; empty means the common server in the settings.
    """

    secret: Secret
    host: str = ""


@dataclass(frozen=True, slots=True)
class FindServers:
    """Look on this computer for servers that speak OpenAI's API; `events.ServersFound` answers."""


@dataclass(frozen=True, slots=True)
class ListModels:
    """Ask the server of a service what it offers; `events.ModelsListed` answers."""

    service: Service


@dataclass(frozen=True, slots=True)
class TestService:
    """Try a service as it is set up; `events.ServiceTested` answers."""

    service: Service


@dataclass(frozen=True, slots=True)
class TestRealtime:
    """Try realtime as it is set up; `events.RealtimeTested` answers."""


@dataclass(frozen=True, slots=True)
class CancelTests:
    """Stop what `FindServers`, `ListModels` and the tests began."""


@dataclass(frozen=True, slots=True)
class RefreshDevices:
    """Ask the engine what is plugged in."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Finish cleanly and end."""


Command = (
    SetHandsFree
    | SetMuted
    | PressToTalk
    | ReleaseToTalk
    | SendText
    | StopReply
    | Answer
    | ReadAgain
    | Retry
    | ContinueReply
    | RetryTake
    | DiscardTake
    | TranscribeKept
    | DiscardKept
    | DismissNotice
    | NewConversation
    | OpenConversation
    | DeleteConversation
    | ChangeSettings
    | StoreKey
    | FindServers
    | ListModels
    | TestService
    | TestRealtime
    | CancelTests
    | RefreshDevices
    | Shutdown
    | DictationCommand
    | KnowledgeCommand
    | ExtensionCommand
    | ShotCommand
    | ProductCommand
    | PermissionCommand
    | RealtimeCommand
)
