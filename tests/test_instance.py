from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from app.dictation.request import DICTATE, DictationRequest
from app.instance import Instance
from app.summons import DONE, REFUSED, ask, socket_path

HOLD = """
import sys
from pathlib import Path
from app.instance import Instance
instance = Instance(Path(sys.argv[1]))
print(instance.acquire(), flush=True)
sys.stdin.read()
"""


def hold(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )  # fmt: skip


def test_of_two_starts_one_runs_and_a_crash_frees_the_place(tmp_path: Path) -> None:
    with hold(tmp_path) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "True\n"
        assert not Instance(tmp_path).acquire()
        first.kill()
    assert Instance(tmp_path).acquire()


async def test_a_second_start_asks_the_first_for_its_window(tmp_path: Path) -> None:
    shown = asyncio.Event()
    serving = asyncio.create_task(Instance(tmp_path).serve(shown.set))
    while not (tmp_path / "sayso.sock").exists():
        await asyncio.sleep(0)
    assert await asyncio.to_thread(Instance(tmp_path).ask_to_show)
    assert shown.is_set()
    serving.cancel()
    await asyncio.wait([serving])
    assert not await asyncio.to_thread(Instance(tmp_path).ask_to_show)


async def test_a_stale_socket_and_a_silent_client_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "sayso.sock").write_text("left by a crash")
    shown = asyncio.Event()
    serving = asyncio.create_task(Instance(tmp_path).serve(shown.set))
    while not (tmp_path / "sayso.sock").is_socket():
        await asyncio.sleep(0)
    _, writer = await asyncio.open_unix_connection(tmp_path / "sayso.sock")
    writer.write(b"nonsense\n")
    writer.close()
    assert await asyncio.to_thread(Instance(tmp_path).ask_to_show)
    serving.cancel()
    await asyncio.wait([serving])


async def _ask(folder: Path, request: DictationRequest) -> bytes | None:
    return await asyncio.to_thread(ask, socket_path(str(folder)), DICTATE + request)


async def test_a_request_to_dictate_reaches_the_running_one(tmp_path: Path) -> None:
    asked: list[DictationRequest] = []
    serving = asyncio.create_task(Instance(tmp_path).serve(lambda: None, asked.append))
    while not (tmp_path / "sayso.sock").exists():
        await asyncio.sleep(0)
    for request in DictationRequest:
        assert await _ask(tmp_path, request) == DONE
    assert asked == list(DictationRequest)
    serving.cancel()
    await asyncio.wait([serving])
    assert await _ask(tmp_path, DictationRequest.TOGGLE) is None


async def test_what_is_not_understood_is_refused(tmp_path: Path) -> None:
    shown: list[None] = []
    serving = asyncio.create_task(Instance(tmp_path).serve(lambda: shown.append(None)))
    while not (tmp_path / "sayso.sock").exists():
        await asyncio.sleep(0)
    assert await _ask(tmp_path, DictationRequest.START) == REFUSED
    for line in (b"dictate everything\n", b"start\n", b"\xff\n", b"\n"):
        reader, writer = await asyncio.open_unix_connection(tmp_path / "sayso.sock")
        writer.write(line)
        assert await reader.read() == b"no\n"
        writer.close()
    assert shown == []
    serving.cancel()
    await asyncio.wait([serving])
