"""Opens pages and applications on macOS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from app.desktop.app_match import InstalledApp, best_match, near_names
from app.desktop.launch import launch
from app.desktop.opener import AppNotFound

_FOLDERS = (
    Path("/Applications"),
    Path("/System/Applications"),
    Path("/System/Applications/Utilities"),
    Path.home() / "Applications",
)
_KINDS = {
    "Safari": ("web browser", "browser"),
    "TextEdit": ("text editor",),
    "Finder": ("files", "file manager"),
    "Mail": ("email",),
}
_WATCH_S = 5.0


class MacOpener:
    """`open` does the work; it ends as soon as the application was asked to start."""

    def __init__(self, folders: Sequence[Path] = _FOLDERS) -> None:
        self._folders = tuple(folders)

    async def open_url(self, url: str) -> None:
        """Show an http or https address in the default browser. Raises OSError."""
        await asyncio.to_thread(launch, url_command(url), watch_s=_WATCH_S)

    async def open_path(self, path: Path) -> None:
        """Show a file or folder in its application. Raises OSError."""
        await asyncio.to_thread(launch, url_command(str(path)), watch_s=_WATCH_S)

    async def open_app(self, name: str) -> str:
        """Start an application and give its display name. Raises AppNotFound and OSError."""
        app = await asyncio.to_thread(self.find, name)
        await asyncio.to_thread(launch, app_command(app), watch_s=_WATCH_S)
        return app.name

    def find(self, name: str) -> InstalledApp:
        """The bundle that `name` means. Raises AppNotFound."""
        apps = [
            InstalledApp(bundle.stem, str(bundle), _KINDS.get(bundle.stem, ()))
            for folder in self._folders
            if folder.is_dir()
            for bundle in sorted(folder.glob("*.app"))
        ]
        found = best_match(name, apps)
        if found is None:
            raise AppNotFound(name, near_names(name, apps))
        return found


def url_command(url: str) -> tuple[str, ...]:
    """The command that opens an address or a path."""
    return ("/usr/bin/open", url)


def app_command(app: InstalledApp) -> tuple[str, ...]:
    """The command that starts a bundle."""
    return ("/usr/bin/open", "-a", app.target)
