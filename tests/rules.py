"""What fails a test besides its own assertions, and what a test never touches.

- A warning or an error in the log, unless the test is marked `@pytest.mark.logs("pattern", ...)`.
- A task that is still running when its event loop closes.
- A connection to anywhere but this computer.
"""

from __future__ import annotations

import asyncio
import asyncio.runners
import errno
import ipaddress
import logging
import os
import re
import socket
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

_OURS = ("app", "audio", "ui", "resources", "asyncio", "root")
_watch_key = pytest.StashKey["_Watch"]()


class _Watch(logging.Handler):
    """Keeps what a test must not do, as lines."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.logged: list[str] = []
        self.tasks: list[str] = []
        self.connections: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.split(".")[0] in _OURS:
            self.logged.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def complaints(self, declared: list[str]) -> list[str]:
        """Everything so far that is not declared; it is complained about only once."""
        patterns = [re.compile(pattern) for pattern in declared]
        lines = [line for line in self.logged if not any(p.search(line) for p in patterns)]
        lines += [f"task left behind: {task}" for task in self.tasks]
        lines += [f"connection refused by the tests' rules: {to}" for to in self.connections]
        for seen in (self.logged, self.tasks, self.connections):
            seen.clear()
        return lines


class _Session:
    """The watch of the running test, for hooks that no test object reaches."""

    watch: _Watch | None = None


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "logs(*patterns): warnings and errors in the log that belong to this test"
    )
    _stay_off_the_desktop()
    sys.addaudithook(_audit)
    asyncio.runners._cancel_all_tasks = _noting_tasks(  # type: ignore[attr-defined]
        asyncio.runners._cancel_all_tasks  # type: ignore[attr-defined]
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    watch = _Session.watch = item.stash[_watch_key] = _Watch()
    logging.getLogger().addHandler(watch)
    try:
        return (yield)
    finally:
        logging.getLogger().removeHandler(watch)
        _Session.watch = None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    result = yield
    _judge(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    result = yield
    _judge(item)
    return result


@pytest.fixture(autouse=True)
def _home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SAYSO_HOME", str(tmp_path / "home"))


def _judge(item: pytest.Item) -> None:
    declared = [pattern for mark in item.iter_markers("logs") for pattern in mark.args]
    if complaints := item.stash[_watch_key].complaints(declared):
        pytest.fail("\n".join(complaints), pytrace=False)


def _stay_off_the_desktop() -> None:
    """No test uses the screen, the sound or the keyring of whoever runs it, nor their key."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "OPENAI_API_KEY", "OPENAI_BASE_URL"):
        os.environ.pop(name, None)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nonexistent"
    os.environ["PULSE_SERVER"] = "unix:/nonexistent"


def _noting_tasks(cancel_all: Any) -> Any:
    def cancel_and_note(loop: asyncio.AbstractEventLoop) -> None:
        if _Session.watch is not None:
            _Session.watch.tasks += [repr(task) for task in asyncio.all_tasks(loop)]
        cancel_all(loop)

    return cancel_and_note


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto"):
        connection, address = arguments
        if connection.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            _refuse(str(address[0]))
    elif event == "socket.getaddrinfo" and not _is_here(arguments[0]):
        _refuse_name(arguments[0])


def _is_here(host: str | bytes | None) -> bool:
    if isinstance(host, bytes):
        host = host.decode()
    if not host or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback or host in ("0.0.0.0", "::")
    except ValueError:
        return False


def _refuse_name(host: str | bytes) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    # Names under .invalid exist nowhere, so a test may look for one.
    if not name.endswith(".invalid"):
        _refuse(name)
    raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")


def _refuse(host: str) -> None:
    if _Session.watch is not None:
        _Session.watch.connections.append(host)
    raise OSError(errno.ENETUNREACH, f"tests stay on this computer, and do not reach {host}")
