"""A process that gives the X server back to everybody when this one cannot.

Who has the server to itself stops all others that ask it something, threads of its own process
included. One of those that waits for its answer with the interpreter's lock in its hand lets
nobody give the server back, and the whole desktop stands still. So whoever takes the server tells
a process without such threads, and that ends the connection if it lasts too long.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

PATIENCE_S = 2.0

_GUARD = """
import os, select, socket, sys
link, patience_s = socket.socket(fileno=int(sys.argv[1])), float(sys.argv[2])
while os.read(0, 1):
    if not select.select([0], [], [], patience_s)[0]:
        link.shutdown(socket.SHUT_RDWR)
        break
    os.read(0, 1)
"""
_END_S = 1.0


class X11Guard:
    """Watches over the socket of one connection."""

    def __init__(self, link: int, patience_s: float = PATIENCE_S) -> None:
        """`link` is the socket's descriptor. Raises OSError."""
        command = [sys.executable, "-I", "-S", "-c", _GUARD, str(link), str(patience_s)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            pass_fds=(link,), env={}, bufsize=0, start_new_session=True,
        )  # fmt: skip

    def taken(self) -> None:
        """From now on others wait."""
        self._tell(b"+")

    def given_back(self) -> None:
        """They do not any more."""
        self._tell(b"-")

    def close(self) -> None:
        """End it; it holds the socket, too."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _tell(self, news: bytes) -> None:
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            os.write(self._process.stdin.fileno(), news)
