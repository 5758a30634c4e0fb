"""What the clipboard had is also with a process that outlives Sayso, in case it dies meanwhile."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

from app.desktop.heir_wire import packed
from app.desktop.launch import clean_environment
from app.desktop.x11_formats import Content

_KEEPER = "app.desktop.x11_keeper"
_SEND_S = 1.0
_log = logging.getLogger(__name__)


class X11Heir:
    """Starts the keeper and tells it what to keep. One thread only; never raises.

    The data is in memory that both share, so that a big content costs a copy and no more.
    """

    def __init__(self, display: str | None) -> None:
        self._kept: dict[str, Content] = {}
        self._link: socket.socket | None = None
        environment = clean_environment(os.environ)
        environment["PYTHONPATH"] = str(Path(__file__).parents[2])
        try:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", _KEEPER, display or ""],
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    start_new_session=True,
                )
        except OSError as error:
            _log.warning("nobody keeps the clipboard if Sayso dies: %s", error)
            return
        ours.settimeout(_SEND_S)
        self._link = ours

    def keep(self, selection: str, owner: int, content: Content) -> None:
        """This belongs there once `owner`, a window of ours, is gone; nothing if it is empty."""
        before = self._kept.get(selection)
        if self._link is None or before is content or (not content and not before):
            return
        self._kept[selection] = content
        head, pieces = packed(selection, owner, content)
        try:
            with open(os.memfd_create("clipboard"), "wb") as shared:
                for piece in pieces:
                    shared.write(piece)
                shared.flush()
                socket.send_fds(self._link, [head], [shared.fileno()])
        except OSError as error:
            _log.warning("the keeper of the clipboard does not answer: %s", error)
            self.close()

    def close(self) -> None:
        """It takes over what is ours as soon as we are gone from the display."""
        if self._link is None:
            return
        link, self._link = self._link, None
        with contextlib.suppress(OSError):
            link.close()
        # Without someone to wait for it, it would stay as a zombie once it ends.
        threading.Thread(target=self._process.wait, name="wait for the keeper", daemon=True).start()
