from __future__ import annotations

import datetime
import json
import stat
from pathlib import Path

import pytest

from app.permission import audit
from app.permission.audit import AuditLog
from app.permission.record import Allowed, CallRecord, Fate

NOW = datetime.datetime(2027, 1, 14, 12, tzinfo=datetime.UTC)


def record(arguments="{}", conversation_id="here", **more) -> CallRecord:
    return CallRecord(
        NOW, conversation_id, "open_it", "reversible", arguments, Fate.RAN, Allowed.HAND, "taint",
        ("web",), result_bytes=12, seconds=0.1234567, **more
    )  # fmt: skip


async def written(path: Path, *records: CallRecord) -> list[str]:
    log = AuditLog(path)
    for each in records:
        log.note(each)
    await log.aclose()
    return path.read_text(encoding="utf-8").splitlines()


async def test_a_line_for_each_call_that_a_person_can_read(tmp_path: Path) -> None:
    path = tmp_path / "state" / "tools.jsonl"
    (line,) = await written(path, record('{"text": "grüß\\n"}'))
    assert json.loads(line) == {
        "at": "2027-01-14T12:00:00.000+00:00",
        "conversation_id": "here",
        "tool": "open_it",
        "risk": "reversible",
        "arguments": '{"text": "grüß\\n"}',
        "fate": "ran",
        "by": "hand",
        "why": "taint",
        "taint": ["web"],
        "grant": "",
        "result_bytes": 12,
        "seconds": 0.123,
    }
    assert "grüß" in line
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_no_secret_and_no_endless_text(tmp_path: Path) -> None:
    key = "sk-" + "abcdefgh12345678"
    long = "x" * (audit.MAX_ARGUMENT_CHARS + 1)
    lines = await written(tmp_path / "t.jsonl", record(f"key {key}", grant=f"with {key}"),
                          record(long))  # fmt: skip
    assert key not in "".join(lines)
    assert json.loads(lines[0])["arguments"] == "key •••"
    assert json.loads(lines[1])["arguments"].endswith("x… (4001 characters)")


async def test_the_newest_come_first_over_all_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LARGEST_BYTES", 1_000)
    path = tmp_path / "t.jsonl"
    log = AuditLog(path)
    for number in range(60):
        log.note(record(str(number)))
    newest = await log.latest(7)
    assert [each.arguments for each in newest] == [str(number) for number in range(59, 52, -1)]
    held = await log.latest(1_000)
    await log.aclose()
    assert len(held) < 60
    assert [each.arguments for each in held] == [str(59 - at) for at in range(len(held))]
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == ["t.jsonl", *(f"t.jsonl.{number}" for number in range(1, 5))]
    assert all(file.stat().st_size <= 1_000 for file in tmp_path.iterdir())


async def test_a_torn_or_strange_line_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    (line,) = await written(path, record())
    path.write_text(
        f'{line[:50]}\n[]\n{{"at": 3}}\n{"[" * 9999}\n{line}\n\xff\n', encoding="latin-1"
    )
    log = AuditLog(path)
    assert len(await log.latest(10)) == 1
    await log.aclose()


@pytest.mark.logs("the log of the tools cannot be written")
async def test_a_disk_that_refuses_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    noted: list[CallRecord] = []
    log = AuditLog(tmp_path / "file" / "t.jsonl", noted.append)
    log.note(record())
    await log.aclose()
    assert len(noted) == 1


async def test_without_a_file_nothing_is_kept() -> None:
    log = AuditLog(None)
    log.note(record())
    assert await log.latest(10) == ()
    await log.aclose()


async def test_what_a_deleted_conversation_was_about_goes_from_all_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "LARGEST_BYTES", 1_000)
    path = tmp_path / "t.jsonl"
    log = AuditLog(path)
    for number in range(8):
        log.note(record(f"private {number}", conversation_id="ab"[number % 2]))
    await log.forget("a")
    log.note(record("private 8", conversation_id="a"))
    kept = await log.latest(20)
    await log.aclose()
    assert [(each.conversation_id, each.arguments) for each in reversed(kept)] == [
        *((("a", ""), ("b", f"private {number}"))[number % 2] for number in range(8)),
        ("a", "private 8"),
    ]
    text = "".join(file.read_text() for file in tmp_path.iterdir())
    assert text.count("private") == 5
