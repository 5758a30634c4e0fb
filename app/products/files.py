"""Names and bytes of the files that products become. Pure."""

from __future__ import annotations

import datetime
import re
import unicodedata

from app.products.calendar_file import event_bytes
from app.products.contact_file import contact_bytes
from app.products.product import (
    Code,
    Contact,
    Event,
    Picture,
    Product,
    ProductInvalid,
    Table,
    Text,
)
from app.products.tables import csv_bytes

MAX_NAME_CHARS = 80

_FORBIDDEN = re.compile(r"[\\/:*?\"<>|]+")
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def file_bytes(product: Product, uid: str, now: datetime.datetime) -> bytes:
    """What the file holds. Raises ProductInvalid."""
    match product:
        case Table():
            return csv_bytes(product)
        case Event():
            return event_bytes(product, uid, now)
        case Contact():
            return contact_bytes(product)
        case Text():
            return _text_bytes(product.text)
        case Code():
            return _text_bytes(product.code)
        case Picture():
            raise ProductInvalid("The picture is a file already.")


def file_name(product: Product) -> str:
    """A name for it that every system takes; never a path, never a hidden file."""
    match product:
        case Table(title=title):
            return f"{safe_name(title, 'Table')}.csv"
        case Event(title=title):
            return f"{safe_name(title, 'Event')}.ics"
        case Contact(name=name):
            return f"{safe_name(name, 'Contact')}.vcf"
        case Text(title=title):
            return f"{safe_name(title, 'Text')}.txt"
        case Code(file_name=name):
            return safe_name(re.split(r"[\\/]", name)[-1], "code.txt")
        case Picture(path=path):
            return path.name


def safe_name(text: str, otherwise: str) -> str:
    """One name without an ending, at most 80 characters; `otherwise` where nothing is left."""
    shown = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    name = " ".join(_FORBIDDEN.sub(" ", shown).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if len(name) > MAX_NAME_CHARS:
        keep = dot + ending if len(ending) < 10 else ""
        name = (stem if keep else name)[: MAX_NAME_CHARS - len(keep)].strip(". ") + keep
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name or otherwise


def _text_bytes(text: str) -> bytes:
    return (text if text.endswith("\n") or not text else f"{text}\n").encode("utf-8", "replace")
