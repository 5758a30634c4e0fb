from __future__ import annotations

from pathlib import Path

from app.products.events import ProductGone, ProductNotSaved, ProductOffered, ProductSaved
from app.products.product import Offer, Picture, Text
from tests.ui import told
from ui.products.state import ProductsView, reduce
from ui.view_state import ViewState, reduce as reduce_all

A, B = Offer("a", Text("A", "x")), Offer("b", Text("B", "y"))


def test_the_latest_offer_is_shown_until_it_is_put_away():
    view = reduce(reduce(ProductsView(), ProductOffered(A)), ProductOffered(B))
    assert view.latest is not None
    assert view.latest.offer == B
    view = reduce(view, ProductGone("b"))
    assert view.latest is not None
    assert view.latest.offer == A
    assert reduce(view, ProductGone("none")) is view


def test_what_became_of_it_is_known():
    view = reduce(ProductsView(), ProductOffered(A))
    view = reduce(view, ProductNotSaved("a", "Why."))
    assert view.latest is not None
    assert view.latest.problem == "Why."
    view = reduce(view, ProductSaved("a", Path("/x")))
    assert view.latest is not None
    assert (view.latest.saved, view.latest.problem) == (Path("/x"), "")


def test_a_picture_is_a_file_from_the_start():
    view = reduce(ProductsView(), ProductOffered(Offer("p", Picture("cat", Path("/p.png")))))
    assert view.latest is not None
    assert view.latest.saved == Path("/p.png")


def test_another_conversation_has_none():
    view = reduce_all(ViewState(), ProductOffered(A))
    assert view.products.latest is not None
    assert reduce_all(view, told.opened()).products == ProductsView()
