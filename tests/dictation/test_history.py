"""The history: recordings, deletion, retention, and what an earlier run left open."""

from __future__ import annotations

import datetime
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversation.store import Store
from app.dictation import events
from app.dictation.history import UNSETTLED_DAYS, DictationHistory
from app.dictation.history_store import HistoryStore
from app.dictation.record import Dictation, Outcome
from app.dictation.settings import Retention
from app.errors import AppError, Code
from app.providers.kept_sound import KeptSound
from audio.pcm import Clip

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
CLIP = Clip(16_000, b"\x01\x02" * 16_000)
SOUND = KeptSound.of(CLIP)


def row(name: str, outcome: Outcome = Outcome.INSERTED, days_ago: float = 0.0) -> Dictation:
    return Dictation(
        name, NOW - datetime.timedelta(days=days_ago), outcome=outcome, text=f"text of {name}"
    )


class Kept:
    """A history on disk and what it told."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.folder = folder
        self.told: list[events.DictationEvent] = []
        self.history = DictationHistory(HistoryStore(store), folder, self.told.append)

    async def rows(self) -> dict[str, Dictation]:
        await self.history.search("")
        listed = self.told[-1]
        assert isinstance(listed, events.HistoryListed)
        return {found.id: found for found in listed.rows}

    @property
    def files(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}


@pytest.fixture
async def kept(tmp_path: Path) -> AsyncIterator[Kept]:
    store = await Store.open(tmp_path / "sayso.db")
    yield Kept(store, tmp_path / "dictations")
    await store.aclose()


async def test_a_row_is_told_whenever_it_is_saved(kept: Kept) -> None:
    begun = row("a", Outcome.OPEN)
    await kept.history.save(begun)
    done = replace(begun, outcome=Outcome.INSERTED)
    await kept.history.save(done)
    assert kept.told == [events.HistoryRowChanged(begun), events.HistoryRowChanged(done)]


async def test_a_recording_is_kept_beside_its_row(kept: Kept) -> None:
    saved = await kept.history.keep_sound(row("a"), SOUND)
    assert saved.seconds == 1.0
    assert (await kept.rows())["a"] == saved
    assert await kept.history.sound(saved) == CLIP
    assert kept.folder.stat().st_mode & 0o077 == 0


async def test_a_recording_that_is_gone_is_said_so(kept: Kept) -> None:
    with pytest.raises(AppError) as raised:
        await kept.history.sound(replace(row("a"), audio="a.wav"))
    assert raised.value.code is Code.TAKE_UNREADABLE


async def test_deletion_takes_the_row_and_the_recording_and_is_final(kept: Kept) -> None:
    saved = await kept.history.keep_sound(row("a"), SOUND)
    await kept.history.delete(["a"])
    assert kept.told[-1] == events.HistoryRowsRemoved(("a",))
    assert kept.files == set()
    await kept.history.save(saved)
    assert (await kept.history.keep_sound(saved, SOUND)).audio == ""
    assert kept.files == set()
    assert await kept.rows() == {}


async def test_what_an_earlier_run_left_open_is_kept_and_told(kept: Kept) -> None:
    await kept.history.keep_sound(row("cut", Outcome.OPEN, 1), SOUND)
    await kept.history.save(row("now", Outcome.OPEN))
    found = await kept.history.recover(NOW)
    assert [entry.id for entry in found] == ["cut"]
    rows = await kept.rows()
    assert rows["cut"].outcome is Outcome.KEPT
    assert rows["cut"].audio == "cut.wav"
    assert rows["now"].outcome is Outcome.OPEN
    assert await kept.history.recover(NOW) == ()


async def test_a_recording_without_a_row_goes_at_the_next_start(kept: Kept) -> None:
    await kept.history.keep_sound(row("a"), SOUND)
    for name in ("orphan.wav", ".half.wav.12.part", "new.wav"):
        (kept.folder / name).write_bytes(b"RIFF")
    for name in ("orphan.wav", ".half.wav.12.part", "a.wav"):
        os.utime(kept.folder / name, (1, 1))
    await kept.history.recover(NOW)
    assert kept.files == {"a.wav", "new.wav"}


@pytest.mark.parametrize(
    ("retention", "texts", "sounds"),
    [
        (Retention.FOREVER, {"0", "2", "10", "400"}, {"0", "2", "10", "400"}),
        (Retention.YEAR, {"0", "2", "10"}, {"0", "2", "10"}),
        (Retention.WEEK, {"0", "2"}, {"0", "2"}),
        (Retention.DAY, {"0"}, {"0"}),
        (Retention.TEXT, {"0", "2", "10", "400"}, set()),
        (Retention.NOTHING, set(), set()),
    ],
)
async def test_what_stays(
    kept: Kept, retention: Retention, texts: set[str], sounds: set[str]
) -> None:
    for days in (0.1, 2.0, 10.0, 400.0):
        await kept.history.keep_sound(row(f"{days:.0f}", days_ago=days), SOUND)
    await kept.history.forget_old(retention, NOW)
    rows = await kept.rows()
    assert set(rows) == texts
    assert {name for name, found in rows.items() if found.audio} == sounds
    assert kept.files == {f"{name}.wav" for name in sounds}


@pytest.mark.parametrize("outcome", [Outcome.KEPT, Outcome.HELD, Outcome.FAILED, Outcome.COPIED])
async def test_what_did_not_arrive_stays_a_while_longer(kept: Kept, outcome: Outcome) -> None:
    await kept.history.keep_sound(row("new", outcome, UNSETTLED_DAYS - 1), SOUND)
    await kept.history.keep_sound(row("old", outcome, UNSETTLED_DAYS + 1), SOUND)
    await kept.history.forget_old(Retention.NOTHING, NOW)
    assert set(await kept.rows()) == {"new"}
    assert kept.files == {"new.wav"}


async def test_a_correction_keeps_the_raw_words(kept: Kept) -> None:
    await kept.history.save(replace(row("a"), raw_text="dear ana"))
    before = await kept.history.correct("a", "Dear Anna")
    assert before is not None
    assert before.text == "text of a"
    found = (await kept.rows())["a"]
    assert (found.text, found.raw_text) == ("Dear Anna", "dear ana")
    assert await kept.history.correct("nowhere", "x") is None
