"""The desktop entry by which portals know who asks: to tell their user, and to give it hotkeys.

Where Sayso runs from a folder of its own there is none, so one is written. Menus do not show it.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import resources
from app.identity import APP_ID

_log = logging.getLogger(__name__)

_ENTRY = """[Desktop Entry]
Type=Application
Name=Sayso
Comment=Voice assistant
Exec={command}
Icon={icon}
StartupWMClass={app_id}
NoDisplay=true
"""


def write_entry(environment: Mapping[str, str], program: str = sys.executable) -> Path | None:
    """Write the entry of the program that runs, if none tells of it; `program` is its Python.

    Nothing is written outside the folder of `SAYSO_HOME`, where that is set.
    """
    if environment.get("SAYSO_HOME"):
        return None
    name = f"applications/{APP_ID}.desktop"
    everybody = environment.get("XDG_DATA_DIRS") or "/usr/local/share:/usr/share"
    if any((Path(folder) / name).exists() for folder in everybody.split(":") if folder):
        return None
    home = Path(environment.get("HOME") or Path.home())
    entry = Path(environment.get("XDG_DATA_HOME") or home / ".local/share") / name
    text = _ENTRY.format(
        command=_quoted(str(Path(program).with_name("sayso"))),
        icon=Path(resources.__file__).with_name("icons") / "sayso.svg",
        app_id=APP_ID,
    )
    try:
        if not entry.exists() or entry.read_text(encoding="utf-8") != text:
            entry.parent.mkdir(parents=True, exist_ok=True)
            new = entry.with_suffix(".new")
            new.write_text(text, encoding="utf-8")
            os.replace(new, entry)
    except OSError as error:
        _log.info("the desktop will not know who asks: %s", error)
        return None
    return entry


def _quoted(command: str) -> str:
    """As the desktop entry specification wants arguments to be quoted."""
    for special in ("\\", '"', "`", "$"):
        command = command.replace(special, f"\\{special}")
    return '"{}"'.format(command.replace("\\", "\\\\").replace("%", "%%"))
