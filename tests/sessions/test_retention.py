"""What is too old goes while Sayso runs, not only at its start."""

from __future__ import annotations

import asyncio
import datetime
from pathlib import Path
from typing import Any

from app.conversation.store import Store
from app.dictation import events
from app.dictation.history import DictationHistory
from app.dictation.history_store import HistoryStore
from app.dictation.record import Dictation, Outcome
from app.dictation.settings import Retention
from app.sessions.dictation_rows import DictationRows, RowsParts
from app.settings import Settings, changed

NOW = datetime.datetime(2026, 5, 4, 9, 0, tzinfo=datetime.UTC)
NOT_USED: Any = None


async def test_a_dictation_goes_when_its_time_is_over(tmp_path: Path) -> None:
    told: list[events.DictationEvent] = []
    gone, looked = asyncio.Event(), asyncio.Event()
    clock = [NOW]

    def publish(event: events.DictationEvent) -> None:
        told.append(event)
        if isinstance(event, events.HistoryRowsRemoved):
            gone.set()

    def now() -> datetime.datetime:
        looked.set()
        return clock[0]

    store = await Store.open(tmp_path / "sayso.db")
    history = DictationHistory(HistoryStore(store), tmp_path, publish)
    await history.save(Dictation("t1", NOW, outcome=Outcome.INSERTED, text="old"))
    settings = changed(Settings(), {"dictation.retention": Retention.DAY})
    rows = DictationRows(
        RowsParts(
            history=history, inserter=NOT_USED, landing=NOT_USED, audio=NOT_USED, takes=NOT_USED,
            notices=NOT_USED, settings=lambda: settings, change=NOT_USED, hints=NOT_USED,
            transcriber=NOT_USED, publish=publish, spawn=NOT_USED, now=now, tidy_every_s=0.02,
        )
    )  # fmt: skip
    task = asyncio.create_task(rows.forget_old())
    looked.clear()
    await asyncio.wait_for(looked.wait(), 30)
    assert await history.find("t1") is not None
    clock[0] = NOW + datetime.timedelta(days=1, hours=1)
    await asyncio.wait_for(gone.wait(), 30)
    assert await history.find("t1") is None
    task.cancel()
    await asyncio.wait([task])
    await store.aclose()
