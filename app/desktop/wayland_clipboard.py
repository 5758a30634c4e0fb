"""The clipboard of a Wayland desktop, lent to a text and given back.

What was on it is kept while a text is lent, all forms of it, and served again afterwards.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from app.desktop.clipboard_board import Board, Offer, Selection
from app.desktop.clipboard_content import TEXT_TYPES, Content, Readings, Served, text_content
from app.desktop.wayland_pipes import TooMuch
from app.desktop.writing import ClipboardNotSaved
from app.desktop.x11_formats import BIG_BYTES, NOT_CONTENT

_MOST_BYTES = 128 << 20
_SAVE_S = 3.0
_QUIET_S = 0.15
"""Some programs read twice; after so long without a reading they have finished."""
_QUIET_AT_MOST_S = 2.0


class _Slot:
    """One of the clipboards: what others offer, what is ours, and what was there before."""

    def __init__(self, selection: Selection) -> None:
        self.selection = selection
        self.offer: Offer | None = None
        self.own: Served | None = None
        self.is_lent = False
        self.is_left = False
        self.old: Content = {}
        self.old_of: Offer | None = None
        self.changes = 0


class WaylandClipboard:
    """What is done with a `board`. One lending at a time."""

    def __init__(self, board: Board) -> None:
        self._board = board
        self._slots = {selection: _Slot(selection) for selection in board.selections}
        self._giving_back: asyncio.Task[None] | None = None
        board.hear(self._on_offer)

    @property
    def has_primary(self) -> bool:
        """Whether what is selected can be lent too, which terminals paste with Shift+Insert."""
        return Selection.PRIMARY in self._slots

    async def save(self, selections: Iterable[Selection] = tuple(Selection)) -> None:
        """Fetch what is there now. Raises ClipboardNotSaved, or WaylandError."""
        await self._board.settle()
        try:
            async with asyncio.timeout(_SAVE_S):
                for slot in self._these(selections):
                    await self._save(slot)
        except (TimeoutError, TooMuch) as error:
            raise ClipboardNotSaved from error

    async def lend(
        self, text: str, selections: Iterable[Selection], target_pid: int | None
    ) -> Readings:
        """Put `text` there until it is given back. Raises as `save` does."""
        selections = list(selections)
        await self._give_back_now()
        await self.save(selections)
        content = text_content(text, hidden=True)
        readings = Readings(target_pid if self._board.shows_readers else None)
        for slot in self._these(selections):
            self._set(slot, content, readings)
            slot.is_lent = True
        await self._board.settle()
        return readings

    def give_back(self) -> None:
        """Put back what was there, unless somebody has put something else there meanwhile."""
        for slot in self._slots.values():
            if not slot.is_lent:
                continue
            slot.is_lent = False
            if slot.own is not None:
                self._restore(slot)

    def give_back_soon(self) -> None:
        """Do that once nobody has read for a moment."""
        self._giving_back = asyncio.create_task(self._give_back_later(), name="clipboard")

    def leave(self) -> None:
        """What is lent stays."""
        for slot in self._slots.values():
            slot.is_left, slot.is_lent = slot.is_lent, False

    def take_up(self) -> None:
        """What was left is lent again, where nothing else is there meanwhile."""
        for slot in self._slots.values():
            slot.is_lent = slot.is_left and slot.own is not None

    async def keep(self, content: Content) -> None:
        """Put `content` on the clipboard to stay. Raises WaylandError."""
        await self._give_back_now()
        slot = self._slots[Selection.CLIPBOARD]
        slot.old = content
        self._restore(slot)
        await self._board.settle()

    def changes(self) -> int:
        """Counts what has been put on the clipboard."""
        return self._slots[Selection.CLIPBOARD].changes

    async def text(self) -> str | None:
        """The text that another program has put there. Raises as `save` does."""
        slot = self._slots[Selection.CLIPBOARD]
        if slot.own is not None or slot.offer is None:
            return None
        name = next((name for name in TEXT_TYPES if name in slot.offer.types), None)
        if name is None:
            return None
        try:
            async with asyncio.timeout(_SAVE_S):
                data = await self._board.fetch(slot.offer, name, _MOST_BYTES)
                return data.decode(errors="replace")
        except (TimeoutError, TooMuch, OSError) as error:
            raise ClipboardNotSaved from error

    def put_back(self) -> None:
        """Serve again what was saved last, in the place of what another program has put there."""
        self._restore(self._slots[Selection.CLIPBOARD])

    async def close(self) -> Content:
        """Give back what is lent and stop serving; what was served on the clipboard."""
        await self._give_back_now()
        served: Content = {}
        for slot in self._slots.values():
            if slot.own is not None:
                if slot.selection is Selection.CLIPBOARD:
                    served = slot.own.content
                await slot.own.end()
        await self._board.close()
        return served

    def _these(self, selections: Iterable[Selection]) -> list[_Slot]:
        return [self._slots[one] for one in selections if one in self._slots]

    async def _give_back_now(self) -> None:
        if self._giving_back is not None:
            self._giving_back.cancel()
            await asyncio.wait([self._giving_back])
            self._giving_back = None
            self.give_back()

    async def _give_back_later(self) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + _QUIET_AT_MOST_S
        while True:
            before = self._begun()
            await asyncio.sleep(_QUIET_S)
            if (self._begun() == before and self._is_idle()) or loop.time() > deadline:
                break
        self.give_back()

    def _begun(self) -> int:
        return sum(slot.own.readings.begun for slot in self._slots.values() if slot.own)

    def _is_idle(self) -> bool:
        return not any(slot.own.readings.writing for slot in self._slots.values() if slot.own)

    async def _save(self, slot: _Slot) -> None:
        if slot.own is not None:
            if not slot.is_lent:
                slot.old = slot.own.content
            return
        offer = slot.offer
        if offer is None:
            slot.old = {}
        elif slot.old_of is not offer:
            slot.old = await self._fetched(offer)
        slot.old_of = offer

    async def _fetched(self, offer: Offer) -> Content:
        content: dict[str, bytes] = {}
        left = _MOST_BYTES
        for name in offer.types:
            if name in NOT_CONTENT:
                continue
            same = next((content[one] for one in TEXT_TYPES if one in content), None)
            if name in TEXT_TYPES and same is not None and len(same) >= BIG_BYTES:
                content[name] = same
                continue
            try:
                content[name] = await self._board.fetch(offer, name, left)
            except OSError as error:
                raise ClipboardNotSaved from error
            left -= len(content[name])
        return content

    def _set(self, slot: _Slot, content: Content, readings: Readings | None = None) -> None:
        slot.own = self._board.serve(
            slot.selection, content, readings or Readings(), self._on_cancelled
        )
        slot.is_lent = slot.is_left = False

    def _restore(self, slot: _Slot) -> None:
        if slot.old:
            self._set(slot, slot.old)
        else:
            slot.own, slot.is_lent = None, False
            self._board.clear(slot.selection)

    def _on_cancelled(self, served: Served) -> None:
        for slot in self._slots.values():
            if slot.own is served:
                slot.own = None
                slot.is_lent = False

    def _on_offer(self, selection: Selection, offer: Offer | None) -> None:
        if (slot := self._slots.get(selection)) is not None:
            slot.offer = offer
            slot.changes += 1
