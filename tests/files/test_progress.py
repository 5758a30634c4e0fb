from __future__ import annotations

import dataclasses
import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from app.errors import AppError
from app.files.progress import ProgressFile, fingerprint, sweep
from app.files.transcript import PartText

PART = PartText(3, 1000, 2000, (1100, 1900), False, "ä word 🙂", "en", 0.5)


def test_what_was_added_is_there_the_next_time(tmp_path: Path) -> None:
    ProgressFile(tmp_path / "kept", "key").add(PART)
    again = ProgressFile(tmp_path / "kept", "key")
    assert again.is_begun
    assert again.done(dataclasses.replace(PART, text=None)) == PART
    assert again.done(dataclasses.replace(PART, ends_ms=2001)) is None
    assert again.done(dataclasses.replace(PART, number=4)) is None
    assert not ProgressFile(tmp_path / "kept", "other").is_begun
    (path,) = (tmp_path / "kept").iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("missing", range(1, 60, 7))
def test_a_torn_line_does_not_count_and_is_written_over(tmp_path: Path, missing: int) -> None:
    progress = ProgressFile(tmp_path, "key")
    progress.add(PART)
    progress.add(dataclasses.replace(PART, number=4))
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-missing])
    torn = ProgressFile(tmp_path, "key")
    assert torn.done(PART) == PART
    assert torn.done(dataclasses.replace(PART, number=4)) is None
    torn.add(dataclasses.replace(PART, number=5))
    assert ProgressFile(tmp_path, "key").done(dataclasses.replace(PART, number=5)) is not None


def test_parts_that_are_done_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    progress = ProgressFile(tmp_path, "key")
    done = [dataclasses.replace(PART, number=number, text="x" * number) for number in range(60)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(progress.add, done))
    again = ProgressFile(tmp_path, "key")
    assert [again.done(part) for part in done] == done


def test_garbage_is_no_progress(tmp_path: Path) -> None:
    (tmp_path / "key.jsonl").write_bytes(os.urandom(500) + b"\n[]\n{}\n")
    assert not ProgressFile(tmp_path, "key").is_begun


def test_what_is_removed_is_gone(tmp_path: Path) -> None:
    progress = ProgressFile(tmp_path, "key")
    progress.remove()
    progress.add(PART)
    progress.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder should be")
    with pytest.raises(AppError, match="cannot write"):
        ProgressFile(tmp_path / "kept", "key").add(PART)


def test_only_the_same_content_and_settings_have_the_same_key(tmp_path: Path) -> None:
    one, copy, other = (tmp_path / name for name in ("one.mp3", "copy.mp3", "other.mp3"))
    one.write_bytes(b"sound")
    copy.write_bytes(b"sound")
    other.write_bytes(b"another")
    assert fingerprint(one, {"model": "m"}) == fingerprint(copy, {"model": "m"})
    assert fingerprint(one, {"model": "m"}) != fingerprint(one, {"model": "n"})
    assert fingerprint(one, {}) != fingerprint(other, {})
    with pytest.raises(AppError, match="no such file"):
        fingerprint(tmp_path / "nothing.mp3", {})


def test_what_nobody_came_back_for_is_forgotten(tmp_path: Path) -> None:
    ProgressFile(tmp_path, "old").add(PART)
    os.utime(tmp_path / "old.jsonl", (0, 0))
    ProgressFile(tmp_path, "new").add(PART)
    (tmp_path / "else.txt").write_text("not ours")
    os.utime(tmp_path / "else.txt", (0, 0))
    sweep(tmp_path)
    sweep(tmp_path / "nowhere")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["else.txt", "new.jsonl"]
