"""The answers of a voice session: asked for, held or given, cut, and taken over. Core thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.conversation.message import Message, Role, new_id
from app.conversation.pruning import Weight
from app.errors import AppError, Code
from app.net.policy import RETRIED
from app.providers.base import ChatMessage
from app.providers.voice_session import SessionSetup, TimeBilled, TokenCounts, VoiceEvent
from app.realtime.events import TurnTimed
from app.sessions.commit import Cleared
from app.sessions.floor import Answerer
from app.sessions.line_parts import LineParts
from app.sessions.realtime_answer import AnswerParts, RealtimeAnswer
from app.sessions.reply import Reply
from app.sessions.reply_voice import ReplyVoice
from app.sessions.responses import Follower, Responses
from app.sessions.sound_out import SoundOut
from app.sessions.spoken_turns import SpokenTurn
from app.sessions.still_working import StillWorking
from app.sessions.take_feed import TakeFeed
from app.sessions.talk_parts import Given, TalkParts
from app.sessions.told_thread import ToldThread
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import ReplyOver, TurnParts
from app.sessions.voice_line import VoiceLine
from app.usage.occasion import Speculation, perhaps

_NOT_ELSEWHERE = frozenset({Code.CONTENT_REFUSED, Code.STOPPED, Code.TOOL_LIMIT})
"""What another engine would not do better."""


MOST_CONTINUED = 2
"""So often an answer that broke off goes on by itself."""

OnUnasked = Callable[[Callable[[], Follower]], Follower | None]


class Answering:
    """Holds the line, and knows the answer that is going on and the one that is prepared."""

    def __init__(
        self,
        session: TurnSession,
        parts: TurnParts,
        talk: TalkParts,
        on_event: Callable[[VoiceEvent], None],
        on_up: Callable[[], None],
        on_lost: Callable[[], None],
    ) -> None:
        self._session = session
        self._parts = parts
        self._talk = talk
        self._on_other_event = on_event
        self._on_lost = on_lost
        self._given: Given | None = None
        self._prepared: Given | None = None
        self._failed: Given | None = None
        self._broken: Given | None = None
        self._continued = 0
        self.on_unasked: OnUnasked = _nobody
        """Who follows a response that the server began by itself."""
        self.awaits_words: Callable[[], bool] = lambda: False
        self._told = ToldThread(parts.conversation, parts.system, talk.pruning.text_chars)
        self.responses = Responses(self._drop_response, self._unasked)
        self.line = VoiceLine(
            LineParts(
                model=talk.model,
                setup=self._setup,
                allow=talk.allow,
                opening=self._told.opening,
                on_event=self._on_event,
                on_up=on_up,
                on_lost=self._lose_all,
                is_quiet=self._is_quiet,
                idle_s=talk.idle_s,
                tell=talk.tell,
                spawn=parts.spawn,
                pace=talk.pace,
            )
        )
        self._still = StillWorking(
            self.line, self.responses, lambda: session.approvals.is_asking, parts.spawn
        )

    # Asking for answers

    async def catch_up(self) -> bool:
        """Tell the session what it does not know; False when it has to begin anew first."""
        await self._update()
        if self._told.catch_up(self.line):
            return True
        await self.line.renew()
        return False

    async def prepare(
        self, turn: SpokenTurn, feed: TakeFeed, follower: Follower | None = None
    ) -> None:
        """Ask for an answer to what was said so far, and hold it.

        `follower` follows one that the server began by itself.
        """
        given = self._prepared = self._new(turn, feed, follower)
        said = Message(Role.USER, "", spoken=True)
        history = self._session.history(whole=True, then=(said,))
        await self._session.floor.prepare(_key(turn), self._answerer(given), history)

    def adopt(self, turn: SpokenTurn, after: str) -> bool:
        """The turn is certain: what was prepared for it goes on. False where nothing was."""
        prepared, self._prepared = self._prepared, None
        self._continued = 0
        if not self._session.floor.adopt(_key(turn), after):
            return False
        self._given = prepared
        return True

    async def give(
        self, turn: SpokenTurn, feed: TakeFeed, follower: Follower | None = None
    ) -> None:
        """Answer what was said."""
        given = self._given = self._new(turn, feed, follower)
        if turn.message is not None and turn.message.images:
            entries = self._told.entries((turn.message,))
            self.line.send(lambda session: session.add(entries))
        history = self._session.history(whole=True)
        await self._session.floor.give(self._answerer(given), history)

    async def give_text(self, then: tuple[ChatMessage, ...]) -> None:
        """Answer what the conversation ends with."""
        self._continued = self._continued if then else 0
        given = self._given = self._new(None, None, then=then)
        history = (*self._session.history(whole=bool(then)), *then)
        await self._session.floor.give(self._answerer(given), history)

    def is_told(self, turn: SpokenTurn, text: str) -> None:
        """The words of a turn are known: what its answer may do depends on them."""
        given = self._given
        if given is not None and given.turn is turn and given.reply is not None:
            given.reply.is_told(text)

    def unheard(self, since_s: float) -> Given | None:
        """The answer to a spoken turn that was certain only after this, where it may be made void.

        What was shown with a turn, or ended with a key, is a turn.
        """
        given = self._given
        if given is None or given.turn is None or given.turn.message is None:
            return None
        turn, message = given.turn, given.turn.message
        is_recent = turn.certain_s is not None and turn.certain_s >= since_s
        is_plain = not turn.take.held and not message.images and not self._talk.server_ends()
        return given if is_recent and is_plain else None

    def refuse(self, turn: SpokenTurn) -> bool:
        """Make a turn's answer void; False where something of it was heard or done."""
        given = self._given
        if given is None or given.turn is not turn or given.reply is None:
            return False
        if not self._session.floor.refuse(given.reply):
            return False
        self._given = None
        return True

    # Answers that came to nothing

    def end_of(self, over: ReplyOver) -> ReplyOver | None:
        """The end of an answer that can be made good; None for any other end."""
        given = self._given
        if given is None or given.reply is None or given.reply.id != over.reply_id:
            return None
        given.answer.tell()
        self._given = None
        self.line.used()
        error, reply, voice = over.error, given.reply, given.answer.voice
        if error is None or error.code in _NOT_ELSEWHERE or reply.tools:
            return None
        if not reply.text:
            self._failed = given
            if error.code not in RETRIED and self.line.is_up:
                self.line.rest(error)
            return replace(over, error=None)
        if error.code is Code.SERVER_CUT_OFF and self._continued < MOST_CONTINUED:
            self._continued += 1
            self._broken = given
            heard_ms = None if voice is None else voice.sent_ms
            return replace(over, error=None, heard_ms=heard_ms)
        return None

    def take_failed(self) -> Given | None:
        """The answer that came to nothing."""
        failed, self._failed = self._failed, None
        return failed

    def take_broken(self) -> Given | None:
        """The answer that broke off."""
        broken, self._broken = self._broken, None
        return broken

    # How they are made

    def _new(
        self,
        turn: SpokenTurn | None,
        feed: TakeFeed | None,
        follower: Follower | None = None,
        then: tuple[ChatMessage, ...] = (),
    ) -> Given:
        def deliver() -> None:
            self._told.catch_up(self.line)
            if then:
                self.line.send(lambda session: session.add(then))
            if given.reply is not None:
                self.line.known.add(given.reply.id)
            if turn is not None and feed is not None:
                self._deliver(turn, feed)

        def on_begun() -> None:
            if turn is not None:
                turn.is_answered = True

        given = Given(
            RealtimeAnswer(
                AnswerParts(
                    line=self.line,
                    responses=self.responses,
                    deliver=deliver,
                    tell=lambda timed: self._tell(timed, turn),
                    begin_note=self._begin_note,
                    on_begun=on_begun,
                    still=self._still,
                ),
                follower,
            ),
            turn,
            feed,
        )
        return given

    def _deliver(self, turn: SpokenTurn, feed: TakeFeed) -> None:
        """Bring a turn to a session that has neither its sound nor its words."""
        message = turn.message
        if message is not None and message.id in self.line.known:
            if not self._parts.conversation.is_expected(message.id):
                return
        if not self._has_heard(turn):
            feed.commit()
        if message is not None:
            if message.images and message.id not in self.line.known:
                entries = self._told.entries((message,))
                self.line.send(lambda session: session.add(entries))
            self.line.known.add(message.id)

    def _has_heard(self, turn: SpokenTurn) -> bool:
        """Whether the server made an item of it by itself."""
        is_here = turn.generation == self.line.generation
        return self._talk.server_ends() and is_here and bool(turn.items)

    def _answerer(self, given: Given) -> Answerer:
        def make_voice(clear: Cleared) -> ReplyVoice | None:
            voice = SoundOut(self._parts.audio, new_id(), clear, self._parts.providers.speech)
            given.answer.voice = voice
            return voice

        def on_made(reply: Reply) -> None:
            given.reply = reply
            given.answer.reply_id = reply.id
            self.line.known.add(reply.id)

        return Answerer(given.answer, make_voice, given.answer.on_cut, on_made)

    def _tell(self, timed: TurnTimed, turn: SpokenTurn | None) -> None:
        if turn is not None:
            timed = replace(
                timed, paused_s=turn.paused_s, certain_s=turn.certain_s, words_s=turn.words_s
            )
        self._parts.publish(timed)

    # The session

    async def _setup(self) -> SessionSetup:
        await self._talk.ready()
        return self._talk.setup(self._told.instructions(), self._session.floor.tools)

    async def _update(self) -> None:
        try:
            await self.line.update()
        except AppError as error:
            self._parts.notices.post(error)

    def _begin_note(self) -> Callable[[TokenCounts], None]:
        note = self._talk.begin_note()

        def noted(counts: TokenCounts) -> None:
            note(counts)
            weight = Weight(counts.audio_in + counts.audio_out, counts.image_in)
            if self._talk.pruning.is_due(weight):
                self.line.follow_soon()

        return noted

    def _on_event(self, event: VoiceEvent) -> None:
        if isinstance(event, TimeBilled):
            self._begin_note()(TokenCounts(open_ms=event.time_ms))
        elif not self.responses.on_event(event):
            self._on_other_event(event)

    def _lose_all(self) -> None:
        self.responses.lose_all()
        self._on_lost()

    def _drop_response(self, response_id: str) -> None:
        self.line.send(lambda session: session.cancel(response_id))
        self.line.send(lambda session: session.delete(response_id))

    def _unasked(self) -> Follower:
        """Until a reply takes it over it was for nothing, and is on the bill."""

        def follower() -> Follower:
            work = Speculation()
            with perhaps(work):
                return Follower(self._begin_note(), work)

        wanted = self.on_unasked(follower)
        if wanted is None:
            wanted = follower()
            wanted.is_unwanted = True
        return wanted

    def _is_quiet(self) -> bool:
        floor = self._session.floor
        return (
            self._session.hearing.quiet.is_set()
            and floor.reply is None
            and not self.responses.any_active
            and not self.awaits_words()
        )


def _nobody(_: object) -> None:
    """Nothing was asked."""


def _key(turn: SpokenTurn) -> str:
    return f"\0{turn.take.take_id}"
