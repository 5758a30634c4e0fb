"""Talking by sound: takes go into a voice session as they are spoken, and it answers. Core thread.

In a pause that may be the end of a turn the answer is asked for; it is held until it is. Where
words decide (a yes that is waited for, a short word over a reply), they are waited for first.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from app.conversation.message import Message, Role
from app.errors import Code
from app.providers.base import ChatMessage, Image
from app.providers.voice_session import Committed, VoiceEvent
from app.sessions.answering import Answering, TalkParts
from app.sessions.hearing import LEAST_VOICED_MS, WORDY_MS, HeardTake
from app.sessions.late_words import LateWords
from app.sessions.realtime_answer import deleting
from app.sessions.server_turns import ServerTurns
from app.sessions.spoken_turns import SpokenTurn, SpokenTurns
from app.sessions.take_feed import TakeFeed
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import InTurn, ReplyOver, TurnParts
from audio.messages import SetHangover

SURELY_A_TURN_MS = 800
"""So much voice over a reply is more than a word in passing."""

JUDGED_WITHIN_S = 2.0
"""So long the session's own words are waited for where words decide."""

_SOONEST_MS = 352
"""With what the detector takes to notice the end of a voice, 400 ms of real silence."""

_HEARD_AGAIN = (Code.NOTHING_HEARD, Code.NOT_UNDERSTOOD, Code.RECOGNIZER_FAILED)


@dataclass(slots=True)
class _Open:
    """The take that goes on. `number` tells one pause from another."""

    turn: SpokenTurn
    feed: TakeFeed
    number: int = 0
    is_paused: bool = False


