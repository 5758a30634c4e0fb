"""Opens pages and applications on Windows."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from app.desktop.app_match import InstalledApp, best_match, near_names
from app.desktop.opener import AppNotFound

_APP_PATHS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths"
_KINDS = {
    "calc.exe": ("calculator",),
    "notepad.exe": ("text editor", "notepad"),
    "msedge.exe": ("web browser", "browser"),
    "wt.exe": ("terminal",),
    "explorer.exe": ("files", "file manager"),
}


def _start(target: str) -> None:
    if sys.platform == "win32":
        os.startfile(target)
    else:
        raise OSError("this is not Windows")


class WindowsOpener:
    """The shell opens what it is given, as a double click would."""

    def __init__(
        self,
        start: Callable[[str], None] = _start,
        app_paths: Callable[[], Mapping[str, str]] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._start = start
        self._app_paths = app_paths or registered_app_paths
        self._environment = os.environ if environment is None else environment

    async def open_url(self, url: str) -> None:
        """Show an http or https address in the default browser. Raises OSError."""
        await asyncio.to_thread(self._start, url)

    async def open_path(self, path: Path) -> None:
        """Show a file or folder in its application. Raises OSError."""
        await asyncio.to_thread(self._start, str(path))

    async def open_app(self, name: str) -> str:
        """Start an application and give its display name. Raises AppNotFound and OSError."""
        app = await asyncio.to_thread(self.find, name)
        await asyncio.to_thread(self._start, app.target)
        return app.name

    def find(self, name: str) -> InstalledApp:
        """The shortcut or program that `name` means. Raises AppNotFound."""
        apps = [
            *(InstalledApp(link.stem, str(link)) for link in self._shortcuts()),
            *(
                InstalledApp(program.removesuffix(".exe"), target, _KINDS.get(program, ()))
                for program, target in self._app_paths().items()
            ),
        ]
        found = best_match(name, apps)
        if found is None:
            raise AppNotFound(name, near_names(name, apps))
        return found

    def _shortcuts(self) -> list[Path]:
        roots = (self._environment.get(key) for key in ("APPDATA", "PROGRAMDATA"))
        menus = [Path(root) / "Microsoft/Windows/Start Menu/Programs" for root in roots if root]
        return [link for menu in menus if menu.is_dir() for link in sorted(menu.rglob("*.lnk"))]


def registered_app_paths() -> dict[str, str]:
    """Lower-case program name → its path, from the registry; empty elsewhere."""
    found: dict[str, str] = {}
    if sys.platform == "win32":
        import winreg

        for hive in (winreg.HKEY_LOCAL_MACHINE, winreg.HKEY_CURRENT_USER):
            try:
                with winreg.OpenKey(hive, _APP_PATHS) as key:
                    for index in range(winreg.QueryInfoKey(key)[0]):
                        program = winreg.EnumKey(key, index)
                        target = winreg.QueryValue(key, program)
                        found[program.lower()] = target.strip('"')
            except FileNotFoundError:
                continue
    return found
