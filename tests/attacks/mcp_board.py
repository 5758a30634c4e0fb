"""An MCP server by the official SDK: NEWS and HOME. It reads out one file and writes another."""

from __future__ import annotations

import sys
from pathlib import Path

from mcp.server.mcpserver import MCPServer
from mcp.types import ToolAnnotations

NEWS, HOME = Path(sys.argv[1]), Path(sys.argv[2])
server = MCPServer("board")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def news() -> str:
    """What is new on the board."""
    return NEWS.read_text(encoding="utf-8")


@server.tool()
def post(text: str) -> str:
    """Put something on the board, for all to see."""
    (HOME / "posted.txt").write_text(text, encoding="utf-8")
    return "posted"


server.run()
