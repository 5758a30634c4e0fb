"""`sayso usage`: what was spent, for people and for programs."""

from __future__ import annotations

import asyncio
import dataclasses
import datetime
import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.paths import Paths
from app.services import Service
from app.usage.request import Amounts, Cost, Purpose, Request
from app.usage.table import RequestTable

REPLY = Request(
    id="r1",
    at=datetime.datetime.now(datetime.UTC),
    provider="api.openai.com",
    model="gpt-6-luna",
    service=Service.CHAT,
    purpose=Purpose.REPLY,
    conversation_id="c1",
    amounts=Amounts(120, 9, 100),
    cost=Cost(0.02, datetime.date(2026, 9, 22)),
)
REFUSED = dataclasses.replace(REPLY, id="r2", refused=True)
UNPRICED = dataclasses.replace(
    REPLY, id="r3", provider="127.0.0.1:11434", model="llama", cost=None, amounts=Amounts(30, 12)
)
LONG_AGO = dataclasses.replace(REPLY, id="r4", at=REPLY.at - datetime.timedelta(days=40))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Paths:
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path))
    return Paths.from_environment()


def keep(paths: Paths, *requests: Request) -> None:
    async def write() -> None:
        table = await RequestTable.open(paths.usage_file)
        await table.keep(requests)
        await table.aclose()

    asyncio.run(write())


def test_nothing_was_asked(home: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["usage"]) == 0
    assert capsys.readouterr().out == (
        "Today: no server was asked.\nThis month: no server was asked.\n"
    )
    assert not home.usage_file.exists()


def test_sums_by_model_with_what_was_for_nothing(
    home: Paths, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(home, REPLY, REFUSED, UNPRICED, LONG_AGO)
    assert main(["usage"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "Today: ≈ $0.040, an estimate by prices of 22 September 2026. "
        "42 tokens, whose price is not known. "
        "≈ $0.020 of it is for 1 request begun in a pause and not used.",
        "  gpt-6-luna (chat, api.openai.com), 2 ×: ≈ $0.040, of it not used: ≈ $0.020",
        "  llama (chat, 127.0.0.1:11434), once: 42 tokens",
    ]
    assert lines[3].startswith("This month: ≈ $0.040")


def test_sums_for_programs(home: Paths, capsys: pytest.CaptureFixture[str]) -> None:
    keep(home, REPLY, REFUSED, UNPRICED)
    assert main(["usage", "--json"]) == 0
    today = json.loads(capsys.readouterr().out)["today"]
    assert (today["requests"], today["usd"], today["priced_on"]) == (3, 0.04, "2026-09-22")
    assert (today["refused"]["requests"], today["refused"]["usd"]) == (1, 0.02)
    assert today["requests_without_price"] == 1
    luna, llama = today["models"]
    assert (luna["model"], luna["service"], luna["cached_tokens"]) == ("gpt-6-luna", "chat", 200)
    assert (llama["model"], llama["usd"], llama["input_tokens"]) == ("llama", None, 30)
