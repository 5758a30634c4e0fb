from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BREAKS_THE_RULES = """
import asyncio
import logging
import socket

import pytest


def test_logged_warning():
    logging.getLogger("app.core").warning("strange")


@pytest.mark.logs("strange")
def test_declared_warning():
    logging.getLogger("app.core").warning("strange")


def test_warning_of_others():
    logging.getLogger("elsewhere").warning("strange")


async def test_left_task():
    asyncio.get_running_loop().create_task(asyncio.sleep(60), name="lost")


async def test_ended_task():
    await asyncio.create_task(asyncio.sleep(0))


def test_left_task_in_another_thread():
    async def leave():
        asyncio.get_running_loop().create_task(asyncio.sleep(60), name="lost")

    asyncio.run(leave())


@pytest.mark.parametrize("host", ["192.0.2.1", "example.com"])
def test_connection_outwards(host):
    with pytest.raises(OSError):
        socket.create_connection((host, 80), timeout=1)


def test_unknown_name():
    with pytest.raises(socket.gaierror):
        socket.create_connection(("nowhere.invalid", 80), timeout=1)


def test_connection_on_this_computer():
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()
"""


def test_tests_that_break_a_rule_fail(tmp_path: Path) -> None:
    broken = tmp_path / "test_broken.py"
    broken.write_text(BREAKS_THE_RULES)
    command = [sys.executable, "-m", "pytest", "-p", "tests.rules", "-rA", "-q", "--no-header"]
    done = subprocess.run(
        [*command, "-c", "pyproject.toml", "--rootdir", str(tmp_path), str(broken)],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    outcomes = {
        line.split("::")[1].split(" ")[0]: line.split(" ")[0]
        for line in done.stdout.splitlines()
        if line.startswith(("PASSED", "FAILED", "ERROR")) and "::" in line
    }
    assert outcomes == {
        "test_logged_warning": "FAILED",
        "test_declared_warning": "PASSED",
        "test_warning_of_others": "PASSED",
        "test_left_task": "ERROR",
        "test_ended_task": "PASSED",
        "test_left_task_in_another_thread": "FAILED",
        "test_connection_outwards[192.0.2.1]": "FAILED",
        "test_connection_outwards[example.com]": "FAILED",
        "test_unknown_name": "PASSED",
        "test_connection_on_this_computer": "PASSED",
    }, done.stdout
