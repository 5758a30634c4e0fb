"""What a front end can ask about products."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.products.product import Product


@dataclass(frozen=True, slots=True)
class SaveProduct:
    """Write it, as the user edited it, into this file; one that is there was agreed to be replaced.

    `events.ProductSaved` or `events.ProductNotSaved` answers.
    """

    offer_id: str
    product: Product
    path: Path


@dataclass(frozen=True, slots=True)
class DismissProduct:
    """The user has done with it."""

    offer_id: str


ProductCommand = SaveProduct | DismissProduct
