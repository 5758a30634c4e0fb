"""Ways to press a key combination in the program that has the keyboard, tried in order."""

from __future__ import annotations

from enum import Enum
from typing import Protocol


class Press(Enum):
    """The combinations that paste, copy and undo."""

    CTRL_V = "Ctrl+V"
    CTRL_SHIFT_V = "Ctrl+Shift+V"
    SHIFT_INSERT = "Shift+Insert"
    CTRL_C = "Ctrl+C"
    CTRL_Z = "Ctrl+Z"


class PressFailed(Exception):
    """The keys were not pressed."""


class Keys(Protocol):
    """One way to press keys."""

    knows_layout: bool
    """Whether Ctrl+V is Ctrl+V on every keyboard layout."""

    async def ready(self) -> bool:
        """Whether it can press now. May begin to ask the user, and does not wait for that."""
        ...

    async def press(self, press: Press) -> None:
        """Press and release. Raises PressFailed."""
        ...

    async def close(self) -> None:
        """Let go of the desktop."""
        ...
