from __future__ import annotations

import pytest

from app.tools.base import Origin, Risk, Sent, ToolFailed
from app.tools.web_search import web_search_tools
from app.web.search import Findings, Hit


class Engine:
    name = "Test"

    def __init__(self, findings):
        self.asked: list[str] = []
        self._findings = findings

    async def search(self, query):
        self.asked.append(query)
        return self._findings


async def searched(findings, query="green  tea "):
    (tool,) = web_search_tools(Engine(findings))
    return await tool.run(query=query)


async def test_hits_are_named_with_their_addresses():
    hits = (Hit("Tea", "https://tea.example/", "Hot."), Hit("More", "https://more.example/"))
    result = await searched(Findings(hits, "Tea is hot."))
    assert result.text == (
        "Tea is hot.\n\n[1] Tea\nhttps://tea.example/\nHot.\n\n[2] More\nhttps://more.example/"
    )
    assert result.origin is Origin.WEB
    assert result.addresses == ("https://tea.example/", "https://more.example/")


async def test_nothing_found_is_said():
    assert (await searched(Findings(()))).text == "Test found nothing."


@pytest.mark.parametrize("query", ["", "  ", "x" * 301])
async def test_a_query_is_a_few_words(query):
    with pytest.raises(ToolFailed, match="characters"):
        await searched(Findings(()), query)


def test_a_search_tells_what_it_sends():
    (tool,) = web_search_tools(Engine(Findings(())))
    assert (tool.risk, tool.origin) == (Risk.READ, Origin.WEB)
    assert tool.sends is not None
    assert tool.sends({"query": "tea"}) == Sent("tea")
