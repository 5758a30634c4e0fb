"""Speech to speech over one connection, in Sayso's own words: what is asked of it, what it tells.

Sound is mono int16 at `SESSION_RATE_HZ` both ways. A `ref` is the name of something that was
asked for; what the other side refuses comes back as `Refused` with the same `ref`.
"""

from __future__ import annotations

import enum
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from app.errors import AppError
from app.providers.base import ChatMessage, Hints, ToolCall, ToolSpec

SESSION_RATE_HZ = 24_000


class TurnEnds(enum.StrEnum):
    """Who says that a turn is over: Sayso itself, the server by its pauses, or by its words."""

    LOCAL = "local"
    SERVER = "server"
    SEMANTIC = "semantic"


class Near(enum.StrEnum):
    """Where the microphone is, for the server's noise reduction."""

    HEADSET = "headset"
    ROOM = "room"
    OFF = "off"


class ResponseEnd(enum.StrEnum):
    """How a response ended."""

    COMPLETED = "completed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"
    INCOMPLETE = "incomplete"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SessionSetup:
    """What a session is told before anything else. `speed` is a factor, `voice` a name.

    Without `aloud` it answers in writing.
    """

    instructions: str
    tools: tuple[ToolSpec, ...] = ()
    hints: Hints = field(default_factory=Hints)
    voice: str = ""
    speed: float = 1.0
    turn_ends: TurnEnds = TurnEnds.LOCAL
    near: Near = Near.ROOM
    aloud: bool = True


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """What was billed: tokens of a response by kind, or the time that a session is open.

    Cached tokens are part of the input.
    """

    text_in: int = 0
    audio_in: int = 0
    image_in: int = 0
    cached_text: int = 0
    cached_audio: int = 0
    cached_image: int = 0
    text_out: int = 0
    audio_out: int = 0
    open_ms: int = 0


# What a session tells


@dataclass(frozen=True, slots=True)
class SessionReady:
    """It is set up. `lasts_s` is how long it may last from now on, 0 where that is not told."""

    lasts_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SpeechHeard:
    """The server's own detector heard somebody begin (`on`) or stop, at this place of its input."""

    on: bool
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class Committed:
    """What was appended is an item of the conversation now. `ref` is empty for a server's turn."""

    item_id: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class UserWords:
    """The words of a committed item so far; `final` once they are whole. `seconds` is billed."""

    item_id: str
    text: str
    final: bool
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class UserWordsFailed:
    """The words of a committed item will not come; its sound was understood all the same."""

    item_id: str
    error: AppError


@dataclass(frozen=True, slots=True)
class ResponseBegun:
    """A response begins. `ref` is empty for one that the server began by itself."""

    response_id: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class ResponseSound:
    """More of its voice. `item_id` is what a truncation names."""

    response_id: str
    item_id: str
    pcm: bytes


@dataclass(frozen=True, slots=True)
class ResponseText:
    """More of its words: spoken ones, or written ones where it writes."""

    response_id: str
    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class ResponseCall:
    """It wants a tool; all calls of a response come before its `ResponseOver`."""

    response_id: str
    call: ToolCall


@dataclass(frozen=True, slots=True)
class ResponseOver:
    """Its end. `detail` is the reason where the server gave one, `error` set when it failed."""

    response_id: str
    end: ResponseEnd
    usage: TokenCounts | None = None
    detail: str = ""
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class TimeBilled:
    """So much more time is billed, whoever speaks. Only where time is what a session costs."""

    time_ms: int


@dataclass(frozen=True, slots=True)
class Refused:
    """What `ref` names was not done: nothing else will come of it. The session goes on."""

    ref: str
    error: AppError


@dataclass(frozen=True, slots=True)
class SessionOver:
    """The last thing told. `error` is None when it was closed in order, its time limit included."""

    error: AppError | None = None
    expired: bool = False


VoiceEvent = (
    SessionReady
    | SpeechHeard
    | Committed
    | UserWords
    | UserWordsFailed
    | ResponseBegun
    | ResponseSound
    | ResponseText
    | ResponseCall
    | ResponseOver
    | TimeBilled
    | Refused
    | SessionOver
)


@dataclass(frozen=True, slots=True)
class WireNote:
    """An event of the wire, for the eyes of a developer: no sound, no secret.

    `at_s` is on the loop's clock; `size_bytes` is the whole event's, `detail` a few words of it.
    """

    at_s: float
    sent: bool
    kind: str
    size_bytes: int
    detail: str = ""


OnWire = Callable[[WireNote], None]
"""Is shown each event that is sent or came."""


class VoiceSession(Protocol):
    """One connection. What asks is handed to the wire in order, and waits for no answer.

    After `SessionOver` asking does nothing.
    """

    @property
    def label(self) -> str:
        """How it is named to a person: the model."""
        ...

    @property
    def takes_pictures(self) -> bool:
        """Whether it can be shown images."""
        ...

    def events(self) -> AsyncIterator[VoiceEvent]:
        """What it tells, in order, to one reader; ends after `SessionOver`."""
        ...

    async def update(self, setup: SessionSetup) -> None:
        """Change what it was told; only what differs is sent."""
        ...

    async def append(self, pcm: bytes) -> None:
        """More of the user's sound."""
        ...

    async def clear(self) -> None:
        """Forget the sound that was not committed."""
        ...

    async def commit(self) -> str:
        """The sound so far is a turn. Returns its ref."""
        ...

    async def add(self, messages: Sequence[ChatMessage]) -> None:
        """Put texts, pictures and results of tools into its conversation."""
        ...

    async def respond(self, instructions: str = "", *, aside: bool = False) -> str:
        """Ask for a response, at once or when the one that goes on is over. Returns its ref.

        `instructions` are for it alone, behind those of the session. `aside` keeps it out of the
        conversation: it waits for nothing, calls no tools, and has these instructions alone.
        """
        ...

    async def cancel(self, response_id: str = "") -> None:
        """Stop the response that is going on; without an id those that wait for it, too.

        Nothing more is told of it than its end; what waited is `Refused`.
        """
        ...

    async def truncate(self, item_id: str, heard_ms: int) -> None:
        """Only this much of an item of its own was heard."""
        ...

    async def delete(self, item_id: str) -> None:
        """Take an item out of its conversation; the id of a response takes out all of its items."""
        ...

    async def aclose(self) -> None:
        """End it."""
        ...


class VoiceModel(Protocol):
    """Makes sessions."""

    @property
    def label(self) -> str:
        """How it is named to a person: the model."""
        ...

    def watch(self, on_wire: OnWire | None) -> None:
        """Show each event of its sessions, of those that are open too; None to nobody."""
        ...

    async def warm(self) -> None:
        """Have a connection wait for the next `connect`. Never raises for a fault of the server."""
        ...

    async def connect(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> VoiceSession:
        """A session that is set up and knows `history` (text, calls, results). Raises AppError."""
        ...

    async def aclose(self) -> None:
        """Release what was opened."""
        ...
