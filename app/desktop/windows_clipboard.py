"""The thread that has the clipboard of Windows: it is asked for its content at any time."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from app.desktop.readings import Readings
from app.desktop.windows_lending import OPENED_S, Board, Lending
from app.desktop.writing import ClipboardNotSaved, wait_until

T = TypeVar("T")

_ANSWER_S = 5.0


class WindowsClipboard:
    """The thread. Its methods may be called from any other one, and wait for it.

    OSError: Windows does not let the clipboard be used.
    """

    def __init__(self, board: Board) -> None:
        """`board` is used by the thread alone. Raises OSError."""
        self._board = board
        self._lending = Lending(board)
        self._work: deque[Callable[[], None]] = deque()
        self._running = True
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=self._run, name="clipboard", daemon=True)
        self._thread.start()
        self._started.result(_ANSWER_S)

    def call(self, work: Callable[[Lending], T], within_s: float = _ANSWER_S) -> T:
        """Do something on the thread. Raises TimeoutError, which is an OSError, if it is stuck."""
        answer: Future[T] = Future()

        def run() -> None:
            if answer.set_running_or_notify_cancel():
                try:
                    answer.set_result(work(self._lending))
                except (OSError, ClipboardNotSaved) as failure:
                    answer.set_exception(failure)

        self._work.append(run)
        self._board.wake()
        try:
            return answer.result(within_s)
        finally:
            answer.cancel()

    def lend(self, text: str, within_s: float) -> Readings:
        """Promise `text`, once what is there is kept. Raises ClipboardNotSaved."""
        deadline = time.monotonic() + within_s
        try:
            return self.call(lambda lending: lending.lend(text, deadline), within_s + OPENED_S)
        except TimeoutError:
            raise ClipboardNotSaved from None

    def copied(self, press: Callable[[], bool], pid: int, within_s: float) -> str | None:
        """What process `pid` puts there after `press`; the old content goes back."""
        try:
            deadline = time.monotonic() + _ANSWER_S
            self.call(lambda lending: lending.save(deadline))
            before = self.call(Lending.changes)
            if press() and wait_until(lambda: self.call(Lending.changes) != before, within_s):
                return self.call(lambda lending: lending.take(pid))
            self.call(Lending.forget)
        except ClipboardNotSaved:
            return None
        return None

    def keep(self, text: str) -> bool:
        """Put `text` there to stay; whether that worked."""
        try:
            self.call(lambda lending: lending.keep(text))
        except ClipboardNotSaved:
            return False
        return True

    def give_back(self) -> None:
        """Put the old content back. Raises OSError while another program has the clipboard."""
        try:
            self.call(Lending.give_back)
        except ClipboardNotSaved:
            raise OSError("another program has the clipboard open") from None

    def close(self) -> None:
        """Give everything back, and end the thread."""
        try:
            self.give_back()
        finally:
            self._running = False
            self._board.wake()
            self._thread.join(_ANSWER_S)

    def _run(self) -> None:
        try:
            self._board.start(self._lending.render)
        except OSError as failure:
            self._started.set_exception(failure)
            return
        self._started.set_result(None)
        while self._running:
            self._board.wait(None)
            while self._work:
                self._work.popleft()()
        self._board.stop()
