"""Where nothing can be typed into other programs, text goes onto the clipboard."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
from collections.abc import Mapping, Sequence

from app.desktop.insertion import DEFAULT_POLICY, Method, Policy, Reason, Receipt, Verdict
from app.desktop.target import Target
from audio.killing import kill

_WITHIN_S = 5.0
_PROGRAMS = {
    "darwin": (("pbcopy",),),
    "win32": (("clip.exe",),),
    "linux": (("wl-copy", "--type", "text/plain;charset=utf-8"),),
}


class NoFocus:
    """Fills `Focus` where a program is not told which window has the keyboard."""

    async def current(self) -> Target | None:
        """Not known."""
        return None

    async def give_back(self) -> Target | None:
        """Not known."""
        return None

    async def close(self) -> None:
        """Nothing is held."""


class CopyInserter:
    """Fills `Inserter` with the system's own program for the clipboard."""

    def __init__(self, command: Sequence[str]) -> None:
        """`command` puts its input on the clipboard; empty when there is none."""
        self._command = tuple(command)

    async def prepare(self) -> None:
        """Nothing can be done ahead."""

    async def insert(
        self,
        text: str,
        target: Target | None,
        policy: Policy = DEFAULT_POLICY,
        again: Receipt | None = None,
    ) -> Receipt:
        """Copy `text`; it is held where that does not work either."""
        if not text:
            return Receipt(Verdict.HELD, Method.NONE, target, Reason.EMPTY)
        copied = await self.copy(text)
        verdict = Verdict.COPIED if copied else Verdict.HELD
        return Receipt(verdict, Method.NONE, target, Reason.CANNOT_SEE, remaining=text)

    async def undo(self, receipt: Receipt) -> Receipt:
        """Nothing was inserted."""
        return Receipt(Verdict.HELD, Method.NONE, receipt.target, Reason.CANNOT_SEE)

    async def selected_text(self, target: Target | None) -> str | None:
        """Not known."""
        return None

    async def copy(self, text: str) -> bool:
        """Put `text` on the clipboard to stay; whether that worked."""
        if not self._command:
            return False
        # clip.exe reads the console's code page unless it is given UTF-16.
        data = text.encode("utf-16" if self._command[0] == "clip.exe" else "utf-8")
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
        except OSError:
            return False
        # wl-copy leaves a process behind that serves the clipboard, and the pipe may stay open.
        assert process.stdin is not None
        try:
            async with asyncio.timeout(_WITHIN_S):
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    process.stdin.write(data)
                    await process.stdin.drain()
                process.stdin.close()
                return await process.wait() == 0
        except TimeoutError:
            kill(process)
            await process.wait()
            return False

    async def close(self) -> None:
        """Nothing is held."""


def copy_command(environment: Mapping[str, str], platform: str = sys.platform) -> Sequence[str]:
    """The program that copies here; empty where there is none."""
    for command in _PROGRAMS.get(platform, ()):
        if shutil.which(command[0], path=environment.get("PATH")):
            return command
    return ()
