"""`sayso usage`: what servers were asked for today and this month, and what it costs."""

from __future__ import annotations

import asyncio
import datetime
import json
from collections.abc import Sequence
from typing import Any

from app.errors import EXIT_OK
from app.paths import Paths
from app.usage import told
from app.usage.spent import Line, Spent, bill_of, joined
from app.usage.table import RequestTable

_NOTHING = "no server was asked."


def show(*, as_json: bool) -> int:
    """Print the sums of today and of this month. Raises AppError."""
    today = datetime.date.today()
    begins = {"today": _midnight(today), "this month": _midnight(today.replace(day=1))}
    found = asyncio.run(_read(Paths.from_environment(), list(begins.values())))
    periods = dict(zip(begins, found, strict=True))
    if as_json:
        shown = {name.replace(" ", "_"): _as_json(lines) for name, lines in periods.items()}
        print(json.dumps(shown, ensure_ascii=False))
        return EXIT_OK
    for name, lines in periods.items():
        print("\n".join(_as_text(name.capitalize(), lines)))
    return EXIT_OK


def _midnight(day: datetime.date) -> datetime.datetime:
    """Its first moment where the user is."""
    return datetime.datetime.combine(day, datetime.time()).astimezone()


async def _read(paths: Paths, begins: Sequence[datetime.datetime]) -> list[tuple[Line, ...]]:
    if not paths.usage_file.exists():
        return [() for _ in begins]
    table = await RequestTable.open(paths.usage_file)
    try:
        return [joined(await table.since(begin)) for begin in begins]
    finally:
        await table.aclose()


def _as_text(title: str, lines: Sequence[Line]) -> list[str]:
    if not lines:
        return [f"{title}: {_NOTHING}"]
    text = [f"{title}: {told.explained(bill_of(lines))}"]
    for line in lines:
        times = f"{line.spent.requests} ×" if line.spent.requests > 1 else "once"
        refused = told.amount(line.refused)
        unused = f", of it not used: {refused}" if line.refused.requests else ""
        amount = told.amount(line.spent)
        text.append(f"  {line.model} ({line.service}, {line.provider}), {times}: {amount}{unused}")
    return text


def _as_json(lines: Sequence[Line]) -> dict[str, Any]:
    bill = bill_of(lines)
    return {
        **_numbers(bill.spent),
        "refused": _numbers(bill.refused),
        "models": [
            {
                "provider": line.provider,
                "model": line.model,
                "service": line.service.value,
                **_numbers(line.spent),
                "refused": _numbers(line.refused),
            }
            for line in lines
        ],
    }


def _numbers(spent: Spent) -> dict[str, Any]:
    """`usd` is null where no request has a price."""
    has_price = spent.requests > spent.unpriced
    return {
        "requests": spent.requests,
        "usd": round(spent.usd, 6) if has_price or not spent.requests else None,
        "priced_on": spent.priced_on.isoformat() if spent.priced_on else None,
        "requests_without_price": spent.unpriced,
        "requests_estimated": spent.estimated,
        "input_tokens": spent.input_tokens,
        "output_tokens": spent.output_tokens,
        "cached_tokens": spent.cached_tokens,
        "audio_s": round(spent.audio_s, 3),
        "characters": spent.characters,
    }
