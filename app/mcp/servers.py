"""All servers that the settings name: shown, allowed, started, and their tools offered.

Core thread.
"""

from __future__ import annotations

import asyncio
import logging
import shlex
from collections.abc import Callable, Sequence

from app.extensions.pins import Pins, digest
from app.extensions.review import Condition, Extension, Review, ReviewKind
from app.extensions.settings import ServerEntry
from app.mcp.connection import FIRST_WAIT_S, Connection
from app.mcp.offered import OfferedTool, as_tool
from app.tools.base import Tool
from app.tools.toolbox import Toolbox

_log = logging.getLogger(__name__)


class Servers:
    """`follow` with each change of the settings, `aclose` last.

    `on_failed` is told of a server that is given up, and why.
    """

    def __init__(
        self,
        pins: Pins,
        toolbox: Toolbox,
        on_change: Callable[[], None],
        on_failed: Callable[[str], None] = lambda _: None,
        *,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        self._pins = pins
        self._toolbox = toolbox
        self._on_change = on_change
        self._on_failed = on_failed
        self._first_wait_s = first_wait_s
        self._entries: dict[str, ServerEntry] = {}
        self._connections: dict[str, Connection] = {}

    async def follow(self, entries: Sequence[ServerEntry]) -> None:
        """Run exactly these, as far as they are enabled and allowed."""
        wanted = {entry.name: entry for entry in entries}
        gone = [name for name, entry in self._entries.items() if wanted.get(name) != entry]
        self._entries = wanted
        await asyncio.gather(*(self._stop(name) for name in gone))
        for name in wanted:
            self._start(name)
        self._on_change()

    async def answer(self, review: Review) -> None:
        """The user allowed what `review` shows. Raises OSError where that cannot be kept."""
        name = review.id.partition(":")[2]
        if review.kind is ReviewKind.SERVER:
            await asyncio.to_thread(self._pins.pin, {review.id: review.digest})
            self._start(name)
        else:
            new = {_tool_pin(name, tool): tool.digest for tool in self._unknown(name)}
            await asyncio.to_thread(self._pins.pin, new)
            self._offer(name)
        self._on_change()

    async def start_again(self, name: str) -> None:
        """Try a server anew, with all its restarts."""
        await self._stop(name)
        self._start(name)
        self._on_change()

    def reviews(self) -> tuple[Review, ...]:
        """What waits for the user's look."""
        found: list[Review] = []
        for name, entry in self._entries.items():
            if entry.enabled and not self._is_allowed(entry):
                found.append(server_review(entry))
            elif unknown := self._unknown(name):
                found.append(_tools_review(name, unknown))
        return tuple(found)

    def extensions(self) -> tuple[Extension, ...]:
        """Each server as it is now."""
        return tuple(self._extension(entry) for entry in self._entries.values())

    async def aclose(self) -> None:
        """End all."""
        await asyncio.gather(*(self._stop(name) for name in tuple(self._connections)))

    def _start(self, name: str) -> None:
        entry = self._entries.get(name)
        if entry is None or name in self._connections:
            return
        if entry.enabled and self._is_allowed(entry):
            connection = Connection(
                entry,
                lambda tools: self._pin_first(name, tools),
                lambda: self._on_server(name),
                first_wait_s=self._first_wait_s,
            )
            self._connections[name] = connection
            connection.start()

    async def _stop(self, name: str) -> None:
        connection = self._connections.pop(name, None)
        self._toolbox.put(_owner(name), ())
        if connection is not None:
            await connection.aclose()

    async def _pin_first(self, name: str, tools: Sequence[OfferedTool]) -> None:
        """What a server offers at first comes with the yes to the server itself."""
        if not tools or self._pins.get(f"listed:{name}") is not None:
            return
        first = {_tool_pin(name, tool): tool.digest for tool in tools}
        try:
            await asyncio.to_thread(self._pins.pin, {f"listed:{name}": "yes", **first})
        except OSError as error:
            _log.warning("The tools of a server could not be noted: %s", error)

    def _on_server(self, name: str) -> None:
        self._offer(name)
        connection = self._connections.get(name)
        if connection is not None and connection.condition is Condition.FAILED:
            self._on_failed(f"{name}, {connection.detail}")
        self._on_change()

    def _offer(self, name: str) -> None:
        """Put its tools into the toolbox: those that are as they were when they were allowed."""
        connection = self._connections.get(name)
        if connection is None:
            return
        known = [tool for tool in connection.tools if self._is_pinned(name, tool)]
        tools: dict[str, Tool] = {}
        for tool in known:
            made = as_tool(connection.server, tool, connection.call)
            tools.setdefault(made.name, made)
        self._toolbox.put(_owner(name), tuple(tools.values()))

    def _unknown(self, name: str) -> tuple[OfferedTool, ...]:
        connection = self._connections.get(name)
        tools = connection.tools if connection is not None else ()
        return tuple(tool for tool in tools if not self._is_pinned(name, tool))

    def _is_pinned(self, name: str, tool: OfferedTool) -> bool:
        return self._pins.holds(_tool_pin(name, tool), tool.digest)

    def _is_allowed(self, entry: ServerEntry) -> bool:
        review = server_review(entry)
        return self._pins.holds(review.id, review.digest)

    def _extension(self, entry: ServerEntry) -> Extension:
        connection = self._connections.get(entry.name)
        if connection is None:
            condition = Condition.ASKS if entry.enabled else Condition.OFF
            return Extension(entry.name, True, condition)
        names = tuple(tool.name for tool in connection.tools)
        return Extension(entry.name, True, connection.condition, connection.detail, names)


def server_review(entry: ServerEntry) -> Review:
    """The exact command or address of a server, and what it gets of the environment."""
    lines = [shlex.join(entry.command) if entry.command else entry.url]
    lines += [f"{name}={value}" for name, value in entry.environment]
    title = f"Start the tool server “{entry.name}”?" if entry.command else (
        f"Connect to the tool server “{entry.name}”?"
    )  # fmt: skip
    stands_for = digest(entry.command, entry.url, entry.environment)
    text = "\n".join(lines)
    return Review(f"server:{entry.name}", ReviewKind.SERVER, title, text, stands_for)


def _tools_review(name: str, tools: Sequence[OfferedTool]) -> Review:
    return Review(
        f"tools:{name}",
        ReviewKind.SERVER_TOOLS,
        f"The tool server “{name}” has new or changed tools. Use them?",
        "\n\n".join(tool.text for tool in tools),
        digest(*(tool.digest for tool in tools)),
    )


def _tool_pin(server: str, tool: OfferedTool) -> str:
    return f"tool:{server}:{tool.name}"


def _owner(name: str) -> str:
    return f"server {name}"
