"""Which banners are up. One of each code at a time, gone when its cause is."""

from __future__ import annotations

import logging
from collections.abc import Callable

from app import events
from app.conversation.message import new_id
from app.errors import AppError, Code

_log = logging.getLogger(__name__)


class NoticeBoard:
    """Core thread."""

    def __init__(self, publish: Callable[[events.Event], None]) -> None:
        self._publish = publish
        self._up: dict[Code, str] = {}

    def post(self, error: AppError) -> None:
        """Show it; the same trouble again replaces its banner."""
        _log.info("notice %s: %s", error.code, error.detail)
        self.clear(error.code)
        notice_id = new_id()
        self._up[error.code] = notice_id
        why = error.explanation
        self._publish(
            events.Notice(
                notice_id, error.code, why.category, error.message, error.hint, why.action
            )
        )

    def clear(self, *codes: Code) -> None:
        """The cause of these is over."""
        for code in codes:
            if (notice_id := self._up.pop(code, None)) is not None:
                self._publish(events.NoticeGone(notice_id))

    def dismiss(self, notice_id: str) -> None:
        """The user has read it."""
        for code in [code for code, up in self._up.items() if up == notice_id]:
            self.clear(code)
