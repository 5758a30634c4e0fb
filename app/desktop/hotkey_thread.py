"""Between the core's loop and a thread that waits for keys: wishes go in, keys and outcomes out."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
from collections.abc import Callable, Iterable

from app.desktop.hotkeys import Bindings, KeyEvent, OnKey, OnOutcomes, Outcomes

_Wish = tuple[Bindings, concurrent.futures.Future[Outcomes]]


class HotkeyThread:
    """`run` is the thread's work, begun by the first `bind`; it ends soon after `closing` is true.

    `wake` interrupts its waiting, from any thread, so that it looks at the wishes.
    """

    def __init__(
        self,
        name: str,
        run: Callable[[], None],
        wake: Callable[[], None],
        on_key: OnKey,
        on_outcomes: OnOutcomes,
    ) -> None:
        self._thread = threading.Thread(target=run, name=name, daemon=True)
        self._wake = wake
        self._on_key = on_key
        self._on_outcomes = on_outcomes
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()
        self._wishes: list[_Wish] = []
        self._told: Outcomes = {}
        self.bindings: Bindings = {}
        self.closing = False

    async def bind(self, bindings: Bindings) -> Outcomes:
        """Have the thread bind these; its outcomes."""
        answer: concurrent.futures.Future[Outcomes] = concurrent.futures.Future()
        with self._lock:
            self._wishes.append((dict(bindings), answer))
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._thread.start()
        self._wake()
        return await asyncio.wrap_future(answer)

    async def close(self) -> None:
        """Wait for the thread's end. A wish that it did not get to is cancelled."""
        self.closing = True
        if self._loop is not None:
            self._wake()
            await asyncio.to_thread(self._thread.join)
        for _, answer in self._wishes:
            answer.cancel()

    # From here on: for the thread itself.

    def grant(self, bind: Callable[[Bindings], Outcomes]) -> None:
        """Bind what was wished for meanwhile, and answer."""
        with self._lock:
            wishes, self._wishes = self._wishes, []
        for bindings, answer in wishes:
            self.bindings = bindings
            self._told = bind(bindings)
            if answer.set_running_or_notify_cancel():
                answer.set_result(self._told)

    def renew(self, bind: Callable[[Bindings], Outcomes]) -> None:
        """Bind the same again under new circumstances; a change is told."""
        outcomes = bind(self.bindings)
        if outcomes != self._told:
            self._told = outcomes
            self._call(lambda: self._on_outcomes(outcomes))

    def tell(self, events: Iterable[KeyEvent]) -> None:
        """Tell what the keys did."""
        for event in events:
            self._call(lambda event=event: self._on_key(event))  # type: ignore[misc]

    def _call(self, function: Callable[[], None]) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(function)
