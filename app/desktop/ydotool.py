"""Keys by ydotool, where its user has set up its daemon."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.desktop.paste_keys import Press, PressFailed
from audio.killing import kill

_WITHIN_S = 2.0
_CONTROL, _SHIFT = 29, 42
_KEYS = {
    Press.CTRL_V: (_CONTROL, 47),
    Press.CTRL_SHIFT_V: (_CONTROL, _SHIFT, 47),
    Press.SHIFT_INSERT: (_SHIFT, 110),
    Press.CTRL_C: (_CONTROL, 46),
    Press.CTRL_Z: (_CONTROL, 44),
}


class Ydotool:
    """Fills `Keys`. It presses places on the keyboard, so letters depend on the layout."""

    knows_layout = False

    def __init__(self, environment: Mapping[str, str]) -> None:
        """`environment` is the process's own."""
        self._environment = dict(environment)

    async def ready(self) -> bool:
        """Whether it is installed, and its daemon's socket is there."""
        return self._program() is not None and self._socket() is not None

    async def press(self, press: Press) -> None:
        """Press and release."""
        program, link = self._program(), self._socket()
        if program is None or link is None:
            raise PressFailed("ydotool is not there")
        environment = {**self._environment, "YDOTOOL_SOCKET": str(link)}
        command = [program, "key", *arguments(press)]
        try:
            process = await asyncio.create_subprocess_exec(
                *command,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError as error:
            raise PressFailed(str(error)) from error
        ended = asyncio.ensure_future(process.wait())
        try:
            await asyncio.wait([ended], timeout=_WITHIN_S)
        finally:
            kill(process)
            await asyncio.wait([ended])
        if process.returncode != 0:
            raise PressFailed(f"ydotool ended with {process.returncode}")

    async def close(self) -> None:
        """Nothing is held."""

    def _program(self) -> str | None:
        return shutil.which("ydotool", path=self._environment.get("PATH"))

    def _socket(self) -> Path | None:
        return next((path for path in socket_places(self._environment) if _is_socket(path)), None)


def arguments(press: Press) -> Sequence[str]:
    """Kernel key numbers with 1 for down and 0 for up, as `ydotool key` takes them."""
    modifier, key = _KEYS[press]
    return (f"{modifier}:1", f"{key}:1", f"{key}:0", f"{modifier}:0")


def socket_places(environment: Mapping[str, str]) -> Sequence[Path]:
    """Where the daemon's socket may be, the most likely first."""
    if named := environment.get("YDOTOOL_SOCKET"):
        return (Path(named),)
    runtime = environment.get("XDG_RUNTIME_DIR")
    own = (Path(runtime) / ".ydotool_socket",) if runtime else ()
    return (*own, Path("/tmp/.ydotool_socket"))


def _is_socket(path: Path) -> bool:
    try:
        # One that somebody else has put into /tmp would get our keys.
        about = os.stat(path)
    except OSError:
        return False
    return stat.S_ISSOCK(about.st_mode) and about.st_uid in (0, os.getuid())
