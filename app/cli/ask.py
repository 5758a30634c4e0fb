"""`sayso ask "…"`: one question, with a picture if wanted; the answer is printed.

Where Sayso runs, it is asked: what a key of the desktop's own starts loads next to nothing.
"""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app import summons
from app.cli.told import Told
from app.errors import AppError, Code
from app.instance import Instance
from app.question import Question
from app.shots.shot import ShotKind

if TYPE_CHECKING:
    from app.cli.asking_alone import LookAt

_STARTS_S = 15.0
_AGAIN_S = 0.1
_KINDS = {
    "region": ShotKind.REGION,
    "window": ShotKind.WINDOW,
    "screen": ShotKind.POINTER_MONITOR,
    "all": ShotKind.ALL,
    "clipboard": ShotKind.CLIPBOARD,
}


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the command line asks for. `picture` is a kind or a file's path."""

    text: str
    picture: str | None = None
    delay_s: float = 0.0
    aloud: bool = False
    yes: bool = False
    as_json: bool = False


def ask(wishes: Wishes, look_at: LookAt) -> int:
    """Ask the running Sayso, or one for this question alone; the exit code. Raises AppError.

    `look_at` shows pictures in a window.
    """
    if not wishes.text.strip():
        raise AppError(Code.USAGE, "There is no question.")
    question = _question(wishes)
    _wait(wishes)
    told = Told(as_json=wishes.as_json)
    code = _forwarded(question, told)
    if code is not None:
        return code
    from app.cli import asking_alone

    return asking_alone.ask(question, wishes, told, look_at)


def _question(wishes: Wishes) -> Question:
    if wishes.picture is None:
        return Question(wishes.text.strip())
    kind = _KINDS.get(wishes.picture)
    if kind is not None:
        return Question(wishes.text.strip(), kind)
    path = Path(wishes.picture).expanduser().absolute()
    if not path.is_file():
        known = ", ".join(_KINDS)
        raise AppError(Code.USAGE, f"There is no file {path}. Or name one of: {known}.")
    return Question(wishes.text.strip(), ShotKind.FILE, str(path))


def _wait(wishes: Wishes) -> None:
    if wishes.delay_s <= 0:
        return
    if not wishes.as_json:
        print(f"In {wishes.delay_s:g} seconds.", file=sys.stderr)
    time.sleep(wishes.delay_s)


def _forwarded(question: Question, told: Told) -> int | None:
    """The exit code; None where no Sayso is running."""
    if not hasattr(socket, "AF_UNIX"):
        return None
    link = _connected()
    if link is None:
        return None
    with link, link.makefile("r", encoding="utf-8", errors="replace") as answers:
        with contextlib.suppress(OSError):
            link.sendall(f"{question.line()}\n".encode())
        for line in answers:
            try:
                code = told.take(json.loads(line))
            except ValueError:
                break
            if code is not None:
                return code
    raise AppError(Code.ALREADY_BUSY)


def _connected() -> socket.socket | None:
    """The running Sayso, also one that is still starting; None where there is none."""
    folder = summons.runtime_dir()
    until = time.monotonic() + _STARTS_S
    while True:
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            link.connect(summons.socket_path(folder))
        except OSError:
            link.close()
        else:
            return link
        if not Instance(Path(folder)).is_running():
            return None
        if time.monotonic() > until:
            raise AppError(Code.ALREADY_BUSY)
        time.sleep(_AGAIN_S)
