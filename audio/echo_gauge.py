"""Tells a person from an echo by how loud either can be, also where both are heard at once."""

from __future__ import annotations

import enum

import numpy as np

from audio.echo_filter import EchoFilter
from audio.pcm import Samples, power_dbfs
from audio.residue import EchoLevel, Residue

_LOUD_OVER_NOISE_DB = 10.0
_LEAST_TAKEN_DB = 6.0
_LOUDER_DB = 3.0
_FAILED_BLOCKS = 600
_UNEXPLAINED_BLOCKS = 50
_ALIKE, _SAME = 0.35, 0.5
_EMPTY = np.zeros(0, dtype=np.int16)


class Gauged(enum.Enum):
    """What is judged by its level: what a linear canceller leaves, or all that is heard."""

    NOTHING = enum.auto()
    REST = enum.auto()
    WHOLE = enum.auto()


class EchoGauge:
    """Where the linear filter knows the echo, what it leaves shows a person who is much softer.

    Until it does, only what is louder than any echo before is a person for certain. Between
    `begin` and `choose` come the blocks of 10 ms that were heard.
    """

    def __init__(self, block_samples: int) -> None:
        self._filter = EchoFilter(block_samples)
        self._block_samples = block_samples
        self._residue = Residue()
        self._level = EchoLevel()
        self._left: list[Samples] = []
        self._heard: list[Samples] = []
        self._stands_out: list[bool] = []
        self._is_louder: list[bool] = []
        self._gauged = Gauged.NOTHING
        self._unexplained_blocks = 0
        self._failed_blocks = 0
        self._is_failing = False

    @property
    def is_failing(self) -> bool:
        """Whether no canceller takes out much of what is heard of the speaker."""
        return self._is_failing

    @property
    def gauged(self) -> Gauged:
        """What was chosen to be judged by its level."""
        return self._gauged

    @property
    def is_aligning(self) -> bool:
        """Whether both cancellers may leave an echo, because the speaker has just begun anew."""
        return self._filter.is_aligning

    def far(self, block: Samples, level_dbfs: float) -> None:
        """Note a block that is played."""
        self._level.far(level_dbfs)
        self._filter.far(block)

    def note_cancelled(self, taken_db: float, level_dbfs: float, noise_dbfs: float) -> None:
        """Note how much the other canceller took out of the last block."""
        if level_dbfs < noise_dbfs + _LOUD_OVER_NOISE_DB:
            return
        has_failed = taken_db < _LEAST_TAKEN_DB and self._gauged is not Gauged.REST
        failed = self._failed_blocks + (1 if has_failed else -2)
        self._failed_blocks = min(max(failed, 0), _FAILED_BLOCKS)
        if self._failed_blocks in (0, _FAILED_BLOCKS):
            self._is_failing = self._failed_blocks > 0

    def rest(self) -> None:
        """There is no echo for now; the devices may take another time when there is one again."""
        self._gauged = Gauged.NOTHING
        self._filter.rest()

    def begin(self) -> None:
        """Forget the blocks that were judged."""
        for blocks in (self._left, self._heard, self._stands_out, self._is_louder):
            blocks.clear()

    def near(
        self, block: Samples, level_dbfs: float, noise_dbfs: float, *, has_voice: bool
    ) -> None:
        """Note a block that was heard, in a room of this noise, while a person may speak or not."""
        limit_dbfs = self._level.limit_dbfs
        is_louder = limit_dbfs is not None and level_dbfs > limit_dbfs
        is_alone = not has_voice and not is_louder
        if is_alone:
            self._level.near(level_dbfs)
        self._heard.append(block)
        learns = is_alone and not 0 < self._unexplained_blocks < _UNEXPLAINED_BLOCKS
        self._left.append(self._filter.near(block, learns=learns))
        stands_out = False
        if not self._filter.is_aligning:
            echo_dbfs = power_dbfs(self._filter.echo_power)
            left_dbfs = power_dbfs(self._filter.left_power)
            expected_dbfs = power_dbfs(self._filter.expected_power)
            stands_out = self._residue.note(
                echo_dbfs, left_dbfs, expected_dbfs, noise_dbfs, has_voice=has_voice
            )
            # What gets louder is an echo that was taken out at a wrong place.
            stands_out = stands_out and left_dbfs < level_dbfs + _LOUDER_DB
            stands_out = stands_out and not self._is_other_echo()
        self._unexplained_blocks = self._unexplained_blocks + 1 if stands_out else 0
        self._is_louder.append(is_louder)
        self._stands_out.append(stands_out or is_louder)

    def _is_other_echo(self) -> bool:
        """Whether what stands out is an echo, because the room or the volume has changed."""
        if self._filter.likeness > _SAME:
            self._filter.unsettle()
        return self._filter.likeness > _ALIKE

    def choose(self, *, keeps: bool) -> Samples:
        """What is to be judged by its level, of the blocks since `begin`; empty where nothing is.

        `keeps` asks for the same kind of sound as before: an onset is judged in one of them.
        """
        if not keeps or self._gauged is Gauged.NOTHING:
            self._gauged = self._best()
        if self._gauged is Gauged.NOTHING or not self._heard:
            return _EMPTY
        return np.concatenate(self._left if self._gauged is Gauged.REST else self._heard)

    def is_more_than_echo(self, end: int) -> bool:
        """Whether the blocks before sample `end` of what was chosen are louder than an echo."""
        block = (end - 1) // self._block_samples
        more = self._stands_out if self._gauged is Gauged.REST else self._is_louder
        return any(more[max(0, block - 1) : block + 1])

    def was_echo(self) -> None:
        """What was louder was an echo all the same."""
        self._residue.was_echo()

    def _best(self) -> Gauged:
        is_known = self._residue.is_known(by_now=self._gauged is Gauged.REST)
        if is_known and not self._filter.is_aligning:
            return Gauged.REST
        is_warming_up = self._level.is_new and self._level.limit_dbfs is not None
        is_certain = is_warming_up or self._is_failing or any(self._is_louder)
        return Gauged.WHOLE if is_certain else Gauged.NOTHING
