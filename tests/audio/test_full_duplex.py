"""The engine's hearing in simulated rooms; the whole grid is python -m tests.bench.echo."""

from __future__ import annotations

import numpy as np
import pytest

from audio.echo_gauge import EchoGauge
from tests.audio.room import RATE_HZ, Duplex, Person, Room
from tests.desk import speech

STORY = (
    "This is a rather long story about a house and a garden, and about all the people who live "
    "there. They like to sing every day, in the rain and in the sun."
)


@pytest.mark.parametrize(
    ("room", "level_dbfs"),
    [
        (Room(60, 200.0, 0.4, -12.0), -28.0),
        (Room(200, -200.0, 0.2, -6.0), -26.0),
        (Room(20, 0.0, 0.3, -20.0), -30.0),
    ],
    ids=str,
)
def test_the_assistant_leaves_itself_alone_and_a_person_is_heard_over_it(room, level_dbfs):
    duplex = Duplex(room, speech.say(STORY, "rms").samples())
    words = speech.say("wait, I have another question", "slt", lead_ms=0).samples()
    outcome = duplex.run(11.0, [Person(8.4, words, level_dbfs)])
    assert outcome.own == []
    assert len(outcome.delays_ms) == 1
    assert outcome.delays_ms[0] < 700


def test_noise_that_was_never_heard_alone_and_a_weak_echo_start_nothing():
    room = Room(20, 50.0, 0.6, -30.0, -58.0, seed=35)
    outcome = Duplex(room, speech.say(STORY, "rms").samples()).run(5.0)
    assert outcome.own == []


def test_with_headphones_a_person_is_heard_and_recorded_as_if_nothing_played():
    room = Room(60, echo_db=float("-inf"))
    duplex = Duplex(room, speech.say(STORY, "rms").samples(), begins_s=0.5)
    words = speech.say("wait, I have another question", "slt", lead_ms=0).samples()
    outcome = duplex.run(5.0, [Person(3.0, words)], keep=True)
    assert outcome.own == []
    assert outcome.delays_ms[0] < 250
    later = slice(2 * RATE_HZ, len(outcome.cleaned))
    assert np.array_equal(outcome.cleaned[later], outcome.heard[later])


def gauged(taken_db: float, blocks: int, gauge: EchoGauge) -> bool:
    silence = np.zeros(160, np.int16)
    for _ in range(blocks):
        gauge.begin()
        gauge.far(silence, -20.0)
        gauge.near(silence, -30.0, -62.0, has_voice=False)
        gauge.note_cancelled(taken_db, -30.0, -62.0)
    return gauge.is_failing


def test_an_echo_that_stays_is_told_after_seconds_and_forgotten_when_it_goes():
    gauge = EchoGauge(160)
    assert not gauged(0.0, 300, gauge)
    assert gauged(0.0, 400, gauge)
    assert gauged(25.0, 100, gauge)
    assert not gauged(25.0, 300, gauge)
