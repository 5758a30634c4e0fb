"""A tool waits for a person's yes: by key, by mouse, or by voice where the policy allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from app import events
from app.conversation.message import new_id
from app.permission.events import ApprovalExtended
from app.permission.grants import Scope
from app.permission.question import Answered, Question
from app.permission.record import Allowed
from app.tools.policy import spoken_answer

WAIT_S = 60.0
ASK_AGAIN = "Please say yes or no."


@dataclass(slots=True)
class _Pending:
    request_id: str
    question: Question
    answer: asyncio.Future[Answered] = field(repr=False)
    limit: asyncio.Timeout = field(repr=False)
    asked_s: float
    asked_again: bool = False


class Approvals:
    """Core thread. One question at a time: the tool runner asks them one after another."""

    def __init__(
        self,
        publish: Callable[[events.Event], None],
        ask_aloud: Callable[[str], None],
        changed: Callable[[bool], None],
    ) -> None:
        self._publish = publish
        self._ask_aloud = ask_aloud
        self._changed = changed
        self._pending: _Pending | None = None

    @property
    def is_asking(self) -> bool:
        """Whether a person is being asked."""
        return self._pending is not None

    @property
    def waiting_for_voice(self) -> bool:
        """Whether the next words may be the answer."""
        return self._pending is not None and self._pending.question.by_voice

    async def ask(self, question: Question) -> Answered:
        """Ask, and wait at most a minute, or longer where the person wants it; silence is a no."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answered] = loop.create_future()
        limit = asyncio.timeout(WAIT_S)
        pending = self._pending = _Pending(new_id(), question, answer, limit, loop.time())
        self._publish(_requested(pending))
        self._changed(True)
        self._ask_aloud(question.text)
        answered = Answered(False, Allowed.NOBODY)
        try:
            async with limit:
                answered = await answer
        except TimeoutError:
            answered = Answered(False, Allowed.NOBODY)
        finally:
            self._pending = None
            self._changed(False)
            self._publish(events.ApprovalEnded(pending.request_id, answered.yes))
        return answered

    def answer(self, request_id: str, yes: bool, scope: Scope | None = None) -> None:
        """A key or the mouse answered; a late answer is ignored.

        `scope` is what was allowed beyond this once. One that was not offered counts for nothing.
        """
        pending = self._pending
        if pending is None or pending.request_id != request_id:
            return
        offered = [offer.scope for offer in pending.question.offers]
        self._resolve(Answered(yes, Allowed.HAND, scope if yes and scope in offered else None))

    def keep_asking(self, request_id: str) -> None:
        """The person wants to read on: another minute from now."""
        pending = self._pending
        if pending is not None and pending.request_id == request_id and not pending.answer.done():
            pending.limit.reschedule(asyncio.get_running_loop().time() + WAIT_S)
            self._publish(ApprovalExtended(request_id, WAIT_S))

    def hear(
        self, text: str, *, during_playback: bool, after_playback: bool, began_s: float
    ) -> bool:
        """Take `text` as the answer; False when it is none and should be handled as a turn.

        A yes that was heard while the assistant itself was speaking does not count, and where
        words of others are part of the conversation, neither does one just after it: the question
        may have quoted it. A yes that began before the question answers another one.
        """
        pending = self._pending
        if pending is None or not pending.question.by_voice:
            return False
        said = spoken_answer(text)
        echoed = during_playback or (after_playback and bool(pending.question.origins))
        if said is None or (said and (echoed or began_s < pending.asked_s)):
            if pending.asked_again and said is None:
                self._resolve(Answered(False, Allowed.VOICE))
                return False
            pending.asked_again = True
            self._ask_aloud(ASK_AGAIN)
            return True
        self._resolve(Answered(said, Allowed.VOICE))
        return True

    def _resolve(self, answered: Answered) -> None:
        if self._pending is not None and not self._pending.answer.done():
            self._pending.answer.set_result(answered)


def _requested(pending: _Pending) -> events.ApprovalRequested:
    question = pending.question
    return events.ApprovalRequested(
        pending.request_id,
        question.text,
        question.tool.name,
        question.call.arguments,
        question.by_voice,
        question.why,
        question.origins,
        question.marks,
        question.offers,
        WAIT_S,
        question.tool.risk,
    )
