"""Dictations on disk: found again, replaced, searched, deleted for good."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.conversation.store import Store
from app.dictation.history_store import HistoryStore
from app.dictation.record import Dictation, Outcome, Target

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)


def row(number: int, text: str = "", **values: object) -> Dictation:
    at = NOW + datetime.timedelta(seconds=number)
    made = Dictation(f"d{number}", at, Target("Firefox", "Mail"), "Verbatim", text=text)
    return replace(made, **values)  # type: ignore[arg-type]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "sayso.db")
    yield store
    await store.aclose()


@pytest.fixture
async def store(database: Store) -> HistoryStore:
    return HistoryStore(database)


async def texts(store: HistoryStore, query: str) -> list[str]:
    rows, _ = await store.search(query)
    return [found.text for found in rows]


async def test_every_field_comes_back(store: HistoryStore) -> None:
    whole = Dictation(
        "d", NOW, Target("Mail ✉", "Re: 漢字"), "E-mail", Outcome.INSERTED, "Hi 🙂", "hi um",
        "Thank you.", "OpenAI", "whisper-1", 3.25, 0.0012, "d.wav", "Firefox read the clipboard.",
    )  # fmt: skip
    await store.save(whole)
    assert await store.find("d") == whole
    assert await store.find("other") is None


async def test_a_text_is_never_stored_twice(store: HistoryStore) -> None:
    await store.save(row(1))
    for _ in range(3):
        await store.save(row(1, "Dear Anna", outcome=Outcome.INSERTED))
    assert await texts(store, "") == ["Dear Anna"]


async def test_a_replaced_row_stays_at_its_time(store: HistoryStore) -> None:
    await store.save(row(1, "old"))
    await store.save(row(2, "newer"))
    await store.save(replace(row(1, "corrected"), at=NOW + datetime.timedelta(days=1)))
    assert await texts(store, "") == ["newer", "corrected"]


async def test_search_wants_every_word_and_ignores_case_and_accents(store: HistoryStore) -> None:
    await store.save(row(1, "Herr Müller kommt um zehn"))
    await store.save(row(2, "MULLER called"))
    await store.save(row(3, "會議在三點開始"))
    await store.save(row(4, "50% of _all_"))
    assert await texts(store, "muller") == ["MULLER called", "Herr Müller kommt um zehn"]
    assert await texts(store, "zehn Müller") == ["Herr Müller kommt um zehn"]
    assert await texts(store, "三點") == ["會議在三點開始"]
    assert await texts(store, "%") == await texts(store, "_") == ["50% of _all_"]
    assert len(await texts(store, "firefox")) == 4
    assert await texts(store, "nowhere") == []


async def test_pages_follow_each_other_without_a_gap(store: HistoryStore) -> None:
    for number in range(7):
        await store.save(row(number, str(number)))
    found: list[str] = []
    older_than, more = None, True
    while more:
        rows, more = await store.search("", older_than, limit=3)
        found += [entry.text for entry in rows]
        older_than = rows[-1].at
    assert found == list("6543210")


async def test_what_began_before_this_run_and_never_ended_is_unfinished(
    store: HistoryStore,
) -> None:
    await store.save(row(2))
    await store.save(row(1))
    await store.save(row(3, outcome=Outcome.INSERTED))
    await store.save(row(9))
    found = await store.unfinished(NOW + datetime.timedelta(seconds=5))
    assert [entry.id for entry in found] == ["d1", "d2"]


async def test_a_deleted_row_is_gone_from_the_files_and_does_not_come_back(
    database: Store, store: HistoryStore, tmp_path: Path
) -> None:
    await store.save(row(1, "my xylophone secret"))
    await store.save(row(2, "kept"))
    await store.delete(["d1"])
    assert not await store.save(row(1, "my xylophone secret"))
    assert await texts(store, "") == ["kept"]
    for path in tmp_path.iterdir():
        assert b"xylophone" not in path.read_bytes()


async def test_an_older_file_gets_the_table(tmp_path: Path) -> None:
    from app.conversation.store_schema import STEPS, open_database

    path = tmp_path / "old.db"
    connection, _ = open_database(path, STEPS[:1])
    connection.execute("INSERT INTO notes (text, created_at) VALUES ('tea', ?)", (NOW.isoformat(),))
    connection.close()
    database = await Store.open(path)
    await HistoryStore(database).save(row(1, "Dear Anna"))
    assert [note.text for note in await database.notes(5)] == ["tea"]
    await database.aclose()


async def test_half_a_character_does_not_stop_the_row(store: HistoryStore) -> None:
    await store.save(row(1, "a\ud83d"))
    assert await texts(store, "a") == ["a?"]
