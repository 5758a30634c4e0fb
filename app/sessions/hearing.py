"""From takes to words: what was spoken is transcribed in order, and nothing of it is lost."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app.errors import AppError, Code
from app.notices import NoticeBoard
from app.providers.base import Hints, Transcriber, Transcript
from app.sessions.direct import Direct
from app.sessions.early import EarlyTranscript, HeardEarly
from app.sessions.kept_takes import KeptTakes
from app.sessions.takes import TakeShelf
from audio.messages import (
    SPEECH_RATE_HZ,
    Paused,
    Pcm,
    SpeechResumed,
    TakeEnd,
    TakeEnded,
    TakeStarted,
)
from audio.pcm import Clip

LEAST_VOICED_MS = 128
"""Less voice than this is a click or a cough, not words."""

WORDY_MS = 1_000
"""A take with this much voice is kept when no words were found in it."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HeardTake:
    """A take and the playback that it paused. `clip` and `voiced_ms` are set once it is over.

    `began_s` is when it began, on the loop's clock.

    `over_sound` tells that the assistant was audible when it began, `after_sound` that it had just
    fallen silent; `held` that a key asked for it.
    """

    take_id: str
    interrupted: str = ""
    played_ms: int = 0
    over_sound: bool = False
    after_sound: bool = False
    began_s: float = 0.0
    held: bool = False
    clip: Clip = Clip(SPEECH_RATE_HZ, b"")
    voiced_ms: int = 0


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A transcription ended, with words or with an error."""

    take: HeardTake
    transcript: Transcript | None = None
    error: AppError | None = None


@dataclass(frozen=True, slots=True)
class HearingParts:
    """What hearing works with. `on_words` gets a take with its text, `on_nothing` one without.

    `on_words` tells whether the words are safe, so that the recording may go.
    `on_early` gets what was said until a pause that may be the end of the take, `on_void` follows
    when it was not. `direct` is asked first where there is one: it needs no words.
    """

    takes: TakeShelf
    kept: KeptTakes
    notices: NoticeBoard
    transcriber: Callable[[], Awaitable[Transcriber]]
    hints: Callable[[], Hints]
    is_audible: Callable[[str, int], bool]
    on_words: Callable[[HeardTake, str], Awaitable[bool]]
    on_nothing: Callable[[HeardTake], Awaitable[None]]
    on_early: Callable[[HeardTake, str], Awaitable[None]]
    on_void: Callable[[], None]
    on_quiet: Callable[[], None]
    post: Callable[[Transcribed | HeardEarly], None]
    set_facts: Callable[..., None]
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]]
    has_just_played: Callable[[], bool] = lambda: False
    direct: Callable[[], Direct | None] = lambda: None


class Hearing:
    """Core thread. `quiet` is set while nobody speaks and every word is answered for."""

    def __init__(self, parts: HearingParts) -> None:
        self._parts = parts
        self._open: HeardTake | None = None
        self._held = False
        self._is_aside = False
        self._cancelled = ""
        self._waiting: deque[HeardTake] = deque()
        self._transcribing: asyncio.Task[None] | None = None
        self._early = EarlyTranscript(parts.post, parts.spawn)
        self.quiet = asyncio.Event()
        self.quiet.set()

    @property
    def is_behind(self) -> bool:
        """Whether words of earlier takes are still looked for."""
        return bool(self._waiting)

    def hold(self) -> None:
        """The next take is push-to-talk: it counts however short it is."""
        self._held = True

    def cancel(self) -> None:
        """Whatever is being spoken now is not meant for Sayso."""
        if self._open is not None:
            self._cancelled = self._open.take_id
            self._void()

    def on_take_started(self, event: TakeStarted) -> None:
        """Somebody speaks: from now on nothing starts to play over it."""
        self._open = self.heard(event)
        self._held = False
        self._parts.takes.begin(event.take_id)
        self.quiet.clear()
        if (direct := self._parts.direct()) is not None:
            direct.begin(self._open)
        self._parts.set_facts(hearing=True, playing=False)

    def heard(self, event: TakeStarted) -> HeardTake:
        """A take that begins, and what was to be heard meanwhile."""
        over_sound = self._parts.is_audible(event.interrupted, event.played_ms)
        return HeardTake(
            event.take_id,
            event.interrupted,
            event.played_ms,
            over_sound,
            self._parts.has_just_played(),
            asyncio.get_running_loop().time(),
            self._held,
        )

    def give_up(self) -> tuple[HeardTake, bytes] | None:
        """The utterance that goes on, and its sound so far: it is meant for another program."""
        take = self._open
        if take is None or take.held:
            return None
        self._open = None
        self._void()
        sound = self._parts.takes.clip(take.take_id).data
        self._parts.takes.forget(take.take_id)
        self._leave(take)
        self._settle()
        return take, sound

    async def take_back(self, take: HeardTake, sound: bytes, event: TakeEnded) -> None:
        """That utterance was over before the key went down: it was meant for Sayso."""
        self._parts.takes.begin(take.take_id)
        self._parts.takes.append(take.take_id, sound)
        self._open = take
        await self.on_take_ended(event)

    def set_aside(self, on: bool) -> None:
        """Somebody speaks to another program, or has finished."""
        self._is_aside = on
        if on:
            self.quiet.clear()
        else:
            self._settle()

    def on_pcm(self, pcm: Pcm) -> None:
        """Sound of the open take."""
        self._parts.takes.append(pcm.owner, pcm.data)
        if (direct := self._parts.direct()) is not None:
            direct.more(pcm.owner, pcm.data)

    def on_paused(self, event: Paused) -> None:
        """Perhaps the turn is over: begin with its words while the gate is still patient."""
        take = self._open
        if (
            take is None
            or take.take_id != event.take_id
            or take.take_id == self._cancelled
            or take.held
            or self._waiting
            or event.voiced_ms < LEAST_VOICED_MS
        ):
            return
        direct = self._parts.direct()
        if direct is not None and direct.pause(take, event.voiced_ms):
            return
        clip = self._parts.takes.clip(take.take_id)
        self._early.begin(take.take_id, lambda: self.words_in(clip))

    def on_speech_resumed(self, event: SpeechResumed) -> None:
        """The turn was not over."""
        if self._open is not None and self._open.take_id == event.take_id:
            self._void()

    async def on_heard_early(self, heard: HeardEarly) -> None:
        """What was said until the pause is known, and the pause goes on."""
        take = self._open
        if take is not None and take.take_id == heard.take_id and self._early.is_current(heard):
            await self._parts.on_early(take, heard.transcript.text.strip())

    async def on_take_ended(self, event: TakeEnded) -> None:
        """Words or noise? Words wait for their turn to be transcribed."""
        take = self._open
        if take is None or take.take_id != event.take_id:
            return
        self._open = None
        clip = self._parts.takes.clip(take.take_id)
        take = replace(take, clip=clip, voiced_ms=event.voiced_ms)
        if event.reason is not TakeEnd.SILENCE:
            self._void()
        if event.reason is TakeEnd.CANCELLED or take.take_id == self._cancelled:
            await self._drop(take)
        elif event.voiced_ms < LEAST_VOICED_MS:
            self._void()
            if take.held:
                self._parts.notices.post(AppError(Code.NOTHING_HEARD))
            await self._drop(take)
        elif not await self._is_direct(take):
            self._waiting.append(take)
        self._settle()

    def transcribe(self, take: HeardTake) -> None:
        """A take that is over, and whose words are needed after all."""
        self._waiting.append(take)
        self._settle()

    async def on_engine_lost(self) -> bool:
        """The engine died; True when a take was open. Its journal is found again afterwards."""
        take, self._open = self._open, None
        if take is not None:
            self._void()
            self._parts.takes.forget(take.take_id)
            self._leave(take)
            self._settle()
        return take is not None

    async def on_transcribed(self, result: Transcribed) -> None:
        """The words of a take are known, or that there are none."""
        if not self._waiting or self._waiting[0].take_id != result.take.take_id:
            return  # It was stopped meanwhile.
        self._transcribing = None
        self._waiting.popleft()
        take, text = result.take, result.transcript.text.strip() if result.transcript else ""
        if result.error is not None:
            await self._keep(take, result.error)
        elif text:
            self._parts.notices.clear(
                Code.NOTHING_HEARD, Code.NOT_UNDERSTOOD, Code.RECOGNIZER_FAILED
            )
            if await self._parts.on_words(take, text):
                await self._parts.takes.done(take.take_id)
            self._parts.kept.retry_passing()
        elif take.voiced_ms >= WORDY_MS:
            await self._keep(take, AppError(Code.NOT_UNDERSTOOD))
        else:
            if take.held:
                self._parts.notices.post(AppError(Code.NOT_UNDERSTOOD))
            await self._drop(take)
        self._settle()

    async def stop_transcribing(self) -> None:
        """Wait no longer for the words of what was said; the recordings are kept."""
        if self._transcribing is None:
            return
        self._transcribing.cancel()
        self._transcribing = None
        stopped, self._waiting = self._waiting, deque()
        for take in stopped:
            await self._parts.kept.keep(take.take_id, take.clip, AppError(Code.STOPPED))
            await self._parts.on_nothing(take)
        self._settle()

    async def words_in(self, clip: Clip) -> Transcript:
        """What is said in `clip`. Raises AppError."""
        transcriber = await self._parts.transcriber()
        return await transcriber.transcribe(clip, self._parts.hints())

    def _transcribe_next(self) -> None:
        if self._transcribing is None and self._waiting:
            task = self._transcribe(self._waiting[0])
            self._transcribing = self._parts.spawn(task, "transcribe")

    async def _transcribe(self, take: HeardTake) -> None:
        try:
            early = self._early.claim(take.take_id)
            transcript = None if early is None else await early
            if transcript is None:
                transcript = await self.words_in(take.clip)
        except AppError as error:
            self._parts.post(Transcribed(take, error=error))
        except Exception:  # noqa: BLE001 - the task's border: no take waits for ever
            _log.exception("take %s could not be transcribed", take.take_id)
            self._parts.post(Transcribed(take, error=AppError(Code.INTERNAL)))
        else:
            self._parts.post(Transcribed(take, transcript))

    async def _is_direct(self, take: HeardTake) -> bool:
        direct = self._parts.direct()
        return direct is not None and not self._waiting and await direct.end(take)

    def _leave(self, take: HeardTake) -> None:
        if (direct := self._parts.direct()) is not None:
            direct.drop(take.take_id)

    def _void(self) -> None:
        self._early.void()
        self._parts.on_void()
        if (direct := self._parts.direct()) is not None:
            direct.void()

    async def _keep(self, take: HeardTake, error: AppError) -> None:
        await self._parts.kept.keep(take.take_id, take.clip, error)
        self._parts.notices.post(error)
        await self._parts.on_nothing(take)

    async def _drop(self, take: HeardTake) -> None:
        self._leave(take)
        await self._parts.takes.done(take.take_id)
        await self._parts.on_nothing(take)

    def _settle(self) -> None:
        self._transcribe_next()
        hearing, transcribing = self._open is not None, bool(self._waiting)
        self._parts.set_facts(hearing=hearing, transcribing=transcribing)
        if not (hearing or transcribing or self._is_aside):
            self.quiet.set()
            self._parts.on_quiet()
