from __future__ import annotations

import datetime
import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import AppError, Code
from app.permission.grant_store import MAX_GRANTS, GrantStore
from app.permission.grants import Grant, Scope, grant_for
from app.tools.base import Risk, Tool, ToolResult

NOW = datetime.datetime(2027, 1, 14, 12, tzinfo=datetime.UTC)


async def nothing():
    return ToolResult("")


TOOL = Tool("open_it", "", {}, Risk.REVERSIBLE, nothing)


def made(number=0, scope=Scope.ALWAYS) -> Grant:
    arguments = {"path": f"/home/me/{number}.txt", "text": "ü\ud800"}
    return grant_for(scope, TOOL, arguments, grant_id=f"g{number}", conversation_id="here", now=NOW)


def opened(path: Path | None, **more) -> GrantStore:
    return GrantStore(path, lambda: NOW, **more)


async def test_it_survives_a_restart_and_is_taken_back_at_once(tmp_path: Path) -> None:
    path = tmp_path / "data" / "grants.json"
    told: list[tuple[str, ...]] = []
    store = opened(path, on_change=lambda held: told.append(tuple(g.id for g in held)))
    for number, scope in enumerate(Scope):
        if scope is not Scope.HOST:
            await store.add(made(number, scope))
    again = opened(path)
    assert [g.id for g in again.grants] == [g.id for g in store.grants] == ["g2", "g1", "g0"]
    assert [replace(g, rules=()) for g in again.grants] == [
        replace(g, rules=()) for g in store.grants
    ]
    await again.take_back("g1")
    assert [g.id for g in again.grants] == ["g2", "g0"]
    assert [g.id for g in opened(path).grants] == ["g2", "g0"]
    await again.take_back("unknown")
    assert told == [("g0",), ("g1", "g0"), ("g2", "g1", "g0")]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]


async def test_one_that_has_run_out_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "grants.json"
    now = NOW
    store = GrantStore(path, lambda: now)
    await store.add(made(1, Scope.FOLDER))
    await store.add(made(2))
    now = NOW + datetime.timedelta(days=30)
    assert [grant.id for grant in store.grants] == ["g2"]
    await store.add(made(3))
    assert [grant.id for grant in opened(path).grants] == ["g3", "g2"]


async def test_there_are_at_most_so_many(tmp_path: Path) -> None:
    store = opened(None)
    for number in range(MAX_GRANTS + 1):
        await store.add(made(number))
    assert len(store.grants) == MAX_GRANTS
    assert store.grants[-1].id == "g1"


def _whole(**changes: object) -> str:
    entry = {
        "id": "g", "tool": "t", "risk": "read", "rules": [], "is_exact": True, "words": "w",
        "made_at": NOW.isoformat(), "conversation_id": "", "until": None,
        "form": "",
    }  # fmt: skip
    return json.dumps({"grants": [entry | changes]})


def test_the_whole_entry_of_the_next_test_is_one(tmp_path: Path) -> None:
    path = tmp_path / "grants.json"
    path.write_text(_whole())
    assert [grant.id for grant in opened(path).grants] == ["g"]


@pytest.mark.logs("cannot be read, so there are none")
@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "null",
        '{"grants": {}}'.replace("{}", '{"a": 1}'),
        '{"grants": [null]}',
        "[" * 100_000,
        _whole(risk="none"),
        _whole(rules=[{"argument": "a", "match": "prefix", "value": "b"}]),
        _whole(rules=None),
        _whole(is_exact=1),
        _whole(conversation_id=None),
        _whole(made_at="2027-01-14T12:00:00"),
        _whole(until="soon"),
    ],
)
def test_a_broken_file_holds_no_grants(tmp_path: Path, content: str) -> None:
    path = tmp_path / "grants.json"
    path.write_text(content)
    assert opened(path).grants == ()


@pytest.mark.logs("cannot be read, so there are none")
async def test_a_disk_that_refuses_is_told_and_the_grant_counts_until_the_end(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").write_text("")
    problems: list[AppError] = []
    store = opened(tmp_path / "file" / "grants.json", on_problem=problems.append)
    await store.add(made())
    assert [grant.id for grant in store.grants] == ["g0"]
    assert [problem.code for problem in problems] == [Code.FOLDER_UNWRITABLE]
