"""Shows a file at a page or a line, in the program that the user has for such files.

What is no PDF or DOCX goes to a text editor whatever it is called: nothing is ever run.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from app.desktop.launch import launch
from app.desktop.linux import installed_entries
from app.knowledge.choosing import kind_of
from app.knowledge.passage import Kind, Place

_WATCH_S = 0.5
_ASKED_WITHIN_S = 3.0
_MIME = {
    Kind.PDF: "application/pdf",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_TEXT = "text/plain"

Arguments = Callable[[str, int], tuple[str, ...]]
"""From a file and a page or line to what follows the program's name."""


def _page_index(file: str, page: int) -> tuple[str, ...]:
    return (f"--page-index={page}", file)


def _page_p(file: str, page: int) -> tuple[str, ...]:
    return ("-p", str(page), file)


def _fragment(file: str, page: int) -> tuple[str, ...]:
    return (f"{Path(file).as_uri()}#page={page}",)


def _plus(file: str, line: int) -> tuple[str, ...]:
    return (f"+{line}", file)


def _minus_l(file: str, line: int) -> tuple[str, ...]:
    return ("-l", str(line), file)


def _colon(file: str, line: int) -> tuple[str, ...]:
    return ("-g", f"{file}:{line}")


PDF_VIEWERS: dict[str, Arguments] = {
    "evince": _page_index,
    "papers": _page_index,
    "atril": _page_index,
    "xreader": _page_index,
    "okular": _page_p,
    "zathura": lambda file, page: ("-P", str(page), file),
    "mupdf": lambda file, page: (file, str(page)),
    "qpdfview": lambda file, page: (f"{file}#{page}",),
    "firefox": _fragment,
    "firefox-esr": _fragment,
    "chromium": _fragment,
    "google-chrome": _fragment,
}
TEXT_EDITORS: dict[str, Arguments] = {
    "gedit": _plus,
    "pluma": _plus,
    "xed": _plus,
    "geany": _plus,
    "gvim": _plus,
    "featherpad": _plus,
    "emacs": _plus,
    "kate": _minus_l,
    "kwrite": _minus_l,
    "mousepad": _minus_l,
    "code": _colon,
    "codium": _colon,
}


def linux_command(
    place: Place, program: tuple[str, ...], installed: Callable[[str], bool]
) -> tuple[str, ...]:
    """How `place` is shown. `program` is what the user has for such files, empty for nothing.

    Where that cannot be told a page, it shows the file. Raises OSError when nothing can.
    """
    kind = kind_of(place.file)
    known = PDF_VIEWERS if kind is Kind.PDF else {} if kind is Kind.DOCX else TEXT_EDITORS
    at = place.page if kind is Kind.PDF else place.line
    arguments = known.get(Path(program[0]).name) if program else None
    if arguments is not None and len(program) == 1:
        return (*program, *arguments(place.file, max(1, at)))
    if program:
        return (*program, place.file)
    for name, arguments in known.items():
        if installed(name):
            return (name, *arguments(place.file, max(1, at)))
    if kind in _MIME and installed("xdg-open"):
        return ("xdg-open", place.file)
    raise OSError("no program shows such files")


def mac_command(place: Place) -> tuple[str, ...]:
    """How macOS shows it; its viewers cannot be told a page."""
    is_text = kind_of(place.file) not in _MIME
    return ("/usr/bin/open", "-t", place.file) if is_text else ("/usr/bin/open", place.file)


async def show_document(place: Place) -> None:
    """Show it. Raises OSError."""
    await asyncio.to_thread(_show, place)


def _show(place: Place) -> None:
    path = Path(place.file)
    if path.is_symlink() or not path.is_file():
        raise OSError("it is not there")
    if sys.platform == "darwin":
        launch(mac_command(place), watch_s=_WATCH_S)
    elif sys.platform == "win32":
        if kind_of(place.file) in _MIME:
            os.startfile(place.file)
        else:
            launch(("notepad.exe", place.file), watch_s=_WATCH_S)
    else:
        program = default_program(_MIME.get(kind_of(place.file), _TEXT), os.environ)
        launch(linux_command(place, program, _is_installed), watch_s=_WATCH_S)


def default_program(mime: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """What the user has for files of a kind; empty where nothing is known, or it is a terminal's.

    Blocking.
    """
    try:
        told = subprocess.run(
            ["xdg-mime", "query", "default", mime],
            capture_output=True,
            timeout=_ASKED_WITHIN_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    entry = installed_entries(environment).get(told.stdout.decode("utf-8", "replace").strip())
    return () if entry is None or entry.terminal else entry.argv


def _is_installed(name: str) -> bool:
    return shutil.which(name) is not None
