"""Recordings that are not text yet: shown, tried again, and never lost. Core thread.

A take leaves here as text in the conversation, or because the user discards it.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app import commands, events
from app.conversation.current import CurrentConversation
from app.conversation.message import Message, Role
from app.errors import AppError, Code
from app.net.policy import RETRIED
from app.notices import NoticeBoard
from app.providers.base import Transcript
from app.sessions.takes import TakeShelf
from audio.pcm import Clip

ANSWERED_WITHIN = datetime.timedelta(seconds=30)
"""What was said longer ago than this is shown, but not answered by itself."""

_PASSING = RETRIED | {Code.SIGN_IN_PAGE, Code.RECOGNIZER_FAILED}
_FROM_BEFORE = ""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Kept:
    """`sound` is None while the recording is on disk.

    `is_earlier` is one that an earlier run, or an engine that died, left behind; its `conversation`
    is not known, so it belongs to whichever is open. `is_answered` is one that was answered by its
    sound: its words only join the conversation.
    """

    take_id: str
    at: datetime.datetime
    duration_ms: int
    conversation: str
    error: AppError | None = None
    sound: Clip | None = None
    is_earlier: bool = False
    is_answered: bool = False
    trying: bool = False


@dataclass(frozen=True, slots=True)
class Recovered:
    """An attempt is over, with words or with an error."""

    take_id: str
    transcript: Transcript | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class KeptParts:
    """What kept takes are worked on with.

    `transcribe` raises AppError; `answer` takes words as if they were just said, and whether what
    is attached now goes with them.
    """

    takes: TakeShelf
    notices: NoticeBoard
    conversation: CurrentConversation
    transcribe: Callable[[Clip], Awaitable[Transcript]]
    answer: Callable[[str, bool], Awaitable[None]]
    publish: Callable[[events.Event], None]
    post: Callable[[Recovered], None]
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]]
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)


class KeptTakes:
    """One attempt at a time, oldest first."""

    def __init__(self, parts: KeptParts) -> None:
        self._parts = parts
        self._kept: dict[str, _Kept] = {}
        self._queue: list[str] = []
        self._attempt: asyncio.Task[None] | None = None

    @property
    def shown(self) -> tuple[events.KeptTake, ...]:
        """The rows of the open conversation, oldest first."""
        here = (_FROM_BEFORE, self._parts.conversation.id)
        kept = [kept for kept in self._kept.values() if kept.conversation in here]
        return tuple(_row(kept) for kept in sorted(kept, key=lambda kept: kept.at))

    def show(self) -> None:
        """Tell what is kept, for instance because another conversation was opened."""
        self._parts.publish(events.KeptTakesChanged(self.shown))

    async def look(self) -> None:
        """Find what an earlier run, or an engine that died, left behind."""
        for take in await self._parts.takes.kept():
            if take.take_id not in self._kept:
                self._kept[take.take_id] = _Kept(
                    take.take_id, take.started_at, take.duration_ms, _FROM_BEFORE, is_earlier=True
                )
        self._tell_of_earlier()
        self.show()

    async def keep(
        self,
        take_id: str,
        sound: Clip,
        error: AppError,
        answered_at: datetime.datetime | None = None,
    ) -> None:
        """A take of this run could not be turned into text, because of `error`.

        `answered_at` is when it was said, where it was answered by its sound.
        """
        on_disk = await self._parts.takes.keep(take_id)
        length = datetime.timedelta(milliseconds=sound.duration_ms)
        self._kept[take_id] = _Kept(
            take_id,
            answered_at or self._parts.now() - length,
            round(sound.duration_ms),
            self._parts.conversation.id,
            error,
            None if on_disk else sound,
            is_answered=answered_at is not None,
        )
        self.show()

    async def on_command(self, command: object) -> bool:
        """Carry out what concerns kept takes; False for all else."""
        match command:
            case commands.RetryTake(take_id):
                self._try(take_id)
            case commands.DiscardTake(take_id):
                await self._forget(take_id)
            case commands.TranscribeKept():
                self._try(*self._earlier())
            case commands.DiscardKept():
                for take_id in self._earlier():
                    await self._forget(take_id)
            case _:
                return False
        return True

    def retry_latest(self) -> bool:
        """Try the one that failed last in this conversation; False when there is none."""
        mine = [row.take_id for row in self.shown if not self._kept[row.take_id].is_earlier]
        self._try(*mine[-1:])
        return bool(mine)

    def retry_passing(self) -> None:
        """The trouble may be over: try again what failed because of it."""
        kept = [self._kept[row.take_id] for row in self.shown]
        self._try(*(k.take_id for k in kept if k.error is not None and k.error.code in _PASSING))

    async def on_recovered(self, result: Recovered) -> None:
        """An attempt is over."""
        self._attempt = None
        kept = self._kept.get(result.take_id)
        if kept is not None:
            await self._settle(kept, result)
        self._next()
        self.show()

    async def _settle(self, kept: _Kept, result: Recovered) -> None:
        text = result.transcript.text.strip() if result.transcript is not None else ""
        if text:
            await self._put_in_place(kept, text)
            await self._forget(kept.take_id)
            return
        error = result.error or AppError(Code.NOT_UNDERSTOOD)
        self._kept[kept.take_id] = replace(kept, trying=False, error=error)
        if error.code in _PASSING:
            self._drop_queue()  # The others would fail for the same reason.
        self._parts.notices.post(error)

    async def _put_in_place(self, kept: _Kept, text: str) -> None:
        conversation = self._parts.conversation
        later = next((m.id for m in conversation.messages if m.created_at > kept.at), "")
        is_fresh = self._parts.now() - kept.at <= ANSWERED_WITHIN
        is_last = not later and all(row.at <= kept.at for row in self.shown)
        is_open = not kept.is_answered and is_fresh and is_last
        if is_open and kept.conversation == conversation.id:
            waited = kept.error is not None and kept.error.code is Code.PICTURE_REFUSED
            await self._parts.answer(text, waited)
        else:
            message = Message(Role.USER, text, created_at=kept.at, spoken=True)
            await conversation.add(message, before=later)

    async def _forget(self, take_id: str) -> None:
        kept = self._kept.pop(take_id, None)
        if kept is None:
            return
        self._queue = [queued for queued in self._queue if queued != take_id]
        await self._parts.takes.done(take_id)
        self._tell_of_earlier()
        self.show()

    def _try(self, *take_ids: str) -> None:
        for take_id in take_ids:
            kept = self._kept.get(take_id)
            if kept is not None and not kept.trying:
                self._kept[take_id] = replace(kept, trying=True)
                self._queue.append(take_id)
        self._next()
        self.show()

    def _next(self) -> None:
        if self._attempt is None and self._queue:
            kept = self._kept[self._queue.pop(0)]
            self._attempt = self._parts.spawn(self._transcribe(kept), "transcribe a kept take")

    def _drop_queue(self) -> None:
        for take_id in self._queue:
            self._kept[take_id] = replace(self._kept[take_id], trying=False)
        self._queue.clear()

    async def _transcribe(self, kept: _Kept) -> None:
        try:
            sound = kept.sound
            if sound is None:
                sound = await self._parts.takes.sound(kept.take_id)
            result = Recovered(kept.take_id, await self._parts.transcribe(sound))
        except AppError as error:
            result = Recovered(kept.take_id, error=error)
        except OSError as error:
            _log.info("kept take %s cannot be read: %s", kept.take_id, error)
            result = Recovered(kept.take_id, error=AppError(Code.TAKE_UNREADABLE))
        except Exception:  # noqa: BLE001 - the task's border: no row tries for ever
            _log.exception("kept take %s could not be transcribed", kept.take_id)
            result = Recovered(kept.take_id, error=AppError(Code.INTERNAL))
        self._parts.post(result)

    def _earlier(self) -> tuple[str, ...]:
        return tuple(kept.take_id for kept in self._kept.values() if kept.is_earlier)

    def _tell_of_earlier(self) -> None:
        earlier = [self._kept[take_id] for take_id in self._earlier()]
        self._parts.notices.clear(Code.TAKES_KEPT)
        if earlier:
            many, total_ms = len(earlier), sum(kept.duration_ms for kept in earlier)
            what = "1 recording" if many == 1 else f"{many} recordings"
            was = "was" if many == 1 else "were"
            detail = f"{what} ({max(1, round(total_ms / 1000))} s) {was}"
            self._parts.notices.post(AppError(Code.TAKES_KEPT, detail))


def _row(kept: _Kept) -> events.KeptTake:
    reason = "" if kept.error is None else kept.error.message
    return events.KeptTake(
        kept.take_id, kept.at, kept.duration_ms / 1000, reason, trying=kept.trying
    )
