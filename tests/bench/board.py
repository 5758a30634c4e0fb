"""Orders and times that the bench and Sayso's engine share: numbers in a mapped file.

All times are time.monotonic() seconds, which are the same in every process of a machine.
"""

from __future__ import annotations

import enum
from pathlib import Path

import numpy as np

_RUNS = 512


class Cell(enum.IntEnum):
    """What each number means.

    The bench writes ORDERED (clips to be said so far), ECHO and ARMED (times that the loudspeaker
    was armed); the engine writes the rest. RUNS is the number of runs, which stand behind.
    """

    ORDERED = 0
    ECHO = enum.auto()
    ARMED = enum.auto()
    SAID = enum.auto()
    ONSET = enum.auto()
    EOS = enum.auto()
    LISTENING = enum.auto()
    LATE_MS = enum.auto()
    FIRST = enum.auto()
    LAST = enum.auto()
    HEAD = enum.auto()
    RUNS = enum.auto()


class Board:
    """A mapped file of numbers, and the clips beside it."""

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self._path = path
        shape = (len(Cell) + 2 * _RUNS,)
        self._cells = np.memmap(path, dtype=np.float64, mode="w+" if create else "r+", shape=shape)

    def __getitem__(self, cell: Cell) -> float:
        return float(self._cells[cell])

    def __setitem__(self, cell: Cell, value: float) -> None:
        self._cells[cell] = value

    def clip_path(self, number: int) -> Path:
        """Where the samples of the clip with this number are."""
        return self._path.with_name(f"clip-{number}.raw")

    @property
    def runs(self) -> list[tuple[float, float]]:
        """From when to when the loudspeaker sounded since it was armed."""
        count = int(self[Cell.RUNS])
        flat = self._cells[len(Cell) : len(Cell) + 2 * count].tolist()
        return list(zip(flat[::2], flat[1::2], strict=True))

    def set_run(self, number: int, start_s: float, end_s: float) -> None:
        """Note a run. What finds no room is not kept."""
        if number < _RUNS:
            at = len(Cell) + 2 * number
            self._cells[at], self._cells[at + 1] = start_s, end_s
            self[Cell.RUNS] = number + 1
