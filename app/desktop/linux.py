"""Opens pages and applications on a freedesktop.org desktop."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from app.desktop.app_match import InstalledApp, best_match, near_names
from app.desktop.desktop_entry import DesktopEntry, default_ids, parse_entry
from app.desktop.launch import launch
from app.desktop.opener import AppNotFound

_URL_OPENERS = (("xdg-open",), ("gio", "open"))
_TERMINALS = (("xdg-terminal-exec",), ("x-terminal-emulator", "-e"), ("xterm", "-e"))
_CATEGORIES = {
    "WebBrowser": "web browser",
    "TerminalEmulator": "terminal emulator",
    "Calculator": "calculator",
    "TextEditor": "text editor",
    "FileManager": "file manager",
    "Email": "email",
    "Calendar": "calendar",
}
_URL_WATCH_S = 1.0
_APP_WATCH_S = 0.5
_MAX_ENTRY_BYTES = 256_000


class LinuxOpener:
    """Reads the installed applications anew each time: they come and go."""

    async def open_url(self, url: str) -> None:
        """Show an http or https address in the default browser. Raises OSError."""
        await _show(url)

    async def open_path(self, path: Path) -> None:
        """Show a file or folder in its application. Raises OSError."""
        await _show(str(path))

    async def open_app(self, name: str) -> str:
        """Start an application and give its display name. Raises AppNotFound and OSError."""
        return await asyncio.to_thread(_open_app, name)


async def _show(what: str) -> None:
    opener = _first_installed(_URL_OPENERS)
    if opener is None:
        raise OSError("neither xdg-open nor gio is installed")
    await asyncio.to_thread(launch, (*opener, what), watch_s=_URL_WATCH_S)


def installed_entries(environment: Mapping[str, str]) -> dict[str, DesktopEntry]:
    """Desktop file id → visible application; the user's files hide the system's."""
    locale = _locale(environment)
    entries: dict[str, DesktopEntry | None] = {}
    for folder in _application_folders(environment):
        for path in sorted(folder.rglob("*.desktop")):
            entry_id = "-".join(path.relative_to(folder).parts)
            if entry_id not in entries:
                entries[entry_id] = _read_entry(path, locale)
    return {entry_id: entry for entry_id, entry in entries.items() if entry is not None}


def command(entry: DesktopEntry) -> tuple[str, ...]:
    """What starts `entry`. Raises OSError when it needs a terminal and there is none."""
    if not entry.terminal:
        return entry.argv
    terminal = _first_installed(_TERMINALS)
    if terminal is None:
        raise OSError("no terminal is installed")
    return (*terminal, *entry.argv)


def _open_app(name: str) -> str:
    entries = installed_entries(os.environ)
    defaults = _default_ids(os.environ)
    apps = [
        app
        for entry_id, entry in entries.items()
        for app in _as_apps(entry_id, entry, preferred=entry_id in defaults)
    ]
    found = best_match(name, apps)
    if found is None:
        raise AppNotFound(name, near_names(name, apps))
    entry = entries[found.target]
    folder = Path(entry.folder) if entry.folder and Path(entry.folder).is_dir() else None
    launch(command(entry), watch_s=_APP_WATCH_S, folder=folder)
    return found.name


def _as_apps(entry_id: str, entry: DesktopEntry, *, preferred: bool) -> Iterator[InstalledApp]:
    categories = (_CATEGORIES[each] for each in entry.categories if each in _CATEGORIES)
    kinds = (*entry.generic_names, *entry.keywords, *categories)
    for name in dict.fromkeys((entry.local_name, entry.name)):
        yield InstalledApp(name, entry_id, kinds, preferred)


def _read_entry(path: Path, locale: str) -> DesktopEntry | None:
    try:
        if path.stat().st_size > _MAX_ENTRY_BYTES:
            return None
        entry = parse_entry(path.read_text("utf-8", "replace"), locale)
    except OSError:
        return None
    if entry is None or (entry.try_exec and shutil.which(entry.try_exec) is None):
        return None
    return entry


def _application_folders(environment: Mapping[str, str]) -> list[Path]:
    home = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local/share")
    system = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    folders = [Path(part) / "applications" for part in (home, *system.split(":")) if part]
    return [folder for folder in folders if folder.is_dir()]


def _default_ids(environment: Mapping[str, str]) -> frozenset[str]:
    home = environment.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    folders = [Path(home), Path("/etc/xdg"), *_application_folders(environment)]
    for folder in folders:
        try:
            ids = default_ids((folder / "mimeapps.list").read_text("utf-8", "replace"))
        except OSError:
            continue
        if ids:
            return ids
    return frozenset()


def _locale(environment: Mapping[str, str]) -> str:
    names = (environment.get(key, "") for key in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return next((name for name in names if name), "").partition(".")[0].partition("@")[0]


def _first_installed(commands: tuple[tuple[str, ...], ...]) -> tuple[str, ...] | None:
    return next((each for each in commands if shutil.which(each[0])), None)
