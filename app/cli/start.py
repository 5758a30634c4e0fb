"""Starting Sayso for good: one instance, its log, its core on a thread, and a front end."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Sequence
from typing import Protocol

from app.errors import EXIT_OK, AppError, Code
from app.instance import Instance
from app.paths import Paths
from app.thread import CoreThread, Main, Post, Publish

_log = logging.getLogger(__name__)


class Window(Protocol):
    """`ui.main.run`."""

    def __call__(self, core: CoreThread, *, argv: Sequence[str]) -> int:
        """Show the window until it is closed; the exit code."""
        ...


def has_display() -> bool:
    """Whether a window can be shown."""
    if sys.platform in ("win32", "darwin"):
        return True
    offscreen = os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "vnc"))
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or offscreen)


def in_window(run: Window, *, verbose: bool) -> int:
    """The window, or the one that is already open."""
    return _once(lambda core: run(core, argv=sys.argv), verbose=verbose)


def in_terminal(*, verbose: bool) -> int:
    """The same conversation without a window."""
    from app.cli.terminal import Terminal

    def run(core: CoreThread) -> int:
        core.prepare()
        return Terminal(core).run()

    return _once(run, verbose=verbose)


def terminal_instead(*, verbose: bool) -> int:
    """There is no display: say so, and talk here."""
    error = AppError(Code.NO_DISPLAY)
    print(f"{error.message} Talking here instead.")
    return in_terminal(verbose=verbose)


def _once(front_end: Callable[[CoreThread], int], *, verbose: bool) -> int:
    paths = Paths.from_environment()
    paths.create()
    instance = Instance(paths.runtime)
    if not instance.acquire():
        shown = instance.ask_to_show()
        print(AppError(Code.ALREADY_RUNNING if shown else Code.ALREADY_BUSY).message)
        return EXIT_OK
    core = CoreThread(_live_core(paths, instance), lambda: _prepare(paths, verbose=verbose))
    try:
        return front_end(core)
    except Exception:
        core.prepare()  # for the log
        raise


def _prepare(paths: Paths, *, verbose: bool) -> None:
    """Begin the log and the engine. The modules for that are loaded after the first frame."""
    from app import logs

    logs.set_up(paths.logs, verbose=verbose)
    _launch_engine(paths)


def _launch_engine(paths: Paths) -> None:
    """Let the engine load and open its devices while the front end and the core load.

    The core starts one itself where this fails.
    """
    from app import logs
    from audio.launch import launch, tell_launched

    try:
        with logs.engine_log(paths.logs) as log:
            launch(log.fileno())
    except OSError as error:
        _log.warning("the audio engine could not be launched early: %s", error)
        return
    from app.early_engine import first_commands

    tell_launched(first_commands(paths))


def _live_core(paths: Paths, instance: Instance) -> Main:
    async def main(publish: Publish, on_ready: Callable[[Post], None]) -> None:
        # Loaded here, on the core's own thread, the providers do not delay the first paint.
        from app.wiring import live_core

        await live_core(paths, instance)(publish, on_ready)

    return main
