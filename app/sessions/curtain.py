"""Nothing of Sayso is on the screen while it is grabbed. Core thread."""

from __future__ import annotations

import asyncio

from app.conversation.message import new_id
from app.shots import events
from app.shots.grabbing import Grabber, Seen, shows_us
from app.shots.shelf import Publish
from app.shots.shot import Rect, ShotKind

_HIDE_S = 1.0
_SETTLE_S = 0.12
"""What lay below Sayso's windows is drawn again meanwhile."""


class Curtain:
    """Asks the front end to hide its windows; what is still there when time is up is covered."""

    def __init__(self, grabber: Grabber, publish: Publish) -> None:
        self._grabber = grabber
        self._publish = publish
        self._hiding: dict[str, asyncio.Future[None]] = {}

    async def see(self, kind: ShotKind, name: str = "", rect: Rect | None = None) -> Seen:
        """Grab what is asked for. Raises AppError as `Grabber.see` does."""
        desktop = await self._grabber.look()
        if not shows_us(desktop):
            return await self._grabber.see(desktop, kind, name, rect)
        request_id = new_id()
        hidden = self._hiding[request_id] = asyncio.get_running_loop().create_future()
        self._publish(events.HideForShot(request_id))
        try:
            await asyncio.wait([hidden], timeout=_HIDE_S)
            await asyncio.sleep(_SETTLE_S)
            return await self._grabber.see(await self._grabber.look(), kind, name, rect)
        finally:
            del self._hiding[request_id]
            self._publish(events.ShowAfterShot(request_id))

    def on_hidden(self, request_id: str) -> None:
        """The front end has done so."""
        hidden = self._hiding.get(request_id)
        if hidden is not None and not hidden.done():
            hidden.set_result(None)
