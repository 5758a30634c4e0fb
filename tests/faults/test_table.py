"""The fault table: whatever goes wrong, one sentence is told, nothing is lost, and it goes on."""

from __future__ import annotations

from collections import Counter

import pytest
from _pytest.mark import ParameterSet

from app.errors import Code
from tests.faults.api import Service
from tests.faults.catalogue import BY_NAME, FAULTS, Expected, Fault
from tests.faults.clock import run_hurried
from tests.faults.doors import DOORS, SERVICES, Door
from tests.faults.live import Lived, live_through, live_through_at_openai, live_through_door

LONGEST_WAIT_S = 90.0
"""Nobody waits longer than this to be told what is wrong, on the clock of the deadlines."""

pytestmark = pytest.mark.logs("SSL_CERT_FILE")

_ROWS = [
    pytest.param(fault.name, service, id=f"{service}: {fault.name}")
    for fault in FAULTS
    for service in fault.expected
]
_DOORS = [
    pytest.param(door, service, id=f"{service}: {door.name}")
    for door in DOORS
    for service in SERVICES
]


@pytest.mark.parametrize(("name", "service"), _ROWS)
def test_a_fault_of_a_server_is_lived_through(name: str, service: Service) -> None:
    expected = BY_NAME[name].expected[service]
    _check_fault(run_hurried(live_through(BY_NAME[name], service)), expected)


def _at_openai(fault: Fault) -> ParameterSet:
    """Faults that every service can have are the same code there, and tried in the long run."""
    marks = () if set(fault.expected) == {Service.CHAT} else (pytest.mark.soak,)
    return pytest.param(fault.name, id=fault.name, marks=marks)


@pytest.mark.parametrize("name", [_at_openai(f) for f in FAULTS if Service.CHAT in f.expected])
def test_a_fault_of_openais_own_host_is_lived_through(name: str) -> None:
    lived = run_hurried(live_through_at_openai(BY_NAME[name]))
    _check_fault(lived, BY_NAME[name].expected[Service.CHAT])


def _check_fault(lived: Lived, expected: Expected) -> None:
    _check(lived, frozenset() if expected.code is None else frozenset({expected.code}))
    most = 1 if expected.once else 3
    if lived.fault != "tool calls without end":
        asked = Counter(lived.models)
        assert max(asked.values()) <= most, f"asked {asked}"


@pytest.mark.parametrize(("door", "service"), _DOORS)
def test_a_fault_on_the_way_is_lived_through(door: Door, service: Service) -> None:
    _check(run_hurried(live_through_door(door, service)), door.codes)


def _check(lived: Lived, codes: frozenset[Code]) -> None:
    told = {notice.code for notice in lived.notices}
    assert lived.problems == []
    assert lived.goes_on, f"the turn after it: {lived.afterwards}"
    assert bool(told & codes) == bool(codes), f"told {told}"
    if codes:
        assert lived.told_s is not None
        assert lived.told_s < LONGEST_WAIT_S
    if lived.service is Service.TRANSCRIPTION:
        assert lived.kept != bool(lived.heard), "either text or a recording"
        assert lived.row in (None, lived.kept), "a recording is listed"
    else:
        assert lived.heard
        assert not lived.kept
    if lived.service is Service.SPEECH:
        assert lived.replied, "what cannot be spoken is shown"
