"""The ledger's file."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.conversation.database import Database, iso
from app.services import Service
from app.usage.request import Purpose, Request, TokenKinds
from app.usage.spent import Line, Spent

_STEPS = (
    (
        """CREATE TABLE requests (
            id TEXT PRIMARY KEY,
            at TEXT NOT NULL,
            provider TEXT NOT NULL,
            model TEXT NOT NULL,
            service TEXT NOT NULL,
            purpose TEXT NOT NULL,
            conversation_id TEXT NOT NULL,
            input_tokens INTEGER NOT NULL,
            output_tokens INTEGER NOT NULL,
            cached_tokens INTEGER NOT NULL,
            audio_s REAL NOT NULL,
            characters INTEGER NOT NULL,
            estimated INTEGER NOT NULL,
            usd REAL,
            priced_on TEXT,
            refused INTEGER NOT NULL
        )""",
        "CREATE INDEX requests_of_conversation ON requests (conversation_id)",
        "CREATE INDEX requests_by_time ON requests (at)",
    ),
    tuple(
        f"ALTER TABLE requests ADD COLUMN {kind} INTEGER NOT NULL DEFAULT 0"
        for kind in ("audio_input", "audio_cached", "audio_output", "image_input", "image_cached")
    ),
)
_KINDS = 5
_KEEP = f"INSERT OR REPLACE INTO requests VALUES ({', '.join('?' * 21)})"
_SUMS = """
    SELECT provider, model, service, refused,
        COUNT(*), SUM(estimated), TOTAL(usd), MIN(priced_on),
        SUM(input_tokens), SUM(output_tokens), SUM(cached_tokens), TOTAL(audio_s), SUM(characters),
        SUM(usd IS NULL), SUM((usd IS NULL) * (input_tokens + output_tokens)),
        TOTAL((usd IS NULL) * audio_s),
        SUM(audio_input), SUM(audio_cached), SUM(audio_output), SUM(image_input), SUM(image_cached)
    FROM requests WHERE {which} GROUP BY provider, model, service, refused
"""


class RequestTable(Database):
    """Open it with `await RequestTable.open(path)`, end it with `aclose`.

    Every method raises AppError(STORE_UNWRITABLE) when the disk refuses. Two processes may use
    one file. Requests outlive their conversation: what was spent was spent.
    """

    steps = _STEPS

    async def keep(self, requests: Iterable[Request]) -> None:
        """Add requests; one with a known id takes the place of the earlier one."""
        await self.write(*[(_KEEP, _values(request)) for request in requests])

    async def of_conversation(self, conversation_id: str) -> Sequence[Line]:
        """What one conversation cost."""
        return await self._lines("conversation_id = ?", conversation_id)

    async def since(self, moment: datetime.datetime) -> Sequence[Line]:
        """What all requests since then cost."""
        return await self._lines("at >= ?", iso(moment))

    async def usd_for(self, purpose: Purpose, moment: datetime.datetime) -> float:
        """What requests for this cost since then, as far as they have a price."""
        rows = await self.read(
            "SELECT TOTAL(usd) FROM requests WHERE at >= ? AND purpose = ?",
            iso(moment),
            purpose.value,
        )
        return float(rows[0][0])

    async def _lines(self, which: str, value: str) -> Sequence[Line]:
        return [_line(row) for row in await self.read(_SUMS.format(which=which), value)]


def _values(request: Request) -> tuple[object, ...]:
    amounts, cost = request.amounts, request.cost
    return (
        request.id,
        iso(request.at),
        request.provider,
        request.model,
        request.service.value,
        request.purpose.value,
        request.conversation_id,
        amounts.input_tokens,
        amounts.output_tokens,
        amounts.cached_tokens,
        amounts.audio_s,
        amounts.characters,
        amounts.is_estimated,
        None if cost is None else cost.usd,
        None if cost is None else cost.date.isoformat(),
        request.refused,
        amounts.kinds.audio_input,
        amounts.kinds.audio_cached,
        amounts.kinds.audio_output,
        amounts.kinds.image_input,
        amounts.kinds.image_cached,
    )


def _line(row: tuple[Any, ...]) -> Line:
    provider, model, service, refused, requests, estimated, usd, priced_on, *amounts = row
    date = None if priced_on is None else datetime.date.fromisoformat(priced_on)
    sums, kinds = amounts[:-_KINDS], amounts[-_KINDS:]
    spent = replace(Spent(requests, estimated, usd, date, *sums), kinds=TokenKinds(*kinds))
    return Line(provider, model, Service(service), spent, spent if refused else Spent())
