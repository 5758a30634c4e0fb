"""The seam between what is done with a clipboard and the way in which a desktop lends it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Protocol

from app.desktop.clipboard_content import Content, Readings, Served


class Selection(Enum):
    """The two clipboards; the value is data-control's request that sets one."""

    CLIPBOARD = 0
    PRIMARY = 2


class Offer:
    """Content that some program has on a clipboard: the types that it can be had in."""

    def __init__(self, types: Iterable[str] = ()) -> None:
        self.types = list(types)


OnOffer = Callable[[Selection, Offer | None], None]


class Board(Protocol):
    """Clipboards, as one desktop lends them."""

    selections: tuple[Selection, ...]
    """Those that it lends."""
    shows_readers: bool
    """Whether a reader's pipe leads to its own process."""

    def hear(self, on_offer: OnOffer) -> None:
        """Tell `on_offer` what is on each clipboard, ours too: now, and what comes."""
        ...

    async def settle(self) -> None:
        """Wait until all that was asked for is done. Raises WaylandError."""
        ...

    async def fetch(self, offer: Offer, name: str, most_bytes: int) -> bytes:
        """One form of an offer. Raises TooMuch, OSError, WaylandError."""
        ...

    def serve(
        self,
        selection: Selection,
        content: Content,
        readings: Readings,
        on_cancelled: Callable[[Served], None],
    ) -> Served:
        """Put content there; `on_cancelled` hears when something else is there instead."""
        ...

    def clear(self, selection: Selection) -> None:
        """Nothing is there any more."""
        ...

    async def close(self) -> None:
        """Let what was asked for last get through."""
        ...
