"""CLIPBOARD and PRIMARY, lent to a text for a moment and given back with all they had.

A thread of its own owns them, because they are asked for at any time.
"""

from __future__ import annotations

import contextlib
import os
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeVar

from Xlib import error

from app.desktop.readings import Readings
from app.desktop.x11_lending import X11Lending

T = TypeVar("T")

_END_S = 3.0


class X11Clipboard:
    """The thread. Its methods may be called from any other one, and wait for it.

    Raises Xlib's DisplayError where there is no X server, and ConnectionClosedError once it has
    gone away.
    """

    def __init__(self, display: str | None = None) -> None:
        self._wake_read, self._wake_write = os.pipe()
        self._lending = X11Lending(display, self._wake_read)
        self._work: deque[Callable[[], None]] = deque()
        self._entry = threading.Lock()
        self._running = True
        self._thread = threading.Thread(target=self._run, name="clipboard", daemon=True)
        self._thread.start()

    def lend(self, text: str, selections: Sequence[str], within_s: float) -> Readings:
        """Offer `text` there, once what they have is kept. Raises ClipboardNotSaved."""
        return self._call(lambda: self._lending.lend(text, selections, within_s))

    def prepare(self, within_s: float) -> None:
        """Fetch what the clipboard has, so that lending it takes no time if it stays so."""
        self._call(lambda: self._lending.prepare(within_s))

    def give_back_soon(self) -> None:
        """Put the old contents back as soon as nobody has asked for the text for a moment."""
        self._call(self._lending.schedule)

    def give_back(self) -> None:
        """Put the old contents back now."""
        self._call(self._lending.give_back_all)

    def leave(self) -> None:
        """Let the lent text stay where it is."""
        self._call(self._lending.unschedule)

    def keep(self, text: str) -> None:
        """Put `text` on the clipboard to stay, for clipboard managers too."""
        self._call(lambda: self._lending.keep(text))

    def text(self, selection: str, within_s: float) -> str | None:
        """The selection's text, or None."""
        return self._call(lambda: self._lending.text(selection, within_s))

    def owner(self, selection: str) -> int:
        """The id of the window that owns the selection; 0 where none does."""
        return self._call(lambda: self._lending.owner(selection))

    def save(self, selection: str, within_s: float) -> None:
        """Keep what the selection has, for `take_back`. Raises ClipboardNotSaved."""
        self._call(lambda: self._lending.save(selection, within_s))

    def changes(self, selection: str) -> int:
        """How often others have taken the selection."""
        return self._call(lambda: self._lending.changes(selection))

    def take_back(self, selection: str) -> None:
        """Own the selection again with what `save` kept, whoever has it now."""
        self._call(lambda: self._lending.take_back(selection))

    def close(self) -> None:
        """Give everything back, leave it with the clipboard manager, and end the thread."""
        with contextlib.suppress(error.ConnectionClosedError):
            self._call(self._lending.hand_over)
        with self._entry:
            if not self._running:
                return
            self._running = False
            os.write(self._wake_write, b"x")
        self._thread.join(_END_S)

    def _call(self, work: Callable[[], T]) -> T:
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(work())
            except BaseException as failure:
                answer.set_exception(failure)
                if isinstance(failure, error.ConnectionClosedError | OSError):
                    raise

        with self._entry:
            if not self._running:
                raise error.ConnectionClosedError("the clipboard's thread has ended")
            self._work.append(run)
            os.write(self._wake_write, b"x")
        return answer.result()

    def _run(self) -> None:
        with contextlib.suppress(error.ConnectionClosedError, OSError):
            while self._running:
                self._lending.step(self._lending.next_due())
                self._do_work()
                self._lending.give_back_due()
        with self._entry:
            self._running = False
            os.close(self._wake_read)
            os.close(self._wake_write)
        while self._work:
            # Without a connection each of these ends with its caller's exception.
            with contextlib.suppress(error.ConnectionClosedError, OSError):
                self._work.popleft()()
        self._lending.close()

    def _do_work(self) -> None:
        # Emptied first: what is put in later wakes the next wait.
        os.set_blocking(self._wake_read, False)
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_read, 4096)
        while self._work:
            self._work.popleft()()
