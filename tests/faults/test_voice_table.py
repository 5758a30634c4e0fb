"""A realtime session goes wrong in every way: nothing is lost, and it goes on."""

from __future__ import annotations

import pytest
from _pytest.mark import ParameterSet

from tests.faults.clock import run_hurried
from tests.faults.voice_catalogue import VOICE_FAULT, VOICE_FAULTS, VoiceFault
from tests.faults.voice_live import live_through_voice

LONGEST_WAIT_S = 90.0
"""Nobody waits longer than this to be answered or told, on the clock of the deadlines."""


def _row(fault: VoiceFault) -> ParameterSet:
    marks = () if fault.quick else (pytest.mark.soak,)
    return pytest.param(fault.name, id=fault.name, marks=marks)


@pytest.mark.parametrize("name", [_row(fault) for fault in VOICE_FAULTS])
def test_a_fault_of_a_realtime_session_is_lived_through(name: str) -> None:
    fault = VOICE_FAULT[name]
    lived = run_hurried(live_through_voice(fault))

    assert lived.problems == []
    assert bool(lived.heard) != lived.kept, "either words or a recording"
    assert bool(lived.replied) == fault.replies, f"told {lived.notices}"
    assert lived.goes_on, f"the turn after it: {lived.afterwards}"
    waited_s = lived.answered_s if fault.replies else lived.told_s
    assert waited_s is not None
    assert waited_s < LONGEST_WAIT_S
    if not lived.stood_in:
        assert lived.lost == 0, "the server held the whole utterance"
