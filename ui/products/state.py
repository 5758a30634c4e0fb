"""What can be taken along, and how each event changes it. Pure: no Qt, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from app.products.events import (
    ProductEvent,
    ProductGone,
    ProductNotSaved,
    ProductOffered,
    ProductSaved,
)
from app.products.product import Offer, Picture


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer, where it was saved last, and why that failed."""

    offer: Offer
    saved: Path | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ProductsView:
    """In the order in which they came."""

    offers: tuple[ShownOffer, ...] = ()

    @property
    def latest(self) -> ShownOffer | None:
        """The one to show."""
        return self.offers[-1] if self.offers else None


def reduce(view: ProductsView, event: ProductEvent) -> ProductsView:
    """What is known after `event`; the same view where it is about nothing that is shown."""
    match event:
        case ProductOffered(offer):
            saved = offer.product.path if isinstance(offer.product, Picture) else None
            return ProductsView((*view.offers, ShownOffer(offer, saved)))
        case ProductSaved(offer_id, path):
            return _changed(view, offer_id, path, "")
        case ProductNotSaved(offer_id, reason):
            return _changed(view, offer_id, None, reason)
        case ProductGone(offer_id):
            left = tuple(shown for shown in view.offers if shown.offer.id != offer_id)
            return ProductsView(left) if len(left) < len(view.offers) else view


def _changed(view: ProductsView, offer_id: str, saved: Path | None, problem: str) -> ProductsView:
    return ProductsView(
        tuple(
            replace(shown, saved=saved, problem=problem) if shown.offer.id == offer_id else shown
            for shown in view.offers
        )
    )
