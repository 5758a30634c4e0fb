"""What is on disk after `kill -9` at a random moment of somebody's speech."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.desk.screen import Screen
from tests.desk.sound import SoundServer
from tests.desk.speech import say
from tests.flows.kills import kill_while_speaking
from tests.flows.running import RunningSayso

SENTENCE = (
    "this is a long sentence that somebody says without a pause because there is so much to tell "
    "about the garden and the house and the long way home through the rain"
)
# Frames of 100 ms, a write, and the way through PulseAudio's own buffers.
MOST_LOST_S = 0.35


@pytest.mark.desk
@pytest.mark.parametrize("victim", ["window", "engine"])
def test_a_kill_costs_a_moment_of_speech_at_most(
    victim: str, sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    clip = say(SENTENCE, lead_ms=0)
    kill = kill_while_speaking(victim, 2.5, clip, sound, screen, tmp_path / "home")
    assert kill.lost_s < MOST_LOST_S


@pytest.mark.desk
@pytest.mark.soak
@pytest.mark.parametrize("victim", ["window", "engine"])
def test_25_kills_at_random_moments(
    victim: str, sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    clip = say(SENTENCE, lead_ms=0)
    chance = random.Random(victim)
    kills = []
    for number in range(25):
        at_s = chance.uniform(0.6, clip.duration_ms / 1000 - 0.3)
        home = tmp_path / f"home{number}"
        kills.append(kill_while_speaking(victim, at_s, clip, sound, screen, home))
    lost = sorted(kill.lost_s for kill in kills)
    print(f"{victim}: lost median {lost[12]:.3f} s, worst {lost[-1]:.3f} s of {len(lost)} kills")
    assert lost[-1] < MOST_LOST_S


@pytest.mark.desk
def test_a_take_that_a_crash_left_is_offered_and_becomes_text(
    sound: SoundServer, screen: Screen, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    kill_while_speaking("window", 2.5, say(SENTENCE, lead_ms=0), sound, screen, home)
    with RunningSayso(home, sound.environment, arguments=["talk"], stdin_text="/keep\n") as sayso:
        text = sayso.wait_for_message("user")
        assert "long sentence" in text
        sayso.wait_until_no_takes()
        assert [role for role, _, _ in sayso.messages] == ["user"]
