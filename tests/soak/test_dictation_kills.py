"""200 times `kill -9` at random moments of a dictation."""

from __future__ import annotations

import itertools
import os
import random
from pathlib import Path

import pytest

from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.flows.dictation_kills import Moment, Victim
from tests.flows.test_dictation_kills import left_by

KILLS = int(os.environ.get("SAYSO_KILLS", "200"))
MOST_LOST_S = 0.25


@pytest.mark.desk
@pytest.mark.soak
def test_kills_at_random_moments_of_a_dictation(
    sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    chance = random.Random(KILLS)
    kinds = itertools.cycle(itertools.product(Moment, Victim))
    found = []
    for number, (moment, victim) in zip(range(KILLS), kinds, strict=False):
        left = left_by(moment, victim, chance, sound, screen, tmp_path / str(number))
        print(f"{number:3} {victim.value}, {moment.value}: {left}", flush=True)
        found.append(left)
    lost = sorted(left.lost_s for left in found)
    print(f"lost: median {lost[len(lost) // 2]:.3f} s, worst {lost[-1]:.3f} s of {len(lost)} kills")
    assert [left for left in found if left.times_inserted > 1] == []
    assert [left for left in found if not left.clipboard_is_back] == []
    assert lost[-1] <= MOST_LOST_S
