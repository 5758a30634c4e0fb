from __future__ import annotations

from pathlib import Path

from app.desktop.desktop_entry import exec_argv
from app.desktop.portal_identity import write_entry
from app.identity import APP_ID


def fields(entry: Path) -> dict[str, str]:
    lines = entry.read_text().splitlines()[1:]
    return dict(line.split("=", 1) for line in lines)


def test_the_entry_starts_this_sayso_and_is_not_in_menus(tmp_path: Path) -> None:
    python = tmp_path / 'a "fine" folder, 100% $HOME \\n`' / "bin" / "python"
    entry = write_entry({"HOME": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path)}, str(python))
    assert entry == tmp_path / ".local/share/applications" / f"{APP_ID}.desktop"
    found = fields(entry)
    assert exec_argv(found["Exec"]) == (str(python.with_name("sayso")),)
    assert found["NoDisplay"] == "true"
    assert Path(found["Icon"]).is_file()


def test_it_follows_a_move_and_is_else_left_alone(tmp_path: Path) -> None:
    environment = {"XDG_DATA_HOME": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path / "none")}
    entry = write_entry(environment, "/one/bin/python")
    assert entry is not None
    before = entry.stat().st_ino
    assert write_entry(environment, "/one/bin/python") == entry
    assert entry.stat().st_ino == before
    write_entry(environment, "/two/bin/python")
    assert exec_argv(fields(entry)["Exec"]) == ("/two/bin/sayso",)


def test_an_installed_entry_is_enough(tmp_path: Path) -> None:
    installed = tmp_path / "system" / "applications" / f"{APP_ID}.desktop"
    installed.parent.mkdir(parents=True)
    installed.touch()
    environment = {"HOME": str(tmp_path), "XDG_DATA_DIRS": f"/none:{tmp_path / 'system'}"}
    assert write_entry(environment) is None
    assert not (tmp_path / ".local").exists()


def test_nothing_is_written_outside_a_home_of_its_own(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "SAYSO_HOME": str(tmp_path / "own")}
    assert write_entry(environment) is None
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_no_reason_to_stop(tmp_path: Path) -> None:
    (tmp_path / ".local").touch()
    assert write_entry({"HOME": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path)}) is None
