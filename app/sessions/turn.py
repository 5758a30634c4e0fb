"""The turn session: words → reply → voice, with barge-in, typed turns and announcements.

Core thread. Handlers run one after another in the core's loop; what takes long is a task that
posts its result back into the core's queue. In a pause that may be the end of a turn, words and
reply are begun; they are held until it is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import replace

from app import events
from app.conversation.history import chat_messages
from app.conversation.interjections import is_backchannel, is_stop
from app.conversation.message import Message, Role
from app.errors import AppError
from app.providers.base import ChatMessage, ChatRole, Expect, Hints, Image
from app.sessions.approval import Approvals
from app.sessions.direct import Direct
from app.sessions.fixed_reply import FixedReply
from app.sessions.floor import Floor
from app.sessions.hearing import HeardTake, Hearing, HearingParts
from app.sessions.held_words import HeldWords
from app.sessions.kept_takes import KeptParts, KeptTakes
from app.sessions.turn_parts import QuietNow, ReplyOver, TurnParts
from audio.messages import Resume, SetHangover

HISTORY_BUDGET_CHARS = 48_000
_GO_ON = "Your last reply broke off. Go on exactly where it stopped, and repeat nothing of it."


class TurnSession:
    """One way of talking: whole utterances, then whole replies."""

    def __init__(self, parts: TurnParts) -> None:
        self._parts = parts
        self._announcements: deque[tuple[FixedReply, bool]] = deque()
        self._partial = ""
        self._prepared_images: tuple[Image, ...] = ()
        self.direct: Direct | None = None
        """Where the realtime engine is chosen."""
        self.approvals = Approvals(parts.publish, self._ask_aloud, self._on_asking)
        self.kept = KeptTakes(
            KeptParts(
                takes=parts.takes,
                notices=parts.notices,
                conversation=parts.conversation,
                transcribe=lambda clip: self.hearing.words_in(clip),
                answer=self._on_kept_words,
                publish=parts.publish,
                post=parts.post,
                spawn=parts.spawn,
            )
        )
        self.hearing = Hearing(
            HearingParts(
                takes=parts.takes,
                kept=self.kept,
                notices=parts.notices,
                transcriber=parts.providers.transcriber,
                hints=self._hints,
                is_audible=lambda stream_id, played_ms: self.floor.is_audible(stream_id, played_ms),
                on_words=self.on_words,
                on_nothing=self.on_nothing,
                on_early=self._on_early,
                on_void=lambda: self.floor.discard_prepared(),
                on_quiet=lambda: parts.post(QuietNow()),
                post=parts.post,
                set_facts=parts.set_facts,
                spawn=parts.spawn,
                has_just_played=lambda: self.floor.has_just_played(),
                direct=lambda: self.direct,
            )
        )
        self.held = HeldWords(parts, self.kept, self._on_held_words)
        self.floor = Floor(parts, parts.runner(self.approvals), self.hearing.quiet)

    # What was said

    async def on_words(self, take: HeardTake, text: str) -> bool:
        """The words of a take: an answer, a word in passing, or a turn; whether they are safe."""
        self._show_partial("")
        if self.approvals.hear(
            text,
            during_playback=take.over_sound,
            after_playback=take.after_sound,
            began_s=take.began_s,
        ):
            await self.resume(take)
            return True
        interrupted = self.floor.voice_of(take.interrupted) is not None
        if interrupted and take.over_sound and self._is_only_listening(text):
            await self.resume(take)
            return True
        await self.cut(take.played_ms if interrupted else None)
        if interrupted and is_stop(text):
            return True
        if self.held.hold(take, text):
            return False
        message = Message(Role.USER, text, spoken=True)
        if self.direct is not None:
            self.direct.stands_for(message)
        await self._user_turn(message)
        return True

    def _is_only_listening(self, text: str) -> bool:
        """A reply that asks something may be answered with the same words."""
        reply = self.floor.reply
        return reply is not None and "?" not in reply.text and is_backchannel(text)

    async def _on_held_words(self, message: Message) -> None:
        await self.cut()
        await self._user_turn(message)

    async def _on_kept_words(self, text: str, shows: bool) -> None:
        await self.cut()
        await self._user_turn(Message(Role.USER, text, spoken=True), shows=shows)

    async def _on_early(self, take: HeardTake, text: str) -> None:
        self._show_partial(text)
        if not text:
            return
        wait_ms = self._parts.hangover_ms(text)
        await self._parts.audio.send(SetHangover(take.take_id, wait_ms))
        self.floor.discard_prepared()
        if self.floor.reply is None and not self._parts.pictures.is_looked_at:
            await self._prepare(text)

    async def _prepare(self, text: str) -> None:
        try:
            model = await self._parts.providers.chat_model()
        except AppError:
            return  # Told when the turn is certain.
        images = self._prepared_images = self._parts.pictures.attached_now()
        said = Message(Role.USER, text, spoken=True, images=images)
        history = self.history(whole=True, then=(said,))
        await self.floor.prepare(text, model, history)

    async def on_nothing(self, take: HeardTake) -> None:
        """A take without words."""
        self._show_partial("")
        self.floor.discard_prepared()
        await self.resume(take)

    def _show_partial(self, text: str) -> None:
        if text != self._partial:
            self._partial = text
            self._parts.publish(events.PartialTranscript(text))

    async def resume(self, take: HeardTake) -> None:
        """Let the reply that this take paused go on."""
        if self.floor.voice_of(take.interrupted) is not None:
            await self._parts.audio.send(Resume(take.interrupted))
            self._parts.set_facts(playing=take.over_sound)

    async def send_text(self, text: str, images: tuple[Image, ...] | None = None) -> None:
        """A typed turn; it interrupts like a spoken one.

        `images` go with it in place of what is attached in the window.
        """
        if text.strip():
            await self.cut()
            message = Message(Role.USER, text.strip(), images=images or ())
            await self._user_turn(message, shows=images is None)

    async def retry(self) -> None:
        """The take that failed, else the last turn."""
        if not self.kept.retry_latest() and self._parts.conversation.last_user_index is not None:
            await self.cut()
            await self._start_reply()

    async def go_on(self) -> None:
        """Let a reply that broke off go on where it stopped; answer anew where nothing came."""
        messages = self._parts.conversation.messages
        if not messages or messages[-1].role is Role.USER:
            await self.retry()
            return
        await self.cut()
        await self._start_reply(then=(ChatMessage(ChatRole.USER, _GO_ON),))

    def _hints(self) -> Hints:
        hints = self._parts.hints(self.history(whole=True))
        if self.approvals.waiting_for_voice:
            return replace(hints, expect=Expect.YES_OR_NO)
        return hints

    def history(
        self, *, whole: bool = False, then: tuple[Message, ...] = ()
    ) -> Sequence[ChatMessage]:
        """What a model is sent: until the last turn of the user, or all of it, and `then`."""
        conversation = self._parts.conversation
        end = len(conversation.messages)
        if not whole and conversation.last_user_index is not None:
            end = conversation.last_user_index + 1
        messages = (*conversation.messages[:end], *then)
        return chat_messages(self._parts.system(), messages, HISTORY_BUDGET_CHARS)

    # Replies

    async def _user_turn(self, message: Message, *, shows: bool = True) -> None:
        if shows:
            message = replace(message, images=await self._parts.pictures.take())
        if message.images != self._prepared_images:
            self.floor.discard_prepared()
        self._prepared_images = ()
        after = self.floor.last_message_id()
        await self._parts.conversation.add(message)
        if not self.floor.adopt(message.text, after):
            await self._start_reply()

    async def _start_reply(self, then: tuple[ChatMessage, ...] = ()) -> None:
        if self.direct is None or not await self.direct.answer(then):
            await self.start_reply(then)

    async def start_reply(self, then: tuple[ChatMessage, ...] = ()) -> None:
        """Have a model answer in words what was said last."""
        try:
            model = await self._parts.providers.chat_model()
        except AppError as error:
            self._parts.notices.post(error)
            return
        await self.floor.give(model, (*self.history(whole=bool(then)), *then))

    async def on_reply_over(self, over: ReplyOver) -> None:
        """All was said; the end of a reply that was cut before is ignored."""
        mended = None if self.direct is None else self.direct.end_of(over)
        if await self.floor.on_reply_over(mended or over):
            if mended is not None and self.direct is not None:
                await self.direct.follow_up()
            else:
                await self.on_quiet()

    def on_engine_lost(self) -> None:
        """Nothing more can be heard or played; the reply goes on in writing."""
        self._show_partial("")
        self.floor.on_engine_lost()

    def on_listening(self) -> None:
        """The microphone is open."""
        if self.direct is not None:
            self.direct.on_listening()

    async def stop(self) -> None:
        """Silence, and no more waiting for a server; what was said is kept."""
        await self.hearing.stop_transcribing()
        await self.cut()

    async def cut(self, played_ms: int | None = None) -> None:
        """Silence, now; see `Floor.cut`."""
        await self.floor.cut(played_ms)

    # Asking for a yes

    def _ask_aloud(self, question: str) -> None:
        if self.floor.reply is not None:
            self.floor.reply.ask_aloud(question)

    def _on_asking(self, asking: bool) -> None:
        self._parts.set_facts(asking=asking)

    # Announcements

    async def announce(self, text: str, by: str, *, keep: bool = True) -> None:
        """Say something unasked, such as an alarm, as soon as nobody else speaks."""
        self._announcements.append((FixedReply(text, by), keep))
        await self.on_quiet()

    async def on_quiet(self) -> None:
        """Nobody speaks: make the next announcement."""
        if self._announcements and self.floor.reply is None and self.hearing.quiet.is_set():
            reply, keep = self._announcements.popleft()
            await self.floor.give(reply, (), keep=keep)

    async def read_again(self, message_id: str) -> None:
        """Speak a message once more."""
        message = self._parts.conversation.find(message_id)
        if message is not None:
            await self.cut()
            await self.floor.give(FixedReply(message.text, message.by), (), keep=False)
