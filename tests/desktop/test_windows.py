from __future__ import annotations

import sys

import pytest

from app.desktop.opener import AppNotFound
from app.desktop.windows import WindowsOpener, registered_app_paths

APP_PATHS = {"calc.exe": r"C:\Windows\calc.exe", "msedge.exe": r"C:\Edge\msedge.exe"}


@pytest.fixture
def menu(tmp_path):
    folder = tmp_path / "Microsoft/Windows/Start Menu/Programs/Tools"
    folder.mkdir(parents=True)
    (folder / "Paint.lnk").touch()
    return tmp_path


@pytest.fixture
def started():
    return []


@pytest.fixture
def opener(menu, started):
    return WindowsOpener(started.append, lambda: APP_PATHS, {"APPDATA": str(menu)})


async def test_addresses_go_to_the_shell(opener, started):
    await opener.open_url("https://example.org/")
    assert started == ["https://example.org/"]


async def test_shortcuts_and_registered_programs_are_found(opener, started, menu):
    assert await opener.open_app("paint") == "Paint"
    assert await opener.open_app("calculator") == "calc"
    assert await opener.open_app("browser") == "msedge"
    assert started == [
        str(menu / "Microsoft/Windows/Start Menu/Programs/Tools/Paint.lnk"),
        APP_PATHS["calc.exe"],
        APP_PATHS["msedge.exe"],
    ]


async def test_what_is_not_installed_is_told(opener, started):
    with pytest.raises(AppNotFound) as raised:
        await opener.open_app("paintt")
    assert raised.value.near == ("Paint",)
    assert started == []


@pytest.mark.skipif(sys.platform == "win32", reason="there is a registry")
async def test_elsewhere_there_is_nothing_to_start():
    assert registered_app_paths() == {}
    with pytest.raises(OSError, match="not Windows"):
        await WindowsOpener().open_url("https://example.org/")
