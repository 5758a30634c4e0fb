"""Sums of the ledger's requests. Pure; light, because the window shows them."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.services import Service
from app.usage.request import TokenKinds


@dataclass(frozen=True, slots=True)
class Spent:
    """A sum. `usd` is what has a price, by prices as old as `priced_on`; `unpriced` has none.

    `estimated` counts requests whose amounts the server did not tell. `kinds` says what of the
    tokens was sound or pictures.
    """

    requests: int = 0
    estimated: int = 0
    usd: float = 0.0
    priced_on: datetime.date | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    audio_s: float = 0.0
    characters: int = 0
    unpriced: int = 0
    unpriced_tokens: int = 0
    unpriced_audio_s: float = 0.0
    kinds: TokenKinds = TokenKinds()

    def __add__(self, other: Spent) -> Spent:
        dates = [date for date in (self.priced_on, other.priced_on) if date is not None]
        return Spent(
            self.requests + other.requests,
            self.estimated + other.estimated,
            self.usd + other.usd,
            min(dates, default=None),
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cached_tokens + other.cached_tokens,
            self.audio_s + other.audio_s,
            self.characters + other.characters,
            self.unpriced + other.unpriced,
            self.unpriced_tokens + other.unpriced_tokens,
            self.unpriced_audio_s + other.unpriced_audio_s,
            self.kinds + other.kinds,
        )


@dataclass(frozen=True, slots=True)
class Line:
    """All requests of a kind to one model, and the refused ones among them."""

    provider: str
    model: str
    service: Service
    spent: Spent
    refused: Spent = Spent()


@dataclass(frozen=True, slots=True)
class Bill:
    """All requests of a time or a conversation, and the refused ones among them."""

    spent: Spent = Spent()
    refused: Spent = Spent()


def bill_of(lines: Iterable[Line]) -> Bill:
    """The sum of all lines."""
    spent = refused = Spent()
    for line in lines:
        spent, refused = spent + line.spent, refused + line.refused
    return Bill(spent, refused)


def joined(lines: Iterable[Line]) -> tuple[Line, ...]:
    """One line for each model and service, the dearest first."""
    found: dict[tuple[str, str, Service], Line] = {}
    for line in lines:
        key = line.provider, line.model, line.service
        before = found.get(key)
        if before is not None:
            spent, refused = before.spent + line.spent, before.refused + line.refused
            line = replace(line, spent=spent, refused=refused)
        found[key] = line
    return tuple(sorted(found.values(), key=lambda line: (-line.spent.usd, -line.spent.requests)))
