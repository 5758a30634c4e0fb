"""Who has the floor: the reply that is going on, and the one that a pause may call for.

Core thread. Handlers run one after another in the core's loop; a reply is a task that posts its
end back into the core's queue.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app import events
from app.conversation.message import new_id
from app.errors import AppError, Code
from app.permission.standing import standing_of
from app.providers.base import ChatMessage, ChatModel, ToolSpec
from app.sessions.commit import Cleared, Commit
from app.sessions.reply import Reply
from app.sessions.reply_voice import ReplyVoice
from app.sessions.turn_parts import ReplyOver, TurnParts
from app.sessions.voice_out import VoiceOut
from app.tools.runner import ToolRunner
from app.usage.occasion import Speculation

JUST_PLAYED_S = 0.5 + 0.2
"""Half a second, and what a voice takes to be noticed."""

_log = logging.getLogger(__name__)

MakeVoice = Callable[[Cleared], ReplyVoice | None]
OnCut = Callable[[int | None], None]
"""Told how much of the reply's sound was heard, in milliseconds; None: it was never shown."""


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who makes a reply. `make_voice` is for one that speaks itself, `on_cut` follows a cut.

    `on_made` is given the reply before it begins.
    """

    model: ChatModel
    make_voice: MakeVoice | None = None
    on_cut: OnCut | None = None
    on_made: Callable[[Reply], None] | None = None


@dataclass(frozen=True, slots=True)
class _Running:
    reply: Reply
    task: asyncio.Task[None]
    commit: Commit
    speculation: Speculation
    keep: bool
    on_cut: OnCut | None = None


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A reply to words that may not be all; it stands after the message `after`."""

    text: str
    after: str
    running: _Running


