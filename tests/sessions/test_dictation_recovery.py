"""What a crash left of dictations, at whatever point it came."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from app.conversation.store import Store
from app.dictation import commands as asks, events
from app.dictation.history_store import HistoryStore
from app.dictation.record import Dictation, Outcome
from audio import journal
from audio.journal import JournalWriter
from audio.messages import SPEECH_RATE_HZ
from tests.sessions.stage import stage

BEGAN = datetime.datetime.now(datetime.UTC).replace(microsecond=0) - datetime.timedelta(hours=1)


async def recovered(folder: Path, row: Dictation, *, with_take: bool = True) -> Dictation:
    """The row after the next start; its take has a second of sound in the journal."""
    store = await Store.open(folder / "sayso.db")
    await HistoryStore(store).save(row)
    await store.aclose()
    if with_take:
        writer = JournalWriter.open(folder / "takes", row.id, SPEECH_RATE_HZ)
        writer.append(bytes(2 * SPEECH_RATE_HZ))
        writer.finish()
    async with stage(folder) as on_stage:
        on_stage.send(asks.SearchHistory())
        await on_stage.until(lambda: on_stage.of(events.HistoryListed))
        ((found,),) = [listed.rows for listed in on_stage.of(events.HistoryListed)]
        assert on_stage.desktop.inserted == {}
        assert not journal.unfinished(on_stage.journal)
    return found


async def test_while_the_text_was_inserted(tmp_path: Path) -> None:
    row = await recovered(tmp_path, Dictation("t1", BEGAN, text="Hello.", raw_text="hello"))
    assert (row.outcome, row.text) == (Outcome.KEPT, "Hello.")
    assert "look whether it is there" in row.detail
    assert (tmp_path / "dictations" / row.audio).stat().st_size == 44 + 2 * SPEECH_RATE_HZ


async def test_while_it_was_spoken(tmp_path: Path) -> None:
    row = await recovered(tmp_path, Dictation("t1", BEGAN))
    assert (row.outcome, row.text, bool(row.audio)) == (Outcome.KEPT, "", True)
    assert "recording is kept" in row.detail


async def test_after_its_row_was_written_and_before_its_take_was_removed(tmp_path: Path) -> None:
    settled = Dictation("t1", BEGAN, outcome=Outcome.INSERTED, text="Hello.", audio="t1.wav")
    assert await recovered(tmp_path, settled) == settled


@pytest.mark.logs("has no recording")
async def test_before_anything_was_recorded(tmp_path: Path) -> None:
    row = await recovered(tmp_path, Dictation("t1", BEGAN), with_take=False)
    assert (row.outcome, row.audio) == (Outcome.FAILED, "")
    assert "before anything" in row.detail
