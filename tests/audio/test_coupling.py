"""Whether there is an echo, from levels and from sounds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from audio.coupling import Coupling, Likeness, Verdict
from audio.pcm import FLOOR_DBFS, Samples
from tests.desk import speech

ROOM_DBFS = -60.0
LOUD_DBFS = -20.0
FAR = "this is a rather long story about a house and all the people who live there"
NEAR = "wait, I have another question, and it is about the weather and the garden"


def rested() -> Coupling:
    """A coupling that knows the room."""
    coupling = Coupling()
    for _ in range(50):
        coupling.rest(ROOM_DBFS, 20)
    return coupling


def play(
    coupling: Coupling, blocks: int, heard_dbfs: float = ROOM_DBFS, far_dbfs: float = LOUD_DBFS
) -> None:
    """Blocks of 10 ms, played and heard."""
    for _ in range(blocks):
        coupling.far(far_dbfs)
        coupling.near(heard_dbfs)


def without_echo() -> Coupling:
    """A coupling that has found no echo."""
    coupling = rested()
    play(coupling, 100)
    assert not coupling.has_echo
    return coupling


def test_there_is_an_echo_until_loud_sound_was_played_for_long_and_not_heard():
    coupling = rested()
    play(coupling, 45)
    assert coupling.has_echo
    play(coupling, 30)
    assert not coupling.has_echo


def test_silence_and_whispers_prove_nothing():
    coupling = rested()
    play(coupling, 500, far_dbfs=FLOOR_DBFS)
    play(coupling, 500, far_dbfs=-55.0)
    assert coupling.has_echo


def test_a_microphone_that_hears_more_than_the_room_proves_nothing():
    coupling = rested()
    play(coupling, 500, heard_dbfs=ROOM_DBFS + 15)
    assert coupling.has_echo


def test_without_knowing_the_room_only_silence_counts():
    coupling = Coupling()
    play(coupling, 500, heard_dbfs=ROOM_DBFS)
    assert coupling.has_echo
    coupling = Coupling()
    play(coupling, 500, heard_dbfs=FLOOR_DBFS)
    assert not coupling.has_echo


@given(
    delay=st.integers(0, 40),
    coupling_db=st.floats(-30.0, 6.0),
    far=st.lists(st.sampled_from([-90.0, -40.0, -25.0, -20.0]), min_size=60, max_size=200),
)
def test_an_echo_above_the_noise_is_never_overlooked(delay, coupling_db, far):
    coupling = rested()
    heard = [ROOM_DBFS] * delay + [max(ROOM_DBFS, level + coupling_db) for level in far]
    loud = [level for level in far if level >= -25.0]
    for level, near in zip(far, heard, strict=False):
        coupling.far(level)
        coupling.near(near)
        assert coupling.has_echo or not loud


def test_a_person_who_speaks_does_not_bring_the_echo_back():
    coupling = without_echo()
    play(coupling, 300, heard_dbfs=-25.0)
    assert not coupling.has_echo


def test_what_was_found_holds_for_the_next_reply():
    coupling = without_echo()
    coupling.rest(ROOM_DBFS, 5000)
    play(coupling, 1)
    assert not coupling.has_echo


def test_a_doubt_counts_from_the_next_reply_on():
    coupling = without_echo()
    coupling.doubt()
    play(coupling, 20)
    coupling.rest(ROOM_DBFS, 1000)
    seen = [coupling.has_echo]
    for blocks in (1, 100):
        play(coupling, blocks)
        seen.append(coupling.has_echo)
    assert seen == [False, True, False]


def test_a_speaker_that_gets_much_louder_is_judged_anew():
    coupling = rested()
    play(coupling, 100, far_dbfs=-40.0)
    assert not coupling.has_echo
    play(coupling, 1, far_dbfs=-36.0)
    assert not coupling.has_echo
    play(coupling, 1, far_dbfs=-20.0)
    assert coupling.has_echo


def test_what_is_forgotten_must_be_found_again():
    coupling = without_echo()
    coupling.forget()
    assert coupling.has_echo


def compared(far: Samples, near: Samples) -> list[bool]:
    """What is said of each loud window of 32 ms after the first second."""
    likeness, found = Likeness(), []
    for at in range(0, min(len(far), len(near)) - 512, 512):
        likeness.far(far[at : at + 512])
        likeness.near(near[at : at + 512])
        if at > 16_000 and np.abs(near[at : at + 512]).max() > 300:
            found.append(likeness.verdict() is Verdict.ECHO)
    return found


@pytest.mark.parametrize("delay_ms", [0, 100, 300, 500])
def test_an_echo_resembles_what_was_played(delay_ms):
    far = speech.say(FAR, "rms").samples()
    hiss = np.random.default_rng(5).standard_normal(len(far)) * 8
    delayed = np.concatenate((np.zeros(delay_ms * 16), far))[: len(far)]
    found = compared(far, (delayed * 0.25 + hiss).astype(np.int16))
    assert np.mean(found) > 0.8


def test_a_person_does_not_resemble_what_was_played():
    found = compared(speech.say(FAR, "rms").samples(), speech.say(NEAR, "slt").samples())
    assert len(found) > 30
    assert np.mean(found) < 0.05


def test_silence_resembles_nothing():
    likeness = Likeness()
    assert likeness.verdict() is Verdict.NONE
    likeness.near(np.ones(5000, dtype=np.int16))
    assert likeness.verdict() is Verdict.NONE


def hissing(samples: Samples) -> Samples:
    """The same in a quiet room."""
    hiss = np.random.default_rng(5).standard_normal(len(samples)) * 16
    return (samples + hiss).astype(np.int16)


def test_tones_resemble_nothing():
    time_s = np.arange(12_800) / 16_000
    chime = np.sin(2 * np.pi * 440 * time_s) + np.sin(2 * np.pi * 880 * time_s)
    chime[:400] = 0
    voice = speech.say(NEAR, "slt", lead_ms=0).samples()
    likeness = Likeness()
    likeness.far((chime * 4500).astype(np.int16))
    for at in range(0, 16_000, 512):
        likeness.near(hissing(voice[at : at + 512]))
        assert likeness.verdict() is Verdict.NONE
