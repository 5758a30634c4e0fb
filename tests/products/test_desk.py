from __future__ import annotations

import stat
from pathlib import Path

import pytest

from app.products.commands import DismissProduct, SaveProduct
from app.products.desk import ProductDesk
from app.products.events import ProductGone, ProductNotSaved, ProductOffered, ProductSaved
from app.products.product import Event, Offer, Table, Text


async def test_an_offer_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    told: list[object] = []
    ProductDesk(told.append).offer(Text("a", "b"))
    (offered,) = told
    assert isinstance(offered, ProductOffered)
    assert offered.offer == Offer(offered.offer.id, Text("a", "b"))
    assert list(tmp_path.iterdir()) == []


async def test_what_the_user_edited_is_what_is_written(tmp_path):
    told: list[object] = []
    desk = ProductDesk(told.append)
    path = tmp_path / "x.csv"
    path.write_text("before")
    assert await desk.on_command(SaveProduct("1", Table("t", ("a",), (("=1",),)), path))
    assert told == [ProductSaved("1", path)]
    assert path.read_bytes() == b"\xef\xbb\xbfa\r\n'=1\r\n"
    assert not path.stat().st_mode & stat.S_IXUSR
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("product", "path", "why"),
    [
        (Event("x", "soon"), Path("x.ics"), "not a date"),
        (Text("x", "y"), Path("none/x.txt"), "could not be written"),
        (Text("x", "y"), Path("."), "could not be written"),
    ],
)
async def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path, product, path, why):
    told: list[object] = []
    await ProductDesk(told.append).on_command(SaveProduct("1", product, tmp_path / path))
    (event,) = told
    assert isinstance(event, ProductNotSaved)
    assert why in event.reason
    assert list(tmp_path.iterdir()) == []


async def test_a_card_is_put_away():
    told: list[object] = []
    desk = ProductDesk(told.append)
    assert await desk.on_command(DismissProduct("1"))
    assert not await desk.on_command("other")
    assert told == [ProductGone("1")]
