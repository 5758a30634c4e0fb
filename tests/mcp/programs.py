"""Servers for tests: `python -m tests.mcp.programs MODE`, on the official library's server side."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from pathlib import Path
from typing import Any


def main() -> None:
    mode, argument = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""
    if mode == "hang":
        time.sleep(600)
    elif mode == "die":
        print("no database", file=sys.stderr)
        sys.exit(3)
    elif mode == "garbage":
        print("Welcome to my server!\n{not json}\n", flush=True)
        print('{"jsonrpc": "1.0"}', flush=True)
        served(argument).run()
    elif mode == "flood":
        while True:
            print('{"jsonrpc": "2.0", "method": "notifications/message", "params": {}}')
    elif mode == "long-line":
        while True:
            sys.stdout.write("x" * 100_000)
    elif mode == "http":
        served("").run("streamable-http", port=int(argument))
    else:
        served(argument).run()


def served(state: str) -> Any:
    """A server that describes `lookup` as the file `state` says, if there is one."""
    from mcp.server import MCPServer
    from mcp_types import ToolAnnotations

    server = MCPServer("test")
    said = Path(state).read_text() if state and Path(state).exists() else "Look a word up."

    @server.tool(description=said, annotations=ToolAnnotations(read_only_hint=True))
    def lookup(word: str, times: int = 1) -> str:
        return f"{word} is a word. " * times

    @server.tool(description="Send a letter.")
    def send_letter(to: str) -> str:
        (Path(os.environ["HOME"]) / "letters").open("a").write(to + "\n")
        return f"sent to {to}"

    @server.tool(description="End the server.")
    def end() -> str:
        os._exit(1)

    @server.tool(description="Never answer.")
    async def wait() -> str:
        await asyncio.sleep(600)
        return "late"

    @server.tool(description="The environment.")
    def environment() -> str:
        return repr(dict(os.environ))

    @server.tool(description="Fail.")
    def fail() -> str:
        raise ValueError("no such word")

    @server.tool(description="Ask for the folders of the user.")
    async def roots(context: Any) -> str:
        return repr(await context.session.list_roots())

    return server


if __name__ == "__main__":
    main()
