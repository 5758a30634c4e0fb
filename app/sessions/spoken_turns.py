"""What the user said in a voice session: its items and their words, which come late or never.

Core thread; nothing but `SpokenTurn.words` waits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.conversation.message import Message
from app.providers.voice_session import Committed, Refused, UserWords, UserWordsFailed
from app.sessions.hearing import HeardTake


class SpokenTurn:
    """A take, or takes that are one utterance. `message` is set once it is in the conversation."""

    def __init__(self, take: HeardTake) -> None:
        self.take = take
        self.recorded = take
        """What of it is only a recording so far: the rest of its words, `stored`, is safe."""
        self.stored = ""
        self.message: Message | None = None
        self.generation = -1
        """The session that has its sound."""
        self.is_answered = False
        """Whether a response to it has begun: it is not sent again."""
        self.paused_s: float | None = None
        self.certain_s: float | None = None
        self.words_s: float | None = None
        self.on_words: Callable[[], None] = lambda: None
        self._texts: dict[str, str] = {}
        self._final: set[str] = set()
        self._refs: set[str] = set()
        self._asking = 0
        self._has_failed = False
        self._news = asyncio.Event()

    @property
    def items(self) -> tuple[str, ...]:
        """Its items in the session, in order."""
        return tuple(self._texts)

    @property
    def text(self) -> str:
        """Its words so far."""
        return " ".join(text.strip() for text in self._texts.values() if text.strip())

    @property
    def is_whole(self) -> bool:
        """Whether all of its words are known."""
        is_all_there = not self._asking and not self._refs
        return bool(self._texts) and is_all_there and self._final >= self._texts.keys()

    @property
    def is_newest_known(self) -> bool:
        """Whether there are words of the last thing that was said."""
        texts = tuple(self._texts.values())
        return bool(texts and texts[-1].strip()) and not self._asking and not self._refs

    async def words(self, within_s: float) -> str | None:
        """All of them, empty where there are none; None if they do not come."""
        loop = asyncio.get_running_loop()
        until_s = loop.time() + within_s
        while not (self.is_whole or self._has_failed) and (left_s := until_s - loop.time()) > 0:
            self._news.clear()
            waiting = asyncio.ensure_future(self._news.wait())
            try:
                await asyncio.wait([waiting], timeout=left_s)
            finally:
                waiting.cancel()
        return self.text if self.is_whole and not self._has_failed else None

    def begin_anew(self) -> None:
        """All of it is sent to another session."""
        self._texts.clear()
        self._final.clear()
        self._refs.clear()
        self._asking = 0
        self._has_failed = False

    def asking(self) -> None:
        """The session will be asked to make an item of a part of it."""
        self._asking += 1

    def asked(self, ref: str) -> None:
        """A part of it is to become an item."""
        self._asking = max(0, self._asking - 1)
        self._refs.add(ref)

    def on_item(self, ref: str, item_id: str) -> None:
        """A part of it became an item."""
        self._refs.discard(ref)
        self._texts.setdefault(item_id, "")
        self._news.set()

    def on_text(self, words: UserWords) -> None:
        """Words of an item."""
        self._texts[words.item_id] = words.text
        if words.final:
            self._final.add(words.item_id)
        if self.is_whole:
            self.words_s = asyncio.get_running_loop().time()
        self._news.set()
        self.on_words()

    def fail(self, ref: str = "") -> None:
        """Words of it will not come."""
        self._refs.discard(ref)
        self._has_failed = True
        self._news.set()


class SpokenTurns:
    """Which item of the session is whose."""

    def __init__(self) -> None:
        self._by_ref: dict[str, SpokenTurn] = {}
        self._by_item: dict[str, SpokenTurn] = {}
        self._unclaimed: dict[str, str] = {}
        self._early: UserWords | None = None

    def asked(self, turn: SpokenTurn, ref: str, generation: int) -> None:
        """A part of a turn was committed."""
        turn.generation = generation
        turn.asked(ref)
        self._by_ref[ref] = turn
        if item_id := self._unclaimed.pop(ref, ""):
            self._claim(ref, item_id)

    def claim(self, turn: SpokenTurn, item_id: str, generation: int) -> None:
        """The server made an item of a part of it."""
        turn.generation = generation
        self._by_item[item_id] = turn

    def forget(self, turn: SpokenTurn) -> None:
        """What is told of it from now on is of no interest; its sound need not be held."""
        self._by_item = {item: one for item, one in self._by_item.items() if one is not turn}

    def on_event(self, event: object) -> bool:
        """Take note; False for what is not about words of the user."""
        match event:
            case Committed(item_id, ref):
                if ref in self._by_ref:
                    self._claim(ref, item_id)
                elif ref:
                    self._unclaimed = {ref: item_id}
            case UserWords(item_id):
                if (turn := self._by_item.get(item_id)) is not None:
                    turn.on_text(event)
                else:
                    self._early = event
            case UserWordsFailed(item_id):
                if (turn := self._by_item.get(item_id)) is not None:
                    turn.fail()
            case Refused(ref) if ref in self._by_ref:
                self._by_ref.pop(ref).fail(ref)
            case _:
                return False
        return True

    def lose_all(self) -> None:
        """The session is gone, and its names mean nothing any more."""
        turns = (*self._by_item.values(), *self._by_ref.values())
        for turn in {id(turn): turn for turn in turns}.values():
            if turn.is_answered and not turn.is_whole:
                turn.fail()
        self._by_ref.clear()
        self._by_item.clear()
        self._unclaimed.clear()
        self._early = None

    def _claim(self, ref: str, item_id: str) -> None:
        turn = self._by_ref.pop(ref)
        turn.on_item(ref, item_id)
        self._by_item[item_id] = turn
        early, self._early = self._early, None
        if early is not None and early.item_id == item_id:
            turn.on_text(early)  # Some sessions tell words while somebody still speaks.
