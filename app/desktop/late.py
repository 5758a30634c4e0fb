"""The desktop's adapters, made when first needed: to load them takes longer than a start may.

Core thread; they are made in another one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from app.desktop.hotkeys import Bindings, Hotkeys, Outcomes
from app.desktop.insertion import DEFAULT_POLICY, Focus, Inserter, Policy, Receipt
from app.desktop.target import Target

Made = tuple[Focus, Inserter, Hotkeys]


class LateDesktop:
    """Makes all three at the first question to one of them."""

    def __init__(self, make: Callable[[], Made]) -> None:
        self._make = make
        self._making = asyncio.Lock()
        self.made: Made | None = None
        self.focus = LateFocus(self)
        self.inserter = LateInserter(self)
        self.hotkeys = LateHotkeys(self)

    async def load(self) -> Made:
        """What there is on this desktop."""
        async with self._making:
            if self.made is None:
                self.made = await asyncio.to_thread(self._make)
            return self.made


class LateFocus:
    """Fills `Focus`."""

    def __init__(self, desktop: LateDesktop) -> None:
        self._desktop = desktop

    async def current(self) -> Target | None:
        """The target right now."""
        return await (await self._desktop.load())[0].current()

    async def give_back(self) -> Target | None:
        """Give the keyboard to the window that had it last; that window."""
        return await (await self._desktop.load())[0].give_back()

    async def close(self) -> None:
        """Look no more."""
        if self._desktop.made is not None:
            await self._desktop.made[0].close()


class LateInserter:
    """Fills `Inserter`."""

    def __init__(self, desktop: LateDesktop) -> None:
        self._desktop = desktop

    async def _inserter(self) -> Inserter:
        return (await self._desktop.load())[1]

    async def prepare(self) -> None:
        """To be called at the press."""
        await (await self._inserter()).prepare()

    async def insert(
        self,
        text: str,
        target: Target | None,
        policy: Policy = DEFAULT_POLICY,
        again: Receipt | None = None,
    ) -> Receipt:
        """Insert `text` at the caret of `target`."""
        return await (await self._inserter()).insert(text, target, policy, again)

    async def undo(self, receipt: Receipt) -> Receipt:
        """Take the last insertion back."""
        return await (await self._inserter()).undo(receipt)

    async def selected_text(self, target: Target | None) -> str | None:
        """The text selected in `target`."""
        return await (await self._inserter()).selected_text(target)

    async def copy(self, text: str) -> bool:
        """Put `text` on the clipboard to stay."""
        return await (await self._inserter()).copy(text)

    async def close(self) -> None:
        """Give the clipboard back."""
        if self._desktop.made is not None:
            await self._desktop.made[1].close()


class LateHotkeys:
    """Fills `Hotkeys`."""

    def __init__(self, desktop: LateDesktop) -> None:
        self._desktop = desktop

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Make these the hotkeys."""
        return await (await self._desktop.load())[2].bind(bindings)

    async def close(self) -> None:
        """Give all keys back."""
        if self._desktop.made is not None:
            await self._desktop.made[2].close()
