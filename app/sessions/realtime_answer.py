"""One reply of a voice session, told as a `ChatModel` tells it, while its sound goes its own way.

So that `Reply` runs its tools, rounds and rules as it does for any model. Core thread.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass

from app.conversation.heard_sound import Unheard
from app.conversation.history import UNFINISHED
from app.errors import AppError, Code
from app.providers.base import (
    ChatChunk,
    ChatMessage,
    ChatRole,
    Finished,
    FinishReason,
    Form,
    TextDelta,
    ToolCall,
    ToolSpec,
)
from app.providers.voice_session import (
    ResponseCall,
    ResponseEnd,
    ResponseOver,
    ResponseSound,
    ResponseText,
    TokenCounts,
    VoiceSession,
)
from app.realtime.events import TurnTimed
from app.sessions.outbox import Ask
from app.sessions.responses import Follower, LinkLost, ResponseEvent, Responses
from app.sessions.sound_out import SoundOut
from app.sessions.still_working import StillWorking
from app.sessions.voice_line import VoiceLine
from app.usage import occasion

FIRST_SIGN_S = 15.0
"""A session that shows no sign of a response for so long is taken to be dead."""

MOST_LOSSES = 4
"""So many sessions may go before a response that each of them was asked for."""

_CUT_SHORT = {
    "content_filter": FinishReason.FILTERED,
    "max_output_tokens": FinishReason.LENGTH,
}
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AnswerParts:
    """What an answer works with. `deliver` brings to the session what is to be answered.

    `tell` is told when its steps happened, `still` speaks a few words while tools take long.
    """

    line: VoiceLine
    responses: Responses
    deliver: Callable[[], None]
    tell: Callable[[TurnTimed], None]
    begin_note: Callable[[], Callable[[TokenCounts], None]]
    on_begun: Callable[[], None]
    instructions: str = ""
    still: StillWorking | None = None


class RealtimeAnswer:
    """A ChatModel for one reply. `voice` is set before the reply begins, where there is one."""

    def __init__(self, parts: AnswerParts, follower: Follower | None = None) -> None:
        """`follower` follows a response that the server began by itself."""
        self.voice: SoundOut | None = None
        self.reply_id = ""
        self.asked_s: float | None = None
        self.begun_s: float | None = None
        self.first_sound_s: float | None = None
        self.over_s: float | None = None
        self.cut_s: float | None = None
        self._parts = parts
        self._follower = follower
        self._given = follower is not None
        self._generation = parts.line.generation if follower is not None else -1
        self._responses: list[str] = []
        self._open_calls: list[ToolCall] = []
        self._base: int | None = None
        self._told = 0
        self._has_come = False

    @property
    def label(self) -> str:
        """The model's name."""
        return self._parts.line.label

    async def warm(self) -> None:
        """Nothing to load: the session is there."""

    async def aclose(self) -> None:
        """Nothing to release."""

    async def reply(
        self,
        messages: Sequence[ChatMessage],
        tools: Sequence[ToolSpec],
        form: Form | None = None,
    ) -> AsyncGenerator[ChatChunk, None]:
        """One response; what `messages` has beyond those of the call before is told first."""
        self._hush()
        self._has_come = False
        base = self._base = len(messages) if self._base is None else self._base
        told, self._told = max(base, self._told), len(messages)
        lost_times = 0
        while True:
            try:
                follower = await self._ask(messages[told:], messages[base:])
                while not isinstance(event := await self._next(follower), ResponseOver):
                    if (chunk := self._chunk(event)) is not None:
                        yield chunk
                yield self._finished(event)
                return
            except LinkLost as lost:
                self._follower = None
                lost_times += 1
                if self._has_come or lost_times > MOST_LOSSES:
                    raise AppError(Code.SERVER_CUT_OFF, self.label) from lost

    def _chunk(self, event: ResponseEvent) -> ChatChunk | None:
        """What the reply is told of it; sound goes its own way."""
        if not self._has_come:
            self._has_come = True
            self._parts.on_begun()
        match event:
            case ResponseText(_, item_id, text):
                if self.voice is not None:
                    self.voice.words(item_id, text)
                return TextDelta(text)
            case ResponseSound(_, item_id, pcm):
                self.first_sound_s = self.first_sound_s or _now()
                if self.voice is not None:
                    self.voice.sound(item_id, pcm)
            case ResponseCall(_, call):
                self._open_calls.append(call)
                return call
        return None

    async def _ask(self, results: Sequence[ChatMessage], so_far: Sequence[ChatMessage]) -> Follower:
        """Ask for a response; another session than the last one is told all of the reply."""
        line = self._parts.line
        if self._given and self._follower is not None:
            self._given = False
            if self._follower.work is not None:
                self._follower.work.join(occasion.speculation())
            return self._follower
        generation = await line.ready()
        is_other = generation != self._generation
        if is_other:
            self._parts.deliver()
            self._generation = generation
        told = [*so_far] if is_other else _not_its_own(results)
        if told:
            line.send(lambda session: session.add(told))
        self._open_calls.clear()
        follower = self._follower = Follower(self._parts.begin_note())
        self.asked_s = self.asked_s or _now()
        instructions = self._parts.instructions

        async def respond(session: VoiceSession) -> None:
            self._parts.responses.expect(await session.respond(instructions), follower)

        await line.ask(respond)
        return follower

    async def _next(self, follower: Follower) -> ResponseEvent:
        waiting = asyncio.ensure_future(follower.next())
        try:
            limit_s = None if self._has_come or follower.begun_s else FIRST_SIGN_S
            await asyncio.wait([waiting], timeout=limit_s)
            if not waiting.done() and not follower.begun_s:
                _log.info("no sign of a response within %s s", limit_s)
                await self._parts.line.renew()
            event = await waiting
        finally:
            waiting.cancel()
        self.begun_s = self.begun_s or follower.begun_s
        if follower.response_id and follower.response_id not in self._responses:
            self._responses.append(follower.response_id)
        return event

    def _finished(self, over: ResponseOver) -> Finished:
        self._follower = None
        self.over_s = _now()
        if self.voice is not None:
            self.voice.item_is_whole()
        if over.end is ResponseEnd.FAILED:
            raise over.error or AppError(Code.SERVER_ERROR, self.label)
        if over.end is ResponseEnd.INCOMPLETE:
            return Finished(_CUT_SHORT.get(over.detail, FinishReason.LENGTH))
        if self._open_calls:
            if self._parts.still is not None:
                self._parts.still.begin(self._open_calls, self.voice)
            return Finished(FinishReason.TOOL_CALLS)
        return Finished(FinishReason.STOP)

    def _hush(self) -> None:
        if self._parts.still is not None:
            self._parts.still.end()

    # Ending it before its end

    def on_cut(self, played_ms: int | None) -> None:
        """Only this much of its sound was heard; None: it was never heard nor shown."""
        self._hush()
        self.cut_s = _now()
        line, responses = self._parts.line, self._parts.responses
        if self._generation != line.generation or not line.is_up:
            return
        if played_ms is None:
            self._take_out()
            return
        if self._follower is not None:
            response_id = self._follower.response_id
            if not response_id or not self._has_come:
                responses.give_up(self._follower)
            else:
                responses.let_go(self._follower)
                line.send(lambda session: session.cancel(response_id))
        for item in self.voice.unheard(played_ms) if self.voice is not None else ():
            line.send(_truncating(item))
        if unfinished := [_unfinished(call) for call in self._open_calls]:
            line.send(lambda session: session.add(unfinished))
        self.tell()

    def _take_out(self) -> None:
        if self._follower is not None:
            self._parts.responses.give_up(self._follower)
        for response_id in self._responses:
            self._parts.line.send(deleting(response_id))

    def tell(self) -> None:
        """Tell when its steps happened."""
        self._parts.tell(
            TurnTimed(
                self.reply_id,
                asked_s=self.asked_s,
                begun_s=self.begun_s,
                first_sound_s=self.first_sound_s,
                spoken_s=self.voice.started_s if self.voice is not None else None,
                over_s=self.over_s,
                cut_s=self.cut_s,
            )
        )


def _not_its_own(entries: Sequence[ChatMessage]) -> list[ChatMessage]:
    """The session has what it said and called itself."""
    return [entry for entry in entries if entry.role is not ChatRole.ASSISTANT]


def deleting(item_id: str) -> Ask[None]:
    """Take an item, or all of a response, out of the session."""
    return lambda session: session.delete(item_id)


def _truncating(item: Unheard) -> Ask[None]:
    return lambda session: session.truncate(item.item_id, item.heard_ms)


def _unfinished(call: ToolCall) -> ChatMessage:
    return ChatMessage(ChatRole.TOOL, UNFINISHED, call_id=call.call_id)


def _now() -> float:
    return asyncio.get_running_loop().time()
