"""How large a picture a model sees, and what it costs. Pure."""

from __future__ import annotations

import math

from app.providers.catalogue import PriceUnit, Vision, facts

_PATCH = 32
_TILE = 512
_TILES_BOX, _TILES_SHORT = 2048, 768
_UNKNOWN_LONGEST = 2048
_MILLION = 1_000_000


def seen_size(width: int, height: int, vision: Vision | None) -> tuple[int, int]:
    """The largest size that is worth sending, in pixels; never larger than the picture.

    `vision` None, for a model that nothing is known of: at most 2048 pixels on the longer side.
    """
    if vision is None:
        return _scaled(width, height, _UNKNOWN_LONGEST / max(width, height))
    if vision.tile is not None:
        box = min(1.0, _TILES_BOX / max(width, height))
        return _scaled(width, height, min(box, _TILES_SHORT / min(width, height)))
    factor = math.sqrt(vision.most * _PATCH * _PATCH / (width * height))
    size = _scaled(width, height, factor)
    while _patches(*size) > vision.most:
        # Whole patches are counted, so a little less fits.
        factor *= 0.99
        size = _scaled(width, height, factor)
    return size


def tokens_of(width: int, height: int, vision: Vision | None) -> int | None:
    """About how many tokens a picture of this size is counted as; None where that is not known."""
    if vision is None:
        return None
    width, height = seen_size(width, height, vision)
    if vision.tile is not None:
        return vision.base + vision.tile * math.ceil(width / _TILE) * math.ceil(height / _TILE)
    return round(_patches(width, height) * vision.factor)


def cost_of(tokens: int | None, model: str) -> float | None:
    """US dollars at the catalogue's price; None where it has none."""
    price = facts(model).price(PriceUnit.MILLION_TOKENS)
    if tokens is None or price is None or price.input is None:
        return None
    return tokens * price.input / _MILLION


def _patches(width: int, height: int) -> int:
    return math.ceil(width / _PATCH) * math.ceil(height / _PATCH)


def _scaled(width: int, height: int, factor: float) -> tuple[int, int]:
    if factor >= 1:
        return width, height
    return max(1, round(width * factor)), max(1, round(height * factor))
