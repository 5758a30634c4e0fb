"""Shows and says who stands in for whom, and when it is over. Core thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.errors import AppError, Code
from app.net.watch import UNREACHED
from app.notices import NoticeBoard
from app.services import Service

_DOES = {
    Service.CHAT: "answers",
    Service.TRANSCRIPTION: "listens",
    Service.SPEECH: "speaks",
}


@dataclass(frozen=True, slots=True)
class _StandIn:
    name: str
    error: AppError


class FallbackNotices:
    """A `Watcher` for `FallbackState`.

    `say` speaks a sentence as soon as nobody else does: once when the first service falls back,
    once when the last one is back. `on_failure` and `on_success` pass on how servers fare.
    """

    def __init__(
        self,
        notices: NoticeBoard,
        say: Callable[[str], None],
        on_failure: Callable[[str, AppError], None],
        on_success: Callable[[str], None],
    ) -> None:
        self._notices = notices
        self._say = say
        self.on_failure = on_failure
        self._on_success = on_success
        self._standing_in: dict[Service, _StandIn] = {}

    def on_fallback(self, service: Service, chosen: str, now: str, error: AppError) -> None:
        """Somebody stands in."""
        is_first = not self._standing_in
        self._standing_in[service] = _StandIn(now, error)
        self._show()
        if is_first:
            self._say(f"{error.message} {_sentence(service, now)} for now.")

    def on_return(self, service: Service, chosen: str) -> None:
        """The chosen one does it again."""
        self._standing_in.pop(service, None)
        if self._standing_in:
            self._show()
            return
        self._notices.clear(Code.FELL_BACK)
        self._notices.post(AppError(Code.BACK_AGAIN, _sentence(service, chosen)))
        self._say(f"{_sentence(service, chosen)} again.")

    def on_success(self, server: str) -> None:
        """A server works: what was said of the network is over."""
        self._notices.clear(*UNREACHED)
        self._on_success(server)

    def _show(self) -> None:
        stand_ins = self._standing_in
        error = next(iter(stand_ins.values())).error
        whole = [_sentence(service, stand_in.name) for service, stand_in in stand_ins.items()]
        self._notices.post(AppError(Code.FELL_BACK, f"{error.message} {_list(whole)}"))


def _sentence(service: Service, name: str) -> str:
    return f"{name} {_DOES[service]}"


def _list(parts: list[str]) -> str:
    """ "A answers", "A answers, the built-in voice speaks"."""
    first, *others = parts
    return ", ".join([first, *(part[:1].lower() + part[1:] for part in others)])
