"""When a session is too long unused, due to be followed by another, or to be tried again."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds. `waits_s` are those between tries, the last one repeats."""

    patience_s: float = 6.0
    waits_s: tuple[float, ...] = (0.05, 0.25, 0.5, 1.0, 2.0, 2.0, 2.0, 5.0, 10.0)
    steady_s: float = 3.0
    rest_s: float = 15.0
    longest_rest_s: float = 300.0
    look_s: float = 0.05
    longest_margin_s: float = 300.0


class LineClock:
    """Pure but for `now`, the loop's clock."""

    def __init__(self, pace: Pace, now: Callable[[], float]) -> None:
        self._pace = pace
        self._now = now
        self._used_s = now()
        self._up_s: float | None = None
        self._down_s = now()
        self._tries = 0
        self._rest_until_s = -math.inf
        self._rest_s = pace.rest_s
        self._roll_over_s = math.inf

    # Use

    def used(self) -> None:
        """Somebody speaks or is answered."""
        self._used_s = self._now()

    def is_wanted(self, idle_s: float) -> bool:
        """Whether it was used within this time."""
        return self._now() - self._used_s < idle_s

    def look_again_s(self, idle_s: float) -> float:
        """How long nothing will be due."""
        due_s = min(self._used_s + idle_s, self._roll_over_s)
        return max(self._pace.look_s, due_s - self._now())

    # Up and down

    def came_up(self) -> None:
        """There is a session."""
        self._up_s = self._now()
        self._rest_s = self._pace.rest_s
        self._roll_over_s = math.inf

    def asked_for(self) -> None:
        """There is none, and from now on somebody waits for one."""
        self._tries = 0
        self._down_s = self._now()

    def went_down(self) -> None:
        """It is over. One that did not last counts as a try."""
        now_s = self._now()
        if self._up_s is not None and now_s - self._up_s > self._pace.steady_s:
            self._tries = 0
        self._up_s, self._down_s = None, now_s

    @property
    def patience_left_s(self) -> float:
        """How long a person still waits for a session."""
        return self._down_s + self._pace.patience_s - self._now()

    @property
    def is_patient(self) -> bool:
        """Whether a person still waits."""
        return self.patience_left_s > 0

    def next_wait_s(self) -> float:
        """The wait before the next try."""
        waits = self._pace.waits_s
        wait_s = waits[min(self._tries, len(waits) - 1)]
        self._tries += 1
        return wait_s * random.uniform(0.75, 1.25)

    # Rest

    @property
    def is_resting(self) -> bool:
        """Whether it is too early to try again."""
        return self._now() < self._rest_until_s

    def begin_rest(self, *, grows: bool = True) -> float:
        """Trying on would not help; how long it is left alone, and longer each time it `grows`."""
        rest_s = self._rest_s
        if grows:
            self._rest_s = min(rest_s * 2, self._pace.longest_rest_s)
        self._rest_until_s = self._now() + rest_s
        return rest_s

    def end_rest(self) -> None:
        """It is worth a try."""
        self._rest_until_s = -math.inf
        self._rest_s = self._pace.rest_s

    # The session's own end

    def lasts(self, lasts_s: float) -> None:
        """So long the session may last from now on, 0 where that is not told."""
        if lasts_s > 0:
            margin_s = min(self._pace.longest_margin_s, lasts_s * 0.1)
            self._roll_over_s = self._now() + lasts_s - margin_s

    @property
    def is_roll_over_due(self) -> bool:
        """Whether another session should follow."""
        return self._now() >= self._roll_over_s

    def roll_over_now(self) -> None:
        """Another session is wanted."""
        self._roll_over_s = self._now()

    def put_off_roll_over(self) -> None:
        """It could not be had yet."""
        self._roll_over_s = self._now() + self._pace.patience_s
