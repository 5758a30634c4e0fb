"""What is known of servers and tool files, and how each event changes it. Pure: no Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.extensions.events import ExtensionEvent, ExtensionsChanged, ServersImported
from app.extensions.review import Extension, Review


@dataclass(frozen=True, slots=True)
class ExtensionsView:
    """`imported` is the latest answer to an import; `folder` holds the tool files."""

    extensions: tuple[Extension, ...] = ()
    reviews: tuple[Review, ...] = ()
    folder: str = ""
    imported: ServersImported | None = None


def reduce(view: ExtensionsView, event: ExtensionEvent) -> ExtensionsView:
    """What is known after `event`."""
    match event:
        case ExtensionsChanged(extensions, reviews, folder):
            return replace(view, extensions=extensions, reviews=reviews, folder=folder)
        case ServersImported():
            return replace(view, imported=event)
