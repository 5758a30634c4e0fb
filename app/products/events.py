"""What the core tells about products."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.products.product import Offer


@dataclass(frozen=True, slots=True)
class ProductOffered:
    """Something to look at, edit, save or copy."""

    offer: Offer


@dataclass(frozen=True, slots=True)
class ProductSaved:
    """It is in this file now."""

    offer_id: str
    path: Path


@dataclass(frozen=True, slots=True)
class ProductNotSaved:
    """Nothing was written; `reason` is a sentence."""

    offer_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class ProductGone:
    """The user has done with it."""

    offer_id: str


ProductEvent = ProductOffered | ProductSaved | ProductNotSaved | ProductGone
