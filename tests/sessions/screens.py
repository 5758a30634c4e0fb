"""A screen without a desktop: what is on it, and what was asked of it."""

from __future__ import annotations

from app.desktop.screen import Desktop, Grab, ScreenWindow
from app.errors import AppError, Code
from app.shots.render import cut
from app.shots.shot import Monitor, Pixels, Rect
from tests.shots.pictures import lettered, pixels

EDITOR = ScreenWindow("7", "letter.txt", "Editor", 70, Rect(40, 40, 200, 150))
MAIL = ScreenWindow("8", "Inbox", "Mail", 80, Rect(300, 20, 200, 200))
WHOLE = Rect(0, 0, 640, 400)


class ScriptedScreens:
    """Fills `Screens`."""

    def __init__(self) -> None:
        self.pixels: Pixels = pixels(lettered())
        self.desktop = Desktop(
            (Monitor("left", Rect(0, 0, 320, 400)), Monitor("right", Rect(320, 0, 320, 400), 2.0)),
            (EDITOR, MAIL),
            pointer=(350, 50),
            active="7",
        )
        self.fails: AppError | None = None
        self.chosen: Grab | None = None
        self.shows_only_what_is_chosen = False
        self.grabbed: list[Rect | None] = []

    async def look(self) -> Desktop:
        if self.fails is not None:
            raise self.fails
        return self.desktop

    async def grab(self, rect: Rect | None) -> Grab:
        self.grabbed.append(rect)
        if self.shows_only_what_is_chosen and self.chosen is not None:
            return self.chosen
        part = rect or WHOLE
        return Grab(cut(self.pixels, part), part)

    async def grab_window(self, window: ScreenWindow) -> Grab:
        if window not in self.desktop.windows:
            raise AppError(Code.WINDOW_GONE)
        return await self.grab(window.rect)

    async def choose_window(self) -> Grab | None:
        return self.chosen

    async def close(self) -> None:
        pass
