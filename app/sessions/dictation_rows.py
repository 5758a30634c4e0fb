"""What can still be done with a dictation: insert, copy, retry, play, delete. Core thread."""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app.desktop.insertion import Inserter, Receipt, Verdict
from app.desktop.target import Target
from app.dictation import commands, events
from app.dictation.history import DictationHistory
from app.dictation.outcomes import Told, told
from app.dictation.record import Dictation, DictationPhase, Outcome, Remedy
from app.errors import AppError, Code
from app.notices import NoticeBoard
from app.providers.base import Hints, Transcriber
from app.providers.kept_sound import KeptSound
from app.sessions.audio_link import AudioLink
from app.sessions.dictation_target import policy_for
from app.sessions.dictation_words import dropped_text, words_of
from app.sessions.landing import Landing, NowhereError
from app.sessions.lessons import Lessons
from app.sessions.replay import Replay
from app.sessions.takes import TakeShelf
from app.settings import Settings, Source

_JUST_NOW = datetime.timedelta(seconds=60)
_log = logging.getLogger(__name__)
_NOTHING_RECORDED = "Sayso ended before anything of this dictation was recorded."
_READY = "The words are here. Insert them where you want."
_NOT_CHOSEN = "No window was chosen. The text waits."
_GIVEN_UP = "Not inserted. It stays in the history."
_TIDY_S = 3_600.0


@dataclass(frozen=True, slots=True)
class RowsParts:
    """`transcriber` is asked for the source that is named, None for the settings' own.

    `change` asks for a change of the settings, by dotted paths.
    """

    history: DictationHistory
    inserter: Inserter
    landing: Landing
    audio: AudioLink
    takes: TakeShelf
    notices: NoticeBoard
    settings: Callable[[], Settings]
    change: Callable[[dict[str, object]], None]
    hints: Callable[[], Hints]
    transcriber: Callable[[Source | None], Awaitable[Transcriber]]
    publish: Callable[[events.DictationEvent], None]
    spawn: Callable[[Awaitable[None], str], asyncio.Task[None]]
    now: Callable[[], datetime.datetime] = lambda: datetime.datetime.now(datetime.UTC)
    tidy_every_s: float = _TIDY_S


