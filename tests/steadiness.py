"""A test that failed is run again, and what it said first is listed at the end.

Sound, windows and their time limits are real here: a computer that does not let a process run for
a while cuts sound off and uses patience up, whatever is under test. So the next try has the
computer to itself, once it is calm. What fails again is a defect; what does not is listed, to be
looked at. A process that does nothing but sleep notes by how much it woke up late: that is the
measure of calm, and every failure tells what was noted.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol

from tests.turnstile import Turnstile

_TRIES = 2
_TRIES_ON_THE_DESK = 3
_CALM_MS = 100.0
_CALM_FOR_S = 2.0
_PATIENCE_S = 60.0
_NAP = """
import sys, time
with open(sys.argv[1], "a", buffering=1) as notes:
    while True:
        began = time.monotonic()
        time.sleep(0.01)
        now = time.monotonic()
        late_ms = (now - began - 0.01) * 1000
        if late_ms > 20:
            print(now, late_ms, file=notes)
"""
_naps_key = pytest.StashKey["Naps"]()
_turnstile_key = pytest.StashKey[Turnstile]()
_AGAIN = "run again"


class Naps:
    """The sleeping process and its notes."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="sayso-naps-")
        self._notes = Path(self._folder.name) / "notes"
        self._notes.touch()
        self._process = subprocess.Popen([sys.executable, "-c", _NAP, str(self._notes)])

    def latest_ms(self, since: float) -> float:
        """By how much it woke up too late at worst since then, a time of the monotonic clock."""
        return max((late_ms for at, late_ms in self._noted() if at >= since), default=0.0)

    def wait_for_calm(self) -> None:
        """Wait until it wakes up in time, but not for ever."""
        began = time.monotonic()
        while (now := time.monotonic()) < began + _PATIENCE_S:
            if now >= began + _CALM_FOR_S and self.latest_ms(now - _CALM_FOR_S) < _CALM_MS:
                return
            time.sleep(0.5)

    def _noted(self) -> Iterator[tuple[float, float]]:
        for line in self._notes.read_text().splitlines():
            numbers = line.split()
            if len(numbers) == 2:
                yield float(numbers[0]), float(numbers[1])

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()
        self._folder.cleanup()


@pytest.fixture
def naps(request: pytest.FixtureRequest) -> Naps:
    """How late this computer lets processes run."""
    return request.config.stash[_naps_key]


def pytest_unconfigure(config: pytest.Config) -> None:
    if (naps := config.stash.get(_naps_key, None)) is not None:
        naps.close()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    if (naps := item.config.stash.get(_naps_key, None)) is None:
        naps = item.config.stash[_naps_key] = Naps()
    hook = item.ihook
    hook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
    for report in _reports(item, nextitem, naps):
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def _reports(
    item: pytest.Item, nextitem: pytest.Item | None, naps: Naps
) -> list[pytest.TestReport]:
    """Those of the last try."""
    turnstile = _turnstile(item.config)
    tries = _TRIES if item.get_closest_marker("desk") is None else _TRIES_ON_THE_DESK
    with turnstile.beside():
        reports, reason = _try(item, nextitem, naps)
    earlier: list[str] = []
    while reason and len(earlier) + 1 < tries:
        earlier.append(reason)
        item._initrequest()  # type: ignore[attr-defined]
        with turnstile.alone():
            naps.wait_for_calm()
            reports, reason = _try(item, nextitem, naps)
    reports[0].user_properties += [(_AGAIN, line) for line in earlier]
    return reports


def _try(
    item: pytest.Item, nextitem: pytest.Item | None, naps: Naps
) -> tuple[list[pytest.TestReport], str]:
    """Its reports, and what failed in a line; empty if nothing did."""
    began = time.monotonic()
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    failed = [report for report in reports if report.failed]
    if not failed:
        return reports, ""
    late_ms = naps.latest_ms(began)
    noted = f"A process that only sleeps woke up {late_ms:.0f} ms late at worst."
    for report in failed:
        report.sections.append(("the computer meanwhile", noted))
    return reports, f"{item.nodeid}: {_reason(failed[0])} (woke {late_ms:.0f} ms late)"


def _turnstile(config: pytest.Config) -> Turnstile:
    """All workers' own; a run without workers has one to itself."""
    if (turnstile := config.stash.get(_turnstile_key, None)) is None:
        folder: Path = config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        if "PYTEST_XDIST_WORKER" in os.environ:
            folder = folder.parent
        turnstile = config.stash[_turnstile_key] = Turnstile(folder)
    return turnstile


def _reason(report: pytest.TestReport) -> str:
    """What failed, in a line."""
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr).strip().partition("\n")[0]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    lines = [
        str(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport)
        for name, value in report.user_properties
        if name == _AGAIN
    ]
    if lines:
        terminalreporter.section("failed at first")
        for line in lines:
            terminalreporter.line(line)
