"""Talking by sound: takes go into a voice session as they are spoken, and it answers. Core thread.

In a pause that may be the end of a turn the answer is asked for; it is held until it is. Where
words decide (a yes that is waited for, a short word over a reply), they are waited for first.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.conversation.message import Message, Role
from app.errors import Code
from app.providers.base import ChatMessage, Image
from app.providers.voice_session import Committed, VoiceEvent
from app.sessions.answering import Answering
from app.sessions.by_words import ByWords
from app.sessions.hearing import LEAST_VOICED_MS, HeardTake
from app.sessions.late_words import LateWords
from app.sessions.mending import Mending
from app.sessions.open_take import OpenTake
from app.sessions.realtime_answer import deleting
from app.sessions.reopening import Reopening
from app.sessions.server_turns import ServerTurns
from app.sessions.spoken_turns import SpokenTurn, SpokenTurns
from app.sessions.take_feed import TakeFeed
from app.sessions.talk_parts import TalkParts
from app.sessions.turn import TurnSession
from app.sessions.turn_parts import InTurn, ReplyOver, TurnParts
from audio.messages import SetHangover

_SOONEST_MS = 352
"""With what the detector takes to notice the end of a voice, 400 ms of real silence."""

_HEARD_AGAIN = (Code.NOTHING_HEARD, Code.NOT_UNDERSTOOD, Code.RECOGNIZER_FAILED)


class RealtimeTalk:
    """A `Direct`."""

    def __init__(self, session: TurnSession, parts: TurnParts, talk: TalkParts) -> None:
        self._session = session
        self._parts = parts
        self._open: OpenTake | None = None
        self._turns = SpokenTurns()
        self._words = LateWords(parts, session.hearing, session.kept, self._on_settled)
        self._answering = Answering(
            session, parts, talk, self._on_event, self._on_up, self._on_lost
        )
        self.line = self._answering.line
        self._server_ends = talk.server_ends
        self._is_own_wish = talk.is_own_wish
        self._served = ServerTurns(session, parts, self._answering)
        self._answering.on_unasked = self._served.on_unasked
        self._answering.awaits_words = lambda: self._words.is_waiting
        self._by_words = ByWords(session, parts, self.line, self._forget_items)
        self._mending = Mending(session, parts, self._answering, self._words)
        self._reopening = Reopening(session, parts, self._answering, self._words)

    # While somebody speaks

    def on_listening(self) -> None:
        """Have a session before somebody speaks."""
        self.line.want()

    def leave(self) -> None:
        """Another engine is chosen: what is being said is for that one."""
        if self._open is not None:
            self.drop(self._open.take.take_id)

    def begin(self, take: HeardTake) -> None:
        """Somebody speaks."""
        self.leave()
        self.line.want()
        if self.line.is_usable:
            self._open = opened = self._reopened(take) or self._opened(take)
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

    async def _on_pause(self, opened: OpenTake, number: int, voiced_ms: int) -> None:
        if opened is not self._open or not opened.is_paused or opened.number != number:
            return
        if not await self._answering.catch_up():
            return
        opened.feed.commit()
        take = opened.take
        if self._by_words.decide(take, voiced_ms):
            return
        if self._session.floor.voice_of(take.interrupted) is not None and take.over_sound:
            await self._session.cut(take.played_ms)
        pictures = self._parts.pictures
        if pictures.is_looked_at or pictures.attached_now():
            return
        if self._session.floor.reply is None:
            await self._answering.prepare(opened.turn, opened.feed)

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
            if opened.goes_on:
                self._reopening.undo(opened)
            else:
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
        if opened.goes_on:
            self._reopening.join(opened, take)
        else:
            turn.take = turn.recorded = take
        turn.certain_s = _now()
        pictures = self._parts.pictures
        # What waits for a picture's yes is answered by its words, with the picture.
        others = pictures.is_looked_at or self._is_blind_to(pictures.attached_now())
        if others or not self.line.is_usable:
            return await self._leave_to_others(opened)
        self.line.used()
        if self._by_words.decide(take, take.voiced_ms):
            self._session.floor.discard_prepared()
            self._served.end()
            if not turn.items or not self._server_ends():
                feed.commit()
            self._by_words.judge(turn)
            return True
        await self._take_turn(turn, feed)
        return True

    async def _leave_to_others(self, opened: OpenTake) -> bool:
        """Have no part in the take; whether somebody was told to transcribe it."""
        self._session.floor.discard_prepared()
        self._served.end()
        if not opened.goes_on:
            opened.feed.forget()
            self._forget_items(opened.turn)
            return False
        if not opened.feed.go_back():
            await self.line.renew()
        await self._mending.hand_over(opened.turn)
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
        self._stand(turn, images)
        self._words.follow(turn)
        if turn.is_whole and self._is_own_wish(turn.text):
            floor.discard_prepared()
            self._served.end()
            await self._session.start_reply()
            return
        if self._answering.adopt(turn, after):
            self._served.end()
        elif self._server_ends():
            await self._served.wait(turn, feed)
        else:
            await self._answering.give(turn, feed)

    def _stand(self, turn: SpokenTurn, images: tuple[Image, ...]) -> None:
        """Its message stands in the conversation from now on, or still."""
        conversation, message = self._parts.conversation, turn.message
        text = turn.text if turn.is_whole else ""
        if message is not None and conversation.find(message.id) is not None:
            message = replace(message, text=text or message.text, images=images)
        else:
            if message is not None:
                conversation.forget(message.id)  # Another conversation was begun meanwhile.
            message = Message(Role.USER, text, spoken=True, images=images)
        turn.message = message
        conversation.expect(message)
        self.line.known.add(message.id)

    def stands_for(self, message: Message) -> None:
        """The words that are being judged are a turn."""
        self._by_words.stands_for(message)

    # Answers

    async def answer(self, then: tuple[ChatMessage, ...]) -> bool:
        """Answer what the conversation ends with."""
        if self._mending.take_for_others():
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
        await self._mending.follow_up()

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
        self._turns.forget(turn)
        self._mending.on_settled(turn)
        if self._is_own_wish(text):
            self._parts.post(InTurn(lambda: self._mending.answer_instead(turn)))

    # Takes

    def _opened(self, take: HeardTake) -> OpenTake:
        turn = SpokenTurn(take)
        feed = TakeFeed(
            take.take_id,
            self.line,
            lambda: self._parts.takes.clip(take.take_id),
            turn.asking,
            lambda ref: self._turns.asked(turn, ref, self.line.generation),
            turn.begin_anew,
        )
        opened = OpenTake(take, turn, feed)
        turn.on_words = lambda: self._on_early_words(opened)
        return opened

    def _reopened(self, take: HeardTake) -> OpenTake | None:
        opened = self._reopening.reopen(take)
        if opened is not None:
            opened.turn.on_words = lambda: self._on_early_words(opened)
        return opened

    def _on_early_words(self, opened: OpenTake) -> None:
        """The words of the pause that is going on tell how long it may last.

        Those that are not all there yet may ask for patience, and for nothing else.
        """
        if opened is not self._open or not opened.is_paused or not opened.turn.is_newest_known:
            return
        wait_ms = self._patience_ms(opened.turn.text)
        if opened.turn.is_whole or wait_ms > self._parts.hangover_ms(""):
            message = SetHangover(opened.take.take_id, wait_ms)
            self._parts.post(InTurn(lambda: self._parts.audio.send(message)))

    def _patience_ms(self, text: str) -> int:
        """The answer mostly is there by now: after a finished sentence nothing is gained."""
        wait_ms, usual_ms = self._parts.hangover_ms(text), self._parts.hangover_ms("")
        return _SOONEST_MS if wait_ms < usual_ms else wait_ms

    def _of(self, take_id: str) -> OpenTake | None:
        opened = self._open
        return opened if opened is not None and opened.take.take_id == take_id else None

    def _forget_items(self, turn: SpokenTurn) -> None:
        self._turns.forget(turn)
        for item_id in turn.items:
            self.line.send(deleting(item_id))


def _now() -> float:
    return asyncio.get_running_loop().time()
