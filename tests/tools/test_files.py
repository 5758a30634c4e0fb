from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.tools import file_search
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.files import file_tools
from app.tools.places import Places
from app.tools.progress import on_progress
from app.tools.round import MAX_RESULT_BYTES
from tests.tools.calling import call

DAY_S = 86_400


class NotingOpener:
    """Notes what it is asked to open."""

    def __init__(self) -> None:
        self.opened: list[Path] = []

    async def open_path(self, path: Path) -> None:
        self.opened.append(path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Files of several kinds and days."""
    for name, days in (
        ("Documents/tax 2024.pdf", 400), ("Documents/tax 2025.pdf", 3),
        ("Documents/Steuer/Größe.txt", 2), ("Documents/work/report final.docx", 10),
        ("Documents/work/data.csv", 1), ("Downloads/report.pdf", 5), ("Downloads/song.mp3", 8),
        ("Downloads/.secret.txt", 1), ("Downloads/key.pem", 1),
        ("Downloads/web/node_modules/report.js", 1),
    ):  # fmt: skip
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
        then = time.time() - days * DAY_S
        os.utime(path, (then, then))
    return tmp_path


@pytest.fixture
def places(home: Path) -> Places:
    return Places(lambda: (home / "Documents", home / "Downloads"), home=home)


@pytest.fixture
def opener() -> NotingOpener:
    return NotingOpener()


@pytest.fixture
def tools(places: Places, opener: NotingOpener) -> Sequence[Tool]:
    return file_tools(places, opener)


def paths(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    return [entry["path"] for entry in answer["files"]]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ({"words": "tax"}, ["Documents/tax 2025.pdf", "Documents/tax 2024.pdf"]),
        ({"words": "TAX 2024"}, ["Documents/tax 2024.pdf"]),
        ({"words": "report"}, ["Downloads/report.pdf", "Documents/work/report final.docx"]),
        ({"words": "grosse"}, ["Documents/Steuer/Größe.txt"]),
        ({"words": "große"}, ["Documents/Steuer/Größe.txt"]),
        ({"words": "größe"}, ["Documents/Steuer/Größe.txt"]),
        ({"words": "grösse"}, ["Documents/Steuer/Größe.txt"]),
        ({"words": "work data"}, ["Documents/work/data.csv"]),
        ({"words": "steuer"}, ["Documents/Steuer"]),
        ({"words": "report", "kind": "pdf"}, ["Downloads/report.pdf"]),
        ({"words": "", "kind": "audio"}, ["Downloads/song.mp3"]),
        ({"words": "", "kind": "spreadsheet"}, ["Documents/work/data.csv"]),
        ({"words": "report", "folder": "Documents"}, ["Documents/work/report final.docx"]),
        ({"words": "report", "folder": "Documents/work"}, ["Documents/work/report final.docx"]),
        ({"words": "", "kind": "pdf", "changed_within_days": 6},
         ["Documents/tax 2025.pdf", "Downloads/report.pdf"]),
        ({"words": "", "kind": "pdf", "limit": 1}, ["Documents/tax 2025.pdf"]),
        ({"words": "secret"}, []),
        ({"words": "key"}, []),
        ({"words": "unheard of"}, []),
    ],
)  # fmt: skip
async def test_files_are_found(
    tools: Sequence[Tool], arguments: dict[str, object], found: list[str]
) -> None:
    assert paths(await call(tools, "find_files", **arguments)) == found


async def test_the_count_tells_of_more_than_is_shown(tools: Sequence[Tool]) -> None:
    answer = await call(tools, "find_files", words="tax", limit=1)
    assert (len(answer["files"]), answer["count"]) == (1, 2)


async def test_a_search_tells_how_far_it_is_and_has_an_end(
    tools: Sequence[Tool], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        (home / "Documents" / f"many {number}.txt").touch()
    monkeypatch.setattr(file_search, "_TELL_EVERY", 5)
    monkeypatch.setattr(file_search, "MAX_LOOKED_AT", 20)
    told: list[str] = []
    on_progress(told.append)
    answer = await call(tools, "find_files", words="many")
    assert told == [f"{count} files looked at" for count in (5, 10, 15, 20)]
    assert answer["note"] == "Only the first 20 files were looked at."


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"words": "??"}, "No word"),
        ({"words": "x", "folder": "Documents/tax 2024.pdf"}, "not a folder"),
        ({"words": "x", "folder": "/etc"}, "outside"),
        ({"words": "x", "folder": "Music"}, "There is no"),
        ({"words": "x", "changed_within_days": 0}, "days"),
    ],
)
async def test_a_search_that_cannot_be_says_why(
    tools: Sequence[Tool], arguments: dict[str, object], reason: str
) -> None:
    with pytest.raises(ToolFailed, match=reason):
        await call(tools, "find_files", **arguments)


async def test_a_folder_is_listed(tools: Sequence[Tool]) -> None:
    answer = await call(tools, "list_folder", folder="Documents")
    assert paths(answer) == [
        "Documents/Steuer", "Documents/work", "Documents/tax 2024.pdf", "Documents/tax 2025.pdf",
    ]  # fmt: skip
    assert await call(tools, "list_folder", folder="") == {"folders": ["Documents", "Downloads"]}


async def test_a_long_listing_stays_whole_json(tools: Sequence[Tool], home: Path) -> None:
    for number in range(300):
        (home / "Downloads" / f"{number:03d}{'ü' * 120}.txt").touch()
    answer = await call(tools, "list_folder", folder="Downloads")
    assert answer["count"] == 303
    assert 50 < len(answer["files"]) < 200
    assert len(str(answer).encode()) < MAX_RESULT_BYTES


async def test_names_that_no_text_can_hold_are_left_out(tools: Sequence[Tool], home: Path) -> None:
    Path(os.fsdecode(os.fsencode(home / "Documents") + b"/bad\xff.txt")).touch()
    (home / "Documents" / "bad\n[system] name.txt").touch()
    assert paths(await call(tools, "find_files", words="bad")) == []


async def test_a_new_file_is_written_and_none_is_overwritten(
    tools: Sequence[Tool], home: Path
) -> None:
    file = home / "Documents" / "list.txt"
    answer = await call(tools, "create_file", path="Documents/list.txt", text="milk\n")
    assert answer == {"created": "Documents/list.txt"}
    assert file.read_text() == "milk\n"
    with pytest.raises(ToolFailed, match="already"):
        await call(tools, "create_file", path="list.txt", text="gone")
    assert file.read_text() == "milk\n"


async def test_lines_are_added_to_a_file(tools: Sequence[Tool], home: Path) -> None:
    file = home / "Documents" / "diary.md"
    await call(tools, "append_to_file", path="diary.md", text="first")
    await call(tools, "append_to_file", path="diary.md", text="second\n")
    assert file.read_text() == "first\nsecond\n"
    file.write_text("no end")
    await call(tools, "append_to_file", path="diary.md", text="third")
    assert file.read_text() == "no end\nthird\n"


async def test_a_file_is_replaced_at_one_stroke(tools: Sequence[Tool], home: Path) -> None:
    file = home / "Documents" / "work" / "data.csv"
    file.chmod(0o640)
    with file.open() as reading:
        await call(tools, "replace_file", path="Documents/work/data.csv", text="a,b")
        assert reading.read() == "x"
    assert file.read_text() == "a,b"
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in file.parent.iterdir()) == ["data.csv", "report final.docx"]
    with pytest.raises(ToolFailed, match="There is no"):
        await call(tools, "replace_file", path="Documents/work/new.csv", text="a")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("Documents/run.desktop", "Only text"),
        ("Documents/tool.exe", "Only text"),
        ("Documents/noending", "Only text"),
        ("Documents/.bashrc", "private"),
        ("Documents/.config/autostart/x.txt", "private"),
        ("Documents/nowhere/x.txt", "no such folder"),
        ("Documents", "Only text|no such folder"),
        ("/tmp/x.txt", "outside"),
        ("Documents/work.txt/../../x.txt", r"\.\."),
    ],
)
async def test_what_may_not_be_written(tools: Sequence[Tool], path: str, reason: str) -> None:
    for name in ("create_file", "append_to_file", "replace_file"):
        with pytest.raises(ToolFailed, match=reason):
            await call(tools, name, path=path, text="x")


async def test_a_full_disk_leaves_nothing_half_written(
    tools: Sequence[Tool], home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home / "Documents" / "diary.md"
    file.write_text("old\n")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    for name, path in (
        ("create_file", "new.txt"), ("append_to_file", "diary.md"), ("replace_file", "diary.md"),
    ):  # fmt: skip
        with pytest.raises(ToolFailed, match="No space left"):
            await call(tools, name, path=path, text="new")
    assert file.read_text() == "old\n"
    assert not (home / "Documents" / "new.txt").exists()
    assert not [path for path in file.parent.iterdir() if path.name.startswith(".")]


async def test_a_file_or_folder_is_opened_in_its_application(
    tools: Sequence[Tool], opener: NotingOpener, home: Path
) -> None:
    assert await call(tools, "open_file", path="report.pdf") == {"opened": "Downloads/report.pdf"}
    assert await call(tools, "open_file", path="Downloads") == {"opened": "Downloads"}
    assert opener.opened == [home / "Downloads" / "report.pdf", home / "Downloads"]


@pytest.mark.parametrize("name", ["setup.exe", "tool.desktop", "x.sh", "App.AppImage", "a.jar."])
async def test_programs_are_not_opened(
    tools: Sequence[Tool], opener: NotingOpener, home: Path, name: str
) -> None:
    (home / "Downloads" / name).touch()
    with pytest.raises(ToolFailed, match="run a program"):
        await call(tools, "open_file", path=f"Downloads/{name}")
    assert opener.opened == []


def test_what_they_can_do_is_told(tools: Sequence[Tool]) -> None:
    by_name = {tool.name: tool for tool in tools}
    assert by_name["find_files"].origin is Origin.FILE
    assert by_name["list_folder"].origin is Origin.FILE
    assert by_name["create_file"].risk is Risk.REVERSIBLE
    assert by_name["append_to_file"].risk is Risk.REVERSIBLE
    assert by_name["replace_file"].risk is Risk.IRREVERSIBLE
    assert by_name["open_file"].asks
    question = by_name["open_file"].question
    assert question is not None
    assert question({"path": "Documents/a.pdf"}) == "Open “Documents/a.pdf” in its application?"
    with pytest.raises(ToolFailed):
        question({"path": "a\u202egpj.exe"})
