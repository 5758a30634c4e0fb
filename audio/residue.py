"""Is what is heard more than an echo can be? Plain arithmetic on blocks of 10 ms, in dBFS."""

from __future__ import annotations

import math
from collections import deque

from audio.pcm import FLOOR_DBFS

_MARGIN_DB, _VOICE_MARGIN_DB = 5.0, 2.0
_OVER_NOISE_DB = 8.0
_LOUD_OVER_NOISE_DB = 10.0
_LOUD_DBFS = -45.0
_HELD_BLOCKS = 60
_ECHO_FALL_DB = 0.9
_USEFUL_DB, _USELESS_DB = -6.0, -2.0
_FIRST_BOUND_DB = 3.0
_FIRST_BLOCKS = 50
_NEW_BLOCKS = 300
_RISE_DB, _DROP_DB = 0.38, 0.02
_FAST_DROP_DB = 0.06
_FAR_BELOW_DB = 8.0
_ECHO_RISE_DB = 0.3
_LEAST_EXCESS_DB = -25.0
_SLOWS_AFTER_BLOCKS, _SLOW_PACE = 300, 0.4
_FLOOR_BLOCKS = 100


def added_db(one_db: float, other_db: float) -> float:
    """The level of two sounds that have nothing to do with each other."""
    louder_db, softer_db = max(one_db, other_db), min(one_db, other_db)
    return louder_db + 10.0 * math.log10(1.0 + 10.0 ** ((softer_db - louder_db) / 10.0))


class Bound:
    """What a level is seldom louder than, one block in twenty."""

    def __init__(self, first_db: float, lowest_db: float, *, slows: bool = False) -> None:
        self.db = first_db
        self._lowest_db = lowest_db
        self._fast_blocks = _SLOWS_AFTER_BLOCKS if slows else -1

    def follow(self, level_db: float) -> None:
        """Note the level of another block."""
        pace = 1.0
        if self._fast_blocks == 0:
            pace = _SLOW_PACE
        elif self._fast_blocks > 0:
            self._fast_blocks -= 1
        if level_db > self.db:
            self.db += pace * _RISE_DB
        else:
            self.db -= pace * (_FAST_DROP_DB if level_db < self.db - _FAR_BELOW_DB else _DROP_DB)
        self.db = max(self._lowest_db, self.db)


class EchoLevel:
    """How loud an echo can be, against what was played. Learnt while there is only echo."""

    def __init__(self) -> None:
        self._played: deque[float] = deque([FLOOR_DBFS], maxlen=_HELD_BLOCKS)
        self._first: list[float] = []
        self._loud_blocks = 0
        self._bound: Bound | None = None

    @property
    def limit_dbfs(self) -> float | None:
        """What is louder than this now is more than an echo; None while that is not known."""
        return None if self._bound is None else max(self._played) + self._bound.db + _MARGIN_DB

    @property
    def is_new(self) -> bool:
        """Whether so little was played that a canceller cannot have learnt it yet."""
        return self._loud_blocks < _NEW_BLOCKS

    def far(self, level_dbfs: float) -> None:
        """Note a block that is played."""
        self._played.append(level_dbfs)

    def near(self, level_dbfs: float) -> None:
        """Note a block that was heard, and in which nobody seems to speak."""
        loudest = max(self._played)
        if loudest < _LOUD_DBFS:
            return
        self._loud_blocks += 1
        over_db = level_dbfs - loudest
        if self._bound is not None:
            self._bound.follow(over_db)
            return
        self._first.append(over_db)
        if len(self._first) >= _FIRST_BLOCKS:
            self._bound = Bound(sorted(self._first)[-3], -60.0)


class Residue:
    """How loud the rest of an echo can be. Learnt while there is only echo.

    Whether the rest is known follows from how much the filter takes out; what is more than a rest,
    from how much the filter itself expects to be left.
    """

    def __init__(self) -> None:
        self._rest = Bound(_FIRST_BOUND_DB, -25.0)
        self._excess = Bound(_FIRST_BOUND_DB, _LEAST_EXCESS_DB, slows=True)
        self._echo_dbfs = FLOOR_DBFS
        self._left: deque[float] = deque(maxlen=_FLOOR_BLOCKS)

    def is_known(self, *, by_now: bool) -> bool:
        """Whether so much of the echo is taken out that a person stands out of the rest.

        `by_now` says that it was known a moment ago, and takes more to be unknown again.
        """
        return self._rest.db <= (_USELESS_DB if by_now else _USEFUL_DB)

    def note(
        self,
        echo_dbfs: float,
        left_dbfs: float,
        expected_dbfs: float,
        noise_dbfs: float,
        *,
        has_voice: bool = False,
    ) -> bool:
        """Note what was taken out of a block, what is left and what was expected to be.

        Whether that is more than a rest; a voice that `has_voice` tells of takes less to go on.
        """
        self._left.append(left_dbfs)
        noise_dbfs = max(noise_dbfs, min(self._left))
        self._echo_dbfs = max(echo_dbfs, self._echo_dbfs - _ECHO_FALL_DB)
        over_db = left_dbfs - added_db(expected_dbfs, noise_dbfs)
        is_more = over_db > self._excess.db + (_VOICE_MARGIN_DB if has_voice else _MARGIN_DB)
        if self._echo_dbfs > noise_dbfs + _LOUD_OVER_NOISE_DB and not is_more:
            self._rest.follow(left_dbfs - self._echo_dbfs)
            self._excess.follow(over_db)
        return is_more and left_dbfs > noise_dbfs + _OVER_NOISE_DB

    def was_echo(self) -> None:
        """A block that stood out was echo all the same."""
        for bound in (self._rest, self._excess):
            bound.db = min(_FIRST_BOUND_DB, bound.db + _ECHO_RISE_DB)
