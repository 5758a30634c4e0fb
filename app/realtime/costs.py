"""The running cost of a conversation in realtime. Pure."""

from __future__ import annotations

from dataclasses import fields

from app.providers.voice_session import TokenCounts
from app.realtime.events import SessionCost
from app.services import Service
from app.usage.pricing import cost_of
from app.usage.voice import amounts_of


def with_response(
    before: SessionCost | None,
    conversation_id: str,
    model: str,
    counts: TokenCounts,
    *,
    has_price: bool,
) -> SessionCost:
    """The cost with one more response, or with more time that the session was open.

    `has_price`: its server charges the catalogue's prices.
    """
    responses = 0 if counts.open_ms else 1
    cost = cost_of(model, Service.CHAT, amounts_of(counts)) if has_price else None
    usd = None if cost is None else cost.usd
    if before is None:
        return SessionCost(conversation_id, counts, counts, responses, usd)
    if before.usd is not None:
        usd = before.usd + (usd or 0.0)
    tokens = _sum(before.tokens, counts)
    last = before.last if counts.open_ms else counts
    return SessionCost(conversation_id, tokens, last, before.responses + responses, usd)


def _sum(one: TokenCounts, other: TokenCounts) -> TokenCounts:
    names = [field.name for field in fields(TokenCounts)]
    return TokenCounts(**{name: getattr(one, name) + getattr(other, name) for name in names})
