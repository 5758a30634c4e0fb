"""Listing and switching on Windows, with libraries that are scripted."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

import pytest

from app.desktop.open_windows import OpenWindow, WindowsUnknown
from app.desktop.windows_open_windows import SystemWindows
from app.desktop.windows_structs import DWORD
from tests.desktop.test_windows_calls import Library, set_at

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these calls are the system's own")

TITLES = {1: "Tea - Mozilla Firefox", 2: "", 3: "Tool", 4: "Cloaked", 5: "Notes", 6: "Hidden"}
PROGRAMS = {101: r"C:\Program Files\Mozilla Firefox\firefox.exe"}


class Screen:
    """Six windows, one above the other; `obeys`: whether one may come to the front."""

    def __init__(self) -> None:
        self.front = 5
        self.iconic = {1}
        self.obeys = True

    def libraries(self) -> dict[str, Library]:
        return {
            "user32": Library(
                GetForegroundWindow=lambda: self.front,
                GetTopWindow=lambda _: 1,
                GetWindow=lambda window, _: window + 1 if window < len(TITLES) else None,
                GetWindowTextW=self._title,
                GetWindowThreadProcessId=lambda w, pid: set_at(pid, DWORD, 100 + w),
                GetWindowLongW=lambda window, _: 0x80 if window == 3 else 0,
                IsWindowVisible=lambda window: int(window != 6),
                IsIconic=lambda window: int(window in self.iconic),
                ShowWindow=lambda window, _: self.iconic.discard(window),
                SetForegroundWindow=self._show,
            ),
            "dwmapi": Library(DwmGetWindowAttribute=self._cloaked),
            "kernel32": Library(
                OpenProcess=lambda access, inherit, pid: pid if pid in PROGRAMS else None,
                QueryFullProcessImageNameW=self._path,
            ),
        }

    def _title(self, window: int, buffer: Any, size: int) -> None:
        buffer.value = TITLES[window]

    def _cloaked(self, window: int, what: int, value: Any, size: int) -> None:
        set_at(value, DWORD, int(window == 4))

    def _path(self, process: int, flags: int, buffer: Any, size: Any) -> int:
        buffer.value = PROGRAMS[process]
        return 1

    def _show(self, window: int) -> None:
        if self.obeys:
            self.front = window


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Screen:
    there = Screen()
    libraries = there.libraries()
    monkeypatch.setattr(
        ctypes, "WinDLL", lambda name, use_last_error=False: libraries[name], raising=False
    )
    return there


async def test_windows_with_a_title_that_are_shown_are_listed(there: Screen) -> None:
    assert await SystemWindows().list() == (
        OpenWindow(1, "firefox", "Tea - Mozilla Firefox", pid=101),
        OpenWindow(5, "", "Notes", active=True, pid=105),
    )


async def test_a_minimized_window_comes_to_the_front(there: Screen) -> None:
    assert await SystemWindows().switch(1)
    assert (there.front, there.iconic) == (1, set())


async def test_the_system_may_say_no(there: Screen) -> None:
    there.obeys = False
    assert not await SystemWindows().switch(1)


def test_elsewhere_there_is_nothing() -> None:
    with pytest.raises(WindowsUnknown):
        SystemWindows()
