"""A server over HTTP that answers more than it may."""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from io import BufferedIOBase
from pathlib import Path

import pytest

pytest.importorskip("mcp", reason="the optional extra")

from app.extensions.review import Condition
from app.extensions.settings import ServerEntry
from app.mcp.bounded_http import MAX_ANSWER_BYTES
from app.tools.base import ToolFailed
from tests.attacks.loopback import LoopbackServer
from tests.mcp.test_servers import Bench

_ENDLESS = 10_000_000
TOO_LONG = f"The server “words” answered: its answer is longer than {MAX_ANSWER_BYTES:,} bytes"


class WordServer(LoopbackServer):
    """Speaks just enough of the protocol."""

    def __init__(self) -> None:
        self.length = 10
        self.kind = "application/json"
        self.listed = 1
        super().__init__()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    def answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        asked = json.loads(body) if body else {}
        method = asked.get("method", "")
        said = {"type": "text", "text": "tea " * (self.length // 4)}
        tool = {"name": "tea", "description": "Tea.", "inputSchema": {"type": "object"}}
        results = {
            "initialize": {
                "protocolVersion": "2025-06-18",
                "capabilities": {"tools": {}},
                "serverInfo": {"name": "words", "version": "1"},
            },
            "tools/list": {"tools": [tool] * self.listed},
            "tools/call": {"content": [said]},
        }
        reply = {"jsonrpc": "2.0", "id": asked.get("id"), "result": results.get(method, {})}
        data = json.dumps(reply).encode()
        if method == "tools/call" and self.kind == "text/event-stream":
            return self.kind, b"event: message\ndata: " + data + b"\n\n"
        if method == "tools/call" and self.kind == "gzip":
            return "application/json\r\nContent-Encoding: gzip", gzip.compress(data)
        return "application/json", data


class DrippingServer(WordServer):
    """What it answers to a call never ends; `is_cut` once the other end has gone."""

    def __init__(self, drop: bytes, kind: str = "application/json", every_s: float = 0.01) -> None:
        self.is_cut = threading.Event()
        self.is_over = threading.Event()
        self.drips = True
        self._drop = drop
        self._drip_kind = kind
        self._every_s = every_s
        super().__init__()

    def answer(self, path: str, body: bytes) -> tuple[str, bytes]:
        kind, data = super().answer(path, body)
        if not self.drips or b'"tools/call"' not in body:
            return kind, data
        if self._drop:
            return self._drip_kind, b" " * _ENDLESS
        self.is_over.wait()
        return kind, data

    def write(self, out: BufferedIOBase, data: bytes) -> None:
        if len(data) < _ENDLESS:
            super().write(out, data)
            return
        try:
            while not self.is_over.wait(self._every_s):
                out.write(self._drop)
        except OSError:
            self.is_cut.set()

    def close(self) -> None:
        self.is_over.set()
        super().close()


@pytest.fixture
def words() -> Iterator[WordServer]:
    with closing(WordServer()) as server:
        yield server


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    made = Bench(tmp_path)
    yield made
    await made.servers.aclose()


async def test_an_answer_that_is_too_long_fails_its_call_alone(
    bench: Bench, words: WordServer
) -> None:
    await bench.run(ServerEntry(name="words", url=words.address, start_s=20.0))
    words.length = MAX_ANSWER_BYTES + 1000
    with pytest.raises(ToolFailed) as raised:
        await bench.tool("tea").run()
    assert str(raised.value) == TOO_LONG
    words.length = 12
    assert (await bench.tool("tea").run()).text == "tea tea tea "


@pytest.mark.parametrize(
    ("drop", "kind"),
    [(b" ", "application/json"), (b":\n", "text/event-stream")],
    ids=["blanks", "comments"],
)
async def test_an_answer_that_drips_has_an_end(bench: Bench, drop: bytes, kind: str) -> None:
    with closing(DrippingServer(drop, kind)) as server:
        await bench.run(ServerEntry(name="words", url=server.address, start_s=20.0, call_s=0.2))
        with pytest.raises(ToolFailed):
            await bench.tool("tea").run()
        assert await asyncio.to_thread(server.is_cut.wait, 60), "the connection stays open"
        server.drips = False
        assert (await bench.tool("tea").run()).ok
    assert Condition.WAITS not in bench.seen, "the server goes on"


async def test_events_have_a_bound_together(bench: Bench) -> None:
    drop = b'data: {"jsonrpc":"2.0","method":"notifications/x"}\n' + b": tea\n" * 10_000 + b"\n"
    with closing(DrippingServer(drop, "text/event-stream", 0.0)) as server:
        await bench.run(ServerEntry(name="words", url=server.address, start_s=20.0))
        with pytest.raises(ToolFailed, match="longer than"):
            await bench.tool("tea").run()
        assert await asyncio.to_thread(server.is_cut.wait, 60)


async def test_an_answer_that_never_begins_fails_its_call_alone(bench: Bench) -> None:
    with closing(DrippingServer(b"")) as server:
        await bench.run(ServerEntry(name="words", url=server.address, start_s=20.0, call_s=0.2))
        with pytest.raises(ToolFailed):
            await bench.tool("tea").run()
        server.drips = False
        assert (await bench.tool("tea").run()).ok
    assert Condition.WAITS not in bench.seen, "the server goes on"


async def test_so_does_an_event_that_is_too_long(bench: Bench, words: WordServer) -> None:
    await bench.run(ServerEntry(name="words", url=words.address, start_s=20.0))
    words.kind, words.length = "text/event-stream", MAX_ANSWER_BYTES + 1000
    with pytest.raises(ToolFailed, match="longer than 4,000,000 bytes"):
        await bench.tool("tea").run()
    words.length = 2_000_000
    assert (await bench.tool("tea").run()).ok


async def test_nothing_is_unpacked(bench: Bench, words: WordServer) -> None:
    await bench.run(ServerEntry(name="words", url=words.address, start_s=20.0))
    words.kind = "gzip"
    with pytest.raises(ToolFailed, match="compressed"):
        await bench.tool("tea").run()


async def test_a_list_of_tools_has_the_same_bound(bench: Bench, words: WordServer) -> None:
    words.listed = 100_000
    await bench.allow(ServerEntry(name="words", url=words.address, start_s=20.0))
    await bench.until(lambda: bool(bench.failed) or bool(bench.one.detail))
    assert "longer than" in bench.one.detail
