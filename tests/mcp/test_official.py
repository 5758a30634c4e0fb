"""The official example servers, where SAYSO_MCP_SERVERS names a folder with their node_modules:

npm install --prefix FOLDER @modelcontextprotocol/server-everything \
    @modelcontextprotocol/server-filesystem
"""

from __future__ import annotations

import asyncio
import os
import shutil
from pathlib import Path

import pytest

from app.extensions.settings import ServerEntry
from app.tools.base import Risk
from app.tools.schema import validate
from tests.mcp.test_servers import Bench, bench

__all__ = ["bench"]

FOLDER = Path(os.environ.get("SAYSO_MCP_SERVERS", "/nowhere")) / "node_modules"
SERVERS = FOLDER / "@modelcontextprotocol"

pytestmark = pytest.mark.skipif(
    not SERVERS.is_dir() or shutil.which("node") is None, reason="SAYSO_MCP_SERVERS is not set"
)


def program(name: str, *arguments: str) -> ServerEntry:
    file = str(SERVERS / f"server-{name}" / "dist" / "index.js")
    return ServerEntry(
        name="words", command=("node", file, *arguments), trusts_read_only=True, start_s=20.0
    )


async def test_everything(bench: Bench) -> None:
    await bench.run(program("everything"))
    assert (await bench.tool("echo").run(message="tea")).text == "Echo: tea"
    total = bench.tool("get-sum")
    assert "5" in (await total.run(**validate(total, '{"a": 2, "b": 3}'))).text
    picture = await bench.tool("get-tiny-image").run()
    assert picture.images[0].data.startswith(b"\x89PNG")
    told = (await bench.tool("get-structured-content").run(location="Chicago")).text
    assert '"temperature"' in told


async def test_everything_over_http(bench: Bench, unused_tcp_port: int) -> None:
    file = str(SERVERS / "server-everything" / "dist" / "index.js")
    process = await asyncio.create_subprocess_exec(
        "node", file, "streamableHttp",
        env={**os.environ, "PORT": str(unused_tcp_port)},
        stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        async with asyncio.timeout(30):
            while b"listening" not in await process.stderr.readline():
                continue
        url = f"http://127.0.0.1:{unused_tcp_port}/mcp"
        await bench.run(ServerEntry(name="words", url=url, start_s=20.0))
        assert (await bench.tool("echo").run(message="tea")).text == "Echo: tea"
    finally:
        await bench.servers.aclose()
        process.kill()
        await process.communicate()


async def test_files(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "note").write_text("buy tea")
    await bench.run(program("filesystem", str(tmp_path / "given")))
    reading = bench.tool("read_text_file")
    assert reading.risk is Risk.READ
    assert "buy tea" in (await reading.run(path=str(tmp_path / "given" / "note"))).text
    writing = bench.tool("write_file")
    assert writing.risk is Risk.IRREVERSIBLE
    outside = await writing.run(path=str(tmp_path / "other"), content="x")
    assert not outside.ok
    assert not (tmp_path / "other").exists()
