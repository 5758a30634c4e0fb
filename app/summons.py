"""How the running Sayso is reached: its folder, its socket, one line and one answer.

A compositor's key starts a process at every press, so this loads next to nothing.
"""

from __future__ import annotations

import os

ASK = "ask "
"""Begins the line of a question; JSON follows."""
DONE = b"ok\n"
REFUSED = b"no\n"
_ANSWER_S = 1.0


def runtime_dir() -> str:
    """The folder of the lock and the socket; it need not exist."""
    if home := os.environ.get("SAYSO_HOME"):
        return os.path.join(os.path.realpath(os.path.expanduser(home)), "run")
    if base := os.environ.get("XDG_RUNTIME_DIR"):
        return os.path.join(base, "sayso")
    import tempfile

    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    return os.path.join(tempfile.gettempdir(), f"sayso-{user}")


def socket_path(folder: str) -> str:
    """Where the running Sayso listens."""
    return os.path.join(folder, "sayso.sock")


def ask(path: str, line: str) -> bytes | None:
    """The answer; empty when it is silent, None when nobody listens."""
    import socket

    if not hasattr(socket, "AF_UNIX"):
        return None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
        link.settimeout(_ANSWER_S)
        try:
            link.connect(path)
        except OSError:
            return None
        try:
            link.sendall(f"{line}\n".encode())
            return link.recv(16)
        except OSError:
            return b""
