"""Cut after cut, session after session: nothing that was said is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults.clock import run_hurried
from tests.faults.voice_loops import Loop, cuts, rolls


def _check(loop: Loop, breaks: int) -> None:
    assert loop.problems == []
    assert loop.lost_frames == 0
    assert loop.unanswered == 0
    assert loop.stood_in == 0
    assert loop.breaks >= breaks


def test_five_cuts_lose_nothing(tmp_path: Path) -> None:
    _check(run_hurried(cuts(5, tmp_path)), 4)


def test_cuts_that_follow_each_other_closely_neither_lose_nor_double_a_word(tmp_path: Path) -> None:
    loop = run_hurried(cuts(3, tmp_path, again=2))
    assert loop.problems == []
    assert loop.breaks >= 5


def test_two_roll_overs_lose_nothing(tmp_path: Path) -> None:
    _check(run_hurried(rolls(2, tmp_path)), 2)


@pytest.mark.soak
def test_a_hundred_cuts_lose_nothing(tmp_path: Path) -> None:
    _check(run_hurried(cuts(100, tmp_path)), 80)


@pytest.mark.soak
def test_three_hundred_and_sixty_roll_overs_lose_nothing(tmp_path: Path) -> None:
    _check(run_hurried(rolls(360, tmp_path)), 360)