class RealtimeTalk:
    """A `Direct`."""

    def __init__(self, session: TurnSession, parts: TurnParts, talk: TalkParts) -> None:
        self._session = session
        self._parts = parts
        self._open: _Open | None = None
        self._judged: SpokenTurn | None = None
        self._is_for_others = False
        self._broken_off: SpokenTurn | None = None
        self._turns = SpokenTurns()
        self._words = LateWords(parts, session.hearing, session.kept, self._on_settled)
        self._answering = Answering(
            session, parts, talk, self._on_event, self._on_up, self._on_lost
        )
        self.line = self._answering.line
        self._server_ends = talk.server_ends
        self._served = ServerTurns(session, parts, self._answering)
        self._answering.on_unasked = self._served.on_unasked
        self._answering.awaits_words = lambda: self._words.is_waiting

    # While somebody speaks

    def on_listening(self) -> None:
        """Have a session before somebody speaks."""
        self.line.want()

    def leave(self) -> None:
        """Another engine is chosen: what is being said is for that one."""
        if self._open is not None:
            self.drop(self._open.turn.take.take_id)

    def begin(self, take: HeardTake) -> None:
        """Somebody speaks."""
        self.leave()
        self.line.want()
        if self.line.is_usable:
            self._open = opened = self._opened(take)
            if self._server_ends():
                self._served.begin(opened.turn, opened.feed)
            self._parts.post(InTurn(self._catch_up))

    async def _catch_up(self) -> None:
        await self._answering.catch_up()

    def more(self, take_id: str, data: bytes) -> None:
        """More sound of the open take."""
        if (opened := self._of(take_id)) is not None:
            opened.feed.more(data)

    def pause(self, take: HeardTake, voiced_ms: int) -> bool:
        """Perhaps the turn is over. False where there is no session."""
        opened = self._of(take.take_id)
        if opened is None or not self.line.is_usable:
            return False
        opened.number += 1
        opened.is_paused = True
        opened.turn.paused_s = _now()
        if self._server_ends():
            return True
        opened.feed.hold()
        number = opened.number
        self._parts.post(InTurn(lambda: self._on_pause(opened, number, voiced_ms)))
        return True

    async def _on_pause(self, opened: _Open, number: int, voiced_ms: int) -> None:
        if opened is not self._open or not opened.is_paused or opened.number != number:
            return
        if not await self._answering.catch_up():
            return
        opened.feed.commit()
        take = opened.turn.take
        if self._words_decide(take, voiced_ms):
            return
        if self._session.floor.voice_of(take.interrupted) is not None and take.over_sound:
            await self._session.cut(take.played_ms)
        if self._session.floor.reply is None and not self._parts.pictures.attached_now():
            await self._answering.prepare(opened.turn, opened.feed)

    def _words_decide(self, take: HeardTake, voiced_ms: int) -> bool:
        """Whether nothing may happen before the words are known."""
        if self._session.approvals.waiting_for_voice:
            return True
        interrupts = self._session.floor.voice_of(take.interrupted) is not None
        return interrupts and take.over_sound and voiced_ms < SURELY_A_TURN_MS

    def void(self) -> None:
        """The turn goes on."""
        opened = self._open
        if opened is not None and opened.is_paused:
            opened.is_paused = False
            opened.feed.go_on()

    def drop(self, take_id: str) -> None:
        """What was heard of it is not for the session."""
        opened = self._of(take_id)
        if opened is not None:
            self._open = None
            self._served.end()
            opened.feed.forget()
            self._forget_items(opened.turn)

    # When it is over

    async def end(self, take: HeardTake) -> bool:
        """The take is over. False where there is no session to answer it."""
        opened = self._of(take.take_id)
        if opened is None:
            if not self.line.is_usable or take.voiced_ms < LEAST_VOICED_MS:
                return False
            opened = self._opened(take)
        self._open = None
        turn, feed = opened.turn, opened.feed
        turn.take, turn.certain_s = take, _now()
        if not self.line.is_usable or self._is_blind_to(self._parts.pictures.attached_now()):
            self._session.floor.discard_prepared()
            self._served.end()
            feed.forget()
            self._forget_items(turn)
            return False
        self.line.used()
        if self._words_decide(take, take.voiced_ms):
            self._session.floor.discard_prepared()
            self._served.end()
            if not turn.items or not self._server_ends():
                feed.commit()
            self._parts.spawn(self._judge(turn), "judge by words")
            return True
        await self._take_turn(turn, feed)
        return True

    async def _take_turn(self, turn: SpokenTurn, feed: TakeFeed) -> None:
        take, floor = turn.take, self._session.floor
        interrupted = floor.voice_of(take.interrupted) is not None
        await self._session.cut(take.played_ms if interrupted else None)
        await self._answering.catch_up()
        if not self._server_ends():
            feed.commit()
        after = floor.last_message_id()
        images = await self._parts.pictures.take()
        if images:
            floor.discard_prepared()
        turn.message = Message(
            Role.USER, turn.text if turn.is_whole else "", spoken=True, images=images
        )
        self._parts.conversation.expect(turn.message)
        self.line.known.add(turn.message.id)
        self._words.follow(turn)
        if self._answering.adopt(turn, after):
            self._served.end()
        elif self._server_ends():
            await self._served.wait(turn, feed)
        else:
            await self._answering.give(turn, feed)

    async def _judge(self, turn: SpokenTurn) -> None:
        text = await turn.words(JUDGED_WITHIN_S)
        self._parts.post(InTurn(lambda: self._on_judged(turn, text)))

    async def _on_judged(self, turn: SpokenTurn, text: str | None) -> None:
        take = turn.take
        if text is None or (not text and take.voiced_ms >= WORDY_MS):
            self._forget_items(turn)
            self._session.hearing.transcribe(take)
            return
        self._judged = turn
        try:
            if text:
                await self._session.on_words(take, text)
            else:
                await self._session.on_nothing(take)
        finally:
            is_turn, self._judged = self._judged is None, None
            if not is_turn:
                self._forget_items(turn)
        await self._parts.takes.done(take.take_id)

    def stands_for(self, message: Message) -> None:
        """The words that are being judged are a turn."""
        turn, self._judged = self._judged, None
        if turn is not None and turn.generation == self.line.generation:
            self.line.known.add(message.id)

    # Answers

    async def answer(self, then: tuple[ChatMessage, ...]) -> bool:
        """Answer what the conversation ends with."""
        is_for_others, self._is_for_others = self._is_for_others, False
        if is_for_others:
            return False
        self.line.want()
        messages = self._parts.conversation.messages
        if not self.line.is_usable or self._is_blind_to(messages[-1].images if messages else ()):
            return False
        self.line.used()
        await self._answering.catch_up()
        await self._answering.give_text(then)
        return True

    def _is_blind_to(self, images: tuple[Image, ...]) -> bool:
        return bool(images) and self.line.is_up and not self.line.takes_pictures

    def end_of(self, over: ReplyOver) -> ReplyOver | None:
        """The end of an answer of its own that can be made good."""
        return self._answering.end_of(over)

    async def follow_up(self) -> None:
        """Answer the same take or text turn by turn, or go on with what broke off."""
        if (failed := self._answering.take_failed()) is not None:
            await self._answer_otherwise(failed.turn)
        elif (broken := self._answering.take_broken()) is not None:
            turn = broken.turn
            if turn is not None and self._awaits_words(turn):
                self._broken_off = turn  # Another session has to be told what was asked.
            else:
                await self._continue()

    async def _answer_otherwise(self, turn: SpokenTurn | None) -> None:
        if turn is not None and self._awaits_words(turn):
            self._words.give_up(turn)
            self._is_for_others = True
            self._session.hearing.transcribe(turn.take)
        else:
            await self._session.start_reply()

    async def _continue(self) -> None:
        if self._session.floor.reply is None and self._session.hearing.quiet.is_set():
            await self._session.go_on()

    def _awaits_words(self, turn: SpokenTurn) -> bool:
        return turn.message is not None and self._parts.conversation.is_expected(turn.message.id)

    # What the session tells

    def _on_event(self, event: VoiceEvent) -> None:
        if isinstance(event, Committed) and not event.ref:
            if (turn := self._served.on_committed(event.item_id)) is not None:
                self._turns.claim(turn, event.item_id, self.line.generation)
        else:
            self._turns.on_event(event)

    def _on_up(self) -> None:
        if self._open is not None:
            self._open.feed.catch_up()

    def _on_lost(self) -> None:
        self._turns.lose_all()

    def _on_settled(self, turn: SpokenTurn, text: str) -> None:
        if text:
            self._parts.notices.clear(*_HEARD_AGAIN)
            self._answering.is_told(turn, text)
        if turn is self._broken_off:
            self._broken_off = None
            self._parts.post(InTurn(self._continue))

    # Takes

    def _opened(self, take: HeardTake) -> _Open:
        turn = SpokenTurn(take)
        feed = TakeFeed(
            take.take_id,
            self.line,
            lambda: self._parts.takes.clip(take.take_id),
            lambda ref: self._turns.asked(turn, ref, self.line.generation),
            turn.begin_anew,
        )
        opened = _Open(turn, feed)
        turn.on_words = lambda: self._on_early_words(opened)
        return opened

    def _on_early_words(self, opened: _Open) -> None:
        """The words of the pause that is going on tell how long it may last."""
        if opened is self._open and opened.is_paused and opened.turn.is_whole:
            wait_ms = self._patience_ms(opened.turn.text)
            message = SetHangover(opened.turn.take.take_id, wait_ms)
            self._parts.post(InTurn(lambda: self._parts.audio.send(message)))

    def _patience_ms(self, text: str) -> int:
        """The answer mostly is there by now: after a finished sentence nothing is gained."""
        wait_ms, usual_ms = self._parts.hangover_ms(text), self._parts.hangover_ms("")
        return _SOONEST_MS if wait_ms < usual_ms else wait_ms

    def _of(self, take_id: str) -> _Open | None:
        opened = self._open
        return opened if opened is not None and opened.turn.take.take_id == take_id else None

    def _forget_items(self, turn: SpokenTurn) -> None:
        for item_id in turn.items:
            self.line.send(deleting(item_id))


def _now() -> float:
    return asyncio.get_running_loop().time()
