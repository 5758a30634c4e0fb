"""The engine's process, begun before there is a loop that could talk to it.

It loads about as long as the window does: so both load at the same time.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # slow to import, and the window waits for this module
    import asyncio

    from audio.messages import Command, Configure

ENGINE_MODULE = "audio.engine"
"""The program that is the engine."""

_KEPT_VARIABLES = frozenset(
    {
        "ALSA_CONFIG_DIR",
        "ALSA_CONFIG_PATH",
        "ALSA_PLUGIN_DIR",
        "APPDATA",
        "DBUS_SESSION_BUS_ADDRESS",
        "HOME",
        "LANG",
        "LANGUAGE",
        "LD_LIBRARY_PATH",
        "LOCALAPPDATA",
        "PATH",
        "SYSTEMROOT",
        "TEMP",
        "TMP",
        "TMPDIR",
        "USERPROFILE",
        "XDG_CONFIG_HOME",
        "XDG_RUNTIME_DIR",
    }
)
_KEPT_PREFIXES = ("LC_", "PIPEWIRE_", "PULSE_", "SAYSO_")
_waiting: list[subprocess.Popen[bytes]] = []
_told: dict[int, Configure] = {}


class LaunchedEngine:
    """What `asyncio.subprocess.Process` is, for a process that asyncio did not start.

    `told` is what it was configured to already.
    """

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        stdin: asyncio.StreamWriter,
        stdout: asyncio.StreamReader,
    ) -> None:
        self.pid = process.pid
        self.told = _told.pop(process.pid, None)
        self.stdin = stdin
        self.stdout = stdout
        self.terminate = process.terminate
        self.kill = process.kill
        self._process = process

    async def wait(self) -> int:
        """Wait for its end; the return code, below zero a signal's number."""
        import asyncio

        return await asyncio.to_thread(self._process.wait)


def launch(log: int) -> None:
    """Begin an engine for whoever calls `launched` first; it ends with this process.

    `log` is a file descriptor for its messages. Does nothing where asyncio cannot take over the
    pipes of a running process. Raises OSError.
    """
    if sys.platform == "win32":
        return
    _waiting.append(
        subprocess.Popen(
            [sys.executable, "-m", ENGINE_MODULE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            env=engine_environment(os.environ),
            start_new_session=True,
        )
    )


def tell_launched(commands: Sequence[Command]) -> None:
    """Set the engine that `launch` began to work; its configuration comes first.

    Does nothing where there is none, or nothing to tell.
    """
    from audio import wire
    from audio.messages import Configure

    if not _waiting or not commands:
        return
    process, configure = _waiting[-1], commands[0]
    assert isinstance(configure, Configure)
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError):  # it has ended: the core starts another
        frames = b"".join(wire.encode(command) for command in commands)
        os.write(process.stdin.fileno(), frames)
        _told[process.pid] = configure


async def launched() -> LaunchedEngine | None:
    """The engine that `launch` began, once; None when there is none, or it has ended already."""
    import asyncio

    if not _waiting:
        return None
    process = _waiting.pop()
    assert process.stdin is not None
    assert process.stdout is not None
    if process.poll() is not None:
        _told.pop(process.pid, None)
        process.stdin.close()
        process.stdout.close()
        return None
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), process.stdout)
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), process.stdin
    )
    return LaunchedEngine(process, asyncio.StreamWriter(transport, protocol, None, loop), reader)


def engine_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """What an engine needs of an environment: the way to the sound, and no keys."""
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() in _KEPT_VARIABLES or name.startswith(_KEPT_PREFIXES)
    }
    kept["PYTHONPATH"] = str(Path(__file__).parents[1])
    return kept
