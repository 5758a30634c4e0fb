"""Which tools of the web there are, by the settings, and what they cost."""

from __future__ import annotations

import pytest

from app.providers.base import Usage
from app.secrets import KeyVault
from app.settings import Settings, changed
from app.tools.toolbox import Toolbox
from app.usage.request import Purpose
from app.web_wiring import WebGround, WebTools

OPENAI = {"chat.source": "server"}
OTHER = {**OPENAI, "server.base_url": "http://127.0.0.1:11434/v1"}


class Book:
    conversation_id = "c1"

    def __init__(self):
        self.requests = []

    def record(self, request):
        self.requests.append(request)


def wired(values, book=None):
    settings = changed(Settings(), values)
    toolbox = Toolbox()
    ground = WebGround(
        toolbox, lambda: settings, lambda _: "gpt-4o", KeyVault({}), book or Book(), lambda _: None
    )
    return WebTools(ground), toolbox


@pytest.mark.parametrize(
    ("values", "offered"),
    [
        ({}, set()),
        (OTHER, set()),
        (OPENAI, {"search_web", "make_picture"}),
        ({**OPENAI, "web.search": "no_search"}, {"make_picture"}),
        ({"web.search": "searxng"}, set()),
        ({"web.search": "searxng", "web.searxng_url": "nonsense"}, set()),
        ({"web.search": "searxng", "web.searxng_url": "http://127.0.0.1:8888"}, {"search_web"}),
        ({"web.search": "brave"}, {"search_web"}),
        ({**OTHER, "server.base_url": "nonsense"}, set()),
    ],
)
async def test_a_tool_is_offered_only_where_it_works(values, offered):
    web, toolbox = wired(values)
    await web.follow_settings()
    assert {tool.name for tool in toolbox.tools()} == offered
    await web.aclose()


async def test_a_search_costs_its_tokens_and_its_fee():
    book = Book()
    web, _ = wired(OPENAI, book)
    web._note_search("gpt-4o", Usage(1_000_000, 0), 2)
    (request,) = book.requests
    assert (request.purpose, request.conversation_id) == (Purpose.SEARCH, "c1")
    assert request.cost is not None
    assert request.cost.usd == pytest.approx(2.50 + 0.02)
    web._note_search("unheard-of", Usage(1, 1), 1)
    assert book.requests[1].cost is None
