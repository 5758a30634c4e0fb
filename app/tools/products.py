"""Tools that show the user something to take along: edited, saved or copied by the user alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from app.products.calendar_file import checked_times
from app.products.product import Code, Contact, Event, Product, ProductInvalid, Table, Text
from app.tools.base import Risk, Tool, ToolFailed
from app.tools.schema import Answer, tool

MAX_ROWS = 2_000
MAX_COLUMNS = 60
MAX_CHARS = 60_000

_SHOWN = {
    "shown": True,
    "note": "The user is shown it, and decides what becomes of it. Nothing was saved yet.",
}
_FAMILY = "products"


def product_tools(offer: Callable[[Product], None]) -> tuple[Tool, ...]:
    """offer_table, offer_event, offer_contact, offer_text and offer_code."""
    return (
        _table_tool(offer),
        _event_tool(offer),
        _contact_tool(offer),
        *_text_tools(offer),
    )


def _table_tool(offer: Callable[[Product], None]) -> Tool:
    @tool(
        description=(
            "Show a table that the user can edit, save as CSV for a spreadsheet, or copy. "
            "Use it when they want a table, list or figures from a picture or page as data."
        ),
        risk=Risk.READ,
        family=_FAMILY,
    )
    async def offer_table(
        title: Annotated[str, "A short name; it becomes the file's name."],
        columns: Annotated[list[str], "The headings."],
        rows: Annotated[list[list[str]], "The cells as text, exactly as they were read."],
    ) -> Answer:
        if not columns or len(columns) > MAX_COLUMNS or len(rows) > MAX_ROWS:
            raise ToolFailed(f"A table has 1 to {MAX_COLUMNS} columns and at most {MAX_ROWS} rows.")
        for number, row in enumerate(rows, 1):
            if len(row) != len(columns):
                raise ToolFailed(f"Row {number} has {len(row)} cells, not {len(columns)}.")
        offer(Table(_line(title), tuple(columns), tuple(tuple(row) for row in rows)))
        return _SHOWN

    return offer_table


def _event_tool(offer: Callable[[Product], None]) -> Tool:
    @tool(
        description="Show an event that the user can edit and save for their calendar (.ics).",
        risk=Risk.READ,
        family=_FAMILY,
    )
    async def offer_event(
        title: Annotated[str, "What it is."],
        starts: Annotated[str, '"2026-11-24 17:00", or "2026-11-24" for a whole day.'],
        ends: Annotated[str | None, "In the same form; null if unknown. A last day is included."],
        time_zone: Annotated[str | None, 'IANA name such as "Europe/Berlin"; null: local time.'],
        place: Annotated[str | None, "Where; null if unknown."],
        notes: Annotated[str | None, "What else is known; null for nothing."],
    ) -> Answer:
        event = Event(
            _line(title), starts, ends or "", time_zone or "", _line(place or ""), notes or ""
        )
        try:
            checked_times(event)
        except ProductInvalid as error:
            raise ToolFailed(str(error)) from None
        offer(event)
        return _SHOWN

    return offer_event


def _contact_tool(offer: Callable[[Product], None]) -> Tool:
    @tool(
        description="Show a contact that the user can edit and save for their address book (.vcf).",
        risk=Risk.READ,
        family=_FAMILY,
    )
    async def offer_contact(
        name: Annotated[str, "The whole name of the person or firm."],
        organisation: Annotated[str | None, "Null if unknown."],
        role: Annotated[str | None, "Job title; null if unknown."],
        phones: Annotated[list[str], "Phone numbers; may be empty."],
        emails: Annotated[list[str], "E-mail addresses; may be empty."],
        address: Annotated[str | None, "Postal address; null if unknown."],
        website: Annotated[str | None, "Null if unknown."],
        notes: Annotated[str | None, "Null for nothing."],
    ) -> Answer:
        if not name.strip():
            raise ToolFailed("A contact needs a name.")
        offer(
            Contact(
                _line(name),
                _line(organisation or ""),
                _line(role or ""),
                "\n".join(map(_line, phones)),
                "\n".join(map(_line, emails)),
                address or "",
                _line(website or ""),
                notes or "",
            )
        )
        return _SHOWN

    return offer_contact


def _text_tools(offer: Callable[[Product], None]) -> tuple[Tool, ...]:
    @tool(
        description="Show a text that the user can edit, copy, or save as a file.",
        risk=Risk.READ,
        family=_FAMILY,
    )
    async def offer_text(
        title: Annotated[str, "A short name; it becomes the file's name."],
        text: Annotated[str, "The whole text."],
    ) -> Answer:
        offer(Text(_line(title), _checked(text)))
        return _SHOWN

    @tool(
        description="Show a file of code that the user can edit, copy, or save.",
        risk=Risk.READ,
        family=_FAMILY,
    )
    async def offer_code(
        file_name: Annotated[str, 'A name with its ending, such as "plot.py".'],
        code: Annotated[str, "The whole file."],
    ) -> Answer:
        offer(Code(_line(file_name), _checked(code)))
        return _SHOWN

    return offer_text, offer_code


def _line(text: str) -> str:
    return " ".join(text.split())


def _checked(text: str) -> str:
    if not text.strip() or len(text) > MAX_CHARS:
        raise ToolFailed(f"It must have 1 to {MAX_CHARS} characters.")
    return text
