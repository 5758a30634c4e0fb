"""One reply: the model, its tools, and its voice, as one cancellable task."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import replace

from app import events
from app.conversation.history import TOOL_IMAGES
from app.conversation.message import Message, Role, ToolUse, new_id
from app.conversation.sentences import Piece, SentenceSplitter
from app.errors import AppError, Code
from app.permission.standing import Standing, after, shown
from app.providers.base import (
    ChatMessage,
    ChatModel,
    ChatRole,
    Finished,
    FinishReason,
    Image,
    TextDelta,
    ToolCall,
)
from app.sessions.commit import Commit
from app.sessions.reply_voice import ReplyVoice
from app.tools.round import Told, ToolOutcome
from app.tools.runner import Patience, ToolRunner

_ENDED_EARLY = {
    FinishReason.LENGTH: Code.REPLY_TOO_LONG,
    FinishReason.FILTERED: Code.CONTENT_REFUSED,
}

MAX_ROUNDS = 8
"""Requests within one reply: each round of tools costs one."""

_log = logging.getLogger(__name__)


class Reply:
    """Core thread. `run` once; `text` and `tools` grow while it runs and stay after a cancel.

    No tool runs before its turn is certain (`commit`).
    """

    def __init__(
        self,
        model: ChatModel,
        runner: ToolRunner,
        voice: ReplyVoice | None,
        commit: Commit,
        standing: Standing | None = None,
    ) -> None:
        """`standing` is what the conversation had seen before."""
        self.id = new_id()
        self.by = model.label
        self.text = ""
        self.tools: list[ToolUse] = []
        self._images: list[Image] = []
        self.voice = voice
        self.has_acted = False
        """Whether a tool was begun for it."""
        self._model = model
        self._runner = runner
        self._commit = commit
        self._standing = standing or Standing()
        self._patience = Patience()
        self._splitter = SentenceSplitter()

    async def run(self, history: Sequence[ChatMessage]) -> None:
        """Until all was said and heard. Raises AppError; what came before it stays in `text`.

        A voice that fails does not silence the reply's text: it is reported after the last word.
        """
        self._standing = shown(self._standing, history)
        self._commit.publish(events.ReplyStarted(self.id, self.by))
        speaking = asyncio.create_task(self._speak(), name=f"voice {self.id}")
        failure: AppError | None = None
        try:
            try:
                await self._converse(list(history))
            except AppError as error:
                failure = error
            self._finish_voice()
            failure = failure or await speaking
        finally:
            speaking.cancel()
            await asyncio.wait([speaking])
        if failure is not None:
            raise failure

    @property
    def is_unnoticed(self) -> bool:
        """Whether nothing of it was heard (or read, where it has no voice), and nothing done."""
        is_silent = not self.text if self.voice is None else not self.voice.announced
        return is_silent and not self.has_acted

    def is_told(self, text: str) -> None:
        """Words of the user that became known only now."""
        self._standing = replace(self._standing, said=(*self._standing.said, text))

    def ask_aloud(self, question: str) -> None:
        """Speak a question that is no part of the reply's text."""
        if self.voice is not None:
            here = len(self.text)
            self.voice.say(Piece(question, here, here))

    def message(self, played_ms: int | None) -> Message | None:
        """What is kept of the reply; None when there is nothing.

        `played_ms` is how much the listener heard before it was cut, None when it was not.
        """
        if not self.text.strip() and not self.tools:
            return None
        heard: str | None = None
        if played_ms is not None and self.voice is not None:
            part = self.voice.heard(self.text, played_ms)
            heard = None if part.strip() == self.text.strip() else part
        return Message(
            Role.ASSISTANT,
            self.text,
            id=self.id,
            by=self.by,
            heard=heard,
            tools=tuple(self.tools),
            images=tuple(self._images),
        )

    async def _speak(self) -> AppError | None:
        if self.voice is None:
            return None
        try:
            await self.voice.run()
        except AppError as error:
            return error
        return None

    def _finish_voice(self) -> None:
        if self.voice is None:
            return
        for piece in self._splitter.finish():
            self.voice.say(piece)
        self.voice.finish()

    async def _converse(self, history: list[ChatMessage]) -> None:
        for _ in range(MAX_ROUNDS):
            self._commit.doing(f"Asking {self.by}")
            begins = len(self.text)
            calls = await self._ask(history)
            if not calls:
                return
            outcomes = await self._use_tools(calls)
            said = self.text[begins:].strip()
            history.append(ChatMessage(ChatRole.ASSISTANT, said, tool_calls=tuple(calls)))
            history.extend(
                ChatMessage(ChatRole.TOOL, outcome.result.text, call_id=outcome.call_id)
                for outcome in outcomes
            )
            if images := tuple(image for outcome in outcomes for image in outcome.result.images):
                history.append(_shown_by_tools(images))
                self._images += images
            if said:
                self._add_text("\n\n")
        raise AppError(Code.TOOL_LIMIT)

    async def _ask(self, history: Sequence[ChatMessage]) -> list[ToolCall]:
        calls: list[ToolCall] = []
        async with contextlib.aclosing(self._model.reply(history, self._runner.specs)) as chunks:
            async for chunk in chunks:
                match chunk:
                    case TextDelta(text):
                        self._add_text(text)
                    case ToolCall():
                        calls.append(chunk)
                    case Finished(reason):
                        self.by = self._model.label  # Another model may have taken over.
                        _log.info("%s finished: %s", self.by, reason)
                        if reason in _ENDED_EARLY:
                            raise AppError(_ENDED_EARLY[reason], self.by)
        return calls

    async def _use_tools(self, calls: Sequence[ToolCall]) -> Sequence[ToolOutcome]:
        await self._commit.wait()
        self.has_acted = True
        self._commit.doing("Running: " + ", ".join(call.name.replace("_", " ") for call in calls))
        before = len(self.tools)
        outcomes = await self._runner.run(
            calls,
            standing=self._standing,
            patience=self._patience,
            told=Told(self._on_tool_start, self._on_tool_progress, self._on_tool_end),
        )
        self._standing = after(self._standing, self.tools[before:])
        return outcomes

    def _on_tool_start(self, call: ToolCall) -> None:
        self._commit.publish(events.ToolStarted(self.id, call.call_id, call.name, call.arguments))

    def _on_tool_progress(self, call: ToolCall, text: str) -> None:
        self._commit.publish(events.ToolProgress(self.id, call.call_id, text))

    def _on_tool_end(self, outcome: ToolOutcome) -> None:
        result = outcome.result
        self.tools.append(
            ToolUse(
                outcome.call_id,
                outcome.name,
                outcome.arguments,
                result.text,
                result.ok,
                outcome.seconds,
                outcome.origin.value if outcome.origin is not None else "",
                result.addresses,
            )
        )
        self._commit.publish(
            events.ToolEnded(
                self.id, outcome.call_id, result.text, result.ok, outcome.seconds, result.images
            )
        )

    def _add_text(self, text: str) -> None:
        self.text += text
        self._commit.publish(events.ReplyDelta(self.id, text))
        if self.voice is not None:
            for piece in self._splitter.feed(text):
                self.voice.say(piece)


def _shown_by_tools(images: tuple[Image, ...]) -> ChatMessage:
    """Pictures can stand only in what a user says; results follow each other without a gap."""
    return ChatMessage(ChatRole.USER, TOOL_IMAGES, images=images)
