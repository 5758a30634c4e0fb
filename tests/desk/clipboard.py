"""Another program's clipboard, on a screen of the desk."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.desk.child import Child, merged
from tests.desk.screen import Screen

_PROGRAM = str(Path(__file__).parent / "qt_clipboard.py")


@contextlib.contextmanager
def clipboard_with(screen: Screen, folder: Path, kind: str) -> Iterator[Child]:
    """A program that has an image, files, a text or a big text (its size) on the clipboard."""
    command = [sys.executable, _PROGRAM, "own", kind]
    environment = merged(screen.environment)
    with Child(command, folder, environment=environment, stdout=subprocess.PIPE) as child:
        assert child.process.stdout is not None
        assert child.process.stdout.readline() == b"ready\n", child.log
        yield child


def clipboard_formats(screen: Screen) -> str:
    """All that a newly started program finds on the clipboard, as lines of name, size, digest."""
    done = subprocess.run(
        [sys.executable, _PROGRAM, "read"],
        env=merged(screen.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
