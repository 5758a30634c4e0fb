"""`kill -9` in the middle of a dictation loses no speech, repeats no text, keeps no clipboard."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.desk import targets
from tests.desk.clipboard import clipboard_with
from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.flows.dictation_kills import Left, Moment, Scene, Victim, kill_dictation

SENTENCE = "this is a new sentence about the garden"
MARKER = "garden"
# Frames of 100 ms, a write, and the way through PulseAudio's own buffers.
MOST_LOST_S = 0.35


def left_by(
    moment: Moment,
    victim: Victim,
    chance: random.Random,
    sound: SoundServer,
    screen: Screen,
    folder: Path,
) -> Left:
    """A kill on a fresh home, with a picture on the clipboard."""
    folder.mkdir()
    clip = say(SENTENCE, lead_ms=0, tail_ms=0)
    with (
        clipboard_with(screen, folder, "image"),
        targets.qt(screen, folder, "plain") as field,
    ):
        scene = Scene(folder / "home", sound, screen, field, clip, MARKER)
        return kill_dictation(scene, moment, victim, chance)


@pytest.mark.desk
@pytest.mark.parametrize(
    ("moment", "victim"),
    [
        (Moment.SPEAKING, Victim.APP),
        (Moment.SPEAKING, Victim.ENGINE),
        (Moment.INSERTING, Victim.APP),
        (Moment.KEEPING, Victim.BOTH),
    ],
)
def test_a_kill_loses_and_repeats_nothing(
    moment: Moment, victim: Victim, sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    chance = random.Random(f"{moment} {victim}")
    left = left_by(moment, victim, chance, sound, screen, tmp_path / "run")
    assert left.lost_s < MOST_LOST_S, left
    assert left.times_inserted <= 1, left
    assert left.clipboard_is_back, left
