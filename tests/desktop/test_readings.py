"""Who read a text: what a reading proves, and what it does not."""

from __future__ import annotations

import pytest

from app.desktop.readings import IN_TIME_S, Reading, Readings

CLIENT, PID, PRESSED_AT = 7, 70, 100.0


def readings(*asked: tuple[float, float, bool], shown_first: bool = False) -> Readings:
    """Questions of the target: when each was surely not sent yet, how long it took, for a text."""
    found = Readings()
    for sent_after, took_s, text in asked:
        asked_at = max(sent_after, PRESSED_AT)
        done_at = sent_after + took_s
        found.add(Reading(CLIENT, PID, asked_at, sent_after, text, shown_first, done_at=done_at))
    return found


def test_a_text_that_was_read_at_once_is_vouched_for() -> None:
    found = readings((100.0, 0.01, False), (100.02, 0.01, True))
    assert found.vouch(CLIENT, 0, PRESSED_AT)
    assert found.vouch(0, PID, PRESSED_AT)
    assert not found.vouch(8, 80, PRESSED_AT)


def test_the_list_of_forms_is_no_text() -> None:
    found = readings((100.0, 0.01, False))
    assert not found.begun(CLIENT, PID, PRESSED_AT)
    assert not found.read_by(CLIENT, PID, PRESSED_AT)
    assert not found.vouch(CLIENT, PID, PRESSED_AT)


@pytest.mark.parametrize("late", [0, 1])
def test_an_answer_that_came_late_proves_nothing(late: int) -> None:
    took_s = [0.01, 0.01]
    took_s[late] = IN_TIME_S + 0.1
    found = readings((100.0, took_s[0], False), (101.0, took_s[1], True))
    assert found.read_by(CLIENT, PID, PRESSED_AT)
    assert not found.vouch(CLIENT, PID, PRESSED_AT)


def test_a_question_from_before_the_press_is_measured_from_the_press_on() -> None:
    found = readings((90.0, 10.1, True))
    assert found.vouch(CLIENT, PID, PRESSED_AT)


def test_a_question_is_sent_after_the_answer_to_the_one_before() -> None:
    found = readings((100.0, 0.5, False), (100.0, 1.0, True))
    assert not found.vouch(CLIENT, PID, PRESSED_AT)
    found = Readings()
    found.add(Reading(CLIENT, PID, 100.1, 100.0, False, answered_at=100.5, done_at=100.5))
    found.add(Reading(CLIENT, PID, 100.6, 100.0, True, answered_at=100.9, done_at=101.0))
    assert found.vouch(CLIENT, PID, PRESSED_AT)


def test_what_a_page_is_shown_is_not_pasted_yet() -> None:
    once = ((100.0, 0.01, False), (100.02, 0.01, True), (100.04, 0.01, False))
    assert not readings(*once, shown_first=True).vouch(CLIENT, PID, PRESSED_AT)
    twice = (*once, (100.06, 0.01, True))
    assert readings(*twice, shown_first=True).vouch(CLIENT, PID, PRESSED_AT)


def test_what_comes_after_the_proof_does_not_weaken_it() -> None:
    found = readings((100.0, 0.01, True), (101.0, 5.0, False))
    assert found.vouch(CLIENT, PID, PRESSED_AT)


def test_nobody_waits_for_one_that_asks_no_more() -> None:
    found = readings((100.0, 0.01, True), shown_first=True)
    assert not found.wait_to_vouch(CLIENT, PID, PRESSED_AT, quiet_s=60.0, within_s=0.0)
    assert not found.wait_to_vouch(CLIENT, PID, PRESSED_AT, quiet_s=0.0, within_s=60.0)


def test_a_process_that_is_known_later_counts() -> None:
    found = Readings()
    reading = found.add(Reading(CLIENT, 0, 100.0, 100.0, True))
    reading.done_at = 100.01
    assert not found.vouch(0, PID, PRESSED_AT)
    found.identify(reading, PID)
    assert found.vouch(0, PID, PRESSED_AT)
