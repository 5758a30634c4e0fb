"""Where a layer of the sandbox is missing, nothing is run, and the reason names the layer."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.sandbox import running, seccomp
from app.sandbox.job import Job
from app.sandbox.running import NotStarted, SandboxMissing, run
from tests.sandbox import escapes

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.uname().machine != "x86_64", reason="system calls by number"
)

ROOT = Path(running.__file__).parents[2]
WITHOUT = """
import ctypes, os, struct, sys
from app.sandbox import kernel, seccomp
denied = int(sys.argv[1])
lines = [seccomp._line(0x20, 0), seccomp._line(0x15, denied, otherwise=1),
         seccomp._line(0x06, 0x00050000 | 38), seccomp._line(0x06, 0x7FFF0000)]
seccomp.program = lambda machine: b"".join(lines)
kernel.gain_nothing_from_programs()
seccomp.install()
os.execv(sys.executable, [sys.executable, "-m", "app.sandbox.launcher", sys.argv[2]])
"""


def report_without(call: int, job: Job) -> bytes:
    """What the launcher tells on a kernel that does not know a system call."""
    told, tells = os.pipe()
    with open(told, "rb") as status:
        subprocess.run(
            [sys.executable, "-c", WITHOUT, str(call), str(tells)],
            input=job.to_json().encode(), cwd=ROOT, pass_fds=(tells,), check=False, timeout=30,
            capture_output=True,
        )  # fmt: skip
        os.close(tells)
        return status.read()


@pytest.mark.parametrize(
    ("call", "layer"),
    [
        (444, b"Landlock"),
        (446, b"Landlock"),
        (272, b"own users, processes and network"),
        (165, b"own files"),
        (155, b"own files"),
        (126, b"giving up rights"),
        (317, b"seccomp filters"),
    ],
)
async def test_nothing_runs_without(call: int, layer: bytes, tmp_path: Path) -> None:
    job = Job(("/usr/bin/touch", f"{tmp_path}/ran"), (str(tmp_path),))
    report = await asyncio.to_thread(report_without, call, job)
    assert b'"missing": "' + layer in report
    assert b"started" not in report
    assert not (tmp_path / "ran").exists()


async def test_the_same_job_runs_where_all_layers_are(tmp_path: Path) -> None:
    job = Job(("/usr/bin/touch", f"{tmp_path}/ran"), (str(tmp_path),))
    assert (await run(job)).code == 0
    assert (tmp_path / "ran").exists()


async def test_a_sandbox_in_a_sandbox_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that allows no namespaces."""
    shutil.copytree(ROOT / "app" / "sandbox", tmp_path / "app" / "sandbox")
    (tmp_path / "app" / "__init__.py").touch()
    inner = (
        "import asyncio\nfrom app.sandbox.job import Job\nfrom app.sandbox import running\n"
        "running.sys.executable = '/usr/bin/python3'\n"
        "print(asyncio.run(running.run(Job(('/usr/bin/id',)))))"
    )
    job = Job(("/usr/bin/python3", "-c", inner), (str(tmp_path),), str(tmp_path))
    finished = await run(job)
    assert "SandboxMissing" in finished.output or "not permitted" in finished.output
    assert "uid=" not in finished.output


async def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(SandboxMissing, match="Linux only"):
        await run(Job(("id",)))


async def test_a_program_that_is_not_there() -> None:
    with pytest.raises(NotStarted, match="No such file"):
        await run(Job(("no-such-program",)))


async def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/usr")
    with pytest.raises(SandboxMissing, match="not a real path"):
        await run(Job(("id",), (str(tmp_path / "link"),)))


@pytest.mark.parametrize(
    ("code", "mark"),
    [(escapes.WRITE, "done"), (escapes.CHMOD, "done"), (escapes.HARD_LINK, "done")],
)
async def test_the_attempts_work_outside(code: str, mark: str, tmp_path: Path) -> None:
    """Else the tests of the sandbox would prove nothing."""
    file = tmp_path / "file"
    file.write_text("x")
    code = code.replace("/tmp/link", f"{tmp_path}/link")
    done = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )
    assert mark in done.stdout


@pytest.mark.skipif(os.getuid() != 0, reason="becomes another user")
async def test_a_plain_user_with_the_systems_python(tmp_path: Path) -> None:
    if not os.access("/usr/bin/python3", os.X_OK):
        pytest.skip("no system Python")
    code = (
        "import asyncio\nfrom app.sandbox.job import Job\nfrom app.sandbox.running import run\n"
        "import sys\n"
        "print(asyncio.run(run(Job(('/usr/bin/id', '-u')))))\n"
        "print(asyncio.run(run(Job(('/usr/bin/python3', '-c', sys.argv[1])))))"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "/usr/bin/python3", "-B",
         "-c", code, escapes.FORK_BOMB],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "output='65534\\n', code=0" in done.stdout, done.stderr
    assert done.stdout.count("Finished") == 2


def test_the_filter_of_each_processor_is_whole() -> None:
    for machine in ("x86_64", "aarch64"):
        assert len(seccomp.program(machine)) % 8 == 0
    with pytest.raises(seccomp.FilterUnknown):
        seccomp.program("riscv64")
