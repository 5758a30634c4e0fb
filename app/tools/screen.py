"""The tool that looks at the screen: the user sees the picture first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Literal

from app.errors import AppError, Code
from app.providers.base import Image
from app.shots.shot import Attachment, ShotKind
from app.tools.base import Origin, Risk, Tool, ToolResult
from app.tools.progress import progress
from app.tools.schema import tool

_KINDS = {
    "screen": ShotKind.POINTER_MONITOR,
    "all_screens": ShotKind.ALL,
    "window": ShotKind.ACTIVE_WINDOW,
    "region": ShotKind.REGION,
}

Show = Callable[[ShotKind], Awaitable[Attachment | None]]


def screen_tools(show: Show, can_see: Callable[[], bool]) -> Sequence[Tool]:
    """`show` takes a picture and lets the user decide; `can_see`: whether the model can look."""

    @tool(
        description=(
            "Look at the user's screen. Use it when they ask about something that they see, such "
            "as an error or a table, and no picture of it is in the conversation yet. They see the "
            "picture before you do, and may change it or refuse."
        ),
        risk=Risk.READ,
        timeout_s=330.0,
        family="screen",
        origin=Origin.SCREEN,
    )
    async def look_at_screen(
        what: Annotated[
            Literal["window", "screen", "all_screens", "region"],
            "window: the one they work in. screen: the monitor with the pointer. region: they "
            "drag it themselves.",
        ],
    ) -> ToolResult:
        if not can_see():
            raise AppError(Code.PICTURES_NOT_SEEN, "The built-in assistant")
        progress("Waiting for you to look at the picture")
        shown = await show(_KINDS[what])
        if shown is None:
            return ToolResult("Error: the user did not want to show it.", ok=False)
        text = f"A picture of {shown.width} by {shown.height} pixels. It follows."
        return ToolResult(text, images=(Image(shown.data, shown.media_type),))

    return (look_at_screen,)
