"""Tables as CSV (RFC 4180), tab-separated text and HTML. Pure.

A cell that a spreadsheet would take for a formula gets an apostrophe in front: it stays text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from app.products.product import Table

_FORMULA = re.compile(r"\s*[=+\-@|%＝＋－＠]|[\t\r\n]")
_NUMBER = re.compile(r"\s*[+\-]?[\d\s.,:/()€$£¥%\-\u00a0\u202f]*\d[\d\s.,:/()€$£¥%\-\u00a0\u202f]*")
_TO_QUOTE = re.compile(r"[\",;\t\r\n]|^\s|\s$")


def csv_bytes(table: Table) -> bytes:
    """UTF-8 with the mark that spreadsheets tell it by; every line ends in CR LF."""
    lines = [",".join(_quoted(cell) for cell in row) for row in _guarded(table)]
    return ("\ufeff" + "\r\n".join([*lines, ""])).encode("utf-8", "replace")


def tab_separated(table: Table) -> str:
    """For the clipboard: what spreadsheets take as cells."""
    rows = ("\t".join(" ".join(cell.split()) for cell in row) for row in _guarded(table))
    return "\n".join(rows) + "\n"


def html_table(table: Table) -> str:
    """For the clipboard: what documents take as a table."""
    head, *rows = _guarded(table)
    lines = [_html_row("th", head), *(_html_row("td", row) for row in rows)]
    return f"<table>{''.join(lines)}</table>"


def guarded(cell: str) -> str:
    """The cell as text to every spreadsheet."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _guarded(table: Table) -> list[tuple[str, ...]]:
    return [tuple(guarded(cell) for cell in row) for row in (table.columns, *table.rows)]


def _quoted(cell: str) -> str:
    cell = cell.replace("\0", "")
    return '"' + cell.replace('"', '""') + '"' if _TO_QUOTE.search(cell) else cell


def _html_row(tag: str, cells: Iterable[str]) -> str:
    inner = "".join(
        f"<{tag}>{html.escape(cell).replace(chr(10), '<br>')}</{tag}>" for cell in cells
    )
    return f"<tr>{inner}</tr>"
