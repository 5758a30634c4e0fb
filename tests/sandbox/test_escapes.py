"""What a hostile program in the sandbox does to files, sockets and processes outside: nothing."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import stat
import sys
from pathlib import Path

import pytest

from app.sandbox.job import Job, Limits
from app.sandbox.running import Finished, run
from tests.sandbox import escapes

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is Linux's")

PYTHON = "/usr/bin/python3"
SECRET = "the key to everything"


async def attempt(code: str, *arguments: object, **more: object) -> Finished:
    """Run a Python program in the sandbox."""
    limits = Limits(seconds=20.0)
    job = Job((PYTHON, "-c", code, *map(str, arguments)), limits=limits, **more)  # type: ignore[arg-type]
    return await run(job)


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    file = tmp_path / "id_ed25519"
    file.write_text(SECRET)
    return file


@pytest.mark.parametrize(
    "code",
    [
        escapes.WRITE, escapes.CHMOD, escapes.TRUNCATE, escapes.UNLINK, escapes.SYMLINK,
        escapes.HARD_LINK, escapes.OF_FIRST,
    ],
)  # fmt: skip
async def test_a_file_outside_is_neither_changed_nor_read(code: str, outside: Path) -> None:
    before = outside.stat()
    finished = await attempt(code, outside)
    assert "done" not in finished.output
    assert SECRET not in finished.output
    assert outside.read_text() == SECRET
    after = outside.stat()
    assert (before.st_mode, before.st_nlink) == (after.st_mode, after.st_nlink)


async def test_the_home_folder_is_not_there(tmp_path: Path) -> None:
    finished = await attempt("import os, sys; print(os.listdir(sys.argv[1]))", Path.home())
    assert "No such file" in finished.output


async def test_a_file_that_is_only_readable_outside_is_not_shown() -> None:
    finished = await attempt("print(open('/etc/shadow').read()); print('done')")
    assert "done" not in finished.output


async def test_the_system_is_not_written(tmp_path: Path) -> None:
    for place in (
        "/usr/gotcha",
        "/etc/gotcha",
        "/gotcha",
        "/dev/gotcha",
        "/proc/sys/kernel/domainname",
    ):
        assert "done" not in (await attempt(escapes.WRITE, place)).output
        assert place.startswith("/proc") or not Path(place).exists()


@pytest.mark.parametrize(
    "code",
    [
        escapes.ENVIRONMENT_OF_FIRST, escapes.PTRACE, escapes.KEYS, escapes.NAMESPACES,
        escapes.MOUNT, escapes.IO_URING, escapes.OTHER_SOCKETS, escapes.OPEN_DESCRIPTORS,
    ],
)  # fmt: skip
async def test_the_kernel_refuses(code: str) -> None:
    finished = await attempt(code)
    assert "done" not in finished.output
    assert not finished.stopped


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="machine code of this processor")
async def test_the_numbers_of_32_bit_programs_end_the_program() -> None:
    finished = await attempt(escapes.THIRTY_TWO_BIT)
    assert "done" not in finished.output
    assert finished.code is not None
    assert finished.code < 0


async def test_no_listener_on_this_computer_is_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        assert "done" not in (await attempt(escapes.TCP, *server.getsockname())).output
        with pytest.raises(BlockingIOError):
            server.accept()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        assert "done" not in (await attempt(escapes.UDP, *receiver.getsockname())).output
        with pytest.raises(BlockingIOError):
            receiver.recv(10)


async def test_no_address_outside_is_reached() -> None:
    finished = await attempt(escapes.TCP, "192.0.2.1", 80)
    assert "Operation not permitted" in finished.output


@pytest.mark.parametrize("is_abstract", [False, True])
async def test_a_socket_file_such_as_the_session_bus_is_not_reached(
    tmp_path: Path, is_abstract: bool
) -> None:
    """Even in a folder that was given."""
    name = "\0sayso-test-bus" if is_abstract else str(tmp_path / "bus")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        server.setblocking(False)
        code = escapes.UNIX_SOCKET.replace("sys.argv[1]", repr(name))
        finished = await attempt(code, folders=(str(tmp_path),))
        assert "done" not in finished.output
        with pytest.raises(BlockingIOError):
            server.accept()


async def test_processes_outside_are_neither_seen_nor_ended() -> None:
    victim = await asyncio.create_subprocess_exec("sleep", "60")
    try:
        assert "done" not in (await attempt(escapes.KILL, victim.pid)).output
        await attempt(escapes.KILL_ALL)
        seen = await attempt("import os; print([p for p in os.listdir('/proc') if p.isdigit()])")
        assert str(victim.pid) not in seen.output
        assert victim.returncode is None
        os.kill(victim.pid, 0)
    finally:
        victim.kill()
        await victim.wait()


async def test_nothing_of_the_environment_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    finished = await attempt("import os; print(dict(os.environ))")
    assert SECRET not in finished.output
    assert "DBUS" not in finished.output


async def test_a_fork_bomb_is_stopped() -> None:
    finished = await attempt(escapes.FORK_BOMB)
    assert finished.stopped or finished.code


async def test_a_memory_bomb_is_stopped() -> None:
    finished = await attempt(escapes.MEMORY_BOMB)
    assert finished.stopped == "it used too much memory"


async def test_a_full_scratch_folder_is_the_programs_own_trouble() -> None:
    finished = await attempt(escapes.DISK_BOMB)
    assert "No space left" in finished.output


async def test_a_daemon_ends_with_its_program() -> None:
    seconds = "61.734"
    finished = await attempt(escapes.DAEMON, seconds)
    assert finished.code == 0
    assert not processes_with(seconds)


async def test_a_cancel_leaves_no_process() -> None:
    seconds = "62.845"
    lines: list[str] = []
    started = asyncio.Event()

    def on_output(_bytes: int, line: str) -> None:
        lines.append(line)
        started.set()

    code = (
        f"import os, time; print('on', flush=True); os.fork() or os.setsid(); time.sleep({seconds})"
    )
    running = asyncio.create_task(run(Job((PYTHON, "-c", code)), on_output))
    await started.wait()
    assert processes_with(seconds)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert lines == ["on"]
    async with asyncio.timeout(30):
        while processes_with(seconds):
            await asyncio.sleep(0.01)


async def test_set_user_id_programs_give_no_rights(tmp_path: Path) -> None:
    finished = await attempt(
        "import os, subprocess as s;"
        "print(open('/proc/self/status').read());"
        "print(s.run(['/usr/bin/su', '-c', 'id'], capture_output=True))"
    )
    assert "NoNewPrivs:\t1" in finished.output
    assert "CapBnd:\t0000000000000000" in finished.output
    assert "CapEff:\t0000000000000000" in finished.output


def processes_with(words: str) -> list[int]:
    """Those that have `words` in their command line, or are zombies of one."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if words.encode() in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
    return found


async def test_a_given_folder_is_written_and_its_neighbour_not(tmp_path: Path) -> None:
    given, other = tmp_path / "given", tmp_path / "other"
    given.mkdir()
    other.mkdir()
    (given / "way-out").symlink_to(other)
    for name in ("given/note", "given/way-out/note", "given/../other/note"):
        await attempt(escapes.WRITE, tmp_path / name, folders=(str(given),))
    assert (given / "note").read_text() == "gotcha"
    assert stat.S_ISREG((given / "note").stat().st_mode)
    assert not list(other.iterdir())
