"""Runs one program in a sandbox: `python -m app.sandbox.launcher STATUS_FD < job`.

Three processes: this one; the first of a new process namespace, which watches; the program. Nothing
is run unless every layer holds. Standard library only.
"""

from __future__ import annotations

import json
import os
import resource
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator

from app.sandbox import kernel, landlock, root_folder, seccomp
from app.sandbox.job import SCRATCH, Job

_NAMESPACES = (
    kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID | kernel.CLONE_NEWNET | kernel.CLONE_NEWNS
    | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS
)  # fmt: skip
_LOOK_S = 0.02
_SPARE_PROCESSES = 8
"""More than the watch allows, so that it is the one that stops a program."""
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class LayerMissing(Exception):
    """A layer of the sandbox cannot be had; the text says which, and why."""


class Status:
    """What is told to the one who asked, line by line."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._descriptor = descriptor

    def tell(self, **values: object) -> None:
        """Write one line; a reader who is gone does not matter any more."""
        try:
            os.write(self._descriptor, json.dumps(values).encode() + b"\n")
        except OSError:
            os._exit(1)


def main() -> None:
    """Never returns."""
    status = Status(int(sys.argv[1]))
    job = Job.from_json(sys.stdin.read())
    try:
        _layer("an end with Sayso", kernel.die_with_parent)
        _layer("seccomp filters", lambda: seccomp.program(kernel.machine()))
        _layer("Landlock", landlock.version)
        _layer("own users, processes and network", _leave_namespaces)
        alive, ours = os.pipe()
        first = os.fork()
    except (LayerMissing, OSError) as error:
        status.tell(missing=str(error))
        os._exit(1)
    if first == 0:
        os.close(ours)
        _watched(job, status, alive)
    os.waitpid(first, 0)
    os._exit(0)


def _watched(job: Job, status: Status, alive: int) -> None:
    """The first process of the namespace: when it ends, all others in it are killed."""
    kernel.die_with_parent()
    if select.select([alive], [], [], 0)[0]:
        os._exit(1)  # The launcher is gone already.
    try:
        _layer("own files", lambda: root_folder.enter(job))
        _layer("giving up rights", kernel.drop_capabilities)
        kernel.hide_from_debuggers()
        ready, told = os.pipe()
        program = os.fork()
    except (LayerMissing, OSError) as error:
        status.tell(missing=str(error))
        os._exit(1)
    if program == 0:
        _become(job, told)
    os.close(told)
    trouble = b"".join(iter(lambda: os.read(ready, 4096), b"")).decode()
    if trouble:
        status.tell(**json.loads(trouble))
        os._exit(1)
    status.tell(started=True)
    status.tell(**_watch(job, program))
    os._exit(0)


def _become(job: Job, told: int) -> None:
    """The program itself. `told` closes by itself when it begins."""
    trouble: dict[str, str] = {}
    try:
        os.setsid()
        _limit(job)
        _layer("no new rights", kernel.gain_nothing_from_programs)
        writable = (SCRATCH, *job.folders, *_devices())
        _layer("Landlock", lambda: landlock.restrict(("/",), writable))
        _layer("seccomp filters", seccomp.install)
        os.closerange(3, told)
        os.execvpe(job.argv[0], job.argv, _environment())
    except LayerMissing as error:
        trouble = {"missing": str(error)}
    except (OSError, ValueError) as error:
        trouble = {"failed": getattr(error, "strerror", None) or str(error)}
    os.write(told, json.dumps(trouble).encode())
    os._exit(127)


def _watch(job: Job, program: int) -> dict[str, object]:
    """Wait for the program's end, or stop all of it where together they use too much."""
    limits = job.limits
    ends_at = time.monotonic() + limits.seconds
    while True:
        ended, code = os.waitpid(-1, os.WNOHANG)
        if ended == program:
            return {"code": os.waitstatus_to_exitcode(code)}
        if ended:
            continue
        processes, memory_bytes = _usage()
        if processes > limits.processes:
            return {"stopped": "processes"}
        if memory_bytes > limits.memory_bytes:
            return {"stopped": "memory"}
        if time.monotonic() > ends_at:
            return {"stopped": "time"}
        time.sleep(_LOOK_S)


def _usage() -> tuple[int, int]:
    """How many processes there are beside this one, and their memory together in bytes."""
    sizes = list(_resident_pages())
    return len(sizes), sum(sizes) * _PAGE_BYTES


def _resident_pages() -> Iterator[int]:
    for name in os.listdir("/proc"):
        if name.isdigit() and name != "1":
            try:
                with open(f"/proc/{name}/statm", encoding="ascii") as file:
                    yield int(file.read().split()[1])
            except (OSError, IndexError):
                continue  # It has ended.


def _leave_namespaces() -> None:
    user, group = os.getuid(), os.getgid()
    kernel.unshare(_NAMESPACES)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="ascii") as file:
        file.write(text)


def _limit(job: Job) -> None:
    limits = job.limits
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, limits.cpu_seconds),
        (resource.RLIMIT_AS, limits.address_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_NPROC, limits.processes + _SPARE_PROCESSES),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (bound, bound))
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)


def _devices() -> tuple[str, ...]:
    return tuple(f"/dev/{name}" for name in ("null", "zero", "full"))


def _environment() -> dict[str, str]:
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": SCRATCH,
        "TMPDIR": SCRATCH,
        "LANG": "C.UTF-8",
        "TERM": "dumb",
    }


def _layer(name: str, apply: Callable[[], object]) -> None:
    try:
        apply()
    except (OSError, seccomp.FilterUnknown, KeyError) as error:
        raise LayerMissing(f"{name}: {error}") from None


if __name__ == "__main__":
    main()
