"""Seeing the screen: the seam that every system fills."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from app.shots.shot import Monitor, Pixels, Rect


@dataclass(frozen=True, slots=True)
class ScreenWindow:
    """A window on the screen. `rect` holds its frame; `is_opaque` says that it hides what is below.

    `app` is what its program calls itself, `content` its part without the frame, where known.
    """

    id: str
    title: str
    app: str
    pid: int | None
    rect: Rect
    is_opaque: bool = True
    content: Rect | None = None


@dataclass(frozen=True, slots=True)
class Desktop:
    """The monitors, the windows from the topmost on, and what is active, at one moment.

    `knows_windows`: False where the system keeps from us which windows there are; `pointer` and
    `active` (an id) are None where it does not tell.
    """

    monitors: tuple[Monitor, ...]
    windows: tuple[ScreenWindow, ...] = ()
    pointer: tuple[int, int] | None = None
    active: str | None = None
    knows_windows: bool = True


@dataclass(frozen=True, slots=True)
class Grab:
    """What was seen, and where it is on the desktop; on macOS it has more pixels than `area`.

    `whole`: of a window, whether all of it is seen, also what others cover. `chosen`: a part that
    the user chose in the desktop's own dialog; where on the desktop it is, nobody tells.
    """

    pixels: Pixels
    area: Rect
    whole: bool = True
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ScreenText:
    """Password fields and what was looked for, each with its process and its place.

    `read` are the processes whose texts were read to the end.
    """

    fields: tuple[tuple[int, Rect], ...]
    spans: tuple[tuple[int, str, Rect], ...]
    read: frozenset[int]


Spans = Callable[[str], Iterable[tuple[str, int, int]]]
"""Finds in a text what is looked for: a name for it, and its first and last character."""


class Screens(Protocol):
    """Made for one session; asked one question at a time. Each raises AppError.

    SCREEN_MISSING where there is no screen, SCREEN_REFUSED where the system forbids it,
    SCREEN_LOCKED while nobody is signed in.
    """

    async def look(self) -> Desktop:
        """What is where, now."""
        ...

    async def grab(self, rect: Rect | None) -> Grab:
        """A part of the desktop, or all of it. What is on no screen is left out."""
        ...

    async def grab_window(self, window: ScreenWindow) -> Grab:
        """A window, without what covers it where the system keeps that.

        Raises WINDOW_GONE too.
        """
        ...

    async def choose_window(self) -> Grab | None:
        """Let the user choose by the system's own means; None where they give it up.

        For systems that do not tell which windows there are.
        """
        ...

    async def close(self) -> None:
        """Release what was opened."""
        ...
