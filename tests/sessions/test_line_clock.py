from __future__ import annotations

from app.sessions.line_clock import LineClock, Pace


class Time:
    def __init__(self) -> None:
        self.s = 100.0

    def __call__(self) -> float:
        return self.s


def clock(**pace: float) -> tuple[LineClock, Time]:
    time = Time()
    return LineClock(Pace(**pace), time), time  # type: ignore[arg-type]


def test_silence_is_counted_from_the_last_use() -> None:
    line, time = clock()
    time.s += 50
    line.used()
    time.s += 59
    assert line.is_wanted(60)
    assert line.look_again_s(60) == 1
    time.s += 1
    assert not line.is_wanted(60)


def test_patience_begins_when_a_session_is_asked_for_or_lost() -> None:
    line, time = clock(patience_s=6)
    time.s += 10
    assert not line.is_patient
    line.asked_for()
    assert line.patience_left_s == 6
    line.came_up()
    time.s += 100
    line.went_down()
    assert line.patience_left_s == 6


def test_waits_grow_until_a_session_was_steady() -> None:
    line, time = clock(steady_s=3)
    line.asked_for()
    waits = [line.next_wait_s() for _ in range(9)]
    assert waits[0] < 0.1
    assert waits[-1] > 7
    line.came_up()
    time.s += 1
    line.went_down()
    assert line.next_wait_s() > 7
    line.came_up()
    time.s += 4
    line.went_down()
    assert line.next_wait_s() < 0.1


def test_a_rest_grows_unless_only_the_user_can_end_it() -> None:
    line, time = clock(rest_s=15, longest_rest_s=40)
    assert [line.begin_rest() for _ in range(4)] == [15, 30, 40, 40]
    line.end_rest()
    assert [line.begin_rest(grows=False) for _ in range(2)] == [15, 15]
    assert line.is_resting


def test_a_rest_ends_by_itself() -> None:
    line, time = clock(rest_s=15)
    line.begin_rest()
    time.s += 15
    assert not line.is_resting


def test_a_follower_that_cannot_be_had_is_tried_again() -> None:
    line, time = clock(patience_s=6)
    line.used()
    line.roll_over_now()
    assert line.look_again_s(1_000) == 0.05
    line.put_off_roll_over()
    assert line.look_again_s(1_000) == 6
    time.s += 6
    assert line.is_roll_over_due


def test_another_session_follows_before_the_limit() -> None:
    line, time = clock()
    line.lasts(3_600)
    time.s += 3_299
    line.used()
    assert line.look_again_s(1_000) == 1
    time.s += 1
    assert line.look_again_s(1_000) == 0.05
    line.came_up()
    line.used()
    line.lasts(10)
    assert line.look_again_s(1_000) == 9
    line.came_up()
    line.lasts(0)
    time.s += 100_000
    assert not line.is_roll_over_due
