"""How loud an echo, or its rest, can be."""

from __future__ import annotations

import pytest

from audio.pcm import FLOOR_DBFS
from audio.residue import EchoLevel, Residue, added_db

ROOM_DBFS = -62.0
FAR_DBFS, ECHO_DBFS = -20.0, -32.0


EXPECTED_DBFS = -50.0


def learnt(rest_dbfs: float = -55.0) -> Residue:
    residue = Residue()
    for _ in range(600):
        residue.note(ECHO_DBFS, rest_dbfs, EXPECTED_DBFS, ROOM_DBFS)
    return residue


def test_the_rest_of_an_echo_is_known_when_little_is_left_for_long():
    assert not Residue().is_known(by_now=False)
    assert learnt().is_known(by_now=False)
    assert not learnt(rest_dbfs=ECHO_DBFS).is_known(by_now=False)


def test_what_is_known_stays_so_until_much_more_is_left():
    residue = learnt()
    while residue.is_known(by_now=False):
        residue.was_echo()
    assert residue.is_known(by_now=True)
    for _ in range(20):
        residue.was_echo()
    assert not residue.is_known(by_now=True)


def test_a_person_stands_out_of_the_rest_and_teaches_nothing():
    residue = learnt()
    assert not residue.note(ECHO_DBFS, -55.0, EXPECTED_DBFS, ROOM_DBFS)
    words = (residue.note(ECHO_DBFS, ECHO_DBFS - 3, EXPECTED_DBFS, ROOM_DBFS) for _ in range(90))
    assert all(words)
    assert residue.is_known(by_now=False)


def test_a_loud_rest_does_not_stand_out_where_the_filter_expects_one():
    residue = learnt()
    assert not residue.note(ECHO_DBFS, ECHO_DBFS - 3, ECHO_DBFS + 2, ROOM_DBFS)


def test_the_noise_of_the_room_never_stands_out():
    assert not learnt().note(FLOOR_DBFS, ROOM_DBFS + 3, FLOOR_DBFS, ROOM_DBFS)


def test_noise_that_was_never_heard_alone_is_learnt_between_the_words():
    residue = learnt()
    for _ in range(5):
        residue.note(FLOOR_DBFS, ROOM_DBFS + 10, FLOOR_DBFS, FLOOR_DBFS)
    between = [residue.note(FLOOR_DBFS, ROOM_DBFS + 10, FLOOR_DBFS, FLOOR_DBFS) for _ in range(200)]
    assert not any(between[100:])


def test_two_sounds_that_are_equally_loud_add_three_db():
    assert added_db(-40.0, -40.0) == pytest.approx(-37.0, abs=0.02)
    assert added_db(-80.0, -40.0) == pytest.approx(-40.0, abs=0.01)


def heard(level: EchoLevel, over_db: float, blocks: int) -> None:
    for _ in range(blocks):
        level.far(FAR_DBFS)
        level.near(FAR_DBFS + over_db)


def test_what_is_louder_than_any_echo_is_more_than_one():
    assert EchoLevel().limit_dbfs is None
    level = EchoLevel()
    heard(level, -12.0, 100)
    assert level.limit_dbfs is not None
    assert -12.0 < level.limit_dbfs - FAR_DBFS < -4.0
    assert level.is_new
    heard(level, -12.0, 300)
    assert not level.is_new


def test_the_limit_follows_what_is_played():
    level = EchoLevel()
    heard(level, -12.0, 100)
    before = level.limit_dbfs
    level.far(FAR_DBFS + 10)
    assert before is not None
    assert level.limit_dbfs == before + 10


def test_silence_teaches_nothing():
    level = EchoLevel()
    for _ in range(500):
        level.far(FLOOR_DBFS)
        level.near(ROOM_DBFS)
    assert level.limit_dbfs is None
