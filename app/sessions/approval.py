"""A tool waits for a person's yes: by key, by mouse, or by voice where the policy allows it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from app import events
from app.conversation.message import new_id
from app.providers.base import ToolCall
from app.tools.base import Tool
from app.tools.policy import spoken_answer

WAIT_S = 60.0
ASK_AGAIN = "Please say yes or no."


@dataclass(slots=True)
class _Pending:
    request_id: str
    by_voice: bool
    answer: asyncio.Future[bool] = field(repr=False)
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
    def waiting_for_voice(self) -> bool:
        """Whether the next words may be the answer."""
        return self._pending is not None and self._pending.by_voice

    async def ask(self, call: ToolCall, tool: Tool, question: str, by_voice: bool) -> bool:
        """Ask, and wait at most a minute; no answer is a no."""
        answer = asyncio.get_running_loop().create_future()
        pending = self._pending = _Pending(new_id(), by_voice, answer)
        self._publish(
            events.ApprovalRequested(
                pending.request_id, question, tool.name, call.arguments, by_voice
            )
        )
        self._changed(True)
        self._ask_aloud(question)
        approved = False
        try:
            async with asyncio.timeout(WAIT_S):
                approved = await answer
        except TimeoutError:
            approved = False
        finally:
            self._pending = None
            self._changed(False)
            self._publish(events.ApprovalEnded(pending.request_id, approved))
        return approved

    def answer(self, request_id: str, yes: bool) -> None:
        """A key or the mouse answered; a late answer is ignored."""
        if self._pending is not None and self._pending.request_id == request_id:
            self._resolve(yes)

    def hear(self, text: str, *, during_playback: bool) -> bool:
        """Take `text` as the answer; False when it is none and should be handled as a turn.

        A yes that was heard while the assistant itself was speaking does not count.
        """
        if not self.waiting_for_voice or self._pending is None:
            return False
        said = spoken_answer(text)
        if said is None or (said and during_playback):
            if self._pending.asked_again and said is None:
                self._resolve(yes=False)
                return False
            self._pending.asked_again = True
            self._ask_aloud(ASK_AGAIN)
            return True
        self._resolve(said)
        return True

    def _resolve(self, yes: bool) -> None:
        if self._pending is not None and not self._pending.answer.done():
            self._pending.answer.set_result(yes)
