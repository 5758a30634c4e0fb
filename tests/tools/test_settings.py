from __future__ import annotations

from pathlib import Path

import pydantic
import pytest

from app.settings import Settings, changed
from app.tools.places import Places
from app.tools.settings import given_folders, usual_folders


def test_the_usual_folders_are_where_the_system_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_DOCUMENTS_DIR", "XDG_DESKTOP_DIR", "XDG_DOWNLOAD_DIR", "XDG_PICTURES_DIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "user-dirs.dirs").write_text(
        'XDG_DOCUMENTS_DIR="$HOME/Dokumente"\nXDG_DESKTOP_DIR="$HOME/"\n'
    )
    found = usual_folders()
    assert tmp_path / "Dokumente" in found
    assert tmp_path / "Downloads" in found
    assert tmp_path not in found


def test_the_settings_name_others(tmp_path: Path) -> None:
    settings = changed(Settings(), {"tools.folders": f"{tmp_path}, ~/Work"})
    assert settings.tools.folders == (str(tmp_path), "~/Work")
    places = Places(lambda: given_folders(settings.tools.folders), home=tmp_path / "home")
    assert [folder.path for folder in places.folders()] == [tmp_path]


def test_a_folder_is_a_whole_path() -> None:
    with pytest.raises(pydantic.ValidationError, match="whole path"):
        changed(Settings(), {"tools.folders": "Documents"})
