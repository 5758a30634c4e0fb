"""What requests cost, as they end: into the ledger's file, and told for the conversation at hand.

Core thread. Nobody waits for it: a request is noted in memory, and written when the disk is free.
"""

from __future__ import annotations

import asyncio
import datetime
import logging
from collections.abc import Callable
from pathlib import Path

from app import events
from app.errors import AppError, Code
from app.usage.request import Purpose, Request
from app.usage.spent import bill_of
from app.usage.table import RequestTable

_log = logging.getLogger(__name__)


class Ledger:
    """The file is opened, or begun, when there is something in it or to write to it."""

    def __init__(self, path: Path, publish: Callable[[events.Event], None]) -> None:
        self.conversation_id = ""
        self._path = path
        self._publish = publish
        self._table: RequestTable | None = None
        self._unwritten: dict[str, Request] = {}
        self._is_due = False
        self._work: asyncio.Task[None] | None = None

    def turn_to(self, conversation_id: str) -> None:
        """From now on this is the conversation at hand."""
        self.conversation_id = conversation_id
        self._begin()

    def record(self, request: Request) -> None:
        """Keep a request; one with a known id takes the place of the earlier one."""
        self._unwritten[request.id] = request
        self._begin()

    async def realtime_usd_today(self) -> float:
        """What realtime cost since midnight here, as far as it has a price.

        Raises AppError(STORE_UNWRITABLE) when the file cannot be read.
        """
        midnight = datetime.datetime.now().astimezone().replace(hour=0, minute=0, second=0)
        since = midnight.replace(microsecond=0).astimezone(datetime.UTC)
        if self._work is not None:
            await asyncio.wait([self._work])
        if self._table is None:
            if not self._path.exists():
                return 0.0
            self._begin()
            assert self._work is not None
            await asyncio.wait([self._work])
        if self._table is None:
            raise AppError(Code.STORE_UNWRITABLE)
        return await self._table.usd_for(Purpose.REALTIME, since)

    async def aclose(self) -> None:
        """Write what is left and close the file."""
        if self._work is not None:
            await asyncio.wait([self._work])
        if self._table is not None:
            await self._table.aclose()

    def _begin(self) -> None:
        self._is_due = True
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._run(), name="ledger")

    async def _run(self) -> None:
        while self._is_due:
            self._is_due = False
            try:
                await self._write_and_tell()
            except AppError as error:
                _log.warning("what requests cost could not be kept: %s", error)

    async def _write_and_tell(self) -> None:
        if self._table is None:
            if not self._unwritten and not self._path.exists():
                return
            self._table = await RequestTable.open(self._path)
        if written := dict(self._unwritten):
            await self._table.keep(written.values())
            for id_, request in written.items():
                if self._unwritten[id_] is request:
                    del self._unwritten[id_]
        conversation_id = self.conversation_id
        bill = bill_of(await self._table.of_conversation(conversation_id))
        if conversation_id == self.conversation_id:
            self._publish(events.CostChanged(conversation_id, bill))
