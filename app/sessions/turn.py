"""The turn session: words → reply → voice, with barge-in, typed turns and announcements.

Core thread. Handlers run one after another in the core's loop; what takes long is a task that
posts its result back into the core's queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from app import events
from app.conversation.current import CurrentConversation
from app.conversation.history import chat_messages
from app.conversation.message import Message, Role, new_id
from app.errors import AppError, Code
from app.notices import NoticeBoard
from app.providers.base import ChatMessage, ChatModel, Expect, Hints, Speech, Transcriber
from app.sessions.approval import Approvals
from app.sessions.audio_link import AudioLink
from app.sessions.fixed_reply import FixedReply
from app.sessions.hearing import HeardTake, Hearing, HearingParts, Transcribed
from app.sessions.reply import Publish, Reply
from app.sessions.takes import TakeShelf
from app.sessions.voice_out import VoiceOut
from app.tools.runner import ToolRunner
from audio.messages import Resume

_log = logging.getLogger(__name__)

HISTORY_BUDGET_CHARS = 48_000
_STOP_WORDS = frozenset({"stop", "be quiet", "quiet", "shut up", "silence", "stop it"})


class Providers(Protocol):
    """Who does what, as the settings say now. Each raises AppError when it cannot be had."""

    async def transcriber(self) -> Transcriber:
        """Speech to text."""
        ...

    async def chat_model(self) -> ChatModel:
        """Answers."""
        ...

    async def speech(self) -> Speech | None:
        """The voice, or None when replies are only shown."""
        ...


@dataclass(frozen=True, slots=True)
class ReplyOver:
    """A reply's task ended by itself."""

    reply_id: str
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class QuietNow:
    """Nobody speaks: an announcement that waits may be made."""


@dataclass(frozen=True, slots=True)
class TurnParts:
    """What a turn session works with."""

    audio: AudioLink
    takes: TakeShelf
    conversation: CurrentConversation
    providers: Providers
    notices: NoticeBoard
    runner: Callable[[Approvals], ToolRunner]
    hints: Callable[[Sequence[ChatMessage]], Hints]
    system: Callable[[], str]
    publish: Publish
    post: Callable[[Transcribed | ReplyOver | QuietNow], None]
    set_facts: Callable[..., None]
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]]


@dataclass(frozen=True, slots=True)
class _Running:
    reply: Reply
    task: asyncio.Task[None]
    keep: bool


