"""The index against folders that change: what is read, kept, moved, forgotten."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.knowledge import indexing
from app.knowledge.indexing import NOT_THERE, Progress, update
from app.knowledge.passage import Content, Kind, LeftOut
from app.knowledge.writing import IndexWriter
from tests.knowledge.documents import docx, pdf


class Shelf:
    """A folder, its index, and what it told."""

    def __init__(self, home: Path) -> None:
        self.root = home / "docs"
        self.root.mkdir()
        self.file = home / "data" / "knowledge.db"
        self.writer = IndexWriter(self.file)
        self.told: list[Progress] = []
        self.rows = sqlite3.connect(self.file, isolation_level=None)
        self.rows.execute("INSERT INTO folders (path) VALUES (?)", (str(self.root),))

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def update(self) -> list[int]:
        """The totals of files that were read anew."""
        self.told.clear()
        update(self.writer, self.told.append)
        return [told.total for told in self.told if told.done == 0]

    def found(self, word: str) -> list[str]:
        rows = self.rows.execute(
            "SELECT DISTINCT f.path FROM words JOIN passages p ON p.id = words.rowid"
            " JOIN files f ON f.id = p.file_id WHERE words MATCH ? ORDER BY f.path",
            (f'"{word}"',),
        )
        return [row[0] for row in rows]

    def left_out(self) -> dict[str, str]:
        rows = self.rows.execute("SELECT path, left_out FROM files WHERE left_out != ''")
        return dict(rows.fetchall())

    def ids(self) -> dict[str, int]:
        rows = self.rows.execute(
            "SELECT f.path, p.id FROM passages p JOIN files f ON f.id = p.file_id"
        )
        return dict(rows.fetchall())

    def bytes_on_disk(self) -> bytes:
        files = sorted(self.file.parent.glob("knowledge.db*"))
        return b"".join(path.read_bytes() for path in files)


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    made = Shelf(tmp_path)
    yield made
    made.rows.close()
    made.writer.close()


def test_only_what_changed_is_read_again(shelf: Shelf) -> None:
    shelf.write("a.txt", "apples")
    shelf.write("deep/b.md", "# Fruit\n\npears")
    assert shelf.update() == [2]
    assert shelf.update() == [0]
    shelf.write("a.txt", "plums")
    assert shelf.update() == [1]
    assert (shelf.found("apples"), shelf.found("plums")) == ([], ["a.txt"])
    assert shelf.found("fruit") == ["deep/b.md"]


def test_a_new_time_alone_keeps_the_passages(shelf: Shelf) -> None:
    path = shelf.write("a.txt", "apples")
    shelf.update()
    before = shelf.ids()
    os.utime(path, (1, 1))
    assert shelf.update() == [1]
    assert shelf.ids() == before
    assert shelf.update() == [0]


def test_a_moved_file_keeps_what_was_read_and_is_found_by_its_new_name(shelf: Shelf) -> None:
    path = shelf.write("old.txt", "apples")
    shelf.update()
    before = list(shelf.ids().values())
    (shelf.root / "garden").mkdir()
    path.rename(shelf.root / "garden" / "orchard.txt")
    shelf.update()
    assert shelf.ids() == {"garden/orchard.txt": before[0]}
    assert shelf.found("orchard") == ["garden/orchard.txt"]
    assert shelf.found("old") == []


def test_deleted_words_are_gone_from_the_disk(shelf: Shelf) -> None:
    path = shelf.write("a.txt", "the word xylophonist stands here")
    shelf.write("b.txt", "something else")
    shelf.update()
    path.unlink()
    shelf.update()
    assert shelf.found("xylophonist") == []
    assert b"xylophonist" not in shelf.bytes_on_disk()
    assert shelf.found("something") == ["b.txt"]


def test_a_removed_folder_is_erased_for_good(shelf: Shelf) -> None:
    for number in range(450):
        shelf.write(f"{number}.txt", f"xylophonist number {number}")
    shelf.update()
    assert len(shelf.found("xylophonist")) == 450
    before_bytes = len(shelf.bytes_on_disk())
    shelf.rows.execute("UPDATE folders SET removed = 1")
    shelf.update()
    assert shelf.rows.execute("SELECT COUNT(*) FROM files").fetchone() == (0,)
    assert b"xylophonist" not in shelf.bytes_on_disk()
    assert shelf.rows.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(shelf.bytes_on_disk()) < before_bytes


def test_what_is_left_out_has_a_reason(shelf: Shelf) -> None:
    shelf.write("a.txt", "apples")
    shelf.write("x.png", b"\x89PNG")
    shelf.write("binary.dat2", b"a\0b")
    shelf.write(".env", "KEY=1")
    shelf.write("key.txt", "-----BEGIN PRIVATE KEY-----")
    shelf.write("bad.docx", b"no zip")
    shelf.write("node_modules/left.js", "apples")
    shelf.write("venv/pyvenv.cfg", "home = /usr")
    shelf.write("venv/lib.py", "apples")
    shelf.write(".git/config", "apples")
    (shelf.root / "link.txt").symlink_to(shelf.root / "a.txt")
    (shelf.root / "circle").symlink_to(shelf.root)
    shelf.update()
    assert shelf.found("apples") == ["a.txt"]
    assert shelf.left_out() == {
        "x.png": "binary",
        "binary.dat2": "binary",
        ".env": "secret",
        "key.txt": "secret",
        "bad.docx": "damaged",
        "node_modules/": "generated",
        "venv/": "generated",
        ".git/": "hidden",
    }


def test_documents_are_read(shelf: Shelf) -> None:
    pytest.importorskip("pypdf")
    shelf.write("lease.pdf", pdf([["Lease"], ["Notice period"]]))
    shelf.write("letter.docx", docx(["Dear Anna"]))
    shelf.update()
    page = shelf.rows.execute("SELECT page FROM passages WHERE text LIKE '%Notice%'").fetchone()
    assert page == (2,)
    assert shelf.found("Anna") == ["letter.docx"]


def test_a_folder_that_is_not_there_keeps_what_was_read(shelf: Shelf) -> None:
    shelf.write("a.txt", "apples")
    shelf.update()
    shelf.root.rename(shelf.root.with_name("away"))
    shelf.update()
    assert shelf.found("apples") == ["a.txt"]
    assert shelf.rows.execute("SELECT problem FROM folders").fetchone() == (NOT_THERE,)
    shelf.root.with_name("away").rename(shelf.root)
    shelf.update()
    assert shelf.rows.execute("SELECT problem FROM folders").fetchone() == ("",)


def test_a_paused_folder_is_left_as_it_is(shelf: Shelf) -> None:
    shelf.write("a.txt", "apples")
    shelf.rows.execute("UPDATE folders SET paused = 1")
    assert shelf.update() == []


def test_a_document_that_ends_the_process_twice_is_left_out(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """Nothing catches a kill."""

    def dies(data: bytes, kind: Kind) -> Content:
        raise Killed

    shelf.write("a.txt", "apples")
    shelf.write("bad.pdf", b"%PDF")
    with monkeypatch.context() as patch:
        patch.setattr(
            indexing, "_content", lambda data, kind: dies(data, kind) if b"%PDF" in data else ()
        )
        for _ in range(2):
            with pytest.raises(Killed):
                shelf.update()
    assert shelf.update() == [0], "it is not tried a third time"
    assert shelf.left_out() == {"bad.pdf": LeftOut.TOO_SLOW.value}


def test_a_reading_that_takes_too_long_is_ended(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs(data: bytes, kind: Kind) -> Content:
        while True:
            try:
                pass
            except Exception:  # noqa: BLE001 - as readers of documents do
                continue

    shelf.write("slow.txt", "apples")
    monkeypatch.setattr(indexing, "content_of", hangs)
    monkeypatch.setattr(indexing, "LONGEST_READING_S", 0.05)
    shelf.update()
    assert shelf.left_out() == {"slow.txt": "too_slow"}


def test_the_program_ends_with_whoever_began_it(shelf: Shelf) -> None:
    for number in range(400):
        shelf.write(f"{number}.txt", "apples " * 5000)
    with subprocess.Popen(
        [sys.executable, "-m", "app.knowledge.indexer", str(shelf.file)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        assert program.stdout.readline() == b"[1, 0, 400]\n"
        program.stdin.close()
        program.wait(60)
    left = 400 - len(shelf.found("apples"))
    assert shelf.update() == [left]
    assert len(shelf.found("apples")) == 400


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_looked_into_is_not_taken_for_gone(shelf: Shelf) -> None:
    shelf.write("in/a.txt", "apples")
    shelf.update()
    (shelf.root / "in").chmod(0)
    shelf.update()
    (shelf.root / "in").chmod(0o700)
    assert shelf.found("apples") == ["in/a.txt"]
