"""The ledger: nothing is lost, nothing counted twice, and nobody waits for it."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import datetime
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest

from app import events
from app.services import Service
from app.usage.ledger import Ledger
from app.usage.request import Amounts, Cost, Purpose, Request, TokenKinds
from app.usage.spent import Bill, Line, Spent, bill_of, joined
from app.usage.table import RequestTable

NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
PRICED = datetime.date(2026, 9, 22)
REPLY = Request(
    id="r1",
    at=NOON,
    provider="api.openai.com",
    model="gpt-6-luna",
    service=Service.CHAT,
    purpose=Purpose.REPLY,
    conversation_id="c1",
    amounts=Amounts(120, 9, 100, is_estimated=True),
    cost=Cost(0.25, PRICED),
)
UNPRICED = dataclasses.replace(
    REPLY, id="r2", provider="127.0.0.1:8000", cost=None, amounts=Amounts(30, 12)
)


@contextlib.asynccontextmanager
async def opened(path: Path, told: list[events.Event]) -> AsyncIterator[Ledger]:
    ledger = Ledger(path, told.append)
    ledger.turn_to("c1")
    try:
        yield ledger
    finally:
        await ledger.aclose()


async def settled(ledger: Ledger) -> None:
    assert ledger._work is not None
    await asyncio.wait([ledger._work])


def latest(told: list[events.Event]) -> Bill:
    event = told[-1]
    assert isinstance(event, events.CostChanged)
    return event.bill


async def test_requests_are_kept_and_summed_up(tmp_path: Path) -> None:
    told: list[events.Event] = []
    path = tmp_path / "usage.db"
    async with opened(path, told) as ledger:
        ledger.record(REPLY)
        ledger.record(UNPRICED)
        ledger.record(dataclasses.replace(REPLY, id="r3", conversation_id="c2"))
    assert latest(told) == Bill(
        Spent(2, 1, 0.25, PRICED, 150, 21, 100, 0.0, 0, 1, 42, 0.0),
        Spent(),
    )
    again: list[events.Event] = []
    async with opened(path, again):
        pass
    assert latest(again) == latest(told)
    assert path.stat().st_mode & 0o077 == 0


async def test_a_request_that_proves_wanted_is_no_longer_refused(tmp_path: Path) -> None:
    told: list[events.Event] = []
    async with opened(tmp_path / "usage.db", told) as ledger:
        ledger.record(dataclasses.replace(REPLY, refused=True))
        await settled(ledger)
        assert latest(told).refused.requests == 1
        ledger.record(REPLY)
    assert latest(told).refused == Spent()
    assert latest(told).spent.requests == 1


async def test_another_conversation_has_its_own_bill(tmp_path: Path) -> None:
    told: list[events.Event] = []
    async with opened(tmp_path / "usage.db", told) as ledger:
        ledger.record(REPLY)
        ledger.turn_to("c2")
    assert [event.conversation_id for event in told] == ["c2"]  # type: ignore[union-attr]
    assert latest(told) == Bill()


async def test_a_bill_that_comes_late_is_not_told_of_another_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[events.Event] = []
    read = RequestTable.of_conversation

    async def read_and_turn(table: RequestTable, conversation_id: str) -> Sequence[Line]:
        lines = await read(table, conversation_id)
        if conversation_id == "c1":
            ledger.turn_to("c2")
        return lines

    monkeypatch.setattr(RequestTable, "of_conversation", read_and_turn)
    async with opened(tmp_path / "usage.db", told) as ledger:
        ledger.record(REPLY)
    assert told == [events.CostChanged("c2", Bill())]


async def test_no_file_is_begun_before_a_server_was_asked(tmp_path: Path) -> None:
    told: list[events.Event] = []
    async with opened(tmp_path / "usage.db", told):
        pass
    assert not told
    assert not list(tmp_path.iterdir())


@pytest.mark.logs("what requests cost could not be kept")
async def test_a_disk_that_refuses_stops_nothing_and_is_asked_again(tmp_path: Path) -> None:
    told: list[events.Event] = []
    blocked = tmp_path / "usage.db"
    blocked.mkdir()
    async with opened(blocked, told) as ledger:
        ledger.record(REPLY)
        await settled(ledger)
        assert not told
        blocked.rmdir()
        ledger.record(UNPRICED)
    assert latest(told).spent.requests == 2


async def test_the_sums_of_a_time_are_by_model(tmp_path: Path) -> None:
    table = await RequestTable.open(tmp_path / "usage.db")
    earlier = dataclasses.replace(REPLY, id="r0", at=NOON - datetime.timedelta(seconds=1))
    refused = dataclasses.replace(REPLY, id="r4", refused=True)
    await table.keep([earlier, REPLY, refused, UNPRICED])
    lines = joined(await table.since(NOON))
    everything = bill_of(await table.since(NOON - datetime.timedelta(days=1)))
    await table.aclose()
    assert [(line.provider, line.spent.requests) for line in lines] == [
        ("api.openai.com", 2),
        ("127.0.0.1:8000", 1),
    ]
    assert (lines[0].spent.usd, lines[0].refused.usd) == (0.5, 0.25)
    assert everything.spent.requests == 4


async def test_no_word_of_a_conversation_is_in_the_file(
    tmp_path: Path, columns: Callable[[Path], set[str]]
) -> None:
    async with opened(tmp_path / "usage.db", []) as ledger:
        ledger.record(REPLY)
    assert columns(tmp_path / "usage.db") == {
        "id", "at", "provider", "model", "service", "purpose", "conversation_id", "input_tokens",
        "output_tokens", "cached_tokens", "audio_s", "characters", "estimated", "usd", "priced_on",
        "refused", "audio_input", "audio_cached", "audio_output", "image_input", "image_cached",
    }  # fmt: skip


@pytest.fixture
def columns() -> Callable[[Path], set[str]]:
    def read(path: Path) -> set[str]:
        with contextlib.closing(sqlite3.connect(path)) as link:
            return {row[1] for row in link.execute("PRAGMA table_info(requests)")}

    return read


SPOKEN = dataclasses.replace(
    REPLY,
    id="r9",
    at=datetime.datetime.now(datetime.UTC),
    model="gpt-realtime-2.1-mini",
    purpose=Purpose.REALTIME,
    amounts=Amounts(700, 300, 200, kinds=TokenKinds(500, 150, 260, 100, 10)),
    cost=Cost(0.5, PRICED),
)


async def test_kinds_of_tokens_are_kept_and_summed_up(tmp_path: Path) -> None:
    told: list[events.Event] = []
    async with opened(tmp_path / "usage.db", told) as ledger:
        ledger.record(SPOKEN)
        ledger.record(dataclasses.replace(SPOKEN, id="r10"))
        ledger.record(REPLY)
    spent = latest(told).spent
    assert spent.kinds == TokenKinds(1000, 300, 520, 200, 20)
    assert (spent.input_tokens, spent.output_tokens) == (1520, 609)


async def test_a_day_of_realtime_counts_nothing_else_and_no_other_day(tmp_path: Path) -> None:
    async with opened(tmp_path / "usage.db", []) as ledger:
        assert await ledger.realtime_usd_today() == 0.0
        assert not (tmp_path / "usage.db").exists()
        ledger.record(SPOKEN)
        ledger.record(dataclasses.replace(SPOKEN, id="r10"))
        ledger.record(dataclasses.replace(SPOKEN, id="r11", purpose=Purpose.REPLY))
        earlier = SPOKEN.at - datetime.timedelta(days=1, hours=1)
        ledger.record(dataclasses.replace(SPOKEN, id="r12", at=earlier))
        assert await ledger.realtime_usd_today() == 1.0
    async with opened(tmp_path / "usage.db", []) as ledger:
        assert await ledger.realtime_usd_today() == 1.0


async def test_a_ledger_of_an_earlier_version_is_read_on(tmp_path: Path) -> None:
    path = tmp_path / "usage.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        for statement in RequestTable.steps[0]:
            connection.execute(statement)
        connection.execute("PRAGMA user_version = 1")
        connection.execute(
            "INSERT INTO requests VALUES ('old','2026-11-20T10:00:00+00:00','api.openai.com',"
            "'gpt-4o','chat','reply','c1',10,2,0,0.0,0,0,0.1,'2026-08-24',0)"
        )
        connection.commit()
    told: list[events.Event] = []
    async with opened(path, told) as ledger:
        ledger.record(SPOKEN)
    assert latest(told).spent.requests == 2
    assert latest(told).spent.kinds == SPOKEN.amounts.kinds
