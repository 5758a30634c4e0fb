"""The desktop as it was when a region was asked for, and what is cut out of it. Core thread."""

from __future__ import annotations

import asyncio

from app.conversation.message import new_id
from app.errors import AppError, Code
from app.shots import events
from app.shots.geometry import moved
from app.shots.grabbing import Seen
from app.shots.render import cut
from app.shots.shelf import Publish
from app.shots.shot import Rect


class FrozenDesktop:
    """At most one. `waits`: somebody asked for the region, and it goes with no turn."""

    def __init__(self, publish: Publish) -> None:
        self._publish = publish
        self._frozen: dict[str, tuple[Seen, bool]] = {}

    @property
    def is_for_a_turn(self) -> bool:
        """Whether a region for the next turn is being dragged."""
        return any(not waits for _, waits in self._frozen.values())

    def show(self, seen: Seen, *, waits: bool) -> None:
        """Let the user drag; another one is forgotten."""
        request_id = new_id()
        self._frozen = {request_id: (seen, waits)}
        self._publish(events.RegionWanted(request_id, seen.monitors, seen.pixels, _corner(seen)))

    def take(self, request_id: str) -> tuple[Seen, bool] | None:
        """The user has dragged, or given up; None for one that is forgotten."""
        return self._frozen.pop(request_id, None)


async def region_of(seen: Seen, rect: Rect) -> Seen:
    """The part that was dragged. Raises AppError(SCREEN_EMPTY) where it is outside."""
    left, top = _corner(seen)
    try:
        pixels = await asyncio.to_thread(cut, seen.pixels, moved(rect, (left, top)))
    except ValueError as error:
        raise AppError(Code.SCREEN_EMPTY) from error
    area = Rect(max(rect.x, left), max(rect.y, top), pixels.width, pixels.height)
    return Seen(pixels, "Region", area, seen.note, seen.monitors, seen.windows)


def _corner(seen: Seen) -> tuple[int, int]:
    return (seen.area.x, seen.area.y) if seen.area is not None else (0, 0)
