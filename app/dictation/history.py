"""The history of dictations: rows, recordings, and how long they stay. Core thread."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.dictation import events
from app.dictation.history_store import HistoryStore
from app.dictation.record import Dictation, Outcome
from app.dictation.settings import Retention
from app.errors import AppError, Code

if TYPE_CHECKING:
    from app.providers.kept_sound import KeptSound
    from audio.pcm import Clip


UNSETTLED_DAYS = 7
"""What did not arrive is kept at least this long, however little is to be kept."""

_SETTLED = (Outcome.INSERTED, Outcome.SENT, Outcome.NOTHING_HEARD, Outcome.CANCELLED)
_UNSETTLED = (Outcome.COPIED, Outcome.HELD, Outcome.KEPT, Outcome.FAILED)
_CUT_OFF = "Sayso ended during this dictation. The recording is kept."
_CUT_OFF_INSERTING = "Sayso ended while it inserted this text: look whether it is there."
_PIECE_BYTES = 1 << 21


@dataclass(frozen=True, slots=True)
class Limits:
    """How many days recordings and words stay; None for ever."""

    audio_days: int | None
    text_days: int | None


_LIMITS = {
    Retention.NOTHING: Limits(0, 0),
    Retention.TEXT: Limits(0, None),
    Retention.DAY: Limits(1, 1),
    Retention.WEEK: Limits(7, 7),
    Retention.MONTH: Limits(30, 30),
    Retention.YEAR: Limits(365, 365),
    Retention.FOREVER: Limits(None, None),
}


class DictationHistory:
    """Each change is safe on disk and published on return.

    Recordings are WAV files in `folder`. Methods raise AppError(STORE_UNWRITABLE) when the disk
    refuses.
    """

    def __init__(
        self, store: HistoryStore, folder: Path, publish: Callable[[events.DictationEvent], None]
    ) -> None:
        self._store = store
        self._folder = folder
        self._publish = publish

    async def save(self, row: Dictation) -> None:
        """Keep the row as it is now; at its start with `Outcome.OPEN`, so that no take is lost."""
        if await self._store.save(row):
            self._publish(events.HistoryRowChanged(row))

    async def find(self, dictation_id: str) -> Dictation | None:
        """The row with this id."""
        return await self._store.find(dictation_id)

    async def keep_sound(self, row: Dictation, sound: KeptSound) -> Dictation:
        """Keep a recording and the row, which names it from then on."""
        name = f"{row.id}.wav"
        await self._write(name, sound)
        row = replace(row, audio=name, seconds=row.seconds or sound.duration_s)
        if await self._store.save(row):
            self._publish(events.HistoryRowChanged(row))
            return row
        await self._remove_files([name])
        return replace(row, audio="")

    async def sound(self, row: Dictation) -> Clip:
        """A row's recording. Raises AppError(TAKE_UNREADABLE) when there is none any more."""
        from audio.wav import WavError, read_wav

        try:
            return (await asyncio.to_thread(read_wav, self._folder / row.audio)).clip
        except (WavError, OSError) as error:
            raise AppError(Code.TAKE_UNREADABLE, str(error)) from error

    async def search(self, query: str, older_than: datetime.datetime | None = None) -> None:
        """Tell the rows that match, a page of them."""
        rows, has_more = await self._store.search(query, older_than)
        self._publish(events.HistoryListed(query, rows, older_than is not None, has_more))

    async def correct(self, dictation_id: str, text: str) -> Dictation | None:
        """The text should have been this; the row before, for what can be learned from it."""
        row = await self._store.find(dictation_id)
        if row is not None:
            await self.save(replace(row, text=text))
        return row

    async def delete(self, dictation_ids: Iterable[str]) -> None:
        """Remove rows and their recordings for good."""
        ids = tuple(dictation_ids)
        rows = [row for i in ids if (row := await self._store.find(i)) is not None]
        await self._store.delete(ids)
        await self._remove_files(row.audio for row in rows)
        self._publish(events.HistoryRowsRemoved(ids))

    async def recover(self, started: datetime.datetime) -> tuple[Dictation, ...]:
        """At the start: dictations that an earlier run left open are kept ones now, oldest first.

        A recording from before that no row names is removed: its deletion was cut off.
        """
        found = await self._store.unfinished(started)
        kept = tuple(
            replace(row, outcome=Outcome.KEPT, detail=_CUT_OFF_INSERTING if row.text else _CUT_OFF)
            for row in found
        )
        for row in kept:
            await self.save(row)
        known = await self._store.sounds()
        files = await asyncio.to_thread(_files_before, self._folder, started)
        await self._remove_files(name for name in files if name not in known)
        return kept

    async def forget_old(self, retention: Retention, now: datetime.datetime) -> None:
        """Remove what the user no longer wants kept; what did not arrive stays a while longer."""
        limits = limits_of(retention)
        for outcomes, least in ((_SETTLED, 0), (_UNSETTLED, UNSETTLED_DAYS)):
            if limits.text_days is not None:
                days = max(limits.text_days, least)
                old = await self._store.older(now - datetime.timedelta(days=days), outcomes)
                if old:
                    await self.delete(row.id for row in old)
            if limits.audio_days is not None:
                days = max(limits.audio_days, least)
                before = now - datetime.timedelta(days=days)
                for row in await self._store.older(before, outcomes, with_audio=True):
                    await self._remove_files([row.audio])
                    await self.save(replace(row, audio=""))

    async def _remove_files(self, names: Iterable[str]) -> None:
        paths = [self._folder / name for name in names if name]
        if paths:
            await self._on_disk(_unlink, paths)

    async def _on_disk(self, work: Callable[..., None], *arguments: object) -> None:
        try:
            await asyncio.to_thread(work, *arguments)
        except OSError as error:
            raise AppError(Code.STORE_UNWRITABLE, str(error)) from error

    async def _write(self, name: str, sound: KeptSound) -> None:
        """Piece by piece: it may be hours long."""
        from audio.wav import WavFile

        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = WavFile(self._folder / name, sound.rate_hz, sound.length_bytes)
        try:
            for at in range(0, sound.length_bytes, _PIECE_BYTES):
                pcm = await sound.read(at, at + _PIECE_BYTES)
                await self._on_disk(file.write, pcm)
            await self._on_disk(file.finish)
        finally:
            file.close()


def limits_of(retention: Retention) -> Limits:
    """How long recordings and words stay."""
    return _LIMITS[retention]


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)


def _files_before(folder: Path, moment: datetime.datetime) -> list[str]:
    """Recordings, and those that were only half written, from before this moment."""
    found = (*folder.glob("*.wav"), *folder.glob(".*.part"))
    return [path.name for path in found if path.stat().st_mtime < moment.timestamp()]