class TurnSession:
    """One way of talking: whole utterances, then whole replies."""

    def __init__(self, parts: TurnParts) -> None:
        self._parts = parts
        self._running: _Running | None = None
        self._announcements: deque[FixedReply] = deque()
        self.approvals = Approvals(parts.publish, self._ask_aloud, self._on_asking)
        self._runner = parts.runner(self.approvals)
        self.hearing = Hearing(
            HearingParts(
                takes=parts.takes,
                notices=parts.notices,
                transcriber=parts.providers.transcriber,
                hints=self._hints,
                is_audible=self._is_audible,
                on_words=self._on_words,
                on_nothing=self._resume,
                on_quiet=lambda: parts.post(QuietNow()),
                post=parts.post,
                set_facts=parts.set_facts,
                spawn=parts.spawn,
            )
        )

    # What was said

    async def _on_words(self, take: HeardTake, text: str) -> None:
        if self.approvals.hear(text, during_playback=take.over_sound):
            await self._resume(take)
            return
        interrupted = self._voice_of(take.interrupted) is not None
        await self.cut(take.played_ms if interrupted else None)
        if not (interrupted and text.lower().strip(" .!") in _STOP_WORDS):
            await self._user_turn(Message(Role.USER, text, spoken=True))

    async def _resume(self, take: HeardTake) -> None:
        if self._voice_of(take.interrupted) is not None:
            await self._parts.audio.send(Resume(take.interrupted))
            self._parts.set_facts(playing=take.over_sound)

    async def send_text(self, text: str) -> None:
        """A typed turn; it interrupts like a spoken one."""
        if text.strip():
            await self.cut()
            await self._user_turn(Message(Role.USER, text.strip()))

    async def retry(self) -> None:
        """The take that failed, else the last turn."""
        if not self.hearing.retry() and self._parts.conversation.last_user_index is not None:
            await self.cut()
            await self._start_reply()

    def _hints(self) -> Hints:
        hints = self._parts.hints(self._history(whole=True))
        if self.approvals.waiting_for_voice:
            return Hints(hints.language, Expect.YES_OR_NO, hints.vocabulary)
        return hints

    def _history(self, *, whole: bool = False) -> Sequence[ChatMessage]:
        conversation = self._parts.conversation
        end = len(conversation.messages)
        if not whole and conversation.last_user_index is not None:
            end = conversation.last_user_index + 1
        return chat_messages(
            self._parts.system(), conversation.messages[:end], HISTORY_BUDGET_CHARS
        )

    # Replies

    async def _user_turn(self, message: Message) -> None:
        await self._parts.conversation.add(message)
        await self._start_reply()

    async def _start_reply(self) -> None:
        try:
            model = await self._parts.providers.chat_model()
        except AppError as error:
            self._parts.notices.post(error)
            return
        await self._run(model, self._history())

    async def _run(
        self, model: ChatModel, history: Sequence[ChatMessage], *, keep: bool = True
    ) -> None:
        publish = self._parts.publish if keep else _unheeded
        doing = self._doing if keep else _unheeded
        reply = Reply(model, self._runner, await self._voice(), publish, doing)
        task = self._parts.spawn(self._reply(reply, history), "reply")
        self._running = _Running(reply, task, keep)
        self._parts.set_facts(replying=True)

    async def _voice(self) -> VoiceOut | None:
        try:
            speech = await self._parts.providers.speech()
        except AppError as error:
            self._parts.notices.post(error)
            return None
        if speech is None or not self._parts.audio.up:
            return None
        return VoiceOut(self._parts.audio, speech, new_id(), self.hearing.quiet)

    async def _reply(self, reply: Reply, history: Sequence[ChatMessage]) -> None:
        error: AppError | None = None
        try:
            await reply.run(history)
        except AppError as failure:
            error = failure
        except Exception:  # noqa: BLE001 - the task's border: no reply runs for ever
            _log.exception("reply %s failed", reply.id)
            error = AppError(Code.INTERNAL)
        self._parts.post(ReplyOver(reply.id, error))

    async def on_reply_over(self, over: ReplyOver) -> None:
        """All was said; the end of a reply that was cut before is ignored."""
        running = self._running
        if running is None or running.reply.id != over.reply_id:
            return
        await self._finish(running, None)
        if over.error is not None:
            self._parts.notices.post(over.error)
        await self.on_quiet()

    async def cut(self, played_ms: int | None = None) -> None:
        """Silence, now; the reply in progress ends where the listener stopped hearing.

        `played_ms` is what the engine already reported, when a voice interrupted it.
        """
        running = self._running
        if running is None:
            return
        voice = running.reply.voice
        if voice is not None and voice.announced:
            flushed_ms = await self._parts.audio.flush(voice.stream_id)
            played_ms = flushed_ms if played_ms is None else played_ms
        running.task.cancel()
        await asyncio.wait([running.task])
        await self._finish(running, None if voice is None else played_ms or 0)

    async def _finish(self, running: _Running, played_ms: int | None) -> None:
        self._running = None
        reply = running.reply
        message = reply.message(played_ms) if running.keep else None
        if message is not None:
            await self._parts.conversation.add(message)
        if running.keep:
            self._parts.publish(events.ReplyEnded(reply.id, message))
        self._parts.set_facts(replying=False, playing=False, doing="")

    def _doing(self, what: str) -> None:
        self._parts.set_facts(doing=what)

    # Asking for a yes

    def _ask_aloud(self, question: str) -> None:
        if self._running is not None:
            self._running.reply.ask_aloud(question)

    def _on_asking(self, asking: bool) -> None:
        self._parts.set_facts(asking=asking)

    # Announcements

    async def announce(self, text: str, by: str) -> None:
        """Say something unasked, such as an alarm, as soon as nobody else speaks."""
        self._announcements.append(FixedReply(text, by))
        await self.on_quiet()

    async def on_quiet(self) -> None:
        """Nobody speaks: make the next announcement."""
        if self._announcements and self._running is None and self.hearing.quiet.is_set():
            await self._run(self._announcements.popleft(), ())

    async def read_again(self, message_id: str) -> None:
        """Speak a message once more."""
        message = self._parts.conversation.find(message_id)
        if message is not None:
            await self.cut()
            await self._run(FixedReply(message.text, message.by), (), keep=False)

    # Playback

    def _voice_of(self, stream_id: str) -> VoiceOut | None:
        voice = self._running.reply.voice if self._running is not None else None
        return voice if voice is not None and voice.stream_id == stream_id else None

    def _is_audible(self, stream_id: str, played_ms: int) -> bool:
        voice = self._voice_of(stream_id)
        return voice is not None and voice.audible_after(played_ms)

    def on_playback_started(self, stream_id: str) -> None:
        """The first sound of a reply left the speaker."""
        if (voice := self._voice_of(stream_id)) is not None:
            voice.playback_started()
            self._parts.set_facts(playing=True)

    def on_playback_finished(self, stream_id: str) -> None:
        """The last sound of a reply left the speaker: the reply's own end follows at once."""
        if (voice := self._voice_of(stream_id)) is not None:
            voice.playback_finished()

    def on_playback_failed(self, stream_id: str) -> None:
        """Nothing more of it can be played; it goes on in writing."""
        self.on_playback_finished(stream_id)
        self._parts.set_facts(playing=False)

    def on_engine_lost(self) -> None:
        """Nothing more can be played; the reply goes on in writing."""
        if self._running is not None and self._running.reply.voice is not None:
            self.on_playback_failed(self._running.reply.voice.stream_id)


def _unheeded(_: object) -> None:
    """A reply that is only read again tells nobody."""
