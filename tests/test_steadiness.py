"""Whoever fails gets another try, and is listed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.flows.running import ROOT

_INI = "[pytest]\nmarkers = desk\n"
_TESTS = """
import os, signal, time

import pytest

tries = []


def stand_still():
    time.sleep(0.5)  # It may just have been started.
    (naps,) = (
        int(name)
        for name in os.listdir("/proc")
        if name.isdigit() and b"late_ms" in open(f"/proc/{name}/cmdline", "rb").read()
        and f"PPid:\\t{os.getpid()}\\n" in open(f"/proc/{name}/status").read()
    )
    os.kill(naps, signal.SIGSTOP)
    time.sleep(0.3)
    os.kill(naps, signal.SIGCONT)
    time.sleep(0.1)


@pytest.fixture
def number():
    tries.append(1)
    return len(tries)


def test_that_fails_once(number):
    if number == 1:
        stand_still()
    assert number == 2, "not yet"


def test_that_always_fails():
    assert False, "always"


@pytest.mark.desk
def test_on_the_desk_that_always_fails():
    assert False, "there too"
"""


def test_what_failed_is_run_again_and_listed(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(_INI)
    (tmp_path / "test_inner.py").write_text(_TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.steadiness", "-rA", "-q", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True
    )
    out = done.stdout
    assert "1 passed" in out, out
    assert "2 failed" in out, out
    listed = out.partition("failed at first")[2].partition("short test summary")[0]
    (once,) = (line for line in listed.splitlines() if "test_that_fails_once: " in line)
    assert "not yet" in once
    late_ms = float(once.rpartition("woke ")[2].partition(" ms")[0])
    assert late_ms > 250
    assert listed.count("test_that_always_fails: ") == 1
    assert listed.count("test_on_the_desk_that_always_fails: ") == 2
    assert "ms late at worst" in out
