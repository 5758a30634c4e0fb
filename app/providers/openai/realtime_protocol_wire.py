"""What a Realtime session is to send and to tell, in order, and how an event looks in a few words.

Pure.
"""

from __future__ import annotations

import itertools
import json
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from app.errors import AppError
from app.providers.base import ChatMessage
from app.providers.openai import loose
from app.providers.openai.realtime_protocol import Json
from app.providers.voice_session import SessionSetup, VoiceEvent

Judge = Callable[[Mapping[str, Any]], AppError]
"""The AppError for an error that a server told."""

_NAMES = ("item_id", "response_id", "call_id", "event_id", "client_event_id", "reason")
_COUNTED = ("transcript", "text", "arguments")


@dataclass(frozen=True, slots=True)
class Frame:
    """An event as it is sent. `event` is None for sound."""

    kind: str
    text: str
    event: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Wire:
    """Both queues; whoever owns the socket empties them."""

    judge: Judge
    out: deque[Frame] = field(default_factory=deque)
    told: deque[VoiceEvent] = field(default_factory=deque)
    _numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def new_id(self, cause: str) -> str:
        """An event id that says what was asked for."""
        return f"{cause}-{next(self._numbers)}"

    def send(self, event: Json) -> None:
        """To be sent."""
        self.out.append(Frame(event["type"], json.dumps(event), event))

    def tell(self, event: VoiceEvent) -> None:
        """To be told."""
        self.told.append(event)


class Standing:
    """How a session stands, for the owner of its socket.

    `expires_at` is its end in seconds of Unix time, 0 where that is not told; `expired` that the
    server said so; `last_error` the one that named no cause, if nothing came behind it;
    `setup_error` why the set-up was refused. `words_models` may transcribe the user, the best
    first; `without` are the parts of a set-up that the server does not take.
    """

    def __init__(
        self,
        judge: Judge,
        words_models: Sequence[str] = (),
        without: frozenset[str] = frozenset(),
    ) -> None:
        self.wire = Wire(judge)
        self.is_greeted = False
        self.is_ready = False
        self.expires_at = 0
        self.expired = False
        self.last_error: AppError | None = None
        self.setup_error: Mapping[str, Any] | None = None
        self.without = without
        self.words_models = tuple(words_models)


class VoiceExchange(Protocol):
    """The pure side of a voice session: asking fills `wire.out`, taking events `wire.told`.

    The rest is what the owner of the socket must know: whether the server has greeted, whether the
    set-up was accepted or refused, when it ends and why.
    """

    wire: Wire
    is_greeted: bool
    is_ready: bool
    expires_at: int
    expired: bool
    last_error: AppError | None
    setup_error: Mapping[str, Any] | None
    without: frozenset[str]
    words_models: tuple[str, ...]

    @property
    def is_due(self) -> bool:
        """Whether the server owes an answer."""
        ...

    def set_up(self, setup: SessionSetup, history: Sequence[ChatMessage]) -> None:
        """Tell a new session what it is for, and what was said so far."""
        ...

    def leave_out_refused(self) -> bool:
        """Tell it again without what it refused; whether there is such a part."""
        ...

    def begin(self) -> None:
        """It is set up, as far as can be known."""
        ...

    def update(self, setup: SessionSetup) -> None:
        """Change what it was told."""
        ...

    def append(self, pcm: bytes) -> None:
        """More of the user's sound."""
        ...

    def clear(self) -> None:
        """Forget what was not committed."""
        ...

    def commit(self) -> str:
        """The sound so far is a turn."""
        ...

    def add(self, messages: Sequence[ChatMessage]) -> None:
        """Put messages into the conversation."""
        ...

    def respond(self, instructions: str = "", *, aside: bool = False) -> str:
        """Ask for a response."""
        ...

    def cancel(self, response_id: str = "") -> None:
        """End a response."""
        ...

    def truncate(self, item_id: str, heard_ms: int) -> None:
        """Only so much of an item was heard."""
        ...

    def delete(self, item_id: str) -> None:
        """Take an item out of the conversation."""
        ...

    def take(self, event: Mapping[str, Any]) -> None:
        """An event of the server's."""
        ...


def detail_of(event: Mapping[str, Any]) -> str:
    """A few words of an event: names, states and sizes, never sound or what was said."""
    words = [value for name in _NAMES if (value := loose.text(event, name))]
    for inner in ("item", "response", "session", "delegation"):
        told = loose.record(event, inner)
        words += [
            loose.text(told, name) for name in ("id", "type", "role", "status") if told.get(name)
        ]
    words += list(loose.record(event, "session")) if event.get("type") == "session.update" else []
    error = loose.record(event, "error")
    words += [loose.text(error, name) for name in ("code", "type", "event_id")]
    if (usage := loose.record(loose.record(event, "response"), "usage")) and usage:
        words.append(f"{loose.number(usage, 'total_tokens') or 0} tokens")
    if delta := loose.text(event, "delta"):
        words.append(f"{len(delta)} characters")
    words += [f"{len(text)} characters" for name in _COUNTED if (text := loose.text(event, name))]
    for name in ("audio_end_ms", "audio_start_ms"):
        if (at_ms := loose.number(event, name)) is not None:
            words.append(f"{at_ms} ms")
    return " ".join(word for word in dict.fromkeys(words) if word)[:200]
