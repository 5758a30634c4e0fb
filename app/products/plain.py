"""Products as plain words, for the clipboard. Pure."""

from __future__ import annotations

from app.products.product import Code, Contact, Event, Picture, Product, Table, Text
from app.products.tables import tab_separated


def plain_words(product: Product) -> str:
    """What is pasted where nothing but text is taken."""
    match product:
        case Table():
            return tab_separated(product)
        case Text(text=text):
            return text
        case Code(code=code):
            return code
        case Event(title, starts, ends, time_zone, place, notes):
            when = " – ".join(filter(None, (starts.strip(), ends.strip())))
            return _lines(title, " ".join(filter(None, (when, time_zone))), place, notes)
        case Contact(name, organisation, role, phones, emails, address, website, notes):
            return _lines(name, role, organisation, phones, emails, address, website, notes)
        case Picture(path=path):
            return str(path)


def _lines(*parts: str) -> str:
    return "\n".join(part.strip() for part in parts if part.strip())
