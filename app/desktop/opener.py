"""What opens pages and applications on this desktop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class AppNotFound(LookupError):
    """No installed application has that name; `near` holds names that come close."""

    def __init__(self, name: str, near: Sequence[str] = ()) -> None:
        self.name = name
        self.near = tuple(near)
        hint = f" Installed are: {', '.join(self.near)}." if self.near else ""
        super().__init__(f"No application called “{name}” is installed.{hint}")


class Opener(Protocol):
    """The desktop's way to open things. Nothing that it starts ends with Sayso."""

    async def open_url(self, url: str) -> None:
        """Show an http or https address in the default browser. Raises OSError."""
        ...

    async def open_app(self, name: str) -> str:
        """Start an application and give its display name. Raises AppNotFound and OSError."""
        ...


class DesktopOpener(Opener, Protocol):
    """Opens the user's own files as well."""

    async def open_path(self, path: Path) -> None:
        """Show a file or folder in the application that the user has for it. Raises OSError."""
        ...
