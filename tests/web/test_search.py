from __future__ import annotations

import json

import pytest

from app.errors import AppError
from app.secrets import Secret
from app.tools.base import ToolFailed
from app.web.search import (
    MAX_HITS,
    BraveSearch,
    Findings,
    Hit,
    SearxngSearch,
    brave_findings,
    searxng_findings,
)
from tests.faults.certificates import Authority
from tests.web.site import Names, Site, page, way
from tests.web.test_fetch import trusting

JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
KEY = "BSA-canary-0123456789"


def answer(body):
    return page(json.dumps(body), JSON)


def refusal(status):
    return f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()


async def test_a_searxng_server_of_ones_own_is_asked():
    found = {"results": [{"title": "Tea", "url": "https://tea.example/", "content": "<b>Hot</b>"}]}
    async with Site({"/s/search": answer(found)}) as site:
        engine = SearxngSearch(
            f"http://127.0.0.1:{site.port}/s/", way(Names(**{"127_0_0_1": [["127.0.0.1"]]}))
        )
        findings = await engine.search("green tea & more")
        assert findings == Findings((Hit("Tea", "https://tea.example/", "Hot"),))
        assert site.heads[0].startswith("GET /s/search?q=green+tea+%26+more&format=json HTTP")
        site.answers["/s/search"] = refusal(403)
        with pytest.raises(ToolFailed, match="allow that format"):
            await engine.search("x")
        site.answers["/s/search"] = page("no json", JSON)
        with pytest.raises(ToolFailed, match="not understood"):
            await engine.search("x")


def test_what_is_no_address_is_no_server():
    with pytest.raises(AppError):
        SearxngSearch("ftp://x", way(Names()))


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


async def test_brave_is_asked_with_the_key_and_nothing_else_gets_it(authority, monkeypatch):
    found = {"web": {"results": [{"title": "Tea &amp; more", "url": "https://tea.example/"}]}}
    async with Site(
        {"/res/v1/web/search": answer(found)}, authority.server("api.search.brave.com")
    ) as site:
        known = way(Names(api_search_brave_com=[["127.0.0.1"]]), trusting(authority))
        monkeypatch.setattr("app.web.search._BRAVE", _at(site.port))

        async def key():
            return Secret(KEY)

        findings = await BraveSearch(key, known).search("tea")
        assert findings.hits == (Hit("Tea & more", "https://tea.example/"),)
        assert f"X-Subscription-Token: {KEY}\r\n" in site.heads[0]
        for status, why in ((401, "does not accept"), (429, "no more searches"), (500, "error")):
            site.answers["/res/v1/web/search"] = refusal(status)
            with pytest.raises(ToolFailed, match=why) as raised:
                await BraveSearch(key, known).search("tea")
            assert KEY not in str(raised.value)


def _at(port):
    from app.web.address import WebAddress

    return WebAddress("https", "api.search.brave.com", port, "/res/v1/web/search")


@pytest.mark.parametrize("key", ["", "a\r\nb", "ä"])
async def test_brave_without_a_key_is_not_asked(key):
    async def find():
        return Secret(key)

    names = Names()
    with pytest.raises(ToolFailed, match="needs a key"):
        await BraveSearch(find, way(names)).search("tea")
    assert names.asked == []


def test_only_public_pages_are_named_each_once_and_without_hidden_words():
    entries = [
        {"title": "A\u200bB", "url": "https://a.example/"},
        {"title": "again", "url": "https://a.example/"},
        {"title": "x", "url": "http://127.0.0.1/"},
        {"title": "x", "url": "javascript:x"},
        {"url": "https://b.example/", "content": 5},
        "nonsense",
        *({"title": str(at), "url": f"https://c.example/{at}"} for at in range(20)),
    ]
    hits = searxng_findings({"results": entries}).hits
    assert [hit.url for hit in hits[:2]] == ["https://a.example/", "https://b.example/"]
    assert hits[0].title == "AB"
    assert len(hits) == MAX_HITS


@pytest.mark.parametrize("body", [None, [], {}, {"web": 1}, {"web": {"results": {}}}, "x"])
def test_an_answer_of_another_shape_has_no_hits(body):
    assert brave_findings(body) == Findings(())
    assert searxng_findings(body) == Findings(())
