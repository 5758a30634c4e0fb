"""Transcribes one recording: a thread decodes and cuts, several requests run at once.

Core loop. What is done is kept at once; trouble of one part leaves a gap, trouble that every part
would have ends the run.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from app.errors import AppError, Code
from app.files.cuts import Limits, Part, parts, spoken_range
from app.files.decoding import RATE_HZ, SoundFile
from app.files.progress import ProgressFile
from app.files.speech import speech_probabilities
from app.files.transcript import FileTranscript, PartText, segments_of
from app.net.deadlines import Deadlines
from app.net.policy import RETRIED, RetryPolicy, with_retries
from app.net.watch import UNREACHED
from app.providers.base import Hints, Transcriber

PATIENT = RetryPolicy(
    Deadlines(total_s=3600.0), retries=2, base_wait_s=2.0, longest_wait_s=30.0, begin_within_s=300.0
)
"""Around the provider's own tries: nobody waits in front of a recording as in a conversation."""
FAILED_IN_A_ROW = 3

_OF_ONE_PART = (RETRIED - UNREACHED) | {
    Code.REQUEST_REFUSED,
    Code.REQUEST_TOO_LARGE,
    Code.TAKE_TOO_LONG,
    Code.CONTENT_REFUSED,
    Code.RECOGNIZER_FAILED,
}

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Progress:
    """How much sound is done; `total_ms` is None where the file does not say."""

    done_ms: int
    total_ms: int | None


@dataclass(frozen=True, slots=True)
class Way:
    """How recordings are transcribed. As many parts run at once as there are transcribers."""

    transcribers: Sequence[Transcriber]
    hints: Hints
    limits: Limits
    policy: RetryPolicy = PATIENT


class FileTranscription:
    """One run over one file."""

    def __init__(
        self,
        path: Path,
        way: Way,
        progress: ProgressFile,
        on_progress: Callable[[Progress], None],
    ) -> None:
        """`on_progress` is called whenever a part is done."""
        self._path = path
        self._way = way
        self._progress = progress
        self._on_progress = on_progress
        self._done: list[PartText] = []
        self._error: AppError | None = None
        self._failed_in_a_row = 0
        self._stopped = False
        self._duration_ms: int | None = None
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="sound file")

    async def run(self) -> FileTranscript:
        """What became of it. Raises AppError when the file cannot be read, or no part succeeded."""
        loop = asyncio.get_running_loop()
        sound = None
        try:
            sound = await loop.run_in_executor(self._disk, SoundFile, self._path)
            self._duration_ms = sound.duration_ms
            await self._all(sound)
        finally:
            if sound is not None:
                self._disk.submit(sound.close)
            # What it does now takes a moment at most.
            self._disk.shutdown(wait=True)
        if self._error is not None and all(part.text is None for part in self._done):
            raise self._error
        self._done.sort(key=lambda part: part.number)
        return FileTranscript(
            self._path.name,
            max((part.ends_ms for part in self._done), default=0),
            self._way.transcribers[0].label,
            next((part.language for part in self._done if part.language), ""),
            segments_of(self._done),
            self._error,
            sound.problem,
        )

    async def _all(self, sound: SoundFile) -> None:
        # None for each worker ends it.
        waiting: asyncio.Queue[Part | None] = asyncio.Queue(maxsize=1)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._read(sound, waiting), name="read sound")
                for transcriber in self._way.transcribers:
                    group.create_task(self._work(transcriber, waiting), name="transcribe part")
        except* AppError as trouble:
            raise _first(trouble) from None

    async def _read(self, sound: SoundFile, waiting: asyncio.Queue[Part | None]) -> None:
        loop = asyncio.get_running_loop()
        found = parts(sound.blocks(), RATE_HZ, self._way.limits, speech_probabilities)
        while (part := await loop.run_in_executor(self._disk, _next, found)) is not None:
            await waiting.put(part)
        for _ in self._way.transcribers:
            await waiting.put(None)

    async def _work(self, transcriber: Transcriber, waiting: asyncio.Queue[Part | None]) -> None:
        while (part := await waiting.get()) is not None:
            blank = _blank(part)
            done = self._progress.done(blank)
            if done is None and not self._stopped:
                done = await self._transcribed(transcriber, part, blank)
            self._done.append(done or blank)
            done_ms = sum(part.ends_ms - part.begins_ms for part in self._done)
            self._on_progress(Progress(done_ms, self._duration_ms))

    async def _transcribed(
        self, transcriber: Transcriber, part: Part, blank: PartText
    ) -> PartText | None:
        spoken = await asyncio.to_thread(spoken_range, part.samples, RATE_HZ)
        if spoken is None:
            done = dataclasses.replace(blank, text="")
            await asyncio.to_thread(self._progress.add, done)
            return done
        try:
            heard = await with_retries(
                lambda: transcriber.transcribe(part.clip, self._way.hints),
                self._way.policy,
                peer=transcriber.label,
            )
        except AppError as error:
            self._failed(error)
            return None
        self._failed_in_a_row = 0
        done = dataclasses.replace(
            blank,
            spoken_ms=(_ms(part.begins + spoken[0]), _ms(part.begins + spoken[1])),
            text=heard.text,
            language=heard.language,
            confidence=heard.confidence,
        )
        await asyncio.to_thread(self._progress.add, done)
        return done

    def _failed(self, error: AppError) -> None:
        _log.info("a part failed: %s", error.code)
        self._failed_in_a_row += 1
        ends = error.code not in _OF_ONE_PART or self._failed_in_a_row >= FAILED_IN_A_ROW
        if self._error is None or (ends and not self._stopped):
            self._error = error
        self._stopped = self._stopped or ends


def _first(trouble: BaseExceptionGroup[AppError]) -> AppError:
    for error in trouble.exceptions:
        return _first(error) if isinstance(error, BaseExceptionGroup) else error
    raise AssertionError  # A group is never empty.


def _next(found: Iterator[Part]) -> Part | None:
    return next(found, None)


def _blank(part: Part) -> PartText:
    begins_ms, ends_ms = _ms(part.begins), _ms(part.ends)
    return PartText(part.number, begins_ms, ends_ms, (begins_ms, ends_ms), part.overlaps, None)


def _ms(samples: int) -> int:
    return samples * 1000 // RATE_HZ
