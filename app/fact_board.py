"""The facts, held in one place, and the state that is told of them. Core thread."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

from app import events
from app.state import Facts, State, state_of


class FactBoard:
    """The facts, and the state that follows from them: told only when it differs."""

    def __init__(self, publish: Callable[[events.Event], None]) -> None:
        self._publish = publish
        self._facts = Facts()
        self._told: State | None = None

    @property
    def facts(self) -> Facts:
        """What is true now."""
        return self._facts

    def set(self, **changes: object) -> None:
        """Replace some facts."""
        self._facts = dataclasses.replace(self._facts, **changes)  # type: ignore[arg-type]
        state = state_of(self._facts)
        if state != self._told:
            self._told = state
            self._publish(events.StateChanged(state))
