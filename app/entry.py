"""The command `sayso`. What a key of the compositor's own starts does not wait for the rest."""

from __future__ import annotations

import sys


def main() -> int:
    """Run what the command line asks for; returns the exit code."""
    from app import summons
    from app.dictation.request import DICTATE, DictationRequest

    words = sys.argv[1:]
    flags = {f"--{request}": request for request in DictationRequest}
    if len(words) != 2 or words[0] != "dictate" or words[1] not in flags:
        return _whole()
    path = summons.socket_path(summons.runtime_dir())
    answer = summons.ask(path, DICTATE + flags[words[1]])
    if answer == summons.DONE:
        return 0
    return _tell(answer)


def _whole() -> int:
    from app.__main__ import main as run

    return run()


def _tell(answer: bytes | None) -> int:
    from app.__main__ import tell
    from app.cli.dictate import problem

    return tell(problem(answer))
