from __future__ import annotations

import os
import sys

import pytest

from app.desktop.launch import clean_environment, launch
from tests.desk.waiting import wait_until


def test_no_key_and_no_python_of_ours_is_passed_on():
    cleaned = clean_environment(
        {
            "PATH": "/bin",
            "DISPLAY": ":0",
            "OPENAI_API_KEY": "sk-1",
            "OPENAI_BASE_URL": "x",
            "ANTHROPIC_API_KEY": "k",
            "GITHUB_TOKEN": "t",
            "SAYSO_HOME": "/x",
            "PYTHONPATH": "/x",
            "LD_LIBRARY_PATH": "/bundle",
            "LD_LIBRARY_PATH_ORIG": "/usr/lib",
        }
    )
    assert cleaned == {"PATH": "/bin", "DISPLAY": ":0", "LD_LIBRARY_PATH": "/usr/lib"}


def test_a_bundle_without_an_original_library_path_leaves_none():
    environment = {"LD_LIBRARY_PATH": "/bundle", "LD_LIBRARY_PATH_ORIG": ""}
    assert clean_environment(environment) == {}
    assert clean_environment({"LD_LIBRARY_PATH": "/mine"}) == {"LD_LIBRARY_PATH": "/mine"}


def test_a_program_gets_its_own_session_and_outlives_the_watch(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    report = tmp_path / "report"
    code = (
        "import os, sys, time\n"
        f"open({str(report)!r}, 'w').write(f'{{os.getsid(0)}} {{os.getpid()}} {{os.getcwd()}} '\n"
        "    + str('OPENAI_API_KEY' in os.environ) + '\\n')\n"
        "time.sleep(0.5)\n"
    )
    launch([sys.executable, "-c", code], watch_s=0.0, folder=tmp_path)
    text = wait_until(lambda: report.exists() and report.read_text(), "the program's report")
    session, pid, folder, has_key = text.split()
    assert session == pid
    assert int(session) != os.getsid(0)
    assert (folder, has_key) == (str(tmp_path), "False")
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the ended program to be reaped")


def test_a_program_that_fails_at_once_is_told():
    with pytest.raises(OSError, match="false ended with status 1"):
        launch(["/bin/false"], watch_s=30.0)


def test_a_program_that_is_missing_is_told():
    with pytest.raises(FileNotFoundError):
        launch(["/nowhere/at/all"], watch_s=0.0)


def test_a_program_that_ends_well_is_fine(tmp_path):
    launch(["/bin/sh", "-c", "echo done > report"], watch_s=30.0, folder=tmp_path)
    assert (tmp_path / "report").read_text() == "done\n"
