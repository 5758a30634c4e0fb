"""A test on the desk gets another try only where the computer stood still."""

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


@pytest.mark.desk
def test_that_fails_once(number):
    if number == 1:
        stand_still()
    assert number == 2


@pytest.mark.desk
def test_that_fails_on_a_steady_computer():
    assert False, "wrong"


@pytest.mark.desk
def test_that_always_fails():
    stand_still()
    assert False, "always"


def test_that_is_not_on_the_desk():
    stand_still()
    assert False
"""


def test_only_a_desk_that_stood_still_gets_another_try(tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(_INI)
    (tmp_path / "test_inner.py").write_text(_TESTS)
    command = [sys.executable, "-m", "pytest", "-p", "tests.steadiness", "-rA", "-q", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PATH": ""}, capture_output=True, text=True
    )
    out = done.stdout
    assert "1 passed" in out, out
    assert "3 failed" in out, out
    assert out.count("run again, because the computer stood still") == 1, out
    again = out.partition("run again, because the computer stood still")[2]
    assert again.count("test_that_fails_once: ") == 1
    assert again.count("test_that_always_fails: ") == 2
    assert "test_that_fails_on_a_steady_computer: " not in again
    assert "ms late at worst" in out
