"""Which response of a session is whose. Core thread; nothing here waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.errors import AppError
from app.providers.voice_session import (
    Refused,
    ResponseBegun,
    ResponseCall,
    ResponseOver,
    ResponseSound,
    ResponseText,
    TokenCounts,
)
from app.usage.occasion import Speculation

ResponseEvent = ResponseSound | ResponseText | ResponseCall | ResponseOver
_MOST_UNCLAIMED = 64


class LinkLost(Exception):
    """The connection went while something was waited for; it may be had again."""


class Follower:
    """What comes of one response, for the one who asked."""

    def __init__(
        self,
        note: Callable[[TokenCounts], None] = lambda _: None,
        work: Speculation | None = None,
    ) -> None:
        """`note` is told what the response was billed for; `work` says whether it was wanted."""
        self.note = note
        self.work = work
        self.response_id = ""
        self.is_over = False
        self.is_unwanted = False
        self.begun_s: float | None = None
        self._news: asyncio.Queue[ResponseEvent | Exception] = asyncio.Queue()

    def put(self, news: ResponseEvent | Exception) -> None:
        """It came, or nothing more will come."""
        self.is_over = self.is_over or isinstance(news, ResponseOver | Exception)
        self._news.put_nowait(news)

    async def next(self) -> ResponseEvent:
        """The next of it. Raises AppError when it was refused, LinkLost when the link went."""
        news = await self._news.get()
        if isinstance(news, Exception):
            raise news
        return news


class Responses:
    """Of one session. What a response was billed for is noted however it ends.

    `drop` takes a response that is not wanted out of the session, `on_unasked` gives who follows
    one that the server began by itself; where nobody wants it, it is dropped.
    """

    def __init__(
        self,
        drop: Callable[[str], None],
        on_unasked: Callable[[], Follower],
    ) -> None:
        self._drop = drop
        self._on_unasked = on_unasked
        self._by_ref: dict[str, Follower] = {}
        self._by_id: dict[str, Follower] = {}
        self._unclaimed: dict[str, list[ResponseBegun | Refused]] = {}
        self._unwanted: dict[str, Follower] = {}
        self._noted: dict[str, Follower] = {}

    @property
    def any_active(self) -> bool:
        """Whether something is asked for, or is coming."""
        return bool(self._by_ref or self._by_id)

    def expect(self, ref: str, follower: Follower) -> None:
        """This was asked for."""
        (self._unwanted if follower.is_unwanted else self._by_ref)[ref] = follower
        for news in self._unclaimed.pop(ref, ()):
            self.on_event(news)

    def give_up(self, follower: Follower) -> None:
        """Nobody wants it any more: it leaves the session, also when it begins only later."""
        follower.is_unwanted = True
        unwanted = {ref: one for ref, one in self._by_ref.items() if one is follower}
        self._unwanted.update(unwanted)
        self._by_ref = {ref: one for ref, one in self._by_ref.items() if one is not follower}
        self._by_id = {id_: one for id_, one in self._by_id.items() if one is not follower}
        if follower.response_id:
            self._drop(follower.response_id)

    def let_go(self, follower: Follower) -> None:
        """It stays in the session as far as it came, and nobody follows it any more."""
        self._by_id = {id_: one for id_, one in self._by_id.items() if one is not follower}

    def on_event(self, event: object) -> bool:
        """Hand it to whom it concerns; False when it is about no response that was asked for."""
        match event:
            case ResponseBegun():
                self._on_begun(event)
            case ResponseOver(response_id):
                self._note(event)
                if (follower := self._by_id.pop(response_id, None)) is not None:
                    follower.put(event)
            case ResponseSound() | ResponseText() | ResponseCall():
                if (follower := self._by_id.get(event.response_id)) is not None:
                    follower.put(event)
            case Refused(ref, error):
                return self._on_refused(ref, error, event)
            case _:
                return False
        return True

    def lose_all(self) -> None:
        """The connection is gone."""
        lost = {id(one): one for one in (*self._by_ref.values(), *self._by_id.values())}
        self._by_ref.clear()
        self._by_id.clear()
        self._unwanted.clear()
        self._unclaimed.clear()
        self._noted.clear()
        for follower in lost.values():
            follower.put(LinkLost())

    def _on_begun(self, event: ResponseBegun) -> None:
        ref = event.ref
        follower = self._wanted_by(ref) if ref else self._on_unasked()
        if follower is None:
            self._keep_unclaimed(ref, event)
            return
        self._noted[event.response_id] = follower
        if follower.is_unwanted:
            self._drop(event.response_id)
            return
        follower.response_id = event.response_id
        follower.begun_s = asyncio.get_running_loop().time()
        self._by_id[event.response_id] = follower

    def _wanted_by(self, ref: str) -> Follower | None:
        return self._unwanted.pop(ref, None) or self._by_ref.pop(ref, None)

    def _on_refused(self, ref: str, error: AppError, event: Refused) -> bool:
        if ref in self._unwanted:
            del self._unwanted[ref]
            return True
        follower = self._by_ref.pop(ref, None)
        if follower is None:
            self._keep_unclaimed(ref, event)
            return False
        follower.put(error)
        return True

    def _note(self, event: ResponseOver) -> None:
        follower = self._noted.pop(event.response_id, None)
        if follower is not None and event.usage is not None:
            follower.note(event.usage)

    def _keep_unclaimed(self, ref: str, event: ResponseBegun | Refused) -> None:
        if len(self._unclaimed) >= _MOST_UNCLAIMED:
            self._unclaimed.pop(next(iter(self._unclaimed)))
        self._unclaimed.setdefault(ref, []).append(event)
