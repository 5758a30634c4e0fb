"""What an answer can be used as elsewhere. Plain values; every field is text to be edited."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class ProductInvalid(ValueError):
    """It cannot be written as it is; the text says why, to a person or a model."""


@dataclass(frozen=True, slots=True)
class Table:
    """Each row has as many cells as there are columns."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of a calendar.

    `starts` and `ends` are `2026-11-24 17:00`, or `2026-11-24` for whole days, the last one
    included. `time_zone` is an IANA name; empty: the time of the place where one is. `ends` may be
    empty.
    """

    title: str
    starts: str
    ends: str = ""
    time_zone: str = ""
    place: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person or a firm. `phones`, `emails` and `address` may have several lines."""

    name: str
    organisation: str = ""
    role: str = ""
    phones: str = ""
    emails: str = ""
    address: str = ""
    website: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Words to be used as they are."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """A file of code."""

    file_name: str
    code: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was made, and is a file already."""

    title: str
    path: Path


Product = Table | Event | Contact | Text | Code | Picture


@dataclass(frozen=True, slots=True)
class Offer:
    """A product on the user's desk. Nothing is written before the user says so."""

    id: str
    product: Product
