"""Tells front ends of each wait before a service is asked once more. Core thread."""

from __future__ import annotations

from collections.abc import Callable

from app import events
from app.conversation.message import new_id
from app.errors import AppError
from app.services import Service


class Waits:
    """What `Policies.watched` is given."""

    def __init__(self, publish: Callable[[events.Event], None]) -> None:
        self._publish = publish

    def begin(self, service: Service, seconds: float, error: AppError) -> Callable[[], None]:
        """A wait begins; call what is returned when it is over."""
        wait_id = new_id()
        self._publish(events.RetryWaiting(wait_id, service, error.message, seconds))
        return lambda: self._publish(events.RetryOver(wait_id))
