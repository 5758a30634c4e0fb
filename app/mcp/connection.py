"""One server, kept running by one task, and what it offers. Core thread."""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from app.extensions.environment import child_environment
from app.extensions.review import Condition
from app.extensions.settings import ServerEntry
from app.mcp.bounded_http import run_http
from app.mcp.offered import OfferedTool, as_result, offered
from app.mcp.stdio import Program, ServerTrouble, run_program
from app.tools.base import ToolFailed, ToolResult
from app.tools.progress import progress

MAX_RESTARTS = 3
FIRST_WAIT_S = 1.0
"""Before it is started again; each further wait is twice as long."""
STEADY_S = 60.0
"""A server that has run so long has its restarts back."""
EXTRA_MISSING = "its library is not installed: pip install “sayso[mcp]”"
_MAX_PAGES = 10
_LIBRARY_LOGS = ("mcp", "client")
"""It logs whatever a server sends, whole."""

_log = logging.getLogger(__name__)


def has_library() -> bool:
    """Whether the optional extra is there; does not import it."""
    return importlib.util.find_spec("mcp") is not None


class Connection:
    """`start` once, `aclose` last.

    `on_tools` is awaited with each list of tools, `on_change` called after each change of what is
    known.
    """

    def __init__(
        self,
        server: ServerEntry,
        on_tools: Callable[[tuple[OfferedTool, ...]], Awaitable[None]],
        on_change: Callable[[], None],
        *,
        first_wait_s: float = FIRST_WAIT_S,
    ) -> None:
        self.server = server
        self.condition = Condition.OFF
        self.detail = ""
        self.tools: tuple[OfferedTool, ...] = ()
        self._on_tools = on_tools
        self._on_change = on_change
        self._first_wait_s = first_wait_s
        self._session: Any = None
        self._program: Program | None = None
        self._wake = asyncio.Event()
        self._ended = False
        self._relist = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect, and stay connected."""
        if not has_library():
            self._become(Condition.FAILED, EXTRA_MISSING)
            return
        for name in _LIBRARY_LOGS:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        self._task = asyncio.create_task(self._keep(), name=f"server {self.server.name}")

    async def aclose(self) -> None:
        """End it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def call(self, name: str, arguments: dict[str, Any]) -> ToolResult:
        """Use one of its tools. Raises ToolFailed."""
        import anyio
        from mcp import MCPError

        if self._session is None:
            raise ToolFailed(f"The server “{self.server.name}” does not run: {self.detail}")
        try:
            result = await self._session.call_tool(
                name,
                arguments,
                read_timeout_seconds=self.server.call_s,
                progress_callback=_tell_progress,
            )
        except MCPError as error:
            raise ToolFailed(f"The server “{self.server.name}” answered: {error}") from None
        except (anyio.ClosedResourceError, anyio.BrokenResourceError):
            raise ToolFailed(f"The server “{self.server.name}” has ended.") from None
        except RuntimeError as error:
            raise ToolFailed(f"The server “{self.server.name}” broke its word: {error}") from None
        return as_result(result)

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        wait_s, restarts = self._first_wait_s, 0
        while True:
            begins_s = loop.time()
            self._become(Condition.STARTING)
            reason = await self._serve_once()
            if loop.time() - begins_s > STEADY_S:
                wait_s, restarts = self._first_wait_s, 0
            if restarts == MAX_RESTARTS:
                self._become(Condition.FAILED, reason)
                return
            restarts += 1
            self._become(Condition.WAITS, reason)
            await asyncio.sleep(wait_s)
            wait_s *= 2

    async def _serve_once(self) -> str:
        """Run until it is over; gives the reason."""
        self._ended = self._relist = False
        self._wake.clear()
        try:
            await self._serve()
        except asyncio.CancelledError:
            raise
        except BaseExceptionGroup as group:
            _log.info("server %s: %r", self.server.name, group)
            return _reason(group)
        except Exception as error:  # noqa: BLE001 - a library's exceptions end as a reason
            _log.info("server %s: %r", self.server.name, error)
            return _reason(error)
        finally:
            self._session = None
            self.tools = ()
        return "it has ended"

    async def _serve(self) -> None:
        async with self._streams() as (incoming, outgoing):
            from mcp import ClientSession

            session = ClientSession(incoming, outgoing, message_handler=self._on_message)
            async with session:
                await self._begin(session)
                while not self._ended:
                    await self._wake.wait()
                    self._wake.clear()
                    if self._relist and not self._ended:
                        self._relist = False
                        await self._list(session)
                raise ServerTrouble(self._why_ended())

    async def _begin(self, session: Any) -> None:
        import anyio

        try:
            with anyio.fail_after(self.server.start_s):
                await session.initialize()
                await self._list(session)
        except TimeoutError:
            raise ServerTrouble(
                f"it did not answer within {self.server.start_s:g} seconds"
            ) from None
        except Exception:
            if self._ended:
                raise ServerTrouble(self._why_ended()) from None
            raise
        self._session = session
        self._become(Condition.RUNS)

    async def _list(self, session: Any) -> None:
        import anyio
        from mcp_types import PaginatedRequestParams

        found: list[Any] = []
        cursor: str | None = None
        with anyio.fail_after(self.server.start_s):
            for _ in range(_MAX_PAGES):
                page = await session.list_tools(params=PaginatedRequestParams(cursor=cursor))
                found += page.tools
                cursor = page.next_cursor
                if not cursor:
                    break
        tools = offered(found)
        await self._on_tools(tools)
        self.tools = tools
        self._on_change()

    @contextlib.asynccontextmanager
    async def _streams(self) -> AsyncIterator[tuple[Any, Any]]:
        server = self.server
        if server.url:
            running = run_http(server.url, start_s=server.start_s, call_s=server.call_s)
            async with running as (incoming, outgoing):
                yield incoming, outgoing
            return
        environment = child_environment(os.environ, server.environment)
        async with run_program(server.command, environment, self._on_end) as program:
            incoming, outgoing, self._program = program
            yield incoming, outgoing

    async def _on_message(self, message: Any) -> None:
        if getattr(message, "method", "") == "notifications/tools/list_changed":
            self._relist = True
            self._wake.set()

    def _on_end(self) -> None:
        self._ended = True
        self._wake.set()

    def _why_ended(self) -> str:
        program = self._program
        if program is not None and program.trouble:
            return program.trouble
        words = program.last_words if program is not None else ""
        return f"it has ended: {words}" if words else "it has ended"

    def _become(self, condition: Condition, detail: str = "") -> None:
        self.condition, self.detail = condition, detail
        self._on_change()


async def _tell_progress(done: float, total: float | None, message: str | None) -> None:
    progress(message or (f"{done:g} of {total:g}" if total else f"{done:g}"))


def _reason(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, ServerTrouble):
        return str(error)
    return f"{type(error).__name__}: {error}"[:300]
