from __future__ import annotations

import json

import pytest

from app.tools.base import Origin, Risk, ToolFailed
from app.tools.schema import validate
from app.tools.web_page import PART_CHARS, web_page_tools
from tests.knowledge.documents import pdf
from tests.web.site import Names, Site, page, way


async def read(site, path="/", **arguments):
    (tool,) = web_page_tools(way(Names(site_example=[["127.0.0.1"]])))
    given = {"url": f"http://site.example:{site.port}{path}", "part": 1, **arguments}
    result = await tool.run(**validate(tool, json.dumps(given)))
    assert result.origin is Origin.WEB
    return result.text


def test_reading_a_page_taints_and_changes_nothing():
    (tool,) = web_page_tools(way(Names()))
    assert (tool.risk, tool.origin) == (Risk.READ, Origin.WEB)


async def test_a_page_is_given_with_title_address_and_links():
    source = '<title>Tea</title><h1>Tea</h1><p>Read <a href="/more">more</a>.'
    async with Site({"/": page(source)}) as site:
        text = await read(site)
    assert text == (
        f"Title: Tea\nAddress: http://site.example:{site.port}/\n\n# Tea\n\nRead more [1].\n\n"
        f"Links:\n[1] http://site.example:{site.port}/more"
    )


async def test_a_long_page_comes_in_parts():
    source = "<p>" + "word " * PART_CHARS
    async with Site({"/": page(source)}) as site:
        assert "Part 1 of 5" in await read(site)
        assert "Part 5 of 5" in await read(site, part=5)
        with pytest.raises(ToolFailed, match="has 5 parts"):
            await read(site, part=6)


async def test_plain_text_and_empty_pages():
    plain = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
    async with Site({"/": page("a <b> c", plain), "/empty": page("<script>x()</script>")}) as site:
        assert (await read(site)).endswith("a <b> c")
        assert "may need a browser" in await read(site, "/empty")


async def test_a_pdf_is_read_by_pages():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: "
    data = pdf([[f"Words of page {number}"] for number in range(1, 8)])
    async with Site({"/": head + f"{len(data)}\r\n\r\n".encode() + data}) as site:
        first = await read(site)
        assert "Part 1 of 2" in first
        assert "Page 5:\nWords of page 5" in first
        assert "Words of page 6" not in first
        assert "Page 7:\nWords of page 7" in await read(site, part=2)
        site.answers["/"] = head + b"5\r\n\r\n%PDF-"
        with pytest.raises(ToolFailed, match="damaged|failed"):
            await read(site)


async def test_a_part_that_is_none_is_told():
    async with Site({"/": page("x")}) as site:
        with pytest.raises(ToolFailed, match="first part"):
            await read(site, part=0)
        assert site.heads == []


async def test_addresses_inside_are_refused():
    (tool,) = web_page_tools(way(Names()))
    for url in ("http://127.0.0.1/", "file:///etc/passwd", "http://localhost/"):
        with pytest.raises(ToolFailed):
            await tool.run(url=url, part=1)
