from __future__ import annotations

from pathlib import Path

import pytest

from ui.placement import FILE_NAME, Placement, read, write


def test_what_was_written_is_read(tmp_path: Path) -> None:
    placement = Placement(700, 600, True, False, "dark")
    write(tmp_path / "new", placement)
    assert read(tmp_path / "new") == placement


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"width": "wide", "other": 1}', '{"width": true}', "\udcff"]
)
def test_broken_files_give_the_defaults(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE_NAME).write_bytes(text.encode("utf-8", "surrogateescape"))
    assert read(tmp_path) == Placement()


def test_nothing_remembered_yet(tmp_path: Path) -> None:
    assert read(tmp_path) == Placement()


def test_known_values_of_a_newer_file_are_kept(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text('{"width": 500, "zoom": 2}')
    assert read(tmp_path) == Placement(width=500)


def test_folder_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write(tmp_path / "file" / "folder", Placement(width=500))
    assert read(tmp_path / "file" / "folder") == Placement()
