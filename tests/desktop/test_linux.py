from __future__ import annotations

import shutil
import sys

import pytest

from app.desktop.choose_opener import opener_here
from app.desktop.linux import LinuxOpener
from app.desktop.opener import AppNotFound
from tests.desk.waiting import wait_until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="a freedesktop.org desktop")


class Desktop:
    """A home and a search path of its own; programs in it note their arguments."""

    def __init__(self, root, monkeypatch):
        self.root = root
        self.programs = root / "bin"
        self.programs.mkdir()
        for tool in ("sh", "mv"):
            (self.programs / tool).symlink_to(shutil.which(tool))
        for name, value in {
            "PATH": str(self.programs),
            "HOME": str(root),
            "XDG_DATA_HOME": str(root / "user"),
            "XDG_DATA_DIRS": f"{root / 'system'}:{root / 'missing'}",
            "XDG_CONFIG_HOME": str(root / "config"),
            "LC_ALL": "de_DE.UTF-8",
        }.items():
            monkeypatch.setenv(name, value)

    def add_program(self, name, status=0):
        """A program that writes its arguments, one a line, into a file of its name."""
        program = self.programs / name
        program.write_text(
            f"#!{self.programs}/sh\nprintf '%s\\n' \"$@\" > {self.root}/.part\n"
            f"mv {self.root}/.part {self.root}/{name}.called\nexit {status}\n"
        )
        program.chmod(0o755)

    def add_entry(self, where, entry_id, **keys):
        """A desktop entry in "user" or "system"."""
        folder = self.root / where / "applications"
        path = folder / entry_id
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [f"{key}={value}" for key, value in keys.items()]
        path.write_text("\n".join(["[Desktop Entry]", "Type=Application", *lines]))

    def arguments_of(self, name):
        """What the program was called with, once it was."""
        called = self.root / f"{name}.called"
        wait_until(called.exists, f"{name} to be called")
        return called.read_text().splitlines()


@pytest.fixture
def desktop(tmp_path, monkeypatch):
    return Desktop(tmp_path, monkeypatch)


async def test_an_address_goes_to_the_first_opener_there_is(desktop):
    desktop.add_program("gio")
    await LinuxOpener().open_url("https://example.org/?a=1&b=$(x)")
    assert desktop.arguments_of("gio") == ["open", "https://example.org/?a=1&b=$(x)"]
    desktop.add_program("xdg-open")
    await LinuxOpener().open_url("https://example.org/")
    assert desktop.arguments_of("xdg-open") == ["https://example.org/"]


async def test_an_opener_that_fails_or_is_missing_is_told(desktop):
    with pytest.raises(OSError, match="neither"):
        await LinuxOpener().open_url("https://example.org/")
    desktop.add_program("xdg-open", status=4)
    with pytest.raises(OSError, match="xdg-open ended with status 4"):
        await LinuxOpener().open_url("https://example.org/")


async def test_an_application_is_started_by_name_or_kind(desktop):
    desktop.add_program("kcalc")
    keys = {"Name": "KCalc", "GenericName": "Scientific Calculator", "Categories": "Qt;Calculator;"}
    desktop.add_entry("system", "org.kde.kcalc.desktop", Exec="kcalc --new %U", **keys)
    for name in ("kcalc", "calculator", "the calculator app"):
        assert await LinuxOpener().open_app(name) == "KCalc"
    assert desktop.arguments_of("kcalc") == ["--new"]


async def test_the_local_name_counts_too(desktop):
    desktop.add_program("calc")
    desktop.add_entry(
        "system", "c.desktop", Exec="calc", Name="Calculator", **{"Name[de]": "Rechner"}
    )
    assert await LinuxOpener().open_app("rechner") == "Rechner"
    assert await LinuxOpener().open_app("calculator") == "Calculator"


async def test_the_default_browser_is_preferred(desktop):
    for browser in ("aaa", "bbb"):
        desktop.add_program(browser)
        desktop.add_entry(
            "system", f"{browser}.desktop", Exec=browser, Name=browser, Categories="WebBrowser;"
        )
    (desktop.root / "config").mkdir()
    (desktop.root / "config" / "mimeapps.list").write_text(
        "[Default Applications]\nx-scheme-handler/https=bbb.desktop\n"
    )
    assert await LinuxOpener().open_app("browser") == "bbb"


async def test_the_users_entries_hide_those_of_the_system(desktop):
    for program in ("theirs", "mine"):
        desktop.add_program(program)
    desktop.add_entry("system", "sub/e.desktop", Exec="theirs", Name="Editor")
    desktop.add_entry("user", "sub-e.desktop", Exec="mine", Name="Editor")
    await LinuxOpener().open_app("editor")
    assert desktop.arguments_of("mine") == [""]
    desktop.add_entry("user", "sub-e.desktop", Exec="mine", Name="Editor", Hidden="true")
    with pytest.raises(AppNotFound):
        await LinuxOpener().open_app("editor")


async def test_what_is_not_installed_is_told_with_near_names(desktop):
    desktop.add_entry("system", "f.desktop", Exec="firefox", Name="Firefox")
    desktop.add_entry("system", "g.desktop", Exec="g", TryExec="g", Name="Firefax")
    with pytest.raises(AppNotFound) as raised:
        await LinuxOpener().open_app("firefoxx")
    assert raised.value.near == ("Firefox",)
    assert "Installed are: Firefox." in str(raised.value)


async def test_a_terminal_program_runs_in_a_terminal(desktop):
    desktop.add_program("vim")
    desktop.add_entry("system", "vim.desktop", Exec="vim -x %F", Name="Vim", Terminal="true")
    with pytest.raises(OSError, match="no terminal"):
        await LinuxOpener().open_app("vim")
    desktop.add_program("xterm")
    await LinuxOpener().open_app("vim")
    assert desktop.arguments_of("xterm") == ["-e", "vim", "-x"]


async def test_a_missing_program_is_told(desktop):
    desktop.add_entry("system", "x.desktop", Exec="gone", Name="Gone")
    with pytest.raises(FileNotFoundError):
        await LinuxOpener().open_app("gone")


def test_this_platform_has_its_opener():
    assert isinstance(opener_here(), LinuxOpener)
