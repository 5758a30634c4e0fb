"""The responses that were asked for and have not begun, in their order. Pure."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from app.errors import AppError, Code
from app.providers.openai.realtime_protocol import response_cancel, response_create
from app.providers.openai.realtime_protocol_wire import Wire
from app.providers.voice_session import Refused

_TRIES = 3


@dataclass(slots=True)
class Asked:
    """A response that was asked for."""

    ref: str
    instructions: str
    aside: bool
    tries: int = 0
    cancelled: bool = False


class Asking:
    """Those that wait for one that goes on, and those that the server was asked for."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._waiting: deque[Asked] = deque()
        self._asked: deque[Asked] = deque()
        self._echoes = False  # Whether the server says which request a response belongs to.

    @property
    def is_active(self) -> bool:
        """Whether the server was asked for one in the conversation."""
        return any(not asked.aside for asked in self._asked)

    @property
    def is_asked(self) -> bool:
        """Whether the server was asked for any."""
        return bool(self._asked)

    @property
    def is_due(self) -> bool:
        """Whether any is to come."""
        return bool(self._asked or self._waiting)

    def respond(self, instructions: str, *, aside: bool) -> str:
        """Another one; `ask` sends it when it may be. Returns its ref."""
        asked = Asked(self._wire.new_id("respond"), instructions, aside)
        self._waiting.append(asked)
        return asked.ref

    def ask(self, *, one_goes_on: bool) -> None:
        """Send what does not have to wait."""
        for asked in list(self._waiting):
            if not asked.aside and (one_goes_on or self.is_active):
                continue
            self._waiting.remove(asked)
            asked.tries += 1
            self._asked.append(asked)
            event = response_create(asked.ref, asked.instructions, aside=asked.aside)
            self._wire.send(event)

    def cancel(self) -> None:
        """Drop those of the conversation that wait, and stop the one that was asked for."""
        for asked in [asked for asked in self._waiting if not asked.aside]:
            self._waiting.remove(asked)
            self._wire.tell(Refused(asked.ref, AppError(Code.STOPPED)))
        for asked in self._asked:
            if not asked.aside and not asked.cancelled:
                asked.cancelled = True
                self._wire.send(response_cancel(self._wire.new_id("cancel")))

    def oldest(self, *, aside: bool = True) -> str:
        """The one whose answer is due next."""
        return next((asked.ref for asked in self._asked if aside or not asked.aside), "")

    def begun(self, ref: str) -> Asked | None:
        """The one that begins, where it is one of these. Without a `ref` it is the oldest."""
        asked = next((asked for asked in self._asked if asked.ref == ref), None)
        self._echoes = self._echoes or asked is not None
        if asked is None and not ref and self._asked and not self._echoes:
            asked = self._asked[0]
        if asked is not None:
            self._asked.remove(asked)
        return asked

    def refused(self, ref: str, error: AppError, *, by_race: bool) -> None:
        """One will not begin. After a race it is asked for again."""
        asked = next((asked for asked in self._asked if asked.ref == ref), None)
        if asked is None:
            return
        self._asked.remove(asked)
        if by_race and not asked.cancelled and asked.tries < _TRIES:
            self._waiting.appendleft(asked)
        else:
            self._wire.tell(Refused(ref, error))
