"""Which providers are left alone for a while because they just failed. Pure but for its clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from app.errors import AppError, Code

FIRST_REST_S = 30.0
LONGEST_REST_S = 300.0
LONGEST_ASKED_REST_S = 86_400.0

WHOLE_SERVER = frozenset(
    {
        Code.OFFLINE,
        Code.SIGN_IN_PAGE,
        Code.PROXY_INVALID,
        Code.PROXY_REFUSED,
        Code.SERVER_UNREACHABLE,
        Code.SERVER_SILENT,
        Code.SERVER_NOT_API,
        Code.TLS_UNTRUSTED,
        Code.TLS_EXPIRED,
        Code.TLS_OTHER_HOST,
        Code.CERTIFICATES_UNREADABLE,
        Code.QUOTA_SPENT,
        Code.REGION_REFUSED,
    }
)
"""Trouble that every model of the server has."""


@dataclass(slots=True)
class _Rest:
    until_s: float
    length_s: float
    reason: AppError


class Rests:
    """A failure rests what failed for 30 s, and twice as long each time it fails again.

    `clock` gives seconds. A name is a server's origin, or a server's origin and a model.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._rests: dict[str, _Rest] = {}

    def failed(self, server: str, model: str, error: AppError) -> None:
        """It failed: the server rests, or only the model where the others may do better."""
        name = server if error.code in WHOLE_SERVER else _name(server, model)
        before = self._rests.get(name)
        length_s = FIRST_REST_S if before is None else min(LONGEST_REST_S, 2 * before.length_s)
        asked_s = min(error.retry_after_s or 0.0, LONGEST_ASKED_REST_S)
        self._rests[name] = _Rest(self._clock() + max(length_s, asked_s), length_s, error)

    def succeeded(self, server: str, model: str) -> None:
        """It works: it has no past any more."""
        self._rests.pop(server, None)
        self._rests.pop(_name(server, model), None)

    def end(self, server: str) -> None:
        """The server is there again: it may be asked at once, and rests longer if it fails."""
        rest = self._rests.get(server)
        if rest is not None:
            rest.until_s = self._clock()

    def left_s(self, server: str, model: str) -> float:
        """How long it still rests, in seconds; 0 or less when it may be asked."""
        now_s = self._clock()
        return max((rest.until_s - now_s for rest in self._of(server, model)), default=0.0)

    def longest_s(self, server: str) -> float:
        """How long the server or one of its models still rests, in seconds."""
        now_s, of_model = self._clock(), _name(server, "")
        rests = (
            rest.until_s - now_s
            for name, rest in self._rests.items()
            if name == server or name.startswith(of_model)
        )
        return max(rests, default=0.0)

    def reason(self, server: str, model: str) -> AppError | None:
        """Why it rests, or rested last; None when it works."""
        return next((rest.reason for rest in self._of(server, model)), None)

    def _of(self, server: str, model: str) -> Sequence[_Rest]:
        names = (server, _name(server, model))
        return [self._rests[name] for name in names if name in self._rests]


def _name(server: str, model: str) -> str:
    return f"{server} {model}"
