"""Where a text goes that is inserted again: never into Sayso's own window. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from app.desktop.insertion import Focus
from app.desktop.target import Target
from app.dictation import events
from app.dictation.outcomes import app_of
from app.dictation.record import DictationPhase

_LOOK_S = 0.1


class NowhereError(Exception):
    """Nobody said in time where the text should go. `was_given_up`: somebody said nowhere."""

    def __init__(self, *, was_given_up: bool) -> None:
        super().__init__()
        self.was_given_up = was_given_up


class Landing:
    """Finds the window. `hold_cancel` takes Escape and gives it back."""

    def __init__(
        self,
        focus: Focus,
        hold_cancel: Callable[[bool], Awaitable[None]],
        publish: Callable[[events.DictationEvent], None],
        within_s: float = 20.0,
    ) -> None:
        self._focus = focus
        self._hold_cancel = hold_cancel
        self._publish = publish
        self._within_s = within_s
        self._given_up: asyncio.Event | None = None

    async def target(self, dictation_id: str, meant_for: str) -> Target | None:
        """The window that gets the text; None for wherever the keyboard is.

        Where Sayso has the keyboard and the dictation was not `meant_for` it, that is the window
        before it, or the next one that its user clicks. Raises NowhereError.
        """
        self.give_up()
        now = await self._focus.current()
        if now is None or not now.is_own or app_of(now) == meant_for:
            return now
        before = await self._focus.give_back()
        return before if before is not None else await self._clicked(dictation_id)

    def give_up(self) -> bool:
        """Wait no longer for a click; whether there was one to wait for."""
        if self._given_up is None:
            return False
        self._given_up.set()
        return True

    async def _clicked(self, dictation_id: str) -> Target:
        given_up = self._given_up = asyncio.Event()
        self._publish(events.DictationPhaseChanged(dictation_id, DictationPhase.WAITING))
        await self._hold_cancel(True)
        loop = asyncio.get_running_loop()
        until = loop.time() + self._within_s
        before: Target | None = None
        try:
            while loop.time() < until and not given_up.is_set():
                now = await self._focus.current()
                if now is not None and not now.is_own:
                    # Seen twice: the click that chose it is over.
                    if before is not None and before.window_id == now.window_id:
                        return now
                before = None if now is None or now.is_own else now
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(given_up.wait(), _LOOK_S)
            raise NowhereError(was_given_up=given_up.is_set())
        finally:
            if self._given_up is given_up:
                self._given_up = None
                await self._hold_cancel(False)
