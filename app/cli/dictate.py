"""`sayso dictate --toggle`: passes a key of the compositor's own on to the running Sayso."""

from __future__ import annotations

from app import summons
from app.dictation.request import DICTATE, DictationRequest
from app.errors import EXIT_OK, AppError, Code


def forward(request: str) -> int:
    """Pass on one of `DictationRequest`. Raises AppError when there is nobody to take it."""
    path = summons.socket_path(summons.runtime_dir())
    answer = summons.ask(path, DICTATE + DictationRequest(request))
    if answer == summons.DONE:
        return EXIT_OK
    raise problem(answer)


def problem(answer: bytes | None) -> AppError:
    """Why an answer is not what one hoped for; None is no answer."""
    return AppError(Code.NOT_RUNNING if answer is None else Code.ALREADY_BUSY)
