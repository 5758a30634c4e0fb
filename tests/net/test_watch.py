from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable

import pytest

from app.errors import AppError, Code
from app.net import reach
from app.net.address import parse_address
from app.net.watch import ReturnWatch, WatchPace

QUICK = WatchPace(first_s=0.01, growth=1.0, longest_s=0.01, connect_s=1.0)
GONE = AppError(Code.SERVER_UNREACHABLE, "host")
ROUTES = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
LAN = "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
DEFAULT = "eth0\t00000000\t0100A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
NOWHERE_6 = "0" * 32 + " 00 " + "0" * 32 + " 00 " + "0" * 32 + " ffffffff 1 0 00200200       lo\n"
DEFAULT_6 = "0" * 32 + " 00 " + "0" * 32 + " 00 fe80" + "0" * 28 + " 400 1 0 00000003     eth0\n"


class _Stage:
    """A watch, and who came back."""

    def __init__(self, pace: WatchPace = QUICK) -> None:
        self.back: list[str] = []
        self.is_back = asyncio.Event()
        self.watch = ReturnWatch(self._spawn, self._on_back, lambda server: 0.02, pace)
        self._tasks: set[asyncio.Task[None]] = set()

    def _spawn(self, work: Awaitable[None], name: str) -> asyncio.Task[None]:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        return task

    def _on_back(self, server: str) -> None:
        self.back.append(server)
        self.is_back.set()

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def test_a_server_that_listens_again_is_noticed(port: int) -> None:
    stage, server = _Stage(), f"http://127.0.0.1:{port}"
    stage.watch.failed(server, GONE)
    stage.watch.failed(server, GONE)
    assert stage.watch.watched == {server}
    await asyncio.sleep(0.05)
    assert stage.back == []
    looks: list[object] = []
    listening = await asyncio.start_server(lambda r, w: looks.append(w), "127.0.0.1", port)
    async with listening:
        await asyncio.wait_for(stage.is_back.wait(), 30)
        assert stage.back == [server]
        assert stage.watch.watched == frozenset()
        await asyncio.sleep(0.05)
        assert len(looks) == 1, "once it is back, nothing is asked any more"
        for writer in looks:
            assert isinstance(writer, asyncio.StreamWriter)
            writer.close()
    await stage.close()


async def test_a_busy_server_is_merely_given_its_rest() -> None:
    stage = _Stage()
    stage.watch.failed("http://127.0.0.1:9", AppError(Code.SERVER_BUSY))
    await asyncio.wait_for(stage.is_back.wait(), 30)
    assert stage.back == ["http://127.0.0.1:9"]
    await stage.close()


@pytest.mark.parametrize("code", [Code.KEY_WRONG, Code.QUOTA_SPENT, Code.MODEL_UNKNOWN])
async def test_what_does_not_heal_by_itself_is_not_watched(code: Code) -> None:
    stage = _Stage()
    stage.watch.failed("host", AppError(code))
    assert stage.watch.watched == frozenset()
    await stage.close()


async def test_success_ends_the_watch() -> None:
    stage = _Stage(WatchPace(first_s=60))
    stage.watch.failed("http://127.0.0.1:9", GONE)
    stage.watch.works("http://127.0.0.1:9")
    assert stage.watch.watched == frozenset()
    await stage.close()
    assert stage.back == []


async def test_behind_a_proxy_it_is_the_proxy_that_must_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = asyncio.Event()
    stage = _Stage()

    def accept(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        writer.close()

    async with await asyncio.start_server(accept, "127.0.0.1") as s:
        port = s.sockets[0].getsockname()[1]
        for name in ("NO_PROXY", "no_proxy", "https_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{port}")
        stage.watch.failed("nowhere.invalid", GONE)
        await asyncio.wait_for(stage.is_back.wait(), 30)
    assert asked.is_set()
    await stage.close()


@pytest.mark.parametrize(
    ("routes", "routes_6", "has"),
    [
        (ROUTES, "", False),
        (ROUTES + LAN, NOWHERE_6, False),
        (ROUTES + LAN + DEFAULT, "", True),
        (ROUTES + DEFAULT.replace("\t00000000\t0\t0\t0\n", "\t00000080\t0\t0\t0\n"), "", True),
        (ROUTES, DEFAULT_6, True),
    ],
)
def test_a_way_to_other_networks(routes: str, routes_6: str, has: bool) -> None:
    assert reach.has_default_route(routes, routes_6) is has


def test_a_proxy_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example:3128/")
    far, plain = parse_address("https://host/v1"), parse_address("http://host/v1")
    assert reach.label_of_proxy(reach.proxy_of(far)) == "proxy.example:3128"
    assert reach.proxy_of(plain) == ""
    monkeypatch.setenv("NO_PROXY", "host")
    assert reach.proxy_of(far) == ""


async def test_a_server_that_fails_again_at_once_is_looked_at_less_often() -> None:
    waits: list[float] = []

    async def never(server: str, code: Code, first_s: float) -> None:
        waits.append(first_s)
        stage.watch._watched.pop(server)

    stage = _Stage(WatchPace(first_s=2.0, longest_first_s=10.0))
    stage.watch._watch = never  # type: ignore[method-assign]
    for _ in range(4):
        stage.watch.failed("far", GONE)
        await asyncio.gather(*stage._tasks)
    stage.watch.works("far")
    stage.watch.failed("far", GONE)
    await asyncio.gather(*stage._tasks)
    assert waits == [2, 4, 8, 10, 2]
