"""What insertion has in common where it blocks: a thread of its own, and its receipts."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from app.desktop.insertion import DEFAULT_POLICY, Policy, Receipt
from app.desktop.target import Target
from app.desktop.writing import Outcome

T = TypeVar("T")


class ThreadedInserter(ABC):
    """Fills `Inserter`; what begins with an underscore runs on the insertion's thread."""

    def __init__(self) -> None:
        self._count = 0
        self._closed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="insertion")

    async def prepare(self) -> None:
        """Connect to the desktop, and do what can be done before the text is known."""
        await self._run(self._prepare)

    async def insert(
        self,
        text: str,
        target: Target | None,
        policy: Policy = DEFAULT_POLICY,
        again: Receipt | None = None,
    ) -> Receipt:
        """Insert `text` at the caret of `target`. Cancelling does not stop what has begun."""
        return await self._run(lambda: self._insert(text, target, policy, again))

    async def undo(self, receipt: Receipt) -> Receipt:
        """Take the last insertion back, if its field is as it was left."""
        return await self._run(lambda: self._undo(receipt))

    async def selected_text(self, target: Target | None) -> str | None:
        """The text selected in the window in focus."""
        return await self._run(lambda: self._selected(target))

    async def copy(self, text: str) -> bool:
        """Put `text` on the clipboard to stay."""
        return await self._run(lambda: self._copy(text))

    async def close(self) -> None:
        """Give the clipboard back, and end what was opened."""
        if not self._closed:
            self._closed = True
            await self._run(self._end)
            self._thread.shutdown(wait=False)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    @abstractmethod
    def _prepare(self) -> None: ...

    @abstractmethod
    def _insert(
        self, text: str, target: Target | None, policy: Policy, again: Receipt | None
    ) -> Receipt: ...

    @abstractmethod
    def _undo(self, receipt: Receipt) -> Receipt: ...

    @abstractmethod
    def _selected(self, target: Target | None) -> str | None: ...

    @abstractmethod
    def _copy(self, text: str) -> bool: ...

    @abstractmethod
    def _end(self) -> None: ...

    def _receipt(
        self, text: str, outcome: Outcome, target: Target | None, began_s: float
    ) -> Receipt:
        """The receipt of an insertion that began then, by `time.monotonic`."""
        return Receipt(
            verdict=outcome.verdict,
            method=outcome.method,
            target=target,
            reason=outcome.reason,
            evidence=outcome.evidence,
            inserted_text=text[: outcome.written],
            remaining=text[outcome.written :],
            number=self._count,
            took_ms=(time.monotonic() - began_s) * 1000,
        )