class DictationRows:
    """Works on what the history holds."""

    def __init__(self, parts: RowsParts) -> None:
        self._parts = parts
        self._latest = ""
        self._receipts: dict[str, Receipt] = {}
        self._received_at = parts.now()
        self._retrying: set[str] = set()
        self.landing = parts.landing
        self._lessons = Lessons(parts.history, parts.settings, parts.change, parts.publish)
        self.replay = Replay(parts.history, parts.audio, parts.publish, parts.spawn)
        self.latest_receipt: tuple[str, Receipt] | None = None

    async def recover(self) -> None:
        """What an earlier run left unfinished waits with its recording; nothing is inserted."""
        parts = self._parts
        try:
            left = await parts.history.recover(parts.now())
            for row in left:
                await self._recover(row)
            for take in await parts.takes.kept():
                settled = await parts.history.find(take.take_id)
                if settled is not None and settled.audio:
                    await parts.takes.done(take.take_id)
                elif settled is not None:
                    # An earlier start ended before it had the recording.
                    await self._recover(settled)
        except AppError as error:
            parts.notices.post(error)
        else:
            if left:
                parts.notices.post(AppError(Code.DICTATIONS_KEPT, _count(len(left))))

    async def _recover(self, row: Dictation) -> None:
        """Its recording moves from the engine's journal to the history."""
        parts = self._parts
        try:
            sound = KeptSound.of(await parts.takes.sound(row.id))
        except OSError as error:
            _log.warning("dictation %s has no recording: %s", row.id, error)
            if row.outcome is Outcome.KEPT and not row.text:
                row = replace(row, outcome=Outcome.FAILED, detail=_NOTHING_RECORDED)
                await parts.history.save(row)
            return
        await parts.history.keep_sound(row, sound)
        await parts.takes.done(row.id)

    async def forget_old(self) -> None:
        """Until cancelled: remove what is older than its user wants it to be."""
        parts = self._parts
        while True:
            try:
                await parts.history.forget_old(parts.settings().dictation.retention, parts.now())
            except AppError as error:
                parts.notices.post(error)
            await asyncio.sleep(parts.tidy_every_s)

    async def on_command(self, command: object) -> bool:
        """Act on it; False when it is not about a row."""
        match command:
            case commands.InsertAgain(dictation_id, raw):
                self._parts.spawn(self._insert(dictation_id, raw=raw), "insert again")
            case commands.CopyDictation(dictation_id, raw):
                await self._copy(dictation_id, raw=raw)
            case commands.RetryDictation(dictation_id, source):
                self._parts.spawn(self._retry(dictation_id, source), "retry dictation")
            case commands.BringBackDropped(dictation_id):
                await self._bring_back(dictation_id)
            case commands.DeleteDictation(dictation_id):
                await self._parts.history.delete([dictation_id])
            case commands.SearchHistory(query, older_than):
                await self._parts.history.search(query, older_than)
            case _:
                return await self._lessons.on_command(command) or await self.replay.on_command(
                    command
                )
        return True

    def on_receipt(self, dictation_id: str, receipt: Receipt) -> None:
        """What became of an insertion."""
        self._latest = dictation_id
        self._receipts = {dictation_id: receipt}
        self._received_at = self._parts.now()
        inserted = receipt.verdict in (Verdict.INSERTED, Verdict.UNCONFIRMED)
        self.latest_receipt = (dictation_id, receipt) if inserted else None

    def on_text(self, dictation_id: str) -> None:
        """There is a text that may be inserted by the key for that."""
        self._latest = dictation_id

    def forget_receipt(self) -> None:
        """The last insertion is taken back."""
        self.latest_receipt = None

    def before(self, target: Target | None) -> str | None:
        """What stands before the caret there: the last insertion, if it was a moment ago."""
        if self.latest_receipt is None or target is None:
            return None
        receipt = self.latest_receipt[1]
        is_same = receipt.target is not None and receipt.target.window_id == target.window_id
        is_fresh = self._parts.now() - self._received_at < _JUST_NOW
        return receipt.inserted_text if is_same and is_fresh else None

    async def on_undone(self, dictation_id: str) -> None:
        """Its text is not in its field any more."""
        row = await self._parts.history.find(dictation_id)
        if row is not None:
            end = Told(Outcome.HELD, "Taken back.", Remedy.INSERT_AGAIN, "Taken back.")
            await self._end(row, end)

    def insert_latest(self, *, raw: bool = False) -> None:
        """The last dictation, where the keyboard is now."""
        if self._latest:
            self._parts.spawn(self._insert(self._latest, raw=raw), "insert again")

    async def _insert(self, dictation_id: str, *, raw: bool) -> None:
        try:
            await self._insert_row(dictation_id, raw=raw)
        except NowhereError as error:
            # The row stays what it was: nothing has happened.
            outcome, message, remedy = (
                (Outcome.CANCELLED, _GIVEN_UP, Remedy.NONE)
                if error.was_given_up
                else (Outcome.HELD, _NOT_CHOSEN, Remedy.INSERT_AGAIN)
            )
            self._parts.publish(events.DictationEnded(dictation_id, outcome, "", message, remedy))
        except AppError as error:
            self._parts.notices.post(error)

    async def _insert_row(self, dictation_id: str, *, raw: bool) -> None:
        row = await self._parts.history.find(dictation_id)
        text = "" if row is None else row.raw_text if raw else row.text
        if row is None or not text:
            return
        target = await self.landing.target(dictation_id, row.target.app)
        self._parts.publish(events.DictationPhaseChanged(dictation_id, DictationPhase.INSERTING))
        policy = policy_for(target, self._parts.settings().dictation)
        again = None if raw else self._receipts.get(dictation_id)
        if again is not None and again.verdict is Verdict.INSERTED:
            again = None  # Wanted a second time.
        receipt = await self._parts.inserter.insert(text, target, policy, again)
        self.on_receipt(dictation_id, receipt)
        await self._end(row, told(receipt))

    async def _copy(self, dictation_id: str, *, raw: bool) -> None:
        row = await self._parts.history.find(dictation_id)
        if row is None:
            return
        if not await self._parts.inserter.copy(row.raw_text if raw else row.text):
            self._parts.notices.post(AppError(Code.CLIPBOARD_REFUSED))
        elif row.outcome is not Outcome.INSERTED:
            await self._end(row, Told(Outcome.COPIED, "Copied.", Remedy.NONE, "Copied by hand."))

    async def _retry(self, dictation_id: str, source: Source | None) -> None:
        row = await self._parts.history.find(dictation_id)
        if row is None or dictation_id in self._retrying:
            return
        self._retrying.add(dictation_id)
        self._parts.publish(events.DictationPhaseChanged(dictation_id, DictationPhase.TRANSCRIBING))
        try:
            await self._end(*await self._transcribed(row, source))
        except AppError as error:
            message = f"{error.message} The recording is kept."
            await self._end(row, Told(Outcome.KEPT, message, Remedy.RETRY, error.message))
        finally:
            self._retrying.discard(dictation_id)

    async def _transcribed(self, row: Dictation, source: Source | None) -> tuple[Dictation, Told]:
        parts = self._parts
        clip = await parts.history.sound(row)
        transcriber = await parts.transcriber(source)
        transcript = await transcriber.transcribe(clip, parts.hints())
        settings = parts.settings()
        result = await words_of(transcript, settings)
        row = replace(
            row,
            raw_text=result.raw,
            text=result.text,
            dropped_text=dropped_text(result),
            provider=transcript.by,
            model="",
        )
        if not result.text.strip():
            remedy = Remedy.BRING_BACK if row.dropped_text else Remedy.NONE
            message = "No words were heard."
            return row, Told(Outcome.NOTHING_HEARD, message, remedy, message)
        self._latest = row.id
        return row, Told(Outcome.HELD, _READY, Remedy.INSERT_AGAIN, "Transcribed again.")

    async def _bring_back(self, dictation_id: str) -> None:
        row = await self._parts.history.find(dictation_id)
        if row is None or not row.dropped_text:
            return
        text = f"{row.text.rstrip()} {row.dropped_text}".strip()
        self._latest = row.id
        await self._end(
            replace(row, text=text, dropped_text=""),
            Told(Outcome.HELD, _READY, Remedy.INSERT_AGAIN, "Brought back."),
        )

    async def _end(self, row: Dictation, end: Told) -> None:
        await self._parts.history.save(replace(row, outcome=end.outcome, detail=end.detail))
        self._parts.publish(
            events.DictationEnded(row.id, end.outcome, row.text, end.message, end.action)
        )


def _count(dictations: int) -> str:
    return "A dictation" if dictations == 1 else f"{dictations} dictations"
