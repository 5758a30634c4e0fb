"""What a request costs by the catalogue's dated prices. Pure."""

from __future__ import annotations

from app.providers.catalogue import Price, PriceUnit, facts
from app.services import Service
from app.usage.request import Amounts, Cost

CHARACTERS_PER_TOKEN = 4
"""Near enough for an estimate: a tokenizer is not worth its size."""

SPOKEN_TOKENS_PER_S = 20
"""Audio tokens of a second that a model speaks."""

_MILLION = 1_000_000


def cost_of(model: str, service: Service, amounts: Amounts) -> Cost | None:
    """US dollars at OpenAI's prices; None where a price of this model is not known."""
    parts = [(price, _part(price, service, amounts)) for price in facts(model).prices]
    known = [(price.date, usd) for price, usd in parts if usd is not None]
    if not known:
        return None
    return Cost(sum(usd for _, usd in known), min(date for date, _ in known))


def tokens_in(characters: int) -> int:
    """About how many tokens a text has."""
    return -(-characters // CHARACTERS_PER_TOKEN)


def _part(price: Price, service: Service, amounts: Amounts) -> float | None:
    """What one price adds; None for a unit that is not billed for this service."""
    speaks, kinds = service is Service.SPEECH, amounts.kinds
    match price.unit:
        case PriceUnit.MILLION_TOKENS if speaks:
            return tokens_in(amounts.characters) * (price.input or 0.0) / _MILLION
        case PriceUnit.MILLION_TOKENS:
            return _tokens(price, amounts)
        case PriceUnit.MILLION_AUDIO_TOKENS if speaks:
            return amounts.audio_s * SPOKEN_TOKENS_PER_S * (price.output or 0.0) / _MILLION
        case PriceUnit.MILLION_AUDIO_TOKENS if kinds.audio_input or kinds.audio_output:
            return _usd(price, kinds.audio_input, kinds.audio_cached, kinds.audio_output)
        case PriceUnit.MILLION_IMAGE_TOKENS if kinds.image_input:
            return _usd(price, kinds.image_input, kinds.image_cached, 0)
        case PriceUnit.MILLION_CHARACTERS if speaks:
            return amounts.characters * (price.input or 0.0) / _MILLION
        case PriceUnit.MINUTE:
            return amounts.audio_s / 60 * (price.input or 0.0)
        case _:
            return None


def _tokens(price: Price, amounts: Amounts) -> float:
    """What is text among the tokens."""
    kinds = amounts.kinds
    return _usd(
        price,
        amounts.input_tokens - kinds.audio_input - kinds.image_input,
        amounts.cached_tokens - kinds.audio_cached - kinds.image_cached,
        amounts.output_tokens - kinds.audio_output,
    )


def _usd(price: Price, sent: int, cached: int, received: int) -> float:
    per_input = price.input or 0.0
    per_cached = per_input if price.cached is None else price.cached
    billed = (sent - cached) * per_input + cached * per_cached
    return (billed + received * (price.output or 0.0)) / _MILLION
