from __future__ import annotations

import pytest

from app.desktop.opener import AppNotFound
from app.tools.base import Risk, ToolFailed
from app.tools.opening import opening_tools
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
