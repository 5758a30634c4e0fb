"""Which windows are left out of pictures, and which parts of the screen are theirs. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.desktop.screen import ScreenWindow
from app.shots.geometry import without
from app.shots.shot import Rect


def is_private(window: ScreenWindow, never: Iterable[str]) -> bool:
    """Whether its program or its title has one of these words."""
    names = (window.app.casefold(), window.title.casefold())
    return any(word.strip().casefold() in name for word in never if word.strip() for name in names)


def parts_of(
    windows: Sequence[ScreenWindow], belongs: Callable[[ScreenWindow], bool]
) -> Iterator[Rect]:
    """Where windows that `belongs` says yes to can be seen; `windows` from the topmost on."""
    above: list[Rect] = []
    for window in windows:
        if belongs(window):
            yield from without(window.rect, above)
        if window.is_opaque:
            above.append(window.rect)
