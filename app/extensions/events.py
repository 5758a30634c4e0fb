"""What the core tells about servers and tool files."""

from __future__ import annotations

from dataclasses import dataclass

from app.extensions.review import Extension, Review


@dataclass(frozen=True, slots=True)
class ExtensionsChanged:
    """All of them as they are now, and what waits for a look. `folder` holds the tool files."""

    extensions: tuple[Extension, ...]
    reviews: tuple[Review, ...]
    folder: str = ""


@dataclass(frozen=True, slots=True)
class ServersImported:
    """`names` are in the settings now. `notes` says what was left out; `problem` why nothing is."""

    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    problem: str = ""


ExtensionEvent = ExtensionsChanged | ServersImported
