"""Tools for files in the given folders: find, list, write, and open in their application."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Protocol

from app.tools import file_writing
from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.blocking import Watch, in_thread
from app.tools.file_kinds import FileKind, runs_when_opened
from app.tools.file_search import Entry, Finds, Wanted, find, listed, search_words
from app.tools.path_text import Place
from app.tools.places import Opened, Places
from app.tools.schema import Answer, tool

MAX_FOUND = 50
MAX_DAYS = 36_500
MAX_ANSWER_BYTES = 24_000
_FAMILY = "files"
_SHOWN_CHARS = 300


class PathOpener(Protocol):
    """Shows a file or folder in the application that the user has for it."""

    async def open_path(self, path: Path) -> None:
        """Raises OSError."""
        ...


def file_tools(places: Places, opener: PathOpener) -> tuple[Tool, ...]:
    """All of them."""
    return (*_looking_tools(places), *_writing_tools(places), _open_tool(places, opener))


def _looking_tools(places: Places) -> tuple[Tool, ...]:
    @tool(
        description=(
            "Find the user's files and folders by words of their names, kind and date, newest "
            "first. Hidden and secret files are never found."
        ),
        risk=Risk.READ,
        timeout_s=30.0,
        family=_FAMILY,
        origin=Origin.FILE,
    )
    async def find_files(
        words: Annotated[str, 'Words of the name, for instance "tax 2025"; empty for any name.'],
        kind: Annotated[FileKind, "What kind of file."] = FileKind.ANY,
        folder: Annotated[str | None, 'Where to look, such as "Downloads"; null: all.'] = None,
        changed_within_days: Annotated[int | None, "Changed in the last so many days."] = None,
        limit: Annotated[int, "How many at most, 1 to 50."] = 10,
    ) -> Answer:
        wanted = Wanted(search_words(words), kind, _since_s(changed_within_days))
        if words.strip() and not wanted.words:
            raise ToolFailed("No word was given to look for.")
        most = max(1, min(limit, MAX_FOUND))

        def work(watch: Watch) -> Finds:
            return find(places, _starts(places, folder), wanted, most, watch)

        return _finds(await in_thread(work))

    @tool(
        description="What is in one of the user's folders.",
        risk=Risk.READ,
        timeout_s=15.0,
        family=_FAMILY,
        origin=Origin.FILE,
    )
    async def list_folder(
        folder: Annotated[str, 'Such as "Documents" or "Documents/letters"; empty: the folders.'],
    ) -> Answer:
        if not folder.strip():
            given = await in_thread(lambda _: places.folders())
            return {"folders": [each.name for each in given]}

        def work(watch: Watch) -> Finds:
            with places.opened(folder) as found:
                return listed(_as_folder(found), watch)

        return _finds(await in_thread(work))

    return find_files, list_folder


def _writing_tools(places: Places) -> tuple[Tool, ...]:
    @tool(
        description="Write a new text file. A file that exists is never changed by this.",
        risk=Risk.REVERSIBLE,
        question=lambda arguments: _writing("Create the file", arguments),
        family=_FAMILY,
    )
    async def create_file(
        path: Annotated[str, 'Where, such as "Documents/shopping.txt".'],
        text: Annotated[str, "The whole content."],
    ) -> Answer:
        place = await in_thread(lambda _: file_writing.create(places, path, text))
        return {"created": place.shown}

    @tool(
        description="Add lines at the end of a text file; it is made if there is none.",
        risk=Risk.REVERSIBLE,
        question=lambda arguments: _writing("Add to the file", arguments),
        family=_FAMILY,
    )
    async def append_to_file(
        path: Annotated[str, 'Which, such as "Documents/diary.md".'],
        text: Annotated[str, "What is added."],
    ) -> Answer:
        if not text.strip():
            raise ToolFailed("There is nothing to add.")
        place = await in_thread(lambda _: file_writing.append(places, path, text))
        return {"added_to": place.shown}

    @tool(
        description="Replace the whole content of a text file. The old content is lost.",
        risk=Risk.IRREVERSIBLE,
        question=lambda arguments: _writing("Replace all that is in", arguments),
        family=_FAMILY,
    )
    async def replace_file(
        path: Annotated[str, "Which file."],
        text: Annotated[str, "The whole new content."],
    ) -> Answer:
        place = await in_thread(lambda _: file_writing.replace(places, path, text))
        return {"replaced": place.shown}

    return create_file, append_to_file, replace_file


def _open_tool(places: Places, opener: PathOpener) -> Tool:
    @tool(
        description=(
            "Show one of the user's files or folders in its application. The user is asked first. "
            "Programs are not opened by this."
        ),
        risk=Risk.REVERSIBLE,
        timeout_s=15.0,
        asks=True,
        question=lambda arguments: f"Open “{_shown(arguments['path'])}” in its application?",
        family=_FAMILY,
    )
    async def open_file(
        path: Annotated[str, 'Such as "Documents/tax.pdf" or "Downloads".'],
    ) -> Answer:
        place = await in_thread(lambda _: _openable(places, path))
        try:
            await opener.open_path(Path(place.path))
        except OSError as error:
            raise ToolFailed(f"{place.shown} could not be opened: {error}.") from None
        return {"opened": place.shown}

    return open_file


def _openable(places: Places, path: str) -> Place:
    with places.opened(path) as found:
        name = found.place.path.name
        if runs_when_opened(name):
            raise ToolFailed(f"Opening {found.place.shown} may run a program. It was left alone.")
        return found.place


def _starts(places: Places, folder: str | None) -> tuple[Place, ...]:
    if folder is None or not folder.strip():
        return tuple(Place(each) for each in places.folders())
    with places.opened(folder) as found:
        return (_as_folder(found).place,)


def _as_folder(found: Opened) -> Opened:
    if not found.is_folder:
        raise ToolFailed(f"{found.place.shown} is a file, not a folder.")
    return found


def _since_s(days: int | None) -> float:
    if days is None:
        return 0.0
    if not 0 < days <= MAX_DAYS:
        raise ToolFailed("The days must be 1 or more.")
    return time.time() - days * 86_400


def _finds(finds: Finds) -> Mapping[str, object]:
    entries: list[Mapping[str, object]] = []
    left = MAX_ANSWER_BYTES
    for entry in map(_entry, finds.entries):
        left -= len(json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace"))
        if left < 0:
            break
        entries.append(entry)
    answer: dict[str, object] = {"files": entries, "count": finds.count}
    if not finds.complete:
        answer["note"] = f"Only the first {finds.looked_at} files were looked at."
    return answer


def _entry(entry: Entry) -> Mapping[str, object]:
    shown: dict[str, object] = {"path": entry.place.shown}
    if entry.is_folder:
        return shown | {"is_folder": True}
    changed = datetime.datetime.fromtimestamp(entry.modified_s, datetime.UTC).astimezone()
    return shown | {"bytes": entry.size_bytes, "changed": f"{changed:%Y-%m-%d %H:%M}"}


def _writing(what: str, arguments: Mapping[str, Any]) -> str:
    return f"{what} “{_shown(arguments['path'])}”?"


def _shown(path: str) -> str:
    """As a question shows it: whole, unless nobody could read it."""
    if len(path) > _SHOWN_CHARS or not path.isprintable():
        raise ToolFailed("The path is too long, or has characters that do not show.")
    return path
