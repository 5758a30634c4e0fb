from __future__ import annotations

import asyncio
import logging
import os
import resource
import stat
import subprocess
import sys
import threading
import warnings
from pathlib import Path

import pytest

from app import logs
from app.redaction import hide
from tests.logged import entries, logging_to

KEY = "sk-canary-0123456789abcdefghijklmnop"
_log = logging.getLogger("app.test")
pytestmark = pytest.mark.logs(".")


def test_lines_are_json_with_what_is_needed(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        _log.info("hello %s", "wörld\n漢")
        (entry,) = entries(tmp_path)
    assert entry["message"] == "hello wörld\n漢"
    assert (entry["level"], entry["logger"]) == ("INFO", "app.test")
    assert (entry["thread"], entry["pid"]) == ("MainThread", os.getpid())
    assert entry["time"].endswith("+00:00")


def test_secrets_are_out_of_messages_arguments_and_tracebacks(tmp_path: Path) -> None:
    hide(KEY)
    with logging_to(tmp_path):
        try:
            raise ValueError(f"bad {KEY}")
        except ValueError:
            _log.exception("with %s", KEY, stack_info=True)
        (entry,) = entries(tmp_path)
    assert entry["message"] == "with •••"
    assert "ValueError: bad •••" in entry["traceback"]
    assert KEY not in (tmp_path / logs.LOG_NAME).read_text()


def test_files_are_rotated_and_private(tmp_path: Path) -> None:
    with logging_to(tmp_path / "deep" / "logs"):
        for _ in range(7000):
            _log.info("x" * 1000)
    files = sorted((tmp_path / "deep" / "logs").iterdir())
    assert len(files) == logs.FILES == 5
    assert all(file.stat().st_size <= logs.FILE_BYTES for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "deep" / "logs").stat().st_mode) == 0o700


@pytest.mark.parametrize("verbose", [False, True])
def test_libraries_and_details_only_when_asked_for(tmp_path: Path, verbose: bool) -> None:
    with logging_to(tmp_path, verbose=verbose):
        _log.debug("detail")
        for name in ("httpx2", "openai._base_client", "websockets.client"):
            logging.getLogger(name).info("chatter")
            logging.getLogger(name).warning("trouble")
        messages = [entry["message"] for entry in entries(tmp_path)]
    assert messages.count("trouble") == 3
    assert messages.count("chatter") == (3 if verbose else 0)
    assert messages.count("detail") == verbose


def test_a_second_set_up_replaces_the_first(tmp_path: Path) -> None:
    with logging_to(tmp_path / "a"):
        logs.set_up(tmp_path / "b")
        _log.info("once")
        assert (tmp_path / "a" / logs.LOG_NAME).read_text() == ""
        assert len(entries(tmp_path / "b")) == 1


def test_warnings_are_logged(tmp_path: Path) -> None:
    with logging_to(tmp_path), warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logging.captureWarnings(True)
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)
        (entry,) = entries(tmp_path)
    assert "DeprecationWarning: old ways" in entry["message"]


def test_uncaught_errors_of_threads_and_loops_are_logged(tmp_path: Path) -> None:
    def fail() -> None:
        raise ValueError(KEY)

    async def leave_an_error() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(logs.on_loop_error)
        loop.call_soon(fail)
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    hide(KEY)
    with logging_to(tmp_path):
        thread = threading.Thread(target=fail, name="worker")
        thread.start()
        thread.join()
        ending = threading.Thread(target=sys.exit)
        ending.start()
        ending.join()
        asyncio.run(leave_an_error())
        first, second = entries(tmp_path)
    assert first["message"] == "Uncaught in the thread worker"
    assert second["message"].startswith("In the core loop: Exception in callback")
    for entry in (first, second):
        assert "ValueError: •••" in entry["traceback"]


def test_an_uncaught_error_ends_the_program_in_the_log_and_on_stderr(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from app import logs, redaction\n"
        f"logs.set_up(Path(sys.argv[1])); redaction.hide({KEY!r})\n"
        f"raise ValueError({KEY!r})"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    root = Path(__file__).parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert done.returncode == 1
    assert "ValueError: •••" in done.stderr
    assert KEY not in done.stderr
    (entry,) = entries(tmp_path)
    assert (entry["level"], entry["message"]) == ("CRITICAL", "Uncaught")


@pytest.mark.parametrize("obstacle", ["file", "full disk"])
def test_a_disk_that_refuses_stops_nothing(
    tmp_path: Path, obstacle: str, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "logs"
    if obstacle == "file":
        folder.write_text("in the way")
    else:
        folder.mkdir()
        (folder / logs.LOG_NAME).symlink_to("/dev/full")
    hide(KEY)
    with logging_to(folder):
        _log.info("lost")
        _log.warning("seen %s", KEY)
    shown = capsys.readouterr().err
    assert ("seen •••" in shown) == (obstacle == "file")
    assert "lost" not in shown
    assert "Traceback" not in shown


def test_no_core_is_dumped(tmp_path: Path) -> None:
    with logging_to(tmp_path):
        assert resource.getrlimit(resource.RLIMIT_CORE) == (0, 0)