class Floor:
    """One reply at a time. `quiet` is set while nobody speaks: no sound starts over a person."""

    def __init__(self, parts: TurnParts, runner: ToolRunner, quiet: asyncio.Event) -> None:
        self._parts = parts
        self._runner = runner
        self._quiet = quiet
        self._running: _Running | None = None
        self._prepared: _Prepared | None = None

    @property
    def reply(self) -> Reply | None:
        """The reply that is going on."""
        return self._running.reply if self._running is not None else None

    @property
    def tools(self) -> tuple[ToolSpec, ...]:
        """What a reply may use."""
        return self._runner.specs

    # Beginning

    async def give(
        self, by: ChatModel | Answerer, history: Sequence[ChatMessage], *, keep: bool = True
    ) -> None:
        """Begin a reply. One that is not kept joins no conversation."""
        self._go(await self._begin(by, history, keep=keep))

    async def prepare(
        self, text: str, by: ChatModel | Answerer, history: Sequence[ChatMessage]
    ) -> None:
        """Begin a reply to `text` that is neither heard nor shown until its turn is certain."""
        self.discard_prepared()
        running = await self._begin(by, history, keep=True)
        self._prepared = _Prepared(text, self.last_message_id(), running)

    def adopt(self, text: str, after: str) -> bool:
        """The turn is certain: the reply prepared for these words after that message goes on.

        False when there is none; one to other words is dropped.
        """
        prepared = self._prepared
        if prepared is None or (prepared.text, prepared.after) != (text, after):
            self.discard_prepared()
            return False
        self._prepared = None
        self._go(prepared.running)
        return True

    def discard_prepared(self) -> None:
        """The turn was not over: nothing of the reply was heard, nothing is remembered."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            prepared.running.task.cancel()
            if prepared.running.on_cut is not None:
                prepared.running.on_cut(None)

    def refuse(self, reply: Reply) -> bool:
        """The turn of the reply that is going on was not over: nothing of it is remembered.

        False, and nothing happens, where something of it was heard or done, or another goes on.
        """
        running = self._running
        if running is None or running.reply is not reply or not reply.is_unnoticed:
            return False
        self._running = None
        running.task.cancel()
        running.speculation.revoke()
        if running.on_cut is not None:
            running.on_cut(None)
        self._parts.publish(events.ReplyEnded(reply.id, None))
        self._parts.set_facts(replying=False, playing=False, doing="")
        return True

    def last_message_id(self) -> str:
        """Where a reply that begins now would stand; empty at the start of a conversation."""
        messages = self._parts.conversation.messages
        return messages[-1].id if messages else ""

    async def _begin(
        self, by: ChatModel | Answerer, history: Sequence[ChatMessage], *, keep: bool
    ) -> _Running:
        answerer = by if isinstance(by, Answerer) else Answerer(by)
        publish = self._parts.publish if keep else _unheeded
        doing = self._doing if keep else _unheeded
        commit = Commit(publish, doing)
        conversation = self._parts.conversation
        standing = standing_of(conversation.id, conversation.messages)
        voice = await self._voice(commit, answerer.make_voice)
        reply = Reply(answerer.model, self._runner, voice, commit, standing)
        if answerer.on_made is not None:
            answerer.on_made(reply)
        speculation = Speculation()

        async def work() -> None:
            speculation.enter()
            await self._reply(reply, commit, history)

        task = self._parts.spawn(work(), "reply")
        return _Running(reply, task, commit, speculation, keep, answerer.on_cut)

    def _go(self, running: _Running) -> None:
        self._running = running
        self._parts.set_facts(replying=True)
        running.speculation.commit()
        running.commit.release()

    async def _voice(self, commit: Commit, make_voice: MakeVoice | None) -> ReplyVoice | None:
        clear = Cleared(commit, self._quiet)
        if make_voice is not None:
            return make_voice(clear) if self._parts.audio.up else None
        try:
            speech = await self._parts.providers.speech()
        except AppError as error:
            self._parts.notices.post(error)
            return None
        if speech is None or not self._parts.audio.up:
            return None
        return VoiceOut(self._parts.audio, speech, new_id(), clear)

    async def _reply(self, reply: Reply, commit: Commit, history: Sequence[ChatMessage]) -> None:
        error: AppError | None = None
        try:
            await reply.run(history)
        except AppError as failure:
            error = failure
        except Exception:  # noqa: BLE001 - the task's border: no reply runs for ever
            _log.exception("reply %s failed", reply.id)
            error = AppError(Code.INTERNAL)
        await commit.wait()
        self._parts.post(ReplyOver(reply.id, error))

    # Ending

    async def on_reply_over(self, over: ReplyOver) -> bool:
        """All was said; False for the end of a reply that was cut before."""
        running = self._running
        if running is None or running.reply.id != over.reply_id:
            return False
        await self._finish(running, over.heard_ms)
        if over.error is not None:
            self._parts.notices.post(over.error)
        return True

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
        if running.on_cut is not None:
            running.on_cut(played_ms or 0)
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

    # Playback

    def voice_of(self, stream_id: str) -> ReplyVoice | None:
        """The voice of the reply that is going on, if this is its stream."""
        voice = self._running.reply.voice if self._running is not None else None
        return voice if voice is not None and voice.stream_id == stream_id else None

    def is_audible(self, stream_id: str, played_ms: int) -> bool:
        """Whether there was more to hear of this stream when `played_ms` of it had been heard."""
        voice = self.voice_of(stream_id)
        return voice is not None and voice.audible_after(played_ms)

    def has_just_played(self) -> bool:
        """Whether the last sound of a reply that goes on is so fresh that it may still be heard."""
        voice = self._running.reply.voice if self._running is not None else None
        now_s = asyncio.get_running_loop().time()
        return voice is not None and now_s - voice.plays_until_s < JUST_PLAYED_S

    def on_playback_started(self, stream_id: str) -> None:
        """The first sound of a reply left the speaker."""
        if (voice := self.voice_of(stream_id)) is not None:
            voice.playback_started()
            self._parts.set_facts(playing=True)

    def on_playback_finished(self, stream_id: str) -> None:
        """The last sound of a reply left the speaker: the reply's own end follows at once."""
        if (voice := self.voice_of(stream_id)) is not None:
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
