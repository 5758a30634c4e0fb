"""Tools that read the user's files: text by lines, PDF by pages."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Annotated

from app.tools.base import Origin, Risk, Tool, ToolFailed
from app.tools.blocking import Watch, in_thread
from app.tools.pdf_reading import MAX_FILE_BYTES as MAX_PDF_BYTES, read_pdf_pages
from app.tools.places import Opened, Places
from app.tools.schema import Answer, tool
from app.tools.text_reading import MAX_FILE_BYTES, read_page

MAX_LINES = 1_000
MAX_PAGES = 20
_FAMILY = "files"


def reading_tools(places: Places) -> tuple[Tool, ...]:
    """read_file and read_pdf."""

    @tool(
        description="Read lines of one of the user's text files.",
        risk=Risk.READ,
        timeout_s=20.0,
        family=_FAMILY,
        origin=Origin.FILE,
    )
    async def read_file(
        path: Annotated[str, 'Such as "Documents/notes.txt".'],
        first_line: Annotated[int, "The first line wanted; 1 is the first of the file."] = 1,
        lines: Annotated[int, "How many at most, 1 to 1000."] = 300,
    ) -> Answer:
        first, count = max(1, first_line), max(1, min(lines, MAX_LINES))
        return await in_thread(lambda watch: _text(places, path, first, count, watch))

    @tool(
        description="Read pages of one of the user's PDF files.",
        risk=Risk.READ,
        timeout_s=30.0,
        family=_FAMILY,
        origin=Origin.FILE,
    )
    async def read_pdf(
        path: Annotated[str, 'Such as "Documents/contract.pdf".'],
        first_page: Annotated[int, "The first page wanted; 1 is the first of the file."] = 1,
        pages: Annotated[int, "How many at most, 1 to 20."] = 5,
    ) -> Answer:
        first, count = max(1, first_page), max(1, min(pages, MAX_PAGES))
        return await in_thread(lambda watch: _pdf(places, path, first, count, watch))

    return read_file, read_pdf


def _text(places: Places, path: str, first: int, count: int, watch: Watch) -> Mapping[str, object]:
    with places.opened(path) as found:
        _check(found, MAX_FILE_BYTES)
        with os.fdopen(os.dup(found.descriptor), "rb") as file:
            page = read_page(file, first, count, watch)
    answer: dict[str, object] = {
        "path": found.place.shown,
        "first_line": page.first,
        "last_line": page.last,
        "more": page.more,
        "text": page.text,
    }
    return answer | _note(found)


def _pdf(places: Places, path: str, first: int, count: int, watch: Watch) -> Mapping[str, object]:
    with places.opened(path) as found:
        _check(found, MAX_PDF_BYTES)
        pages = read_pdf_pages(found.descriptor, first, count, watch)
    answer: dict[str, object] = {
        "path": found.place.shown,
        "pages_in_file": pages.count,
        "pages": [{"page": number, "text": text} for number, text in pages.texts],
    }
    if not any(text.strip() for _, text in pages.texts):
        answer["note"] = "These pages hold no text: they may be pictures of pages."
    return answer | _note(found)


def _check(found: Opened, most_bytes: int) -> None:
    if found.is_folder:
        raise ToolFailed(f"{found.place.shown} is a folder.")
    if found.about.st_size > most_bytes:
        raise ToolFailed(f"{found.place.shown} is too big to be read.")


def _note(found: Opened) -> dict[str, object]:
    if not found.has_other_names:
        return {}
    return {"also": "The same file has another name elsewhere."}
