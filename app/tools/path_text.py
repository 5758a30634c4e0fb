"""What somebody wrote for a path, read as folders and names: no trick survives. Pure."""

from __future__ import annotations

import os
import unicodedata
import urllib.parse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from app.tools.base import ToolFailed

MAX_CHARS = 2_000
MAX_DEPTH = 40
MAX_NAME_BYTES = 255

_HIDING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that the user gave. `name` is how it is spoken of, `path` is absolute."""

    name: str
    path: PurePath


@dataclass(frozen=True, slots=True)
class Place:
    """Something in a given folder; no parts: the folder itself."""

    folder: Folder
    parts: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """As it is told to people and models: "Documents/letters/tax.txt"."""
        return "/".join((self.folder.name, *self.parts))

    @property
    def path(self) -> PurePath:
        """Where it is in the file system; to be opened only beneath the folder."""
        return self.folder.path.joinpath(*self.parts)


def places_of(text: str, folders: Sequence[Folder], home: PurePath) -> tuple[Place, ...]:
    """What `text` can mean, likeliest first. Raises ToolFailed when it is in none of `folders`.

    Understood are "Documents/tax.txt", "tax.txt", "~/Documents/tax.txt", absolute paths and file:
    addresses.
    """
    written = _checked(_without_scheme(text.strip()))
    if not folders:
        raise ToolFailed("No folder is given to the tools. Folders are added in the settings.")
    if written == "~" or written.startswith("~/"):
        written = str(home) + written[1:]
    elif written.startswith("~"):
        raise ToolFailed("Folders of other users are not opened.")
    if written.startswith("/") or PurePath(written).is_absolute():
        return _absolute(written, folders)
    parts = _parts(written)
    named = [folder for folder in folders if parts and _same(folder.name, parts[0])]
    inside = [Place(folder, parts[1:]) for folder in named]
    return (*inside, *(Place(folder, parts) for folder in folders if parts))


def _without_scheme(text: str) -> str:
    if not text.casefold().startswith("file:"):
        return text
    try:
        address = urllib.parse.urlsplit(text)
        path = urllib.parse.unquote(address.path, errors="strict")
    except ValueError:
        raise ToolFailed("That is not the address of a file.") from None
    if address.netloc not in ("", "localhost") or address.query or address.fragment:
        raise ToolFailed("Only files of this computer are opened.")
    if not path.startswith("/"):
        raise ToolFailed("That is not the address of a file.")
    return path


def _checked(text: str) -> str:
    if not text:
        raise ToolFailed("The path is empty.")
    if len(text) > MAX_CHARS:
        raise ToolFailed(f"The path is longer than {MAX_CHARS} characters.")
    if any(unicodedata.category(char) in ("Cc", "Cs") or char in _HIDING for char in text):
        raise ToolFailed("The path has characters that no file name should have.")
    return text


def _absolute(written: str, folders: Sequence[Folder]) -> tuple[Place, ...]:
    parts = _parts(written)
    found: list[Place] = []
    for folder in folders:
        above = folder.path.parts[1:]
        if parts[: len(above)] == above:
            found.append(Place(folder, parts[len(above) :]))
    if not found:
        raise ToolFailed(f"That is outside the folders that were given: {names_of(folders)}.")
    return tuple(sorted(found, key=lambda place: len(place.parts)))


def names_of(folders: Sequence[Folder]) -> str:
    """The folders, as one says them."""
    return ", ".join(folder.name for folder in folders)


def _parts(written: str) -> tuple[str, ...]:
    separated = written.replace(os.sep, "/")
    parts = tuple(part for part in separated.split("/") if part not in ("", "."))
    if ".." in parts:
        raise ToolFailed("A path with “..” in it is not followed.")
    if len(parts) > MAX_DEPTH or any(len(part.encode()) > MAX_NAME_BYTES for part in parts):
        raise ToolFailed("The path is too long.")
    return parts


def _same(one: str, other: str) -> bool:
    return unicodedata.normalize("NFC", one).casefold() == (
        unicodedata.normalize("NFC", other).casefold()
    )
