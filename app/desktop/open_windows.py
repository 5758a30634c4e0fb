"""The windows that are open, and giving one of them the keyboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


class WindowsUnknown(Exception):
    """This desktop does not tell which windows are open."""


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A window. `app` is what its program calls itself, `number` the desktop's own."""

    number: int
    app: str
    title: str
    active: bool = False
    pid: int = 0


class OpenWindows(Protocol):
    """Lists and switches."""

    async def list(self) -> tuple[OpenWindow, ...]:
        """Those that a person would call windows. Raises WindowsUnknown."""
        ...

    async def switch(self, number: int) -> bool:
        """Give one the keyboard; whether it has it now. Raises WindowsUnknown."""
        ...


class NoWindows:
    """Fills `OpenWindows` where the desktop keeps its windows to itself."""

    async def list(self) -> tuple[OpenWindow, ...]:
        """Not known."""
        raise WindowsUnknown

    async def switch(self, number: int) -> bool:
        """Not possible."""
        raise WindowsUnknown
