"""The linear canceller: what it takes out, what it leaves of a person, and other clocks."""

from __future__ import annotations

import numpy as np
import pytest

from audio.echo_filter import EchoFilter
from audio.pcm import Samples
from tests.audio.room import Clock, Echo, Person, Room
from tests.desk import speech

FAR = (
    "The weather in Berlin is cloudy today, with a light wind from the west. In the evening there "
    "may be some rain, and tomorrow will be warmer."
)
BLOCK = 160
SECOND = 16_000


def in_room(room: Room, far: Samples, people: tuple[Person, ...] = ()) -> Samples:
    """What the microphone hears of it."""
    echo = Echo(room, len(far))
    for person in people:
        echo.speak(person, room)
    for at in range(0, len(far) - BLOCK + 1, BLOCK):
        echo.play(at, far[at : at + BLOCK].astype(np.float32))
    return np.concatenate(Clock(room.drift_ppm).blocks(echo.field, len(far)))


def cleaned(far: Samples, heard: Samples, canceller: EchoFilter) -> Samples:
    """What is left, with the blocks paired as the devices hand them over."""
    left, played = [], 0
    for at in range(0, len(heard) - BLOCK + 1, BLOCK):
        while played < min(len(far) - BLOCK, at + BLOCK):
            canceller.far(far[played : played + BLOCK])
            played += BLOCK
        left.append(canceller.near(heard[at : at + BLOCK]))
    return np.concatenate(left)


def level_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(samples.astype(np.float64) ** 2) + 1e-9))


def taken_db(heard: Samples, left: Samples, begin_s: float, end_s: float) -> float:
    part = slice(int(begin_s * SECOND), int(end_s * SECOND))
    return level_db(heard[part]) - level_db(left[part])


@pytest.mark.parametrize(
    "room",
    [Room(150, 200.0, 0.3, -6.0), Room(30, -200.0, 0.3, -20.0)],
    ids=str,
)
def test_most_of_an_echo_is_taken_out_whatever_the_clocks(room):
    far = np.tile(speech.say(FAR, "rms").samples(), 2)[: 11 * SECOND]
    canceller = EchoFilter(BLOCK)
    heard = in_room(room, far)
    left = cleaned(far, heard, canceller)
    assert taken_db(heard, left, 8, 11) > 14
    assert canceller.drift_ppm == pytest.approx(room.drift_ppm, abs=15)


def test_a_person_who_speaks_over_it_stays_as_loud():
    far = speech.say(FAR, "rms").samples()
    words = speech.say("Please stop reading now.", "slt", lead_ms=0).samples()
    room = Room(60, 0.0, 0.3, -6.0)
    person = Person(5.0, words, -26.0)
    left = cleaned(far, in_room(room, far, (person,)), EchoFilter(BLOCK))
    alone = in_room(room, np.zeros(len(far), np.int16), (person,))
    part = slice(int(5.2 * SECOND), int(6.5 * SECOND))
    assert level_db(left[part]) == pytest.approx(level_db(alone[part]), abs=2.5)


def test_a_louder_echo_resembles_what_is_taken_out_and_is_learnt_anew():
    far = speech.say(FAR, "rms").samples()
    canceller = EchoFilter(BLOCK)
    heard = in_room(Room(60, 0.0, 0.3, -12.0), far)
    cleaned(far[: 6 * SECOND], heard[: 6 * SECOND], canceller)
    assert canceller.likeness < 0.5
    part = slice(6 * SECOND, 6 * SECOND + 30 * BLOCK)
    cleaned(far[part], heard[part] * np.int16(2), canceller)
    assert canceller.likeness > 0.5
    before = canceller.expected_power
    canceller.unsettle()
    cleaned(np.zeros(2 * BLOCK, np.int16), np.zeros(BLOCK, np.int16), canceller)
    assert canceller.expected_power > 2 * before


def test_after_a_pause_a_new_delay_is_found_and_what_was_learnt_is_kept():
    far = speech.say(FAR, "rms").samples()
    canceller = EchoFilter(BLOCK)
    cleaned(far, in_room(Room(60, 0.0, 0.3, -12.0), far), canceller)
    canceller.rest()
    heard = in_room(Room(73, 0.0, 0.3, -12.0), far)
    left = cleaned(far, heard, canceller)
    assert taken_db(heard, left, 1.0, 2.0) > 14


def test_what_was_played_while_nothing_of_it_was_heard_is_forgotten():
    far = speech.say(FAR, "rms").samples()
    canceller = EchoFilter(BLOCK)
    before = speech.say("Somebody else has read for a long time.", "slt").samples()
    for at in range(0, len(before) - BLOCK, BLOCK):
        canceller.far(before[at : at + BLOCK])
        canceller.rest()
    heard = in_room(Room(60, 0.0, 0.3, -12.0), far)
    left = cleaned(far, heard, canceller)
    assert taken_db(heard, left, 1.0, 3.0) > 5


def test_silence_is_left_as_it_is():
    canceller = EchoFilter(BLOCK)
    silence = np.zeros(BLOCK, np.int16)
    for _ in range(10):
        canceller.far(silence)
        assert not canceller.near(silence).any()
