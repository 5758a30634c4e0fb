"""Why a Realtime session ended, from the codes of its closing. Pure."""

from __future__ import annotations

from typing import Any

from app.errors import AppError, Code
from app.providers.openai.errors import Peer
from app.providers.openai.refusals import read_refusal
from app.providers.voice_session import SessionOver

_NORMAL, _GOING_AWAY = 1000, 1001
_OURS_FIRST = 4000
_NEAR_END_S = 90.0
_BY_CODE = {
    1002: Code.SERVER_NOT_API,
    1003: Code.SERVER_NOT_API,
    1007: Code.SERVER_NOT_API,
    1008: Code.REQUEST_REFUSED,
    1009: Code.REQUEST_TOO_LARGE,
    1011: Code.SERVER_ERROR,
    1012: Code.SERVER_BUSY,
    1013: Code.SERVER_BUSY,
}


def closing_of(closed: Any) -> tuple[int, str]:
    """Code and reason that the other side gave, else those that the library gave it; 0 for none."""
    frame = getattr(closed, "rcvd", None) or getattr(closed, "sent", None)
    return (frame.code, frame.reason) if frame is not None else (0, "")


def session_over(
    closing: tuple[int, str],
    peer: Peer,
    *,
    left_s: float | None = None,
    is_due: bool = False,
    told: AppError | None = None,
) -> SessionOver:
    """How an unasked end is told.

    `left_s` is how long it might have lasted, None where that is not known; `is_due` that an
    answer was outstanding; `told` what the server complained of last.
    """
    code, reason = closing
    is_time = "maximum duration" in reason.lower() or "expired" in reason.lower()
    is_near = left_s is not None and left_s < _NEAR_END_S
    if code in (_NORMAL, _GOING_AWAY) and (is_time or is_near):
        return SessionOver(expired=True)
    if told is not None:
        return SessionOver(told)
    if code == _NORMAL and not is_due:
        return SessionOver()
    other = Code.REQUEST_REFUSED if code >= _OURS_FIRST else Code.SERVER_CUT_OFF
    found = _BY_CODE.get(code, other)
    if found is not Code.SERVER_CUT_OFF:
        found = read_refusal({"code": reason, "message": reason}).code or found
    return SessionOver(AppError(found, peer.host))
