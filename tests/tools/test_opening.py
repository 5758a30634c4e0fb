from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.desktop.opener import AppNotFound
from app.tools.base import Risk, ToolFailed
from app.tools.opening import checked_url, opening_tools
from tests.tools.calling import call


class FakeDesktop:
    """Notes what it is asked to open."""

    def __init__(self, error=None):
        self.opened: list[str] = []
        self.error = error

    async def open_url(self, url):
        await self.open_app(url)

    async def open_app(self, name):
        if self.error is not None:
            raise self.error
        self.opened.append(name)
        return name


def question(tool_name, /, **arguments):
    tool = next(tool for tool in opening_tools(FakeDesktop()) if tool.name == tool_name)
    assert tool.question is not None
    return tool.question(arguments)


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("https://en.wikipedia.org/wiki/Tea", "https://en.wikipedia.org/wiki/Tea"),
        ("wikipedia.org", "https://wikipedia.org"),
        ("WikiPedia.ORG/Tea?x=1#top", "https://wikipedia.org/Tea?x=1#top"),
        ("example.org:8443/x", "https://example.org:8443/x"),
        ("http://example.org", "http://example.org"),
        (" //example.org/a ", "https://example.org/a"),
        ("https://bücher.example/straße", "https://xn--bcher-kva.example/stra%C3%9Fe"),
        ("https://раураl.com", "https://xn--l-7sba6dbr.com"),
        ("https://93.184.216.34/", "https://93.184.216.34/"),
        ("https://example.org./", "https://example.org/"),
        ("https://example.org/a%20b", "https://example.org/a%20b"),
    ],
)
def test_the_address_is_exact_and_in_ascii(given, opened):
    assert checked_url(given) == opened


@pytest.mark.parametrize(
    "address",
    [
        "", "   ", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,x", "ftp://a.org",
        "https://user@example.org", "https://user:pass@example.org", "https://google.com@evil.org",
        "https://", "https:///x", "localhost", "http://localhost:631/", "https://printer.local",
        "http://127.0.0.1", "http://192.168.1.1/reset", "http://[::1]/", "http://10.0.0.1",
        "http://2130706433/", "http://0x7f.1/", "http://0177.0.0.1/", "intranet",
        "https://exa mple.org", "https://example.org/\u202egro", "https://example.org/a\nb",
        "https://example.org\\@evil.org", "https://example.org:99999", "https://-a.org",
        "https://a..org", "https://a%2eorg", "https://" + "a" * 70 + ".org", "https://a_b.org",
        "https://example.org/" + "x" * 2_000, "https://exam\u200bple.org", "https://[bad/",
    ],
)  # fmt: skip
def test_everything_else_is_refused(address):
    with pytest.raises(ToolFailed):
        checked_url(address)


@given(st.text(alphabet="ahtps:/.@%?#[]\\ \n0é1-_x", max_size=40))
def test_what_passes_is_stable_ascii_without_credentials(text):
    try:
        url = checked_url(text)
    except ToolFailed:
        return
    assert url.isascii()
    assert url.startswith(("https://", "http://"))
    assert "@" not in url.split("/")[2]
    assert checked_url(url) == url


async def test_sites_and_applications_are_opened():
    desktop = FakeDesktop()
    tools = opening_tools(desktop)
    assert await call(tools, "open_site", url="wikipedia.org") == {"opened": True}
    assert await call(tools, "open_app", name="  the   calculator ") == {"opened": True}
    assert desktop.opened == ["https://wikipedia.org", "the calculator"]


def test_both_need_a_yes_that_may_be_spoken():
    for tool in opening_tools(FakeDesktop()):
        assert tool.asks
        assert tool.risk is Risk.REVERSIBLE


def test_the_question_shows_what_will_be_opened():
    assert question("open_site", url="wikipedia.org/") == "Open wikipedia.org in your browser?"
    assert (
        question("open_site", url="http://example.org/a?b=c")
        == "Open http://example.org/a?b=c in your browser?"
    )
    assert question("open_site", url="раураl.com") == "Open xn--l-7sba6dbr.com in your browser?"
    assert question("open_app", name="calculator") == "Open the application “calculator”?"


@pytest.mark.parametrize("name", ["", "  ", "x" * 100, "evil\u202eapp", "a\x00b"])
async def test_a_name_that_is_none_is_refused(name):
    desktop = FakeDesktop()
    with pytest.raises(ToolFailed):
        await call(opening_tools(desktop), "open_app", name=name)
    with pytest.raises(ToolFailed):
        question("open_app", name=name)
    assert desktop.opened == []


async def test_failures_are_told():
    missing = opening_tools(FakeDesktop(AppNotFound("calc", ["Calculator"])))
    with pytest.raises(ToolFailed, match="called “calc” is installed. Installed are: Calculator"):
        await call(missing, "open_app", name="calc")
    broken = opening_tools(FakeDesktop(OSError("no display")))
    with pytest.raises(ToolFailed, match="browser could not be started: no display"):
        await call(broken, "open_site", url="example.org")
    with pytest.raises(ToolFailed, match="calc could not be started"):
        await call(broken, "open_app", name="calc")
