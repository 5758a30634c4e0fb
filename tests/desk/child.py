"""A program that a test starts: away from pytest's own pipes, and ended by its pid."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_GRACE_S = 5.0
_LOG_TAIL = 2000


def merged(*environments: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with those of some parts of the desk laid over it."""
    result = dict(os.environ)
    for environment in environments:
        result.update(environment)
    return result


class Child:
    """A running program. Its output goes to files, and it ends when pytest does."""

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        stdin: int = subprocess.DEVNULL,
        stdout: int | None = None,
        pass_fds: Sequence[int] = (),
        cwd: Path | None = None,
    ) -> None:
        """Start `command`; logs go to `folder`. `stdout` may be PIPE, for one reader of it."""
        self.name = Path(command[0]).name
        folder.mkdir(parents=True, exist_ok=True)
        self.log_path = _free_name(folder, self.name)
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [*_ends_with_us(), *command],
                env=merged() if environment is None else dict(environment),
                stdin=stdin,
                stdout=log if stdout is None else stdout,
                stderr=log,
                pass_fds=pass_fds,
                start_new_session=True,
                cwd=cwd,
            )

    @property
    def pid(self) -> int:
        """Process id of the program itself."""
        return self.process.pid

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    @property
    def log(self) -> str:
        """The end of what it wrote to its log."""
        return self.log_path.read_text(errors="replace")[-_LOG_TAIL:]

    def wait(self, timeout_s: float = 10.0) -> int:
        """Wait for its own end, and return the exit code. Raises AssertionError on time-out."""
        try:
            return self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"{self.name} did not end in {timeout_s:g} s: {self.log}"
            ) from None

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal to the program alone."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Ask it and all that it started to end; insist after a moment."""
        if self.alive:
            self.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(_GRACE_S)
        self._end_session()
        self.process.wait()
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                stream.close()

    def _end_session(self) -> None:
        for number, patience_s in ((signal.SIGTERM, 1.0), (signal.SIGKILL, _GRACE_S)):
            deadline = time.monotonic() + patience_s
            for pid in _members(self.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            while _members(self.pid) and time.monotonic() < deadline:
                time.sleep(0.01)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()


def _members(session: int) -> list[int]:
    """The running processes of a session; zombies do not count."""
    members = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            state, _parent, _group, of = (entry / "stat").read_text().rpartition(")")[2].split()[:4]
            if int(of) == session and state != "Z":
                members.append(int(entry.name))
    return members


def _ends_with_us() -> list[str]:
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM", "--"] if setpriv else []


def _free_name(folder: Path, name: str) -> Path:
    candidates: Iterator[Path] = (folder / f"{name}-{n}.log" for n in range(1, 10_000))
    return next(path for path in candidates if not path.exists())
