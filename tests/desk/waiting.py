"""Waiting for a state instead of for time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

_STEP_S = 0.01


def wait_until(
    condition: Callable[[], Value | None], what: str, *, timeout_s: float = 30.0
) -> Value:
    """Call `condition` until it gives something true, and return that.

    Raises AssertionError, which names `what` was awaited, after `timeout_s`.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        if value := condition():
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"Waited {timeout_s:g} s in vain: {what}")
        time.sleep(_STEP_S)
