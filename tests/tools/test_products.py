from __future__ import annotations

import pytest

from app.products.product import Code, Contact, Event, Table, Text
from app.tools.base import Risk, ToolFailed
from app.tools.products import product_tools
from tests.tools.calling import call


async def offered(name, /, **arguments):
    shown: list[object] = []
    answer = await call(product_tools(shown.append), name, **arguments)
    assert answer["shown"] is True
    assert "Nothing was saved" in answer["note"]
    (product,) = shown
    return product


async def test_each_tool_shows_its_product():
    assert await offered("offer_table", title="T", columns=["a"], rows=[["1"]]) == Table(
        "T", ("a",), (("1",),)
    )
    assert await offered(
        "offer_event", title="Tea", starts="2026-11-24", ends=None, time_zone=None, place=None,
        notes=None,
    ) == Event("Tea", "2026-11-24")  # fmt: skip
    assert await offered(
        "offer_contact", name=" Anna  M ", organisation=None, role="x", phones=["1", "2"],
        emails=[], address=None, website=None, notes=None,
    ) == Contact("Anna M", role="x", phones="1\n2")  # fmt: skip
    assert await offered("offer_text", title="t", text=" a ") == Text("t", " a ")
    assert await offered("offer_code", file_name="a.py", code="x") == Code("a.py", "x")


def test_showing_is_all_they_do():
    assert {tool.risk for tool in product_tools(lambda _: None)} == {Risk.READ}


@pytest.mark.parametrize(
    ("name", "arguments", "why"),
    [
        ("offer_table", {"title": "", "columns": [], "rows": []}, "columns"),
        ("offer_table", {"title": "", "columns": ["a", "b"], "rows": [["1"]]}, "Row 1 has 1 cells"),
        ("offer_table", {"title": "", "columns": ["a"], "rows": [[1]]}, "rows.0.0"),
        ("offer_event", {"title": "x", "starts": "at five"}, "not a date"),
        ("offer_contact", {"name": " ", "phones": [], "emails": []}, "name"),
        ("offer_text", {"title": "x", "text": " "}, "characters"),
        ("offer_code", {"file_name": "x", "code": "x" * 60_001}, "characters"),
    ],
)
async def test_the_model_is_told_what_is_wrong(name, arguments, why):
    shown: list[object] = []
    with pytest.raises(ToolFailed, match=why):
        await call(product_tools(shown.append), name, **arguments)
    assert shown == []
